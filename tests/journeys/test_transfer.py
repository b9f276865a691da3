"""A transfer: the person stays where they are until the other side accepts, and from then on is theirs."""

from __future__ import annotations

import pytest

from tests.journeys.world import SECRETS, Person, World
from warmhandoff.custody.models import Custody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

VALLEY_MAIL = "referrals@valley.example"


def holder(world: World) -> str:
    """Who holds them: one open custody, in the whole database."""
    held = Custody.objects.using("owner").select_related("organization").get(until__isnull=True)
    return held.organization.name


@pytest.fixture
def denise(world: World) -> Person:
    """Has asked Valley Trades to take Rosa over."""
    code = world.take_in().code
    denise = world.member("denise", pictures="transfer")
    denise.goes_to(f"/referrals/new/{code}/").chooses("Valley Trades").presses("See what they will be told")
    denise.chooses("Transfer: Valley Trades holds them").looks("preview")
    denise.chooses("They said yes to exactly this").presses("Send to").sees("Sent to Valley Trades")
    denise.code = code  # type: ignore[attr-defined]
    return denise


def still_held_by_denise(world: World, denise: Person, vera: Person) -> None:
    denise.story(denise.code, "Held by", "You, since", "Valley Trades has until")  # type: ignore[attr-defined]
    vera.goes_to("/people/").sees("Nobody here yet").sees_no("Rosa", "Mendoza")
    assert holder(world) == "Eastgate Community Partners"


def held_by_valley(world: World, denise: Person, vera: Person) -> None:
    assert holder(world) == "Valley Trades"
    vera.goes_to("/people/").sees("Mendoza", "1 person").looks("valley-people")
    vera.follows("Mendoza").sees("Held by", "came over from Eastgate Community Partners").looks(
        "valley-person"
    )
    denise.story(denise.code, "Valley Trades took Rosa over. They hold them now").looks("eastgate-person")  # type: ignore[attr-defined]
    denise.today("Valley Trades said yes").looks("eastgate-today")


def test_by_the_lead_who_signs_in(world: World, denise: Person):
    vera = world.member("vera", pictures="transfer")
    still_held_by_denise(world, denise, vera)
    vera.today("refers someone").follows("Answer").sees("from then on you hold them").looks("lead-asked")
    still_held_by_denise(world, denise, vera)
    vera.today().follows("Answer").follows("Yes, we have a place").writes(caller_name="Vera").presses(
        "Say yes"
    )
    vera.sees("Rosa Mendoza").looks("lead-accepted")
    held_by_valley(world, denise, vera)


def test_by_the_link_with_the_code_before_the_yes(world: World, denise: Person):
    vera = world.member("vera", pictures="transfer")
    receiver = world.receiver(world.link(VALLEY_MAIL), pictures="transfer")
    receiver.sees("This is a transfer", "from then on you hold them").sees_no(*SECRETS).looks("question")
    receiver.follows("Yes, we have a place").sees("First a code, to this mailbox").looks("code-first")
    still_held_by_denise(world, denise, vera)
    receiver.presses("Send the code").writes(code=world.code(VALLEY_MAIL)).presses("Go on")
    receiver.sees("Yes, you have a place").sees_no(*SECRETS).looks("yes")
    still_held_by_denise(world, denise, vera)
    receiver.writes(caller_name="Sam").presses("Say yes")
    receiver.sees("You hold the person now", "Rosa Mendoza").looks("accepted")
    held_by_valley(world, denise, vera)


def test_a_no_moves_nobody(world: World, denise: Person):
    vera = world.member("vera")
    vera.today().follows("Answer").follows("Not us").chooses("Full, no date yet").presses("Send this answer")
    denise.today("Valley Trades declined", "Decide what’s next")
    assert holder(world) == "Eastgate Community Partners"
    vera.goes_to("/people/").sees("Nobody here yet")
