"""A referral that waits behind a mail's link, for the tests of the answer page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client

from tests import cast
from tests.cast import MONDAY, Cast
from warmhandoff.foundation import clock, mail_links, scoping
from warmhandoff.foundation.models import Message
from warmhandoff.participants.models import Participant
from warmhandoff.referrals.models import AnswerLink, LinkCode, Referral

SECRETS = ("Rosa", "Mendoza", "555-0123")


@dataclass
class Behind:
    """The cast, the referral, and a browser that has nothing but the address."""

    cast: Cast
    file: Participant
    referral: Referral
    at: datetime = MONDAY

    @property
    def link(self) -> AnswerLink:
        return AnswerLink.objects.get(referral_id=self.referral.pk)

    @property
    def url(self) -> str:
        return f"/a/{mail_links.token_of(self.link)}/"

    def get(self, path: str = "", client: Client | None = None, **more: Any):
        with clock.at(self.at):
            return (client or Client()).get(self.url + path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, client: Client | None = None, **more: Any):
        with clock.at(self.at):
            return (client or Client()).post(self.url + path, data or {}, **more)

    def press(self, path: str, client: Client | None = None, **data: Any):
        """Open the form's page, fill it in, send it."""
        client = client or Client()
        return self.post(path, {"form_key": self.key(path, client), **data}, client)

    def key(self, path: str = "", client: Client | None = None) -> str:
        answer = self.get(path, client)
        found = re.search(r'name="form_key" value="([^"]+)"', answer.content.decode())
        assert found, (answer.status_code, path)
        return found[1]

    def again(self) -> Referral:
        with self.cast.acting("denise", self.at):
            return Referral.objects.get(pk=self.referral.pk)

    def digits(self) -> str:
        return mail_links.digits_of(LinkCode.objects.filter(link=self.link).latest("pk"))

    def say_yes(self, client: Client | None = None, name: str = "Jo"):
        return self.press("yes/", client, caller_name=name, contact_by=self.day())

    def day(self) -> str:
        return "2026-11-25"

    def give_code(self, client: Client) -> None:
        self.post("code/send/", {"form_key": self.key("", client)}, client)
        answer = self.post("code/", {"code": self.digits()}, client)
        assert answer.status_code == 302, answer.content.decode()

    def mails(self, notice: str) -> int:
        with clock.at(self.at), scoping.acting_as(None):
            return Message.objects.filter(notice=notice).count()


def behind(service: str = "solar", mode: str = "refer", **more: Any) -> Behind:
    c = cast.network()
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services[service], denise, mode=mode, **more)
    return Behind(c, file, referral)
