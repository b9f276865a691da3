"""An organization that was asked how it goes, for the tests of its page: behind the mail's link, and signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from tests import cast
from tests.cast import Cast
from tests.web.desk import text_of
from warmhandoff.foundation import clock, mail_links, scoping, timers
from warmhandoff.foundation.actors import link_actor, system_actor
from warmhandoff.referrals import actions
from warmhandoff.referrals.actions import stalling
from warmhandoff.referrals.models import AnswerLink, Referral, StallLink, StallLinkCode

BEGAN = datetime(2026, 11, 23, 18, 40, tzinfo=UTC)
ASKED = datetime(2027, 1, 26, 17, 0, tzinfo=UTC)
NAMES = ("Rosa", "Andre", "Lily", "Omar", "Nina")
GOES_ON = {"going": "yes", "last_seen_on": "2027-01-20", "what_next": "next_session", "next_by": "2027-02-09"}
SECRETS = ("Rosa", "Mendoza", "555-0123")


@dataclass
class Asked:
    """Sunrow serves some people, has said nothing for two months, and was asked today. It has nobody who signs in."""

    cast: Cast
    referrals: list[Referral]
    at: datetime = ASKED
    client: Client = field(default_factory=Client)

    @property
    def link(self) -> StallLink:
        return StallLink.objects.select_related("organization").get(
            organization=self.cast.organizations["sunrow"]
        )

    def url(self, path: str = "") -> str:
        return f"/g/{mail_links.token_of(self.link)}/{path}"

    def get(self, path: str = "", status: int = 200, client: Client | None = None) -> str:
        with clock.at(self.at):
            answer = (client or self.client).get(self.url(path))
        assert answer.status_code == status, (path, answer.status_code)
        return answer.content.decode()

    def key(self, path: str = "", client: Client | None = None) -> str:
        found = re.search(r'name="form_key" value="([^"]+)"', self.get(path, client=client))
        return found[1] if found else ""

    def post(self, path: str, status: int = 302, client: Client | None = None, **data: Any) -> str:
        """The text of the page that follows."""
        client = client or self.client
        with clock.at(self.at):
            answer = client.post(self.url(path), data)
            assert answer.status_code == status, (path, answer.status_code, text_of(answer.content))
            if status == 302:
                answer = client.get(answer.headers["Location"])
        return text_of(answer.content)

    def give_code(self, client: Client | None = None) -> None:
        self.post("code/send/", form_key=self.key(client=client), client=client)
        code = StallLinkCode.objects.latest("pk")
        self.post("code/", code=mail_links.digits_of(code), client=client)

    def answer(self, status: int = 302, **rows: dict[str, str]) -> str:
        """Say how it goes with some: by their first name."""
        data = {"form_key": self.key()}
        for name, said in rows.items():
            code = self.referrals[NAMES.index(name)].code
            data |= {f"{code}-{field}": value for field, value in said.items()}
        return self.post("", status, **data)

    def state_of(self, name: str) -> str:
        with self.cast.acting("denise", self.at):
            return Referral.objects.get(pk=self.referrals[NAMES.index(name)].pk).state


def asked(number: int = 2, *, c: Cast | None = None, began: datetime = BEGAN, at: datetime = ASKED) -> Asked:
    """So many people whose service began when nobody has said a word since."""
    c = c or cast.network()
    referrals = []
    for n in range(number):
        first = NAMES[n] if n < len(NAMES) else f"P{n}"
        with c.acting("denise", began) as denise:
            person = cast.take_in(denise, cast.told(first))
            referrals.append(cast.refer(person, c.services["solar"], denise))
        link = AnswerLink.objects.get(referral_id=referrals[-1].pk)
        actor = link_actor(link.pk, link.organization_id)
        with clock.at(began), scoping.acting_as(actor, classes=("contact", "needs", "narrative")):
            for verb, more in ((actions.accept, {"reply": actions.Reply("Jo")}), (actions.engage, {})):
                verb(referral=Referral.objects.get(pk=referrals[-1].pk), by=actor, **more)
    ask(c, at=at)
    return Asked(c, referrals, at)


def ask(c: Cast, key: str = "sunrow", at: datetime = ASKED) -> None:
    """The weekly mail, by the worker."""
    organization = c.organizations[key]
    with clock.at(at), scoping.acting_as(None):
        actor = system_actor(organization.pk)
    with clock.at(at), scoping.acting_as(actor, classes=timers.CLASSES_OF_THE_SYSTEM):
        stalling.ask_how_it_goes(organization_id=organization.pk)
