"""A no that is looked at once more: sent back and accepted from the link; one that stands; one for which another place is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.journeys.test_no import declines
from tests.journeys.world import World
from warmhandoff.referrals.looking import SecondLook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
TUESDAY = MONDAY + timedelta(days=1)
NOTE = "Your page says that you serve the whole county since May. Please look at the area once more."


def at_the_desk(world: World, *, scripts: bool = True):
    """The navigator finds it on Today and opens it: a code, and nobody's name."""
    luz = world.member("luz", scripts=scripts, pictures="look")
    luz.today("said no to a referral from Eastgate Community Partners. Look once more.")
    luz.sees_no("Rosa", "Mendoza").looks("look-today")
    luz.goes_to("/network/").follows("decline to review").looks("look-desk")
    luz.follows("Look at it").sees("Doesn't meet a requirement")
    return luz.sees_no("Rosa", "Mendoza").looks("look-one")


@pytest.mark.parametrize("scripts", [True, False])
def test_sent_back_with_a_note_and_accepted_from_the_link(world: World, scripts):
    world.refer("solar")
    declines(world.receiver(scripts=scripts), "Lives outside our area")
    denise = world.member("denise", scripts=scripts, pictures="look")
    denise.today("The network’s office looks at this no once more. You needn’t wait for it.").looks(
        "look-holder"
    )
    denise.follows("Decide what’s next").sees("You needn’t wait: what you decide counts").looks("look-decide")
    world.clock.move_to(TUESDAY)
    luz = at_the_desk(world, scripts=scripts)
    luz.follows("Send it back with a note").sees("never of the person").writes(note=NOTE).looks("look-note")
    luz.presses("Ask them once more").sees("is asked once more", "No decline waits for a second look")
    assert "You are asked once more" in str(world.mails("referrals@sunrow.example")[-1]["Subject"])
    sunrow = world.receiver(scripts=scripts, pictures="look")
    sunrow.sees("You are asked for the second time.", NOTE, "Please answer by").sees_no("Rosa", "Mendoza")
    sunrow.looks("look-asked-again")
    denise.today("The network’s office asks Sunrow Solar School once more", "has until").looks(
        "look-waits-again"
    )
    sunrow.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes")
    sunrow.sees("Thank you for your yes")
    denise.today("Sunrow Solar School said yes")
    assert world.referral().asked_times == 2
    assert world.events().count("asked_again") == 1


def test_a_no_that_stands(world: World):
    world.refer("solar")
    declines(world.receiver(), "Lives outside our area")
    luz = at_the_desk(world)
    luz.presses("The no stands").sees("Both sides hear it", "No decline waits for a second look")
    assert "your no stands" in world.mail()
    denise = world.member("denise")
    denise.today("looked at the no of Sunrow Solar School", "Decide what’s next").follows(
        "Decide what’s next"
    )
    denise.sees("has looked at this no: it stands")
    world.receiver().sees("your no stands")


def test_another_place_is_named_and_the_holder_decides(world: World):
    code = world.refer("solar").code
    declines(world.receiver(), "Lives outside our area")
    luz = at_the_desk(world)
    luz.follows("It stands, suggest another place").chooses("Valley Trades").writes(
        note="They begin on Monday."
    )
    luz.looks("look-elsewhere").presses("Suggest it").sees("Suggested: Valley Trades")
    denise = world.member("denise", pictures="look")
    denise.today("The network’s office suggests another place.").follows("Decide what’s next")
    denise.sees("Suggested by the network’s office", "They begin on Monday.").looks("look-suggested")
    denise.follows("Ask Valley Trades")
    denise.chooses("They said yes to exactly this").presses("Send to").sees("Sent to Valley Trades")
    assert SecondLook.objects.using("owner").get().verdict == "rerouted"
    denise.story(code, "Sunrow Solar School declined")
