"""Nobody says how it goes: one mail about all of them, one page that answers, and both sides read it; what stays unanswered is on
the network's board, by code."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.journeys.world import SUNROW_MAIL, Person, World
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

BEGAN = MONDAY - timedelta(days=50)
# The morning on which organizations are asked.
TUESDAY = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)


def serves(world: World, first_name: str) -> str:
    """Someone whom Sunrow serves since then, and has said no word about."""
    with world.cast.acting("denise", BEGAN) as denise:
        file = cast.take_in(denise, cast.told(first_name))
        sent = cast.refer(file, world.cast.services["solar"], denise)
    link = AnswerLink.objects.get(referral_id=sent.pk)
    actor = link_actor(link.pk, link.organization_id)
    with clock.at(BEGAN), scoping.acting_as(actor, classes=("contact", "needs", "narrative")):
        for verb, more in ((actions.accept, {"reply": actions.Reply("Jo")}), (actions.engage, {})):
            verb(referral=Referral.objects.get(pk=sent.pk), by=actor, **more)
    return sent.code


def weekly_mail(world: World) -> str:
    world.mail()
    found = [
        mail for mail in world.mails(SUNROW_MAIL) if "How does it go with 2 people?" in str(mail["Subject"])
    ]
    assert len(found) == 2, "they stalled before last Tuesday: one mail each week, about both"
    part = found[-1].get_body(("plain",))
    assert part is not None
    address = re.search(re.escape(world.url) + r"/g/\S+", str(part.get_content()))
    assert address
    return address[0]


def goes_on(receiver: Person, code: str) -> Person:
    page = receiver.page
    page.locator(f"[id='{code}'] label:text-is('Yes')").click()
    page.fill(f"[name='{code}-last_seen_on']", "2026-11-20")
    page.select_option(f"[name='{code}-what_next']", "next_session")
    page.fill(f"[name='{code}-next_by']", "2026-12-08")
    page.locator(f"[id='{code}'] button").click()
    return receiver


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_one_mail_answers_for_all_of_them(world: World, scripts: bool):
    rosa, andre = serves(world, "Rosa"), serves(world, "Andre")
    world.let_pass(TUESDAY)
    receiver = world.receiver(weekly_mail(world), scripts=scripts, pictures="stalled")
    receiver.sees("How does it go with 2 people?", f"Case {rosa}").sees_no("Rosa", "Andre").looks(
        "stalled-first"
    )
    receiver.presses("Send the code").writes(code=world.code()).presses("Go on").sees("Rosa M.", "Andre M.")
    goes_on(receiver, rosa).sees("1 answer is kept.", "How does it go with 1 person?").looks("stalled-kept")
    denise = world.member("denise", scripts=scripts)
    denise.today("Sunrow Solar School says that Solar Installer training goes on.")
    denise.goes_to(f"/referrals/{rosa}/").sees("Last seen on Fri, Nov 20", "Next: the next session, as planned, by Tue, Dec 8")  # fmt: skip
    if not scripts:
        return
    world.let_pass(TUESDAY + timedelta(days=10))
    luz = world.member("luz", pictures="stalled")
    luz.goes_to("/network/").sees("Asked how it goes, and no answer", "Sunrow Solar School", andre)
    luz.sees_no("Andre", rosa).looks("stalled-board")
