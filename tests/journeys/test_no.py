"""Where the first place can't: a no with its reason, silence, a yes that comes late; and each time a person decides what is next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.journeys.world import Person, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

AFTER_EXPIRY = MONDAY + timedelta(days=18)


def sends(denise: Person, code: str, to: str, *alternatives: str) -> None:
    denise.goes_to(f"/referrals/new/{code}/")
    denise.chooses(to).presses("See what they will be told")
    for other in alternatives:
        denise.chooses(other, within="fieldset:has([name=alternatives])")
    denise.chooses("They said yes to exactly this").presses("Send to").sees(f"Sent to {to}")


def declines(receiver: Person, reason: str, **fields: str) -> None:
    receiver.follows("Not us").looks("no")
    receiver.chooses(reason).writes(**fields).presses("Send this answer").sees("Thank you for answering")
    receiver.looks("declined")


def accepts_signed_in(world: World, name: str) -> Person:
    """A lead finds it on Today and says yes there."""
    lead = world.member(name, pictures="no")
    lead.today("Someone new", "refers someone to your").sees_no("Rosa", "Mendoza").looks("lead-today")
    lead.follows("Answer").sees("Please answer by").sees_no("Rosa", "Mendoza").looks("lead-referral")
    lead.follows("Yes, we have a place").writes(caller_name="Vera").presses("Say yes")
    lead.sees("Rosa Mendoza", "Vera calls them").looks("lead-accepted")
    lead.today("First contact, after you accepted them", "Rosa M.")
    return lead


def test_a_no_and_then_a_place_agreed_to_at_the_start(world: World):
    code = world.take_in().code
    denise = world.member("denise", pictures="no")
    sends(denise, code, "Sunrow Solar School", "Valley Trades")
    declines(
        world.receiver(pictures="no"), "Full until a date",
        full_until_month="3", full_until_day="3", full_until_year="2027",
    )  # fmt: skip
    denise.today("1 needs you", "Sunrow Solar School declined: full until", "Mar", "3").looks(
        "today-declined"
    )
    denise.follows("Decide what’s next").sees("What is next for Rosa M.?", "nobody needs to ask again")
    denise.looks("settle-agreed")
    denise.follows("Ask Valley Trades").sees("Rosa agreed to this too", "Nobody needs to ask again")
    denise.sees_no("They said yes to exactly this", "They say no").looks("agreed-already")
    denise.presses("Send to Valley Trades").sees("Sent to Valley Trades")
    assert world.referral(service=world.cast.services["solar"]).state == "declined"
    accepts_signed_in(world, "vera")
    denise.today("Valley Trades said yes")
    denise.story(
        code, "Sunrow Solar School declined", "You decided after the referral to Sunrow Solar School",
        "referred elsewhere", "You referred Rosa to Valley Trades", "Vera will reach Rosa by",
    ).looks("person-second-place")  # fmt: skip


def test_a_no_and_then_the_person_is_asked_anew(world: World):
    code = world.take_in().code
    denise = world.member("denise", pictures="no")
    sends(denise, code, "Sunrow Solar School")
    declines(world.receiver(), "No staff to do it")
    denise.today("Sunrow Solar School declined: no staff to do it").follows("Decide what’s next")
    denise.sees("ask the person anew").looks("settle-anew")
    denise.follows("See who else fits").sees("After Sunrow Solar School").looks("fits-again")
    denise.chooses("Valley Trades").presses("See what they will be told").sees("Ask Rosa")
    denise.presses("Send to").sees("Tick this when they have said yes")
    denise.chooses("They said yes to exactly this").presses("Send to").sees("Sent to Valley Trades")
    accepts_signed_in(world, "vera")
    denise.story(code, "Rosa agreed to share with Valley Trades", "Valley Trades said yes")


def test_silence_climbs_and_is_decided(world: World):
    code = world.refer().code
    denise = world.member("denise", pictures="no")
    first = world.link()
    world.let_pass(MONDAY + timedelta(days=9))  # Wednesday after the two closed days and a weekend
    denise.today("LATE", "Sunrow Solar School has not answered your referral for", "Luz Ortega").looks(
        "today-silence"
    )
    assert world.link() != first, "the reminder has a link of its own"
    assert world.events() == ["sent", "seen_late", "reminded", "sender_told"], "nobody leads at Sunrow"
    world.let_pass(AFTER_EXPIRY)
    denise.today("Referral to Sunrow Solar School: no answer for 10 business days").follows(
        "Decide what’s next"
    ).looks("settle-silence")
    denise.presses("Decide this").sees("Choose what comes next").looks("settle-errors")
    denise.chooses("They stay with us").presses("Decide this").sees("Decided and recorded")
    denise.story(
        code, "did not answer. The waiting is over", "stays with you, the need is open", "was reminded",
        "the navigators were told", "Held by", "You",
    ).looks("person-after-silence")  # fmt: skip
    late = world.receiver(pictures="no")
    late.sees("They have found another way").sees_no("Rosa", "Mendoza").looks("too-late")


def test_a_late_yes_counts_until_it_is_decided(world: World):
    code = world.refer().code
    denise = world.member("denise", pictures="no")
    world.let_pass(AFTER_EXPIRY)
    receiver = world.receiver(pictures="no")
    receiver.sees("The time for an answer has passed. A yes still counts").looks("late-question")
    denise.today("Referral to Sunrow Solar School: no answer for 10 business days").follows(
        "Decide what’s next"
    )
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes")
    receiver.sees("Thank you for your yes")
    denise.chooses("They stay with us").presses("Decide this")
    denise.sees("This has moved on since you opened it", "Next: Jo at Sunrow Solar School calls them").looks(
        "settled-too-late"
    )
    denise.today("Sunrow Solar School said yes").sees_no("Decide what’s next")
    denise.story(code, "said yes after all", "Jo will reach Rosa")
    assert world.referral().state == "accepted"
