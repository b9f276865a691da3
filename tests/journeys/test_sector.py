"""One participant's whole way through SECTOR, each step on its page: referred, eligible, enrolled, in a group with one make-up,
trained, at work with hours that the worksite approves, and through. At the end the story tells it all.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import cast
from tests.journeys.world import Person, World
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.labor_market.models import Locality
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import eligibility
from warmhandoff.programs.models import Cohort, Meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
LA = ZoneInfo("America/Los_Angeles")
TODAY = cast.MONDAY.date()
STARTS = TODAY + timedelta(weeks=1)
SUPERVISOR = "joan@ocampo.example"
MISSED = 7
PROOFS = {
    "of_age": ("Yes", "A paper that we saw"),
    "justice_history": ("Yes", "Charged", "An agency’s word"),
    "behavioral_health": ("Yes", "Their own word"),
}
COURSE_BEGINS, COURSE_ENDS = STARTS + timedelta(weeks=6), STARTS + timedelta(weeks=12)
WORK_BEGINS = STARTS + timedelta(weeks=13)
WEEKS_OF_WORK = 2


@pytest.fixture
def harbor(world: World) -> World:
    """Harbor Reentry has a contract for SECTOR, a door to it in the directory, and two people who take part already."""
    organization = world.cast.organizations["harbor"]
    contract = cast.program(world.cast, "sector", provider="harbor")
    with clock.at(cast.MONDAY), scoping.acting_as(operator_actor(organization.pk)):
        mailbox = Service.objects.get(pk=world.cast.services["housing"].pk).mailbox
        world.cast.services["sector"] = Service.objects.create(
            organization=organization, name="SECTOR", name_es="SECTOR", service_code="WRK-TRN", area="south",
            languages=["en", "es"], mailbox=mailbox, seats=12, room="open", room_as_of=TODAY,
        )  # fmt: skip
    with world.cast.acting("ines", world.clock.get()) as ines:
        for name in ("Ana", "Luis"):
            file = cast.take_in(ines, cast.told(name, "Zapata"))
            for shown in PROOFS:
                method = "document" if shown == "of_age" else "self"
                eligibility.verify(file=file, shown=shown, said=eligibility.Said(True, method), by=ines.actor)
            cast.enrolled(world.cast, ines, contract=contract, file=file)
    return world


def comes_in(world: World, name: str, day: date, hour: int = 10) -> Person:
    """A member of staff at a browser, at that hour of that day."""
    world.clock.move_to(datetime.combine(day, time(hour), LA))
    return world.member(name, pictures="sector")


def on(person: Person, **days: date) -> Person:
    for name, day in days.items():
        parts = {f"{name}_month": day.month, f"{name}_day": day.day, f"{name}_year": day.year}
        person.writes(**{part: str(value) for part, value in parts.items()})
    return person


def row(person: Person, name: str, words: str) -> Person:
    """On the attendance page: what is said of one of them."""
    person.page.get_by_role("radiogroup", name=name, exact=True).get_by_text(words, exact=True).click()
    return person


def test_the_whole_way(harbor: World) -> None:
    code = is_referred(harbor)
    is_eligible(harbor, code)
    has_a_plan(harbor, code)
    goes_to_a_group(harbor, code)
    learns_a_trade(harbor, code)
    works(harbor, code)
    is_through(harbor, code)


def is_referred(world: World) -> str:
    """From Eastgate; Harbor's lead says yes."""
    world.refer("sector")
    paul = world.member("paul", pictures="sector")
    paul.today("refers someone").follows("Answer").follows("Yes, we have a place")
    paul.writes(caller_name="Inés").presses("Say yes").sees("Rosa Mendoza")
    organization = world.cast.organizations["harbor"]
    file = Participant.objects.using("owner").get(organization=organization, contact__first_name="Rosa")
    return str(file.code)


def is_eligible(world: World, code: str) -> None:
    """Not before it is shown that it is for her: each thing that the program asks, and how it is known."""
    ines = comes_in(world, "ines", TODAY, 13)
    ines.goes_to(f"/people/{code}/program/").sees("takes part in nothing here now")
    ines.follows("Take part in a program").sees("Did a referral lead here?")
    ines.chooses("SECTOR").presses("Write it down").sees("Next: do they have a place?").looks("applied")
    ines.follows("Give them a place").sees("First: they are not eligible yet").looks("not-eligible-yet")
    ines.follows("Open their eligibility").sees("Nobody has shown it yet")
    for shown, answers in PROOFS.items():
        ines.goes_to(f"/people/{code}/eligibility/{shown}/")
        for words in answers:
            ines.chooses(words)
        ines.presses("Write it down").sees("Written down.")
    ines.sees("All of it is met since today").looks("eligible")
    ines.goes_to(f"/people/{code}/program/").follows("SECTOR").follows("Give them a place").looks("enroll")
    ines.chooses("On screen, with me").presses("They said yes: give them the place")
    ines.sees("Next: their first service").looks("enrolled")
    assert world.referral().state == "completed", "the referral that led here is closed with it"
    denise = comes_in(world, "denise", TODAY, 14)
    denise.today("Harbor Reentry").looks("sender-hears-of-it")


def has_a_plan(world: World, code: str) -> None:
    ines = comes_in(world, "ines", TODAY, 15)
    ines.goes_to(f"/people/{code}/plan/").follows("Work")
    ines.writes(words="A steady job close to home.").chooses("Completed paid work experience")
    ines.presses("Set this goal").sees("A steady job close to home.")


def goes_to_a_group(world: World, code: str) -> None:
    """Twenty required sessions; one is missed, and made up for."""
    paul = comes_in(world, "paul", TODAY, 16)
    paul.goes_to("/programs/groups/new/").writes(name="Mornings", room="Room 2, 400 Harbor Street", least="2")
    paul.page.locator("[name=contract]").first.evaluate("each => each.click()")
    paul.page.locator("[name=curriculum]").first.evaluate("each => each.click()")
    paul.chooses("Plan the optional sessions too").chooses("Inés Álvarez")
    for number in range(4):
        paul.writes(**{f"weekday_{number + 1}": str(number), f"begins_{number + 1}": "10:00"})
    on(paul, starts_on=STARTS).presses("Open it and make its plan")
    paul.sees("Mornings")
    cohort = Cohort.objects.using("owner").get()
    paul.goes_to(f"/programs/groups/{cohort.code}/people/")
    for name in ("Ana Z.", "Luis Z.", "Rosa M."):
        paul.chooses(name)
    paul.presses("Save").sees("Rosa M.").looks("group-filled")

    planned = list(
        Meeting.objects.using("owner").filter(cohort=cohort).select_related("template").order_by("starts_at")
    )
    assert [each.template.number for each in planned] == sorted(each.template.number for each in planned)
    assert len(planned) == 20
    day = None
    for meeting in planned:
        if meeting.starts_at.astimezone(LA).date().isocalendar()[1] != day:  # she signs in each week
            day = meeting.starts_at.astimezone(LA).date().isocalendar()[1]
            ines = comes_in(world, "ines", meeting.starts_at.astimezone(LA).date())
        world.clock.move_to(meeting.ends_at)
        ines.goes_to(f"/programs/groups/meetings/{meeting.code}/attendance/")
        if meeting.template.number == planned[MISSED - 1].template.number:
            row(ines, "Rosa M.", "Not here").page.get_by_label("What was it, Rosa M.?").select_option(
                label="Sick"
            )
        ines.presses("Save who came").sees("Written down:")
    missed = planned[MISSED - 1].template.number
    ines.goes_to(f"/people/{code}/groups/").sees("19 of 20", f"session {missed} missing").looks("one-missing")

    closed = planned[-1].ends_at.astimezone(LA).date() + timedelta(days=1)
    again = closed + timedelta(days=3)
    ines.goes_to(f"/programs/groups/{cohort.code}/make-up/")
    session = ines.page.locator("[name=session] option", has_text=re.compile(rf"\b{missed}\b")).first
    ines.page.select_option("[name=session]", session.get_attribute("value"))
    on(ines.writes(begins="16:00"), on=closed).presses("Plan it").sees("is a holiday here")
    on(ines, on=again).presses("Plan it").sees("Who comes to the make-up").chooses("Rosa M.")
    ines.presses("Save").sees("Rosa M.")
    made = Meeting.objects.using("owner").get(make_up=True)
    ines = comes_in(world, "ines", again, 17)
    world.clock.move_to(made.ends_at)
    ines.goes_to(f"/programs/groups/meetings/{made.code}/attendance/").presses("Save who came")
    ines.sees("Written down:")
    ines.goes_to(f"/people/{code}/groups/").sees("20 of 20").looks("all-of-it")


def says_how_it_goes(person: Person, code: str) -> Person:
    person.goes_to(f"/people/{code}/training/")
    person.page.locator("main a:has-text('Say how it goes')").last.click()
    return person


def learns_a_trade(world: World, code: str) -> None:
    ines = comes_in(world, "ines", COURSE_BEGINS - timedelta(days=5))
    ines.story(code, "Look at the plan again, together with Rosa").follows("Open the plan")
    ines.presses("Looked at it together today")
    ines.goes_to(f"/people/{code}/training/new/")
    ines.page.select_option("[name=provider]", label="Valley Trades")
    ines.writes(course="Carpentry basics", occupation="47-2031").chooses("Skills for an occupation")
    on(ines, planned_from=COURSE_BEGINS, planned_to=COURSE_ENDS).presses("Plan it")
    ines.sees("Carpentry basics")
    ines = comes_in(world, "ines", COURSE_BEGINS, 17)
    says_how_it_goes(ines, code)
    ines.presses("They have begun").sees("since")
    ines = comes_in(world, "ines", COURSE_ENDS, 17)
    says_how_it_goes(ines, code)
    ines.presses("They completed it")
    ines.goes_to(f"/people/{code}/training/earned/")
    ines.writes(name="Carpentry basics", issuer="Valley Trades").chooses("Certificate of completion")
    on(ines.chooses("We saw the paper"), issued_on=COURSE_ENDS).presses("Write it down")
    ines.sees("Carpentry basics", "Valley Trades", "Certificate of completion").looks("trained")


def works(world: World, code: str) -> None:
    """Ocampo Print Works knows her as Rosa M., and says from a mail's link which hours are right."""
    ines = comes_in(world, "ines", WORK_BEGINS - timedelta(days=4))
    ines.goes_to("/employers/add/").writes(name="Ocampo Print Works").presses("Add them")
    ines.sees("Added.").follows("Ocampo Print Works").follows("Add a worksite")
    locality = Locality.objects.using("owner").get(code="los_angeles_city")
    ines.writes(address="1200 Palm Street, Los Angeles", locality=str(locality.code))
    ines.presses("Add it").sees("1200 Palm Street").follows("Add whom you ask")
    ines.writes(name="Joan Ocampo", title="Shift lead", email=SUPERVISOR, phone="555-0177")
    ines.chooses("English").presses("Add them").sees("Joan Ocampo")
    ines.goes_to(f"/people/{code}/work/new/")
    ines.page.select_option("[name=site]", index=1)
    ines.page.select_option("[name=supervisor]", index=1)
    ines.chooses("Paid work experience").writes(wage="12.00", planned_hours="80")
    on(ines, planned_from=WORK_BEGINS, planned_to=WORK_BEGINS + timedelta(weeks=WEEKS_OF_WORK))
    ines.presses("Plan it").sees("least")
    ines.writes(wage="21.50").presses("Plan it").sees("Ocampo Print Works").looks("work-planned")
    ines.goes_to(f"/people/{code}/work/").follows("Ocampo Print Works")
    ines.sees("May they be introduced there?").chooses("Yes, they agree").writes(name="Rosa M.")
    ines.page.locator("[name=how]").first.evaluate("each => each.click()")
    ines.presses("Write it down").sees("Known there as", "Rosa M.")
    ines = comes_in(world, "ines", WORK_BEGINS, 17)
    ines.goes_to(f"/people/{code}/work/").follows("Ocampo Print Works").sees("They have begun to work")
    on(ines, on=WORK_BEGINS).presses("Write it down").sees("since")
    for week in range(WEEKS_OF_WORK):
        ines = comes_in(world, "ines", WORK_BEGINS + timedelta(days=7 * week + 7))
        ines.goes_to(f"/people/{code}/work/").follows("Ocampo Print Works").follows("Write down the hours")
        ines.writes(**{f"day_{number}": "8" for number in range(5)})
        ines.presses("Save the hours").sees("Week of", "Waits for the worksite")
        link = re.search(re.escape(world.url) + r"/w/\S+", world.mail(SUPERVISOR))
        assert link, world.mail(SUPERVISOR)
        joan = world.somebody(pictures="sector").goes_to(link[0])
        joan.sees("Rosa M.", "40").sees_no("Mendoza", "SECTOR", "Harbor Reentry", "program")
        joan.presses("40 hours are right").sees("Nothing waits for you")
    ines = comes_in(world, "ines", WORK_BEGINS + timedelta(weeks=WEEKS_OF_WORK), 17)
    ines.goes_to(f"/people/{code}/work/").follows("Ocampo Print Works").sees(
        "80 of 80 planned hours approved"
    )
    ines.follows("They worked as it was planned")
    on(ines, on=WORK_BEGINS + timedelta(weeks=WEEKS_OF_WORK, days=-3)).presses("Write it down")


def is_through(world: World, code: str) -> None:
    ines = comes_in(world, "ines", WORK_BEGINS + timedelta(weeks=WEEKS_OF_WORK, days=1))
    ines.goes_to(f"/people/{code}/plan/end/")
    ines.chooses("Achieved").presses("End the plan").sees("1 of 1 achieved")
    ines.goes_to(f"/people/{code}/program/").follows("SECTOR").follows("They completed it")
    ines.presses("They completed it").sees("Completed").looks("completed")
    ines.story(
        code,
        "Rosa completed SECTOR",
        "You and Rosa ended the plan",
        "Completed paid work experience: achieved",
        "Rosa completed the paid work at Ocampo Print Works",
        "40 hours of Rosa at Ocampo Print Works were approved",
        "Rosa agreed to be introduced to Ocampo Print Works",
        "Rosa earned Carpentry basics",
        "Rosa completed Carpentry basics at Valley Trades",
    ).looks("story")
    ines.follows("Next page").sees("Rosa asked to take part in SECTOR", "Rosa has a place in SECTOR")
