"""A person behind their own way in: Rosa, whom Denise at Eastgate holds, with a mail address of hers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.test import Client

from tests.cast import MONDAY, Cast, take_in, told
from tests.web.desk import text_of
from warmhandoff.foundation import clock, mail_links
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Participant
from warmhandoff.participants.own_page import OwnCode, OwnLink

MAIL = "rosa@mail.example"
BORN = {"born_month": "4", "born_day": "5", "born_year": "1990"}


def with_mail(cast: Cast, file: Participant, by: str = "denise", value: str = MAIL) -> ContactPoint:
    """An address that they said is theirs."""
    with cast.acting(by) as member:
        participants.add_way(file=file, way=participants.Way("email", value), by=member.actor)
        return own_links.mailboxes_of(file).latest("id")


class Themself:
    """Whoever holds a phone with the mail, or the card."""

    def __init__(
        self,
        cast: Cast,
        file: Participant | None = None,
        *,
        card: bool = False,
        by: str = "denise",
        **who: Any,
    ) -> None:
        self.cast, self.at, self.by = cast, MONDAY, by
        self.client = Client()
        with cast.acting(by) as member:
            self.file = file or take_in(member, told(**{"birth_date": datetime(1990, 4, 5).date(), **who}))
        if card:
            with cast.acting(by) as member:
                self.link = own_links.print_card(file=self.file, language="en", by=member.actor)
        else:
            mailbox = with_mail(cast, self.file, by)
            with cast.acting(by) as member:
                self.link = own_links.mail_page(file=self.file, mailbox=mailbox, by=member.actor)

    def url(self, path: str = "", lang: str = "en") -> str:
        link = OwnLink.objects.get(pk=self.link.pk)
        return f"/me/{mail_links.token_of(link)}/{path}?lang={lang}"

    def get(self, path: str = "", status: int = 200, lang: str = "en", client: Client | None = None) -> str:
        with clock.at(self.at):
            answer = (client or self.client).get(self.url(path, lang))
        assert answer.status_code == status, (path, answer.status_code, answer.headers.get("Location"))
        return answer.content.decode()

    def text(self, path: str = "", lang: str = "en") -> str:
        return text_of(self.get(path, lang=lang))

    def post(self, path: str, status: int = 302, client: Client | None = None, **data: Any) -> str:
        """What follows, as text."""
        client = client or self.client
        with clock.at(self.at):
            answer = client.post(self.url(path), data)
            assert answer.status_code == status, (path, answer.status_code, text_of(answer.content))
            if status == 302:
                answer = client.get(answer.headers["Location"])
        return text_of(answer.content)

    def press(self, path: str, status: int = 302, **data: Any) -> str:
        key = re.search(r'name="form_key" value="([^"]+)"', self.get(path))
        return self.post(path, status, form_key=key[1] if key else "", **data)

    def come_in(self) -> Themself:
        """With the six digits, or the birth date."""
        if self.link.kind == OwnLink.Kind.CARD:
            self.post("code/", **BORN)
            return self
        self.press_on("code/", "code/send/")
        digits = mail_links.digits_of(OwnCode.objects.latest("pk"))
        self.press_on("code/", "code/", code=digits)
        return self

    def press_on(self, form_on: str, path: str, status: int = 302, **data: Any) -> str:
        key = re.search(r'name="form_key" value="([^"]+)"', self.get(form_on))
        return self.post(path, status, form_key=key[1] if key else "", **data)
