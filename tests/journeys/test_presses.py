"""Impatient hands, old links, wrong codes, the back button, two people at once: one effect, a clear sentence, nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.journeys.world import SUNROW_MAIL, Person, World
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def says_yes(receiver: Person) -> Person:
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes")
    return receiver.sees("Thank you for your yes")


# --- Pressed twice ------------------------------------------------------------------------------------------------


def test_send_pressed_twice_asks_once(world: World):
    code = world.take_in().code
    denise = world.member("denise")
    denise.goes_to(f"/referrals/new/{code}/").chooses("Sunrow Solar School")
    denise.presses("See what they will be told").chooses("They said yes to exactly this")
    denise.presses_twice("Send to").sees("Next: Sunrow Solar School answers")
    assert Referral.objects.using("owner").count() == 1
    assert len(world.mails(SUNROW_MAIL)) == 1
    denise.goes_back().sees("Asked already", "You have asked them for this person, and it is still open")
    denise.today("1 person is with you")


def test_yes_and_completed_pressed_twice(world: World):
    world.refer()
    receiver = world.receiver()
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses_twice("Say yes")
    receiver.sees("Thank you for your yes")
    assert world.events() == ["sent", "seen", "accepted"]
    receiver.follows("It has begun").presses("Record that it has begun").sees("tell us how it ends")
    receiver.follows("They completed it").presses_twice("Record that they completed it")
    receiver.sees("Thank you. They completed it.")
    assert world.count("completed") == 1
    heard = world.in_digest("denise@eastgate.example")
    assert heard == ["referrals.answer_heard"] * 2, "one for the yes, one for the end"


def test_no_pressed_twice(world: World):
    world.refer()
    receiver = world.receiver()
    receiver.follows("Not us").chooses("No staff to do it").presses_twice("Send this answer")
    receiver.sees("Thank you for answering")
    assert world.count("declined") == 1
    denise = world.member("denise")
    denise.today("1 needs you", "Sunrow Solar School declined")


def test_back_after_the_yes_shows_the_yes(world: World):
    world.refer()
    receiver = says_yes(world.receiver(pictures="presses"))
    receiver.goes_back().sees("Thank you for your yes", "Jo calls them")
    assert world.count("accepted") == 1


# --- Links that are not the newest --------------------------------------------------------------------------------


def test_an_old_link_after_a_fresh_one(world: World):
    world.refer()
    old = world.link()
    world.let_pass(MONDAY + timedelta(days=3))  # the reminder
    newer = world.link()
    assert newer != old
    receiver = world.receiver(old, pictures="presses")
    receiver.sees("A newer mail was sent").looks("replaced")
    receiver.presses("Send a fresh link").sees("A fresh link is on its way").looks("fresh")
    newest = world.link()
    assert newest not in (old, newer)
    receiver.goes_to(newer).sees("A newer mail was sent")
    receiver.goes_to(old + "yes/").sees("A newer mail was sent")
    says_yes(receiver.goes_to(newest))


def test_a_form_that_was_open_when_the_link_was_replaced(world: World):
    """Nothing is lost on them: the page says where to go on."""
    world.refer()
    receiver = world.receiver(pictures="presses").follows("Yes, we have a place").writes(caller_name="Jo")
    world.let_pass(MONDAY + timedelta(days=3))
    receiver.presses("Say yes").sees("A newer mail was sent")
    assert "accepted" not in world.events()
    says_yes(receiver.goes_to(world.link()))


def test_a_forged_link(world: World):
    world.refer()
    link = world.link().rstrip("/")
    receiver = world.somebody(pictures="presses")
    for forged in (
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        link.replace("/a/", "/a/9"),
        world.url + "/a/1.1",
    ):
        receiver.goes_to(forged + "/").sees("This link opens nothing").sees_no("Eastgate", "Sunrow")
    receiver.looks("forged")
    assert world.events() == ["sent"]


def test_a_dead_link(world: World):
    world.refer()
    receiver = world.receiver(pictures="presses")
    link = world.link()
    receiver.follows("Not us").chooses("No staff to do it").presses("Send this answer")
    world.clock.move_to(MONDAY + timedelta(days=13))
    receiver.goes_to(link).sees("Thank you for answering")
    world.clock.move_to(MONDAY + timedelta(days=15))
    receiver.goes_to(link).sees("This referral is over").sees_no("Rosa").looks("dead")
    receiver.goes_to(link + "yes/").sees("This referral is over")


def test_a_mailbox_that_is_not_theirs(world: World):
    code = world.refer().code
    receiver = world.receiver(pictures="presses").follows("Tell us").looks("wrong-mailbox")
    receiver.presses("Stop this link").sees("This link was stopped").looks("stopped")
    denise = world.member("denise", pictures="presses")
    denise.today("could not be delivered. Call them").looks("today-mail-failed")
    denise.story(code, "Held by", "You")


# --- The code -----------------------------------------------------------------------------------------------------


def test_a_wrong_code_five_times(world: World):
    world.refer()
    receiver = says_yes(world.receiver(pictures="presses")).presses("Show how to reach them")
    right = world.code()
    wrong = "000000" if right != "000000" else "111111"
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        receiver.writes(code=wrong).presses("Go on").sees("That isn't the code we sent", f"{left}")
    receiver.looks("wrong-code")
    other_tab = world.somebody()
    other_tab.context.add_cookies(receiver.context.cookies())
    other_tab.goes_to(receiver.page.url).writes(code=right)
    receiver.writes(code=wrong).presses("Go on").sees("Ask for a new one").looks("code-spent")
    other_tab.presses("Go on").sees("This code can no longer be used").sees_no("Rosa")
    receiver.presses("Send a new code").writes(code=f" {world.code()} ").presses("Go on").sees("Rosa Mendoza")


def test_a_code_that_is_too_old(world: World):
    world.refer()
    receiver = says_yes(world.receiver()).presses("Show how to reach them")
    code = world.code()
    world.clock.move_to(MONDAY + timedelta(minutes=20))
    receiver.writes(code=code).presses("Go on").sees("This code can no longer be used").sees_no("Rosa")


# --- Two people at once -------------------------------------------------------------------------------------------


def opened_at_once(world: World) -> tuple[Person, Person]:
    """Sunrow's yes and Denise's taking back, both open."""
    world.refer()
    receiver = world.receiver(pictures="presses").follows("Yes, we have a place").writes(caller_name="Jo")
    denise = world.member("denise", pictures="presses")
    denise.today().goes_to(f"/referrals/{world.referral().code}/").follows("Take it back")
    denise.chooses("It was sent by mistake")
    return receiver, denise


def test_taken_back_while_the_yes_was_open(world: World):
    receiver, denise = opened_at_once(world)
    denise.presses("Take it back").sees("Recorded")
    receiver.presses("Say yes").sees("This has moved on since you opened it", "This question was taken back")
    receiver.looks("moved-on")
    assert "accepted" not in world.events()
    denise.today("The referral to Sunrow Solar School was taken back", "Decide what’s next")


def test_accepted_while_the_taking_back_was_open(world: World):
    receiver, denise = opened_at_once(world)
    receiver.presses("Say yes").sees("Thank you for your yes")
    denise.presses("Take it back").sees("This has moved on since you opened it").looks("not-taken-back")
    denise.today("Sunrow Solar School said yes")
    assert "withdrawn" not in world.events()


def test_both_in_the_same_moment(world: World):
    receiver, denise = opened_at_once(world)
    receiver.button("Say yes").click(no_wait_after=True)
    denise.button("Take it back").click(no_wait_after=True)
    moved_on = "This has moved on since you opened it"
    first = receiver.sees_one_of("Thank you for your yes", moved_on)
    second = denise.sees_one_of("Recorded", moved_on)
    assert [first, second].count(moved_on) == 1
    assert world.count("accepted") + world.count("withdrawn") == 1, world.events()
