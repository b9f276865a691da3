"""One referral in each state, as either side reads it: wide and narrow, with one next step that the eye meets first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import cast
from tests.web.referrals.test_pages_browser import (
    NOW,
    chromium,  # noqa: F401
    look,
    page,  # noqa: F401
    sign_in,
)
from tests.web.referrals.test_waiting_browser import soon
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

LONG_AGO = NOW - timedelta(days=40)
YES = {"reply": actions.Reply("Vera")}


class Told:
    """A referral to Valley, and what happened to it."""

    def __init__(self, c: cast.Cast, name: str, at=NOW) -> None:
        self.c, self.at = c, at
        with c.acting("denise", at) as denise:
            person = cast.take_in(denise, cast.told(name))
            self.pk = cast.refer(person, c.services["carpentry"], denise).pk

    def do(self, who: str, verb: Callable[..., object], at=None, **said: object) -> Told:
        with self.c.acting(who, at or NOW) as member:
            verb(referral=Referral.objects.get(pk=self.pk), by=member.actor, **said)
        return self

    def take_back(self) -> Told:
        with self.c.acting("vera", NOW) as vera:
            event = ReferralEvent.objects.get(referral_id=self.pk, kind="contacted")
            actions.take_back(event=event, reason="mistake", by=vera.actor)
        return self

    def expire(self) -> Told:
        actor = system_actor(self.c.organizations["eastgate"].pk)
        with clock.at(NOW), scoping.acting_as(actor, classes=("contact", "needs")):
            actions.expire(referral=Referral.objects.get(pk=self.pk), by=actor)
        return self

    def suggested(self) -> Told:
        with self.c.acting("luz", NOW) as luz:
            row = board.rows().get(referral_id=self.pk)
            actions.suggest(
                party=row, service=self.c.services["solar"], note="They have room from Monday.", by=luz.actor
            )
        return self


def everything(c: cast.Cast) -> dict[str, Told]:
    accepted = lambda name, at=NOW: Told(c, name, at).do("vera", actions.accept, at, **YES)  # noqa: E731
    engaged = lambda name: accepted(name).do("vera", actions.engage)  # noqa: E731
    lost = accepted("Lou", LONG_AGO)
    for days in (1, 3, 6, 9, 13, 20):
        lost.do("vera", actions.attempt, LONG_AGO + timedelta(days=days), channel="text")
    return {
        "late": Told(c, "Abe", LONG_AGO).suggested(),
        "listed": Told(c, "Bea").do("vera", actions.waitlist, review_on=soon(), position=2),
        "accepted-late": accepted("Cal", LONG_AGO),
        "taken-back": accepted("Dot").do("vera", actions.record_contact, channel="voice").take_back(),
        "contacted": accepted("Eli").do("vera", actions.record_contact, channel="in_person"),
        "engaged": engaged("Fay"),
        "completed": engaged("Gus").do("vera", actions.complete),
        "declined": Told(c, "Hal").do("vera", actions.decline, reason="full", detail="full_open").suggested(),
        "expired": Told(c, "Ida", LONG_AGO).expire(),
        "withdrawn": Told(c, "Jon").do("denise", actions.withdraw, reason="mistake"),
        "ended-early": engaged("Kit").do("vera", actions.end_early, reason="moved_away"),
        "lost": lost.do("vera", actions.lose_contact),
        "decided": Told(c, "Max")
        .do("vera", actions.decline, reason="full", detail="full_open")
        .do("denise", actions.settle, outcome="stays"),
    }


def test_each_state_from_both_sides(c, page):  # noqa: F811
    told = everything(c)
    codes = {name: Referral.objects.using("owner").get(pk=one.pk).code for name, one in told.items()}
    for who, side in (("denise", "ours"), ("vera", "theirs")):
        page.context.clear_cookies()
        sign_in(page, c, who)
        for name, code in codes.items():
            page.goto(f"{page.at}/referrals/{code}/")
            assert page.locator("main .next h2").count() == 1, name
            assert page.locator("main .usa-button:not(.usa-button--outline)").count() <= 1, (side, name)
            look(page, f"state-{name}-{side}")
        page.goto(f"{page.at}/referrals/?tab={'out' if side == 'ours' else 'in'}&stands=all")
        look(page, f"list-of-all-{side}")
        page.goto(f"{page.at}/referrals/?tab={'in' if side == 'ours' else 'out'}")
        look(page, f"list-empty-{side}")
    entry = codes["contacted"]
    page.goto(f"{page.at}/referrals/{entry}/")
    page.get_by_role("link", name="Correct").first.click()
    look(page, "correct")
    page.get_by_role("button", name="Correct it").click()
    look(page, "correct-refused")
    sign_in(page, c, "denise")
    page.goto(f"{page.at}/referrals/{codes['declined']}/settle/")
    look(page, "settle-suggested")
