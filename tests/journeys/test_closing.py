"""When an organization or a colleague leaves: nobody is lost, and somebody with a name answers."""

from __future__ import annotations

import pytest

from tests import cast
from tests.journeys.world import World
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.network import actions
from warmhandoff.network.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

HELD = 20


def take_in_twenty(world: World) -> str:
    """Rosa, who was referred to Sunrow, and nineteen others."""
    code = world.refer().code
    with world.cast.acting("denise", world.clock.get()) as denise:
        for number in range(HELD - 1):
            cast.take_in(denise, cast.told("Ana", f"Zapata {number:02}"))
    return code


def held(world: World, **where: object) -> int:
    return Custody.objects.using("owner").filter(until__isnull=True, **where).count()


def test_an_organization_that_holds_twenty_people_closes(world: World):
    take_in_twenty(world)
    link = world.link()
    adam = world.member("adam", pictures="closing")
    adam.goes_to("/administration/").looks("organizations")
    adam.follows("Eastgate Community Partners").follows("Close").sees(
        "It holds 20 people", "Luz Ortega answering"
    )
    adam.sees_no("Rosa", "Zapata").looks("before")
    adam.presses_twice("Close it")
    adam.sees(
        "Eastgate Community Partners is closed",
        "Its 20 people are held by Network Office, Luz Ortega answering: 0 lost",
    )
    adam.sees_no("Rosa", "Zapata").looks("closed")
    assert held(world) == held(world, queue=world.cast.queues["office"]) == HELD

    luz = world.member("luz", pictures="closing")
    luz.today("need you", "Rosa M.").looks("navigator-today")
    luz.goes_to("/people/").sees("20 people", "Mendoza", "Zapata 18").looks("navigator-people")
    luz.follows("Mendoza").sees("Eastgate Community Partners closed. By its agreement you hold Rosa now")
    luz.looks("navigator-person")
    denise = world.member("denise", pictures="closing")
    denise.goes_to("/").sees("You don't belong to an organization here").looks("member-of-a-closed-one")

    receiver = world.receiver(link)
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes")
    receiver.sees("Thank you for your yes")
    luz.today("Rosa M.", "Jo at Sunrow Solar School will reach Rosa by")


def test_a_colleague_s_account_is_closed(world: World):
    take_in_twenty(world)
    marcus = world.member("marcus", pictures="closing")
    marcus.goes_to("/organization/").looks("organization")
    denise = world.member("denise")
    denise.today("need you")
    marcus.page.click("main li:has-text('Denise Carter') a:has-text('Close account')")
    marcus.sees("Close the account of Denise Carter", "20 people are held").looks("close-account")
    marcus.presses_twice("Close the account")
    marcus.sees("The 20 people Denise Carter held are in the queue now, Marcus Webb answering: 0 lost")
    marcus.looks("account-closed")
    marcus.today("Rosa M.").goes_to("/people/").sees("20 people", "Held by")
    assert held(world, queue=world.cast.queues["eastgate"]) == HELD
    denise.goes_to("/today/").sees("You don't belong to an organization here")


def test_the_last_lead_stays_until_another_answers(world: World):
    world.take_in(by="marcus")
    eastgate = world.cast.organizations["eastgate"]
    with clock.at(world.clock.get()), scoping.acting_as(operator_actor(eastgate.pk)):
        user = User.objects.create_user("ana@eastgate.example", "Ana Ruiz", cast.PASSWORD)
        world.cast.members["ana"] = actions.add_member(user=user, organization=eastgate, role="lead")
    ana = world.member("ana", pictures="closing")
    ana.goes_to("/organization/").page.click("main li:has-text('Marcus Webb') a:has-text('Close account')")
    address = ana.page.url
    ana.sees("First appoint another lead", "Marcus Webb answers for the queue", "It can be:", "Ana Ruiz")
    ana.looks("last-lead")
    ana.follows("Appoint a lead").chooses("Ana Ruiz").presses("Appoint").sees(
        "Ana Ruiz answers for the queue now"
    )
    stale = world.member("ana", pictures="closing").goes_to(address).sees("Close the account of Marcus Webb")
    # Meanwhile Marcus leads again: the page that is still open is refused, and says what to do.
    with world.cast.acting("ana", world.clock.get()) as member:
        actions.appoint_lead(organization=eastgate, membership=world.cast.members["marcus"], by=member.actor)
    stale.presses("Close the account").sees("Marcus Webb is the lead of", "First appoint Ana Ruiz").looks(
        "last-lead-refused"
    )
    assert held(world) == 1
    ana.goes_to("/organization/").sees("Marcus Webb")
