"""Groups attacked: two at once for the last place, a pair kept apart at the moment of joining, two plans at once; SQL of one's own; and
rows broken behind the triggers are found."""

from __future__ import annotations

from datetime import date, time
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests import cast
from tests.programs.groups import group, joined
from tests.proofs.test_concurrency import DONE, Act, act_as, overlapping
from warmhandoff.foundation import promises
from warmhandoff.programs.actions import groups, meetings
from warmhandoff.programs.models import (
    Attendance,
    Cohort,
    CohortMember,
    Enrollment,
    KeptApart,
    Meeting,
    MeetingEvent,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()


@pytest.fixture
def c(the_cast) -> cast.Cast:
    made = the_cast
    cast.program(made)
    return made


def people(c: cast.Cast, *names: str) -> list[Enrollment]:
    with c.acting("marcus") as marcus:
        return [
            cast.enrolled(c, marcus, file=cast.take_in(marcus, cast.told(name, "Vega"))) for name in names
        ]


def a_group(c: cast.Cast, **more: object) -> Cohort:
    with c.acting("marcus") as marcus:
        return group(c, marcus, starts_on=TODAY, **more)  # type: ignore[arg-type]


def act(c: cast.Cast, verb) -> Act:
    return act_as(SimpleNamespace(cast=c), "marcus", verb)


def joins(c: cast.Cast, cohort: Cohort, enrollment: Enrollment) -> Act:
    return act(c, lambda marcus: groups.join(cohort=cohort, enrollment=enrollment, by=marcus.actor))


def test_of_two_for_the_last_place_one_gets_it(c: cast.Cast) -> None:
    cohort, (rosa, omar, lena) = a_group(c, most=2), people(c, "Rosa", "Omar", "Lena")
    joins(c, cohort, rosa)()
    assert overlapping(joins(c, cohort, omar), joins(c, cohort, lena)) == (DONE, "group_is_full")
    with c.acting("marcus"):
        assert cohort.members.count() == 2


def test_kept_apart_at_the_moment_of_joining(c: cast.Cast) -> None:
    """Whichever comes second sees the first, in either order."""
    cohort, (rosa, omar, lena) = a_group(c), people(c, "Rosa", "Omar", "Lena")
    joins(c, cohort, rosa)()

    def apart(one: Enrollment) -> Act:
        return act(c, lambda marcus: groups.keep_apart(one=rosa.file, other=one.file, by=marcus.actor))

    assert overlapping(apart(omar), joins(c, cohort, omar)) == (DONE, "not_together")
    assert overlapping(joins(c, cohort, lena), apart(lena)) == (DONE, "together_now")
    with c.acting("marcus"):
        assert {one.enrollment_id for one in cohort.members.all()} == {rosa.pk, lena.pk}
        assert KeptApart.objects.count() == 1


def test_two_who_join_the_same_person_twice(c: cast.Cast) -> None:
    cohort, (rosa,) = a_group(c), people(c, "Rosa")
    assert overlapping(joins(c, cohort, rosa), joins(c, cohort, rosa)) == (DONE, DONE)
    with c.acting("marcus"):
        assert cohort.members.count() == 1


def test_two_who_plan_and_two_who_push_at_once(c: cast.Cast) -> None:
    cohort = a_group(c)
    plan = act(c, lambda marcus: meetings.schedule(cohort=cohort, optional=False, by=marcus.actor))
    assert overlapping(plan, plan) == (DONE, DONE)
    with c.acting("marcus"):
        assert cohort.meetings.count() == 20
        first = cohort.meetings.order_by("starts_at")[0]
    push = act(c, lambda marcus: meetings.push_on(meeting=first, why="other", by=marcus.actor))
    assert overlapping(push, push) == (DONE, DONE)
    with c.acting("marcus"):
        times = list(cohort.meetings.values_list("starts_at", flat=True))
        assert len(set(times)) == 20 and MeetingEvent.objects.filter(kind="moved").count() == 40


def test_what_was_said_of_who_came_is_not_changed_by_sql_of_ones_own(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        first = meetings.plan(
            cohort=cohort,
            session=cohort.version.sessions.get(number=1),
            on=TODAY,
            begins=time(15),
            by=marcus.actor,
        )
        Attendance.objects.create(
            file_id=rosa.file_id, organization_id=rosa.organization_id, meeting=first, member=rosa, mark="present",
            template=first.template, on=TODAY, by=marcus.actor,
        )  # fmt: skip
    for statement in (
        "UPDATE programs_attendance SET mark = 'late'",
        "DELETE FROM programs_attendance",
        "UPDATE programs_meetingevent SET why = 'other'",
        "DELETE FROM programs_meetingevent",
        "DELETE FROM programs_cohortmember",
        "DELETE FROM programs_keptapart",
        "UPDATE programs_cohortmember SET joined_on = '2020-01-01'",
    ):
        with (
            c.acting("marcus"),
            connection.cursor() as cursor,
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            cursor.execute(statement)


BREAKAGES = {
    "a member of another organization": ("P8", "UPDATE programs_cohortmember SET organization_id = {harbor}"),
    "a meeting of another organization": ("P8", "UPDATE programs_meeting SET organization_id = {harbor}"),
    "hours of another organization": ("P8", "UPDATE programs_weeklyslot SET organization_id = {harbor}"),
    "a facilitator of another organization": (
        "P8",
        "UPDATE programs_cohortstaff SET organization_id = {harbor}",
    ),
    "an event of another organization": ("P8", "UPDATE programs_meetingevent SET organization_id = {harbor}"),
    "a make-up of another organization": ("P8", "UPDATE programs_makeup SET organization_id = {harbor}"),
    "who came, before they joined": ("P7", "UPDATE programs_attendance SET \"on\" = '2026-01-01'"),
    "who came, of somebody else": ("P7", "UPDATE programs_attendance SET file_id = {other}"),
}


@pytest.mark.parametrize(("promise", "statement"), BREAKAGES.values(), ids=BREAKAGES)
def test_the_check_finds_it(c: cast.Cast, promise: str, statement: str) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        rosa, omar = joined(c, marcus, cohort, "Rosa", "Omar")
        session = cohort.version.sessions.get(number=1)
        first = meetings.plan(cohort=cohort, session=session, on=TODAY, begins=time(15), by=marcus.actor)
        beside = meetings.plan_make_up(cohort=cohort, on=date(2026, 12, 4), begins=time(9), by=marcus.actor)
        meetings.ask_to_make_up(meeting=beside, member=rosa, session=session, by=marcus.actor)
        Attendance.objects.create(
            file_id=rosa.file_id, organization_id=rosa.organization_id, meeting=first, member=rosa, mark="present",
            template=session, on=TODAY, by=marcus.actor,
        )  # fmt: skip
        assert CohortMember.objects.count() == 2 and Meeting.objects.count() == 2
    assert not [each for each in promises.run() if each.broken]
    names = {"harbor": c.organizations["harbor"].pk, "other": omar.file_id}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in (
            "cohortmember",
            "meeting",
            "weeklyslot",
            "cohortstaff",
            "meetingevent",
            "makeup",
            "attendance",
        ):
            cursor.execute(f"ALTER TABLE programs_{table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE '%%organization'",
                [f"programs_{table}"],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE programs_{table} DROP CONSTRAINT "{name}" CASCADE')
        cursor.execute(statement.format(**names))
        broken = {each.promise for each in promises.run() if each.broken}
        transaction.set_rollback(True, using="owner")
    assert broken == {promise}
