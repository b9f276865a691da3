"""Who came, training and credentials, attacked: two at once, SQL of one's own, and an owner who rewrote what was said."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests import cast
from tests.programs.groups import group, joined
from tests.proofs.test_check_finds import LOOSE
from tests.proofs.test_concurrency import DONE, Act, act_as, overlapping
from warmhandoff.foundation import promises
from warmhandoff.programs.actions import attendance, meetings
from warmhandoff.programs.actions import training as trainings
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.actions.training import Course, Earned
from warmhandoff.programs.models import Attendance, Cohort, Meeting

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()


@pytest.fixture
def c(the_cast) -> cast.Cast:
    made = the_cast
    cast.program(made)
    return made


@pytest.fixture
def cohort(c: cast.Cast) -> Cohort:
    with c.acting("marcus") as marcus:
        made = group(c, marcus)
        people = joined(c, marcus, made, "Rosa", "Ana")
        meetings.schedule(cohort=made, optional=False, by=marcus.actor)
        course = Course(c.organizations["sunrow"], "Solar Installer", "occupational")
        trainings.plan_training(
            enrollment=people[0].enrollment, course=course, planned_from=TODAY,
            planned_to=TODAY + timedelta(days=30), by=marcus.actor,
        )  # fmt: skip
        earned = Earned("certification", "OSHA 10", "OSHA", TODAY, "seen")
        trainings.record_credential(enrollment=people[0].enrollment, earned=earned, by=marcus.actor)
    return made


def first(c: cast.Cast, cohort: Cohort) -> Meeting:
    with c.acting("marcus"):
        return cohort.meetings.get(template__number=1)


def says(
    c: cast.Cast, cohort: Cohort, who: str = "marcus", said: Said | None = None, reason: str = ""
) -> Act:
    meeting = first(c, cohort)

    def verb(by) -> None:
        everyone = {(one.pk, meeting.template_id): said or Said() for one in cohort.members.all()}
        attendance.take(meeting=meeting, said=everyone, by=by.actor, reason=reason)

    def at_its_end(name: str, at: object = None):
        return c.acting(name, at=meeting.ends_at)

    return act_as(SimpleNamespace(cast=SimpleNamespace(acting=at_its_end)), who, verb)


def test_two_who_say_the_same_at_once_say_it_once(c: cast.Cast, cohort: Cohort) -> None:
    assert overlapping(says(c, cohort), says(c, cohort, "denise")) == (DONE, DONE)
    with c.acting("marcus"):
        assert Attendance.objects.count() == 2


def test_who_says_otherwise_at_the_same_moment_is_asked_why(c: cast.Cast, cohort: Cohort) -> None:
    absent = Said("absent", "sick")
    assert overlapping(says(c, cohort), says(c, cohort, said=absent)) == (DONE, "bad_value")
    with c.acting("marcus"):
        assert {one.mark for one in Attendance.objects.all()} == {"present"}
    assert overlapping(
        says(c, cohort, said=absent, reason="mistyped"), says(c, cohort, said=Said("late"), reason="mistyped")
    ) == (DONE, DONE)
    with c.acting("marcus"):
        marks = [one.mark for one in Attendance.objects.order_by("id")]
        assert marks == ["present"] * 2 + ["absent"] * 2 + ["late"] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE programs_attendance SET mark = 'absent'",
        "DELETE FROM programs_attendance",
        "UPDATE programs_trainingevent SET state = 'completed'",
        "DELETE FROM programs_trainingevent",
        "DELETE FROM programs_training",
        "UPDATE programs_credential SET name = 'another'",
        "DELETE FROM programs_credential",
    ],
)
def test_the_app_can_not_rewrite_what_was_said(c: cast.Cast, cohort: Cohort, statement: str) -> None:
    says(c, cohort)()
    with (
        c.acting("marcus"),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


def test_nobody_else_corrects_a_credential_or_who_came_with_sql_of_their_own(
    c: cast.Cast, cohort: Cohort
) -> None:
    says(c, cohort)()
    for table in ("attendance", "credential"):
        with c.acting("denise") as denise, connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM programs_{table} LIMIT 1")
            columns = [column.name for column in cursor.description if column.name not in ("id", "code")]
            named = ", ".join(f'"{column}"' for column in columns)
            other = {"by_id": str(denise.actor.pk), "supersedes_id": "id", "reason": "'mistyped'"}
            values = ", ".join(other.get(column, f'"{column}"') for column in columns)
            code = ("code, ", "'X', ") if table == "credential" else ("", "")
            with pytest.raises(DatabaseError, match="may be corrected"), transaction.atomic():
                cursor.execute(
                    f"INSERT INTO programs_{table} ({code[0]}{named}) SELECT {code[1]}{values} FROM programs_{table} LIMIT 1"
                )


def test_another_organization_reads_none_of_it(c: cast.Cast, cohort: Cohort) -> None:
    says(c, cohort)()
    for name in ("ines", "luz"):
        with c.acting(name), connection.cursor() as cursor:
            for table in ("training", "trainingevent", "credential"):
                cursor.execute(
                    f"SELECT count(*) FROM programs_{table} WHERE organization_id <> {c.organizations['office'].pk}"
                )
                seen = cursor.fetchone()[0]
                # The agency that pays for the program reads it by their yes; nobody else does.
                assert (seen > 0) == (name == "luz"), (name, table)


@pytest.mark.parametrize(
    ("statement", "promise"),
    [
        ("UPDATE programs_training SET state = 'not_begun', ended_on = planned_from, end_reason = 'other'", "P7"),
        ("UPDATE programs_training SET started_on = planned_from, state = 'under_way'", "P7"),
        (
            ("INSERT INTO programs_credential (happened_at, recorded_at, reason, code, kind, name, issuer, issued_on, evidence, struck,"
            " by_id, enrollment_id, file_id, organization_id, supersedes_id) SELECT happened_at, recorded_at, 'mistake', 'X', kind, name,"
            " issuer, issued_on, evidence, true, (SELECT min(id) FROM foundation_actor WHERE kind <> 'member'), enrollment_id, file_id,"
            " organization_id, id FROM programs_credential"),
            "P7",
        ),
        (
            ("ALTER TABLE programs_credential DROP CONSTRAINT programs_credential_file_and_organization;"
            " UPDATE programs_credential SET organization_id = {other}"),
            "P8",
        ),
        (
            ("ALTER TABLE programs_trainingevent DROP CONSTRAINT programs_trainingevent_file_and_organization;"
            " UPDATE programs_trainingevent SET organization_id = {other}"),
            "P8",
        ),
    ],
)  # fmt: skip
def test_the_check_finds_what_an_owner_rewrote(
    c: cast.Cast, cohort: Cohort, statement: str, promise: str
) -> None:
    def broken() -> set[str]:
        return {each.promise for each in promises.run() if each.broken}

    says(c, cohort)()
    assert broken() == set()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute(statement.format(other=c.organizations["harbor"].pk))
        assert broken() == {promise}
        transaction.set_rollback(True, using="owner")
