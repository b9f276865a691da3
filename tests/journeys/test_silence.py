"""Nobody answers, and nobody calls: day by day, each rung as a mail, as a line on Today, on the board of the network's office."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests import cast
from tests.journeys.world import World
from warmhandoff.custody import actions as custody
from warmhandoff.foundation.duties import Owner
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.referrals import actions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

VALLEY = "referrals@valley.example"
HERS = "r.m@home.example"


def evening(month: int, day: int) -> datetime:
    """Five past five: what was promised by that day is late."""
    return datetime(2026, month, day, 17, 5, tzinfo=current_place().zone)


def refer(world: World, *ways: participants.Way) -> str:
    """Rosa, with these ways to reach her, referred to Valley Trades, where Vera leads: the code of her page."""
    with world.cast.acting("denise", world.clock.get()) as denise:
        file = custody.take_in(
            told=cast.told(), reach=list(ways), needs=("WRK-TRN",), by=denise.actor, is_adult=True,
            holder=Owner(denise.organization_id, membership_id=denise.membership.pk),
        )  # fmt: skip
        cast.refer(file, world.cast.services["carpentry"], denise)
    return file.code


def test_nobody_answers(world: World):
    code = refer(world, cast.PHONE, participants.Way("email", HERS))
    denise = world.member("denise", pictures="silence")
    world.let_pass(evening(11, 24))
    assert "Nobody at Valley Trades has said yet that it arrived" in world.mail(VALLEY)
    world.let_pass(evening(11, 25))
    assert "Your answer was due by" in world.mail(VALLEY)
    denise.today("LATE", "Valley Trades has not answered your referral").looks("second-day")
    world.let_pass(evening(11, 30))  # two closed days and a weekend went by
    assert world.events() == ["sent", "seen_late", "seen_lead_told", "reminded", "lead_told"]
    world.let_pass(evening(12, 1))
    luz = world.member("luz", pictures="silence")
    luz.goes_to("/network/").sees("Valley Trades").looks("board").sees_no("Rosa")
    assert not world.mails(HERS), "not before its day"
    world.let_pass(evening(12, 2))
    said = world.mail(HERS)
    assert "Seguimos preguntando" in said and "Denise Carter" in said and "Valley" not in said, (
        "in her language"
    )
    denise.story(code, "Rosa was told that we are still asking Valley Trades").looks("told")
    world.let_pass(evening(12, 9))
    denise.today("no answer for 10 business days").looks("over")
    world.let_pass(evening(12, 14))
    denise.today("LATE", "Decide what’s next")
    world.let_pass(evening(12, 17))
    assert world.events() == [
        "sent", "seen_late", "seen_lead_told", "reminded", "lead_told", "sender_told", "person_told", "expired",
        "disposition_opened", "decision_late", "decision_lead_told", "decision_office_told",
    ]  # fmt: skip
    denise.follows("Decide what’s next").chooses("They stay with us").presses("Decide this")
    world.let_pass(evening(12, 30) + timedelta(days=60))
    assert world.events()[-1] == "settled", "and nobody is told of it any more"
    assert len(world.mails(HERS)) == 1


def test_nobody_calls_after_a_yes(world: World):
    code = refer(world, cast.PHONE)
    with world.cast.acting("vera", world.clock.get()) as vera:
        actions.accept(referral=world.referral(), reply=actions.Reply("Vera"), by=vera.actor)
    denise = world.member("denise", pictures="silence")
    world.let_pass(evening(11, 30))
    assert "The first contact was due by" in world.mail(VALLEY)
    world.let_pass(evening(12, 1))
    denise.today("LATE", "Valley Trades has not reached Rosa")
    world.let_pass(evening(12, 2))
    denise.today("Tell Rosa that you are still asking Valley Trades: no mail may reach them").looks(
        "tell-her"
    )
    world.let_pass(evening(12, 9))
    denise.today("Valley Trades said yes and has not reached Rosa. Wait longer, or look elsewhere?").looks(
        "decide"
    )
    assert world.referral().state == "accepted", "a person ends it, and nothing else"
    denise.story(
        code, "whoever holds them was asked to tell them that we ask why Valley Trades has not called"
    )
    assert world.events() == [
        "sent", "seen", "accepted", "contact_late", "contact_lead_told", "contact_sender_told", "contact_person_told",
        "contact_undecided",
    ]  # fmt: skip
    denise.story(code, "Nobody at Valley Trades had reached Rosa").looks("undecided")
    vera_page = world.member("vera", pictures="silence").today(
        "LATE", "First contact, after you accepted them"
    )
    vera_page.looks("her-today")
    with world.cast.acting("vera", world.clock.get()) as vera:
        actions.record_contact(referral=world.referral(), channel="voice", by=vera.actor)
    denise.today("Nobody is waiting for you")
    world.let_pass(evening(12, 9) + timedelta(days=40))
    assert world.events()[-4:] == ["start_late", "start_lead_told", "start_sender_told", "start_person_told"]
    luz = world.member("luz", pictures="silence")
    luz.goes_to("/network/").sees("Valley Trades").looks("board-stalled")
