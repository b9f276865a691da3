"""What lies between the question and the end: asked and answered, on a list until a day, taken up, put off, given to a colleague,
written about, recorded wrongly and said right; and each time both sides' Today says what is next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.journeys.world import Person, World
from warmhandoff.participants import actions as participants

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

IN_TWO_WEEKS = MONDAY + timedelta(days=14)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_asked_answered_and_on_a_list_until_its_day(world: World, scripts: bool):
    """All of the receiver's behind the mail's link, without an account."""
    code = world.refer().code
    denise = world.member("denise", scripts=scripts, pictures="waits")
    receiver = world.receiver(scripts=scripts, pictures="waits")
    asks_and_is_answered(world, receiver, denise)
    goes_on_the_list(world, receiver, denise)
    comes_up_on_its_day(world, denise)
    receiver.goes_to(world.link()).follows("Yes, we have a place")
    receiver.writes(caller_name="Jo").presses("Say yes").sees("Thank you for your yes")
    writes_and_is_read(world, receiver, denise, code)
    records_and_says_it_right(receiver, denise, code)


def asks_and_is_answered(world: World, receiver: Person, denise: Person) -> None:
    receiver.follows("Ask a question").looks("question")
    receiver.writes(question="Does the course need own tools?", your_name="Jo").presses("Send the question")
    receiver.sees("They reply by", "Your own clock stands until you have their reply").looks("question-asked")
    denise.today("1 needs you", "asks you something before they answer").looks("today-question")
    denise.follows("Answer the question").sees("Next: answer the question", "own tools").looks(
        "question-waits"
    )
    denise.follows("Answer the question").writes(reply="No, the school lends them.").presses("Send")
    denise.sees("Next: Sunrow Solar School answers").today("Nobody is waiting for you")
    receiver.goes_to(world.link()).sees("No, the school lends them.", "Please answer by").looks("reply-read")


def goes_on_the_list(world: World, receiver: Person, denise: Person) -> None:
    receiver.follows("We have it, but we are full").looks("list")
    receiver.presses("Put them on our list").sees("Choose a day")
    receiver.page.locator("main label[for=id_when_0]").click()
    receiver.writes(position="3").presses("Put them on our list")
    receiver.sees("They are on your list. You look again on", "Place on your list: 3").looks("listed")
    denise.today("Sunrow Solar School is full and put Rosa on its list", "as number 3").looks("today-listed")
    denise.goes_to(f"/referrals/{world.referral().code}/")
    denise.sees(
        "On the list of Sunrow Solar School", "You go on holding Rosa", "Place on their list: 3"
    ).looks("listed-ours")


def comes_up_on_its_day(world: World, denise: Person) -> None:
    day = world.referral().review_due_at
    assert day is not None
    world.let_pass(day - timedelta(hours=3))
    assert "/a/" in world.mail(), "the mailbox is reminded on the morning of the day"
    denise.today("On the list of Sunrow Solar School", "They look again on").looks("today-list-day")
    world.let_pass(day + timedelta(minutes=5))
    denise.today("LATE", "Sunrow Solar School wanted to look at its list again").looks("today-list-late")


def writes_and_is_read(world: World, receiver: Person, denise: Person, code: str) -> None:
    referral = f"/referrals/{world.referral().code}/"
    denise.goes_to(referral)
    denise.writes(message="Rosa is free after five.").presses("Send the message").sees(
        "Rosa is free after five."
    )
    receiver.goes_to(world.link()).sees("shown with the code").sees_no("Rosa is free")
    receiver.presses("Show how to reach them").writes(code=world.code()).presses("Go on")
    receiver.sees("Rosa is free after five.").looks("message-read")
    receiver.writes(message="Then Jo calls at six.").presses("Send the message").sees("Then Jo calls at six.")
    denise.today("wrote to you about").goes_to(referral).sees("Then Jo calls at six.").looks("message-ours")
    denise.presses("I have read it").sees("Then Jo calls at six.")


def records_and_says_it_right(receiver: Person, denise: Person, code: str) -> None:
    receiver.follows("Record first contact").sees("How does it stand now?").looks("contact-with-stage")
    receiver.chooses("Yes, we talked").chooses("Phone call").chooses("Papers complete").presses("Record this")
    receiver.sees("Papers complete", "First contact: phone call").looks("contacted-with-stage")
    receiver.follows("Correct").sees("Correct this entry", "It was another way").looks("correct")
    receiver.chooses("We haven’t talked with each other yet").presses("Correct it")
    receiver.sees("Jo calls them", "Correction.", "done by mistake").looks("taken-back")
    denise.today("took back what it had recorded").looks("today-taken-back")
    denise.story(
        code, "Correction.", "Sunrow Solar School and Rosa talked with each other", "done by mistake"
    )
    receiver.follows("Record first contact").chooses("Yes, we talked").chooses("In person").presses(
        "Record this"
    )
    receiver.sees("You have talked with each other")


def test_given_to_a_colleague_put_off_and_taken_up(world: World):
    """The receiver signs in: a lead gives it to somebody there; either side puts it off, and it goes on."""
    file = world.take_in()
    with world.cast.acting("denise", world.clock.get()) as member:
        participants.open_need(file=file, code="HSG", by=member.actor)
        cast.refer(file, world.cast.services["housing"], member)
    paul = world.member("paul", pictures="put-off")
    paul.goes_to("/referrals/?tab=in").sees("Waits for you", "refers someone to your").looks("list-in")
    paul.today("Someone new").follows("Answer").follows("Give it to a colleague").looks("assign")
    paul.chooses("Inés Álvarez").presses("Give it").sees("Inés Álvarez")
    ines = world.member("ines", pictures="put-off")
    ines.today("Someone new", "refers someone to your Housing help").follows("Answer")
    ines.follows("Yes, we have a place").writes(caller_name="Inés").presses("Say yes").sees("Rosa Mendoza")
    ines.follows("Put it off until a day").looks("put-off")
    ines.chooses("Waiting for papers").page.locator("main label[for=id_when_0]").click()
    ines.presses("Put it off").sees("You have put it off until").looks("on-hold")
    denise = world.member("denise", pictures="put-off")
    denise.today("put off by the other side until").looks("today-on-hold")
    ines.follows("Take it up again").presses("Take it up now").sees("Next: Inés calls them")
    denise.today("Inés at Harbor Reentry will reach Rosa by").goes_to("/referrals/").looks("list-out")
    world.let_pass(IN_TWO_WEEKS)
    ines.today("LATE", "First contact, after you accepted them").looks("today-late")
    denise.today("LATE", "Harbor Reentry has not reached Rosa").looks("today-ours-late")
