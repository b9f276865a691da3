"""People come and go: a colleague covers a week, and an account is closed with its handover list. Nobody waits, nobody is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.journeys.world import Person, World
from warmhandoff.custody.models import Custody
from warmhandoff.network import actions
from warmhandoff.network.models import User
from warmhandoff.network.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


@pytest.fixture
def nora(world: World) -> None:
    """A second case manager at Eastgate."""
    user = User.objects.create_user("nora@eastgate.example", "Nora Ibáñez")
    with world.cast.acting("marcus", world.clock.get()) as marcus:
        world.cast.members["nora"] = actions.add_member(
            user=user,
            organization=world.cast.organizations["eastgate"],
            role=Role.CASE_MANAGER,
            by=marcus.actor,
        )


def says_when(person: Person, first, last) -> Person:
    for name, day in (("from_day", first), ("until_day", last)):
        person.writes(
            **{
                f"{name}_month": str(day.month),
                f"{name}_day": str(day.day),
                f"{name}_year": str(day.year),
            }
        )
    return person


def test_a_colleague_covers_a_week(world: World, nora: None):
    monday = MONDAY.date()
    world.refer()
    link = world.link()
    denise = world.member("denise", pictures="away")
    denise.goes_to("/organization/").follows("Say when away").sees("When are you away?").looks("say-away")
    denise.presses("Save").sees("Enter the date").looks("say-away-errors")
    says_when(denise, monday, monday + timedelta(days=4)).chooses("Nora Ibáñez").presses("Save")
    denise.sees("Denise Carter is away from Mon, Nov 23 until Fri, Nov 27. Nora Ibáñez covers.")
    denise.looks("organization-away").today("You are away until Friday. Nora Ibáñez covers.", "Rosa M.")
    denise.looks("today-of-who-is-away")

    covers = world.member("nora", pictures="away")
    covers.today(
        "You cover Denise Carter until Friday.", "Rosa M.", "For Denise Carter, away until Friday"
    ).looks("today-of-who-covers")
    marcus = world.member("marcus", pictures="away")
    marcus.today("Away this week", "Denise Carter until Friday. Nora Ibáñez covers.").looks(
        "today-of-the-lead"
    )
    marcus.follows("Denise Carter").sees("Somebody else covers", "Back early").looks("absence")

    receiver = world.receiver(link)
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes")
    receiver.sees("Thank you for your yes")
    covers.today("Sunrow Solar School said yes")
    held = Custody.objects.using("owner").get(until__isnull=True)
    assert held.membership_id == world.cast.members["denise"].pk, "nothing changed hands"

    world.clock.move_to(MONDAY + timedelta(days=7))
    covers.goes_to("/today/").sees_no("Rosa", "For Denise")
    denise.today("Rosa M.").sees_no("You are away")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_account_is_closed_with_its_handover_list(world: World, nora: None, scripts: bool):
    world.refer()
    with world.cast.acting("denise", world.clock.get()) as denise:
        ana = cast.take_in(denise, cast.told("Ana", "Zapata"))
        cast.take_in(denise, cast.told("Sam", "Ortiz"))
    marcus = world.member("marcus", scripts=scripts, pictures="caseload")
    marcus.goes_to("/organization/")
    marcus.page.click("main li:has-text('Denise Carter') a:has-text('Hand over caseload')")
    marcus.sees("Hand over the caseload of Denise Carter", "3 people, by their next step").looks("caseload")
    marcus.presses("Hand over").sees("Choose to whom at least one of them goes").looks("caseload-errors")
    # Half of it today: Ana to Nora, with a note.
    marcus.writes(**{f"person_{ana.code}": world.cast.members["nora"].code})
    marcus.page.locator(f"details:has([name=note_{ana.code}]) summary").click()
    marcus.writes(**{f"note_{ana.code}": "Calls back in the evening."})
    marcus.page.locator(f"label[for={marcus.page.get_attribute(f'[name=seen_{ana.code}]', 'id')}]").click()
    marcus.looks("caseload-filled").presses("Hand over")
    marcus.sees("1 person is with whom you chose. 2 are still with Denise Carter.").looks("caseload-half")

    # And the rest with the account.
    marcus.goes_to("/organization/")
    marcus.page.click("main li:has-text('Denise Carter') a:has-text('Close account')")
    marcus.chooses("Nora Ibáñez").looks("close-account").presses_twice("Close the account")
    marcus.sees("Closed. The 2 people Denise Carter held are with Nora Ibáñez now: 0 lost.")

    receives = world.member("nora", scripts=scripts, pictures="caseload")
    receives.today("Marcus Webb", "Gave you 3 people").looks("today-given").follows("See who it is")
    receives.sees("Given to you", "Calls back in the evening.", "The person knows who is there for them now")
    receives.looks("given").presses("I have this person").sees("You have 1 person.").presses("I have all 2")
    receives.sees("You have 2 people.").sees_no("Gave you")
    receives.goes_to("/organization/given/").sees("Nobody waits for your word").looks("given-none")
    assert Custody.objects.using("owner").filter(
        until__isnull=True, membership=world.cast.members["nora"]
    ).count() == 3  # fmt: skip
