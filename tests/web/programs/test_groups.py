"""The pages of groups: opened with a whole plan, moved, pushed on, people put in and kept apart; curricula and their titles."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from tests import cast as made_up
from tests.cast import MONDAY, Cast, program
from tests.programs.groups import STARTS, cbi, group, joined
from tests.web.desk import Desk
from warmhandoff.programs.actions import curricula, meetings
from warmhandoff.programs.actions import groups as verbs
from warmhandoff.programs.models import (
    Attendance,
    Cohort,
    CohortMember,
    Curriculum,
    KeptApart,
    MakeUp,
    Meeting,
    MeetingEvent,
)
from warmhandoff.programs.scheduling import Slot

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = MONDAY.date()
HOME = "/programs/groups/"


def day(name: str, on: date) -> dict[str, str]:
    """A day in the three parts of its field."""
    return {f"{name}_month": str(on.month), f"{name}_day": str(on.day), f"{name}_year": str(on.year)}


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    program(found)
    return found


@pytest.fixture
def cohort(c: Cast) -> Cohort:
    with c.acting("marcus") as marcus:
        made = group(c, marcus, starts_on=TODAY)
        meetings.schedule(cohort=made, by=marcus.actor)
        joined(c, marcus, made, "Rosa", "Omar")
        return made


def page(cohort: Cohort, more: str = "") -> str:
    return f"{HOME}{cohort.code}/{more}"


def of(meeting: Meeting, more: str = "") -> str:
    return f"{HOME}meetings/{meeting.code}/{more}"


# --- Opened -------------------------------------------------------------------------------------------------------


def test_a_lead_opens_a_group_and_its_whole_plan_stands(c: Cast) -> None:
    marcus = Desk(c, "marcus")
    assert "No group meets yet." in marcus.get(HOME)
    told = {
        "name": "Mornings", "room": "Room 2, 12 Main St", "weekday_1": "1", "begins_1": "16:00", "weekday_2": "3",
        "begins_2": "16:00", "facilitators": [c.members["denise"].code], "covers": [c.members["tavo"].code], "optional": "on",
    } | day("starts_on", STARTS)  # fmt: skip
    wrong = marcus.send(f"{HOME}new/", 422, **(told | {"begins_2": "", "name": ""}))
    assert "A day needs its hour" in wrong and "Fill this in" in wrong and not Cohort.objects.exists()
    text = marcus.send(f"{HOME}new/", **told)
    assert "31 sessions are planned, from November 24, 2026 to March 11, 2027, past 6 holidays." in text
    assert "Next: Tue, Nov 24, 4 pm to 5:30 pm" in text and "Session 1, skill, required" in text
    assert "Tuesday, 4 pm and Thursday, 4 pm. Room 2, 12 Main St." in text
    with c.acting("marcus"):
        assert Meeting.objects.count() == 31
    assert "0 of 12 places taken" in marcus.get(HOME)


def test_the_required_sessions_alone(c: Cast) -> None:
    told = {
        "name": "Mornings", "room": "Room 2", "weekday_1": "1", "begins_1": "16:00", "optional": None,
        "facilitators": [c.members["denise"].code],
    } | day("starts_on", STARTS)  # fmt: skip
    text = Desk(c, "marcus").send(f"{HOME}new/", **told)
    assert "20 sessions are planned" in text and "Plan a session on a day of your choice" in text


def test_a_plan_beyond_the_known_holidays_is_refused_at_the_form(c: Cast) -> None:
    told = {
        "name": "Late", "room": "Room 2", "weekday_1": "1", "begins_1": "16:00",
        "facilitators": [c.members["denise"].code],
    } | day("starts_on", date(2027, 11, 1))  # fmt: skip
    text = Desk(c, "marcus").send(f"{HOME}new/", 422, **told)
    assert "Holidays here are known until December 31, 2027 only." in text
    with c.acting("marcus"):
        assert not Cohort.objects.exists()


def test_where_nothing_is_delivered_no_group_is_opened(c: Cast) -> None:
    assert "delivers no program now" in Desk(c, "paul").get(f"{HOME}new/")


@pytest.mark.parametrize("name", ["denise", "tavo"])
def test_who_leads_groups_sees_them_and_does_not_plan_them(c: Cast, cohort: Cohort, name: str) -> None:
    desk = Desk(c, name)
    text = desk.get(page(cohort))
    assert "Rosa" in text and "Put people into it" not in text and "Change its hours" not in text
    assert "Open a group" not in desk.get(HOME) and "kept apart" not in desk.get(HOME)
    for more in ("people/", "hours/", "staff/", "change/"):
        desk.get(page(cohort, more), 403)
    desk.get(f"{HOME}apart/", 403)


def test_another_organizations_groups_are_not_there(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus"):
        meeting = cohort.meetings.first()
        member = cohort.members.first()
    paul = Desk(c, "paul")
    for address in (
        page(cohort),
        page(cohort, "people/"),
        of(meeting),
        of(meeting, "move/"),
        f"{HOME}members/{member.code}/leave/",
    ):
        paul.get(address, 404)
    assert "No group meets yet." in paul.get(HOME)


# --- Moved --------------------------------------------------------------------------------------------------------


def first_to_come(c: Cast, cohort: Cohort) -> Meeting:
    with c.acting("marcus"):
        return cohort.meetings.filter(state="planned").order_by("starts_at")[0]


def test_a_facilitator_does_not_move_a_meeting_onto_a_holiday(c: Cast, cohort: Cohort) -> None:
    meeting, denise = first_to_come(c, cohort), Desk(c, "denise")
    told = {"which": "one", "begins": "16:00", "why": "room_taken"} | day("on", date(2026, 11, 26))
    text = denise.send(of(meeting, "move/"), 422, **told)
    assert (
        "November 26, 2026 is a holiday here: everything is closed. The next open day is November 30, 2026."
        in text
    )
    assert "Tue, Nov 24, 4 pm to 5:30 pm" in denise.get(of(meeting))
    text = denise.send(of(meeting, "move/"), **(told | day("on", date(2026, 11, 25))))
    assert (
        "Next: Wed, Nov 25, 4 pm to 5:30 pm" in text and "Was Tue, Nov 24, 4 pm. The room isn't free." in text
    )


def test_pushed_on_with_all_that_follow(c: Cast, cohort: Cohort) -> None:
    meeting = first_to_come(c, cohort)
    text = Desk(c, "denise").send(of(meeting, "move/"), which="all", why="facilitator_away")
    assert "Next: Tue, Dec 1, 4 pm to 5:30 pm" in text
    with c.acting("marcus"):
        assert MeetingEvent.objects.filter(kind="moved").count() == 31


def test_a_second_press_shows_what_the_first_did(c: Cast, cohort: Cohort) -> None:
    meeting, denise = first_to_come(c, cohort), Desk(c, "denise")
    fields = {
        "which": "all",
        "why": "other",
        "form_key": denise.soup(of(meeting, "move/")).select_one("main [name=form_key]")["value"],
    }
    for _twice in range(2):
        denise.post(of(meeting, "move/"), **fields)
    with c.acting("marcus"):
        assert MeetingEvent.objects.filter(kind="moved").count() == 31


def test_called_off_and_planned_anew(c: Cast, cohort: Cohort) -> None:
    meeting, denise = first_to_come(c, cohort), Desk(c, "denise")
    text = denise.send(of(meeting, "cancel/"), why="too_few")
    assert "Called off" in text and "Too few could come." in text
    told = {"session": "1", "begins": "09:00"}
    assert "holiday" in denise.send(page(cohort, "plan/"), 422, **told, **day("on", date(2026, 12, 25)))
    assert "Wed, Dec 2, 9 am to 10:30 am" in denise.send(
        page(cohort, "plan/"), **told, **day("on", date(2026, 12, 2))
    )
    denise.get(page(cohort, "plan/"), 404)


def test_somebody_else_leads_one(c: Cast, cohort: Cohort) -> None:
    meeting, denise = first_to_come(c, cohort), Desk(c, "denise")
    assert "Gustavo Peña" in denise.send(of(meeting, "cover/"), who=c.members["tavo"].code)
    assert "Tuesdays and Thursdays" in Desk(c, "tavo").get("/today/")


def test_a_meeting_on_today_before_it_begins_and_after(c: Cast, cohort: Cohort) -> None:
    meeting, denise = first_to_come(c, cohort), Desk(c, "denise")
    text = denise.get("/today/")
    assert "Tuesdays and Thursdays Meets tomorrow, 4 pm, Room 2: session 1. 2 people are to come." in text
    assert f'href="{of(meeting)}"' in str(denise.soup("/today/"))
    denise.at = meeting.ends_at + timedelta(hours=3)
    text = denise.get("/today/")
    assert "Met today: session 1. Nobody has said who came." in text and "Say who came" in text
    assert f'href="{of(meeting, "attendance/")}"' in str(denise.soup("/today/"))


def test_who_would_be_in_two_places_at_once_is_said(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus") as marcus:
        told = {"starts_on": STARTS, "covers": ()}
        for name, leader in (("Same leader", "denise"), ("Same room", "tavo")):
            other = group(c, marcus, name=name, led_by=leader, slots=(Slot(1, time(17), 60),), **told)
            verbs.change_group(cohort=other, room="Room 9" if leader == "denise" else None, by=marcus.actor)
            session = other.version.sessions.get(number=1)
            day = STARTS if leader == "denise" else date(2026, 12, 1)
            meetings.plan(cohort=other, session=session, on=day, begins=time(17), by=marcus.actor)
    text = Desk(c, "denise").get(page(cohort))
    assert "Same leader meets then too, led by Denise Carter as well." in text
    assert "Same room meets then too, in the same room." in text
    assert text.count("meets then too") == 2


def test_other_hours_and_staff_and_room(c: Cast, cohort: Cohort) -> None:
    marcus = Desk(c, "marcus")
    text = marcus.send(
        page(cohort, "hours/"),
        weekday_1="0",
        begins_1="09:00",
        weekday_2="",
        begins_2="",
        **day("since", date(2026, 12, 1)),
    )
    assert "Monday, 9 am. Room 2." in text and "Mon, Dec 7, 9 am to 10:30 am" in text
    assert "Gustavo Peña" in marcus.send(
        page(cohort, "staff/"), facilitators=[c.members["tavo"].code], covers=[]
    )
    text = marcus.send(page(cohort, "change/"), room="Room 9", most="3")
    assert "Room 9" in text and "2 of 3 taken" in text
    assert "More people than that" in marcus.send(page(cohort, "change/"), 422, least="1", most="1")


# --- People -------------------------------------------------------------------------------------------------------


def test_people_are_put_in_and_who_is_kept_apart_can_not_be_chosen(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus") as marcus:
        lena, ana = (
            made_up.enrolled(c, marcus, file=made_up.take_in(marcus, made_up.told(name, "Vega")))
            for name in ("Lena", "Ana")
        )
        rosa = cohort.members.order_by("id")[0]
        verbs.keep_apart(one=lena.file, other=rosa.file, by=marcus.actor)
    desk = Desk(c, "marcus")
    text = desk.get(page(cohort, "people/"))
    assert "Lena V.: kept apart from Rosa M., who is in this group." in text and "10 places are free" in text
    assert "Lena" not in desk.send(page(cohort, "people/"), 422, people=[lena.code]).split("kept apart")[0]
    text = desk.send(page(cohort, "people/"), people=[ana.code])
    assert "Ana V." in text and "3 of 12 taken" in text
    with c.acting("marcus"):
        assert not CohortMember.objects.filter(enrollment=lena).exists()


def test_more_than_there_is_room_for_leaves_the_form_as_it_was(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus") as marcus:
        verbs.change_group(cohort=cohort, sizes=verbs.Sizes(1, 3), by=marcus.actor)
        two = [
            made_up.enrolled(c, marcus, file=made_up.take_in(marcus, made_up.told(name, "Vega"))).code
            for name in ("Lena", "Ana")
        ]
    desk = Desk(c, "marcus")
    assert "Every place in this group is taken." in desk.send(page(cohort, "people/"), 422, people=two)
    with c.acting("marcus"):
        assert cohort.members.count() == 2
    assert "3 of 3 taken" in desk.send(page(cohort, "people/"), people=two[:1])


def test_somebody_leaves(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus"):
        rosa = cohort.members.order_by("id")[0]
    desk = Desk(c, "marcus")
    assert "1 of 12 taken" in desk.send(f"{HOME}members/{rosa.code}/leave/", why="work")
    with c.acting("marcus"):
        rosa.refresh_from_db()
        assert (rosa.left_on, rosa.left_why) == (TODAY, "work")


def test_keeping_two_apart_asks_no_reason(c: Cast, cohort: Cohort) -> None:
    desk = Desk(c, "marcus")
    form = desk.soup(f"{HOME}apart/").select("main form")[-1]
    assert {each["name"] for each in form.select("[name]")} == {
        "csrfmiddlewaretoken",
        "form_key",
        "one",
        "other",
    }
    with c.acting("marcus") as marcus:
        rosa, omar = (one.file for one in cohort.members.order_by("id"))
        lena = made_up.enrolled(c, marcus, file=made_up.take_in(marcus, made_up.told("Lena", "Vega"))).file
    assert "Both are in one group now." in desk.send(f"{HOME}apart/", 422, one=rosa.code, other=omar.code)
    assert "Rosa M. and Lena V." in desk.send(f"{HOME}apart/", one=rosa.code, other=lena.code)
    with c.acting("marcus"):
        pair = KeptApart.objects.get()
    text = desk.send(f"{HOME}apart/", at=f"{HOME}apart/{pair.code}/end/")
    assert "Nobody is kept apart." in text


def test_nothing_of_a_pair_reaches_who_leads_the_group(c: Cast, cohort: Cohort) -> None:
    with c.acting("marcus") as marcus:
        rosa = cohort.members.order_by("id")[0]
        lena = made_up.enrolled(c, marcus, file=made_up.take_in(marcus, made_up.told("Lena", "Vega")))
        verbs.keep_apart(one=lena.file, other=rosa.file, by=marcus.actor)
        meeting = cohort.meetings.first()
    denise = Desk(c, "denise")
    for address in (HOME, page(cohort), of(meeting), f"/people/{lena.file.code}/"):
        assert "apart" not in denise.get(address).lower()


# --- Make-ups -----------------------------------------------------------------------------------------------------


def test_a_make_up_is_planned_for_who_missed_a_session(c: Cast) -> None:
    with c.acting("marcus", at=MONDAY - timedelta(days=14)) as marcus:
        cohort = group(c, marcus, starts_on=TODAY - timedelta(days=14))
        rosa, _omar = joined(c, marcus, cohort, "Rosa", "Omar")
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
    with c.acting("marcus") as marcus:
        Attendance.objects.create(
            file_id=rosa.file_id, organization_id=rosa.organization_id, meeting=first, member=rosa, mark="absent",
            template=first.template, on=TODAY - timedelta(days=13), absence="illness", excused=True, by=marcus.actor,
        )  # fmt: skip
    denise = Desk(c, "denise")
    told = {"session": "several", "begins": "10:00"} | day("on", date(2026, 12, 4))
    text = denise.send(page(cohort, "make-up/"), **told)
    assert "Who comes to the make-up" in text and "Rosa M. Session 1" in text and "Omar" not in text
    with c.acting("marcus"):
        make_up = Meeting.objects.get(make_up=True)
    text = denise.send(of(make_up, "make-ups/"), missed=[f"{rosa.code}-1"])
    assert "1 make-up is planned." in text and "Rosa M." in text and "Session 1" in text
    assert "Nobody has missed what this is for." in denise.get(of(make_up, "make-ups/"))
    with c.acting("marcus"):
        assert MakeUp.objects.get().template == first.template


# --- Curricula ----------------------------------------------------------------------------------------------------


def test_the_curriculum_that_ships_says_its_source_and_that_nobody_verified_it(c: Cast) -> None:
    code = cbi().curriculum.code
    text = Desk(c, "denise").get(f"{HOME}curricula/{code}/")
    assert "31 sessions: 14 on skills, 6 to use them, 11 optional. 20 are required." in text
    assert "1165" in text and "not verified yet" in text and "Take it over" not in text
    assert "without titles" in Desk(c, "denise").get(f"{HOME}curricula/")


def test_a_lead_takes_it_over_enters_titles_and_begins_a_version(c: Cast) -> None:
    code = cbi().curriculum.code
    marcus = Desk(c, "marcus")
    marcus.get(f"{HOME}curricula/{code}/1/sessions/", 404)
    text = marcus.send(f"{HOME}curricula/{code}/", at=f"{HOME}curricula/{code}/own/")
    assert "Sessions of version 1" in text and "everything can be changed" in text
    own = Curriculum.objects.exclude(organization=None).get()
    sessions = f"{HOME}curricula/{own.code}/1/sessions/"
    text = marcus.send(sessions, en_1="First day", es_1="Primer día", kind_31="skill-free")
    assert (
        "Session 1: First day" in text
        and "15 on skills, 6 to use them, 10 optional. 20 are required." in text
    )
    with c.acting("marcus") as acting:
        group(c, acting, version=own.versions.get())
    assert "titles can be entered, what is required stays" in marcus.get(sessions)
    text = marcus.send(f"{HOME}curricula/{own.code}/version/", **day("valid_from", date(2027, 1, 4)))
    assert "Sessions of version 2" in text
    assert "A later version is there already." in marcus.send(
        f"{HOME}curricula/{own.code}/version/", 422, **day("valid_from", date(2027, 1, 4))
    )
    Desk(c, "paul").get(f"{HOME}curricula/{own.code}/", 404)
    assert curricula.is_used(own.versions.get(number=2)) is False


# --- Over ---------------------------------------------------------------------------------------------------------


def test_a_group_is_ended_from_its_page_when_nothing_is_planned(c: Cast, cohort: Cohort) -> None:
    marcus = Desk(c, "marcus")
    marcus.send(page(cohort, "change/"), 409, at=page(cohort, "end/"))
    with c.acting("marcus") as acting:
        for meeting in cohort.meetings.all():
            meetings.cancel(meeting=meeting, why="other", by=acting.actor)
    text = marcus.send(page(cohort, "change/"), at=page(cohort, "end/"))
    assert "Tuesdays and Thursdays has ended." in text
    assert "Tuesdays and Thursdays" in marcus.get(f"{HOME}?ended=1")
