"""One handoff from the invitation of a new case manager to the end, as the people in it do it: with scripts, and without."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import UTC, datetime

import pytest

from tests.cast import MONDAY, PASSWORD
from tests.journeys.world import SECRETS, SUNROW_MAIL, Person, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

NADIA_MAIL = "nadia@eastgate.example"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_handoff_from_intake_to_completed(world: World, settings, scripts: bool):
    settings.DEMO = False  # as in the field: a second step is asked for
    nadia = joins_and_signs_in(world, scripts)
    code = takes_rosa_in(nadia)
    refers_her(nadia, code)
    receiver = world.somebody(scripts=scripts, pictures="loop")
    says_yes(world, receiver, nadia, code)
    reads_the_name(world, receiver)
    goes_on_to_the_end(world, receiver, nadia, code)


# --- The new colleague --------------------------------------------------------------------------------------------


def joins_and_signs_in(world: World, scripts: bool) -> Person:
    """Invited by the lead, joined from the mail, second step set up."""
    from warmhandoff.network import actions

    # Sign-in looks at the machine's own clock ("is it still you?"), so joining happens on that.
    world.clock.move_to(datetime.now(UTC))
    with world.cast.acting("marcus", at=world.clock.get()) as marcus:
        actions.invite(
            organization=world.cast.organizations["eastgate"], email=NADIA_MAIL, name="Nadia Flores",
            role="case_manager", by=marcus.actor,
        )  # fmt: skip
    found = re.search(re.escape(world.url) + r"/invitation/\S+", world.mail(NADIA_MAIL))
    assert found, world.mail(NADIA_MAIL)
    nadia = world.somebody(scripts=scripts, pictures="loop")
    nadia.goes_to(found[0]).looks("invitation")
    nadia.presses("Accept and go on").looks("join")
    nadia.writes(password1=PASSWORD, password2=PASSWORD).presses("Make my account").looks("second-step")
    nadia.sees("Set up the second step")
    nadia.writes(code=phone_says(nadia.page.text_content("main .code") or "")).presses("Turn it on")
    nadia.looks("recovery-codes")
    world.clock.move_to(MONDAY)
    nadia.goes_to("/").sees("No one is with you yet").looks("today-empty")
    return nadia


def phone_says(key: str) -> str:
    """What an authenticator app shows for a key (RFC 6238)."""
    digest = hmac.new(
        base64.b32decode(key.strip()), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1
    ).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


# --- Intake, consent, referral ------------------------------------------------------------------------------------


def takes_rosa_in(nadia: Person) -> str:
    nadia.follows("Take someone in").looks("intake")
    nadia.sees("18 or older", "años")
    nadia.writes(first_name="Rosa").presses("Take them in")
    nadia.sees("Choose one").looks("intake-errors")
    nadia.chooses("Yes, 18 or older").chooses("Text message").chooses("Spanish").chooses("Job training")
    nadia.writes(last_name="Mendoza", phone="555-0123")
    nadia.presses("Take them in").sees("Rosa is with you now", "Held by", "You", "not asked yet")
    nadia.looks("person-new")
    code = nadia.page.url.rstrip("/").rpartition("/")[2]
    nadia.today("Rosa M.", "1 needs you", "Nobody has been asked yet").looks("today-find-a-place")
    nadia.story(code, "You took Rosa in", "wrote down")
    return code


def refers_her(nadia: Person, code: str) -> None:
    nadia.goes_to("/today/").follows("Find a place").looks("fits")
    nadia.sees("Who fits?", "Sunrow Solar School")
    nadia.chooses("Sunrow Solar School").presses("See what they will be told")
    nadia.sees("Before they answer", "no name", "After they say yes", "Ask Rosa")
    assert nadia.page.locator(".consent").count() == 2, "in English and in Spanish, side by side"
    spanish = nadia.page.locator(".consent[lang=es]").text_content() or ""
    assert "Sunrow Solar School" in spanish
    assert re.search(r"\b(acepto|autorizo|compartir|puede)\b", spanish), spanish
    nadia.looks("preview")
    nadia.presses("Send to").sees("Tick this when they have said yes").looks("preview-errors")
    nadia.chooses("They said yes to exactly this").presses("Send to")
    nadia.sees("Sent to Sunrow Solar School", "You go on holding Rosa").looks("sent")
    nadia.today("Nobody is waiting for you", "1 person is with you", "Sunrow Solar School has until").looks(
        "today-waiting"
    )
    nadia.story(
        code,
        "Rosa agreed to share with Sunrow Solar School",
        "You referred Rosa to Sunrow Solar School",
        "Sunrow Solar School has until",
    ).looks("person-waiting")


# --- Behind the mail ----------------------------------------------------------------------------------------------


def says_yes(world: World, receiver: Person, nadia: Person, code: str) -> None:
    address = world.link()
    before = world.events()
    for _look in range(2):
        receiver.goes_to(address).sees("Eastgate Community Partners refers someone", "You need no account")
        receiver.sees_no(*SECRETS)
    assert world.events() == before == ["sent"], "opening changes nothing, not even to seen"
    nadia.today("Sunrow Solar School has until")
    receiver.looks("question")
    receiver.follows("Yes, we have a place").sees("Who will call them?", "By when?").looks("yes")
    receiver.sees_no(*SECRETS)
    receiver.presses("Say yes").sees("Say who will call").looks("yes-errors")
    receiver.writes(caller_name="Jo").chooses("Tomorrow").presses("Say yes")
    receiver.sees("Thank you for your yes", "Jo calls them", "goes on holding them").looks("accepted")
    receiver.sees_no(*SECRETS)
    nadia.today("Sunrow Solar School said yes", "Jo at Sunrow Solar School will reach Rosa by").looks(
        "today-accepted"
    )
    nadia.story(code, "Sunrow Solar School said yes", "Jo will reach Rosa by", "Held by", "You").looks(
        "person-accepted"
    )
    assert "referrals.answer_heard" in world.in_digest(NADIA_MAIL), "whoever asked is told in the morning too"


def reads_the_name(world: World, receiver: Person) -> None:
    receiver.presses("Show how to reach them").sees("Type the six digits").looks("code")
    receiver.sees_no(*SECRETS)
    receiver.writes(code=world.code()).presses("Go on")
    receiver.sees("Rosa Mendoza", "555", "Who it is, as they agreed", "Each showing is written down")
    receiver.looks("name-shown")
    other = world.somebody()
    other.goes_to(receiver.page.url).sees("Show how to reach them").sees_no(*SECRETS)
    assert len(world.mails(SUNROW_MAIL)) == 2, "the link and the code"


def goes_on_to_the_end(world: World, receiver: Person, nadia: Person, code: str) -> None:
    receiver.follows("Record first contact").looks("contact")
    receiver.chooses("Yes, we talked").chooses("Text message").presses("Record this")
    receiver.sees("You have talked with each other", "Next: tell us when it has begun").looks("contacted")
    nadia.today("Sunrow Solar School and Rosa have talked with each other")
    nadia.story(code, "Sunrow Solar School and Rosa talked with each other", "has not begun yet")

    receiver.follows("It has begun").looks("begin").presses("Record that it has begun")
    receiver.sees("It has begun", "Next: tell us how it ends").looks("engaged")
    nadia.today("Solar Installer training at Sunrow Solar School has begun")
    nadia.story(code, "Solar Installer training at Sunrow Solar School began")

    receiver.follows("They completed it").looks("complete").presses("Record that they completed it")
    receiver.sees("Thank you. They completed it").looks("completed")
    nadia.today("Solar Installer training at Sunrow Solar School is completed", "Rosa M.").looks(
        "today-completed"
    )
    nadia.sees("1 needs you").follows("Say whether it is met").looks("met").presses("Yes, it is met")
    nadia.today("Rosa M.").sees("1 needs you", "Decide what’s next")
    nadia.story(code, "Rosa completed Solar Installer training at Sunrow Solar School").looks("person-end")
    assert world.events() == ["sent", "seen", "accepted", "contacted", "engaged", "completed"]
