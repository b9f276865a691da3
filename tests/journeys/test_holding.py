"""Who should hold her: asked, refused, asked again and handed over; two holders connected and parted; two files put together.

After each step the check is run over the whole database: each person has one holder, and each has a date.
"""

from __future__ import annotations

import pytest

from tests import cast
from tests.cast import told
from tests.journeys.world import Person, World
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import promises
from warmhandoff.participants import models
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

EASTGATE, VALLEY = "Eastgate Community Partners", "Valley Trades"


def right(world: World, **holds: str) -> None:
    """Every promise is kept, and these first names are held by these organizations; "" is nobody."""
    broken = [finding for finding in promises.run() if finding.broken]
    assert not broken, broken
    for who, organization in holds.items():
        assert holder_of(who) == organization, who


def holder_of(name: str) -> str:
    """By the file that was opened first under that name."""
    file = Participant.objects.using("owner").filter(contact__first_name=name).earliest("id")
    held = Custody.objects.using("owner").filter(person_id=file.person_id, until__isnull=True)
    return held.values_list("organization__name", flat=True).first() or ""


@pytest.fixture
def rosa(world: World) -> Participant:
    """Denise of Eastgate holds Rosa; Vera of Valley serves her, and so has a file of her own."""
    file = world.refer("carpentry")
    with world.cast.acting("vera", world.clock.get()) as vera:
        referrals.accept(referral=Referral.objects.get(), reply=referrals.Reply("Vera"), by=vera.actor)
    right(world, Rosa=EASTGATE)
    return file


@pytest.fixture
def served(world: World, rosa: Participant) -> Participant:
    return Participant.objects.using("owner").get(
        person_id=rosa.person_id, organization_id=world.cast.organizations["valley"].pk
    )


def asks(vera: Person, file: Participant, note: str) -> None:
    vera.goes_to(f"/people/{file.code}/holder/").looks("who-holds").follows(f"Ask {EASTGATE}").looks(
        "ask"
    ).writes(note=note).presses(f"Ask {EASTGATE}")
    vera.sees(f"You asked {EASTGATE} to hand them over to you", "waiting for an answer until").looks("asked")


def test_a_request_is_refused_asked_again_and_granted(world: World, rosa: Participant, served: Participant):
    vera, denise = world.member("vera", pictures="holding"), world.member("denise", pictures="holding")
    asks(vera, served, "We see her every day.")
    right(world, Rosa=EASTGATE)
    assert world.in_digest("marcus@eastgate.example") == ["custody.asked"], "their lead hears in the morning"

    denise.today(f"{VALLEY} asks you to hand them over").follows("Answer").looks("request")
    denise.sees("We see her every day").follows("No").looks("no")
    denise.chooses("They go on being helped here").presses("Say no").sees(
        "Said no. Everything stays as it is"
    )
    right(world, Rosa=EASTGATE)
    assert "1 question of yours about someone is answered" in world.mail("vera@valley.example")
    vera.story(served.code, "The answer was no: they go on being helped here")

    asks(vera, served, "She asked us herself.")
    denise.today(f"{VALLEY} asks you to hand them over").follows("Answer")
    denise.presses("Yes, hand them over").looks("how-did-they-agree")
    right(world, Rosa=EASTGATE)
    denise.chooses("On paper").presses("Yes, hand them over").sees(
        "Handed over, with all that is open for them"
    )
    denise.sees(VALLEY).looks("handed-over")
    right(world, Rosa=VALLEY)
    vera.today("Call them").goes_to("/people/").follows("Mendoza").sees("You, since").looks("held-now")
    denise.story(rosa.code, f"{VALLEY} took Rosa over. They hold them now")


def test_two_holders_connect_and_part_again(world: World, rosa: Participant, served: Participant):
    with world.cast.acting("denise", world.clock.get()) as member:
        referrals.withdraw(referral=Referral.objects.get(), reason="mistake", by=member.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=member.actor)
    with world.cast.acting("vera", world.clock.get()) as member:
        own = cast.take_in(member, told("Rosita", "Mendoza"))
    right(world, Rosa=EASTGATE, Rosita=VALLEY)

    vera, denise = world.member("vera", pictures="linking"), world.member("denise", pictures="linking")
    vera.goes_to(f"/people/{own.code}/holder/same-as/{served.code}/").sees("look like one person").looks(
        "one-or-two"
    )
    vera.chooses("Either of us: they choose").presses(f"Ask {EASTGATE}").sees("waiting for an answer until")
    right(world, Rosa=EASTGATE, Rosita=VALLEY)

    denise.today(f"{VALLEY} asks whether you know the same person").follows("Answer").looks("link-asked")
    denise.chooses("We do").chooses("On screen, with me").presses("Yes, connect")
    denise.sees("Connected. Both files stay as they are").looks("linked")
    right(world, Rosa=EASTGATE, Rosita="")
    human = models.Person.objects.using("owner").get(pk=own.person_id)
    assert human.close_reason == "linked", "held through the one who is kept"
    vera.story(own.code, f"{EASTGATE}, connected since", "which goes on holding").looks("stands-behind")

    denise.goes_to(f"/people/{rosa.code}/holder/").sees(f"Connected with {VALLEY}").looks("links")
    denise.follows("Undo it").sees("holds the person of its own file again").looks("unlink")
    denise.presses("Undo it").sees("No longer connected")
    right(world, Rosa=EASTGATE, Rosita=VALLEY)
    vera.today("Call them").story(own.code, "You, since", "no longer connected").looks("held-again")


def test_two_files_of_one_house_are_put_together_and_parted(world: World):
    rosa, twice = world.take_in(), world.take_in("Roza", "Mendosa")
    with world.cast.acting("denise", world.clock.get()) as member:
        cast.refer(twice, world.cast.services["solar"], member)
    right(world, Rosa=EASTGATE, Roza=EASTGATE)

    denise = world.member("denise", pictures="merging")
    denise.goes_to(f"/people/{rosa.code}/holder/same-as/{twice.code}/")
    denise.sees("it is the one that is shown", "Sunrow Solar School has until").looks("which-is-shown")
    denise.presses("Put together").sees("Put together. You can undo it").looks("together")
    right(world, Rosa="", Roza=EASTGATE)

    denise.goes_to(f"/people/{rosa.code}/").sees("Two files of one person were put together today").looks(
        "led-on"
    )
    assert f"/people/{twice.code}/" in denise.page.url
    denise.goes_to(f"/people/{twice.code}/holder/").sees("This file is shown for two").looks("shown-for-two")
    denise.follows("Undo it").looks("two-again").presses("Undo it").sees("Two files again, each as it was")
    right(world, Rosa=EASTGATE, Roza=EASTGATE)
