"""Curricula by version, groups, who joins and leaves them, who is kept apart."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests import cast
from tests.programs.groups import STARTS, TUESDAYS_AND_THURSDAYS, cbi, group, joined
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.programs.actions import curricula, groups, meetings
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    CohortStaff,
    Enrollment,
    KeptApart,
    SessionTemplate,
)
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.scheduling import Slot

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()


@pytest.fixture
def c(the_cast) -> cast.Cast:
    made = the_cast
    cast.program(made)
    return made


# --- Curricula ----------------------------------------------------------------------------------------------------


def test_the_curriculum_that_ships_has_31_sessions_and_no_titles(c: cast.Cast) -> None:
    with c.acting("marcus"):
        told = reading.counted(cbi().sessions.all())
    assert told == reading.Counted(all=31, skill=14, application=6, optional=11, required=20, titled=0)
    assert cbi().verified_on is None and "1165" in cbi().source


def test_a_site_enters_titles_into_its_own_copy(c: cast.Cast) -> None:
    shipped = cbi().curriculum
    with c.acting("marcus") as marcus:
        with pytest.raises(NotYours):
            curricula.name_sessions(version=cbi(), titles={1: curricula.Titles("Ours")}, by=marcus.actor)
        own = curricula.take_over(curriculum=shipped, by=marcus.actor)
        assert curricula.take_over(curriculum=shipped, by=marcus.actor) == own
        version = own.versions.get()
        changed = curricula.name_sessions(
            version=version, titles={1: curricula.Titles("  First  day ", "Primer día")}, by=marcus.actor
        )
        assert changed == 1 and version.sessions.get(number=1).title == "First day"
        assert reading.curricula() == [own]
    assert not SessionTemplate.objects.exclude(title="").filter(version=cbi()).exists()
    with c.acting("paul") as paul:
        assert reading.curricula() == [shipped]
        with pytest.raises(NotYours):
            curricula.name_sessions(version=version, titles={1: curricula.Titles("x")}, by=paul.actor)
        with pytest.raises(NotYours):
            group(c, paul, version=version, led_by="paul", covers=())


def test_a_new_version_leaves_the_groups_that_run(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        own = curricula.take_over(curriculum=cbi().curriculum, by=marcus.actor)
        first = own.versions.get()
        cohort = group(c, marcus, version=first)
        with pytest.raises(BadValue):
            curricula.begin_version(curriculum=own, valid_from=first.valid_from, by=marcus.actor)
        second = curricula.begin_version(curriculum=own, valid_from=date(2027, 1, 4), by=marcus.actor)
        curricula.set_sessions(version=second, meant={31: curricula.Meant("skill", True)}, by=marcus.actor)
        curricula.add_session(
            version=second,
            module=second.modules.get(number=3),
            meant=curricula.Meant("optional", False),
            by=marcus.actor,
        )
        assert (second.number, second.sessions.count()) == (2, 32)
        curricula.drop_last_session(version=second, by=marcus.actor)
        assert reading.version_on(own, date(2027, 1, 3)) == first
        assert reading.version_on(own, date(2027, 1, 4)) == second
        with pytest.raises(WrongState):
            curricula.set_sessions(
                version=first, meant={1: curricula.Meant("optional", False)}, by=marcus.actor
            )
        with pytest.raises(BadValue):
            curricula.set_sessions(
                version=second, meant={1: curricula.Meant("optional", True)}, by=marcus.actor
            )
        cohort.refresh_from_db()
        assert cohort.version == first
        with pytest.raises(BadValue):
            group(c, marcus, name="Too early", version=second)


def test_the_database_keeps_what_a_running_group_goes_by(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        with pytest.raises(IntegrityError, match="runs by this version"), transaction.atomic():
            SessionTemplate.objects.filter(version=cohort.version, number=1).update(required=False)
        with pytest.raises(IntegrityError, match="runs by this version"), transaction.atomic():
            SessionTemplate.objects.filter(version=cohort.version, number=31).delete()


# --- Groups -------------------------------------------------------------------------------------------------------


def test_a_group_is_opened_with_its_hours_room_and_staff(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        assert [(row.membership.user.name, row.part) for row in reading.staff_on(cohort)] == [
            ("Denise Carter", "facilitator"),
            ("Gustavo Peña", "cover"),
        ]
        assert reading.slots_of(cohort) == list(TUESDAYS_AND_THURSDAYS)
        assert [one.name for one in reading.groups_of()] == ["Tuesdays and Thursdays"]
    with c.acting("paul"):
        assert not Cohort.objects.exists() and not CohortStaff.objects.exists()
        with pytest.raises(NotYours):
            reading.cohort_or_404(cohort.code)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slots": ()}, "slots"),
        ({"slots": (Slot(1, time(16), 90), Slot(1, time(16), 60))}, "slots"),
        ({"most": 1}, "most"),
        ({"most": 61}, "most"),
        ({"starts_on": date(2025, 12, 31)}, "starts_on"),
        ({"name": "  "}, "name"),
    ],
)
def test_what_can_not_be_a_group_is_refused_and_leaves_nothing(c: cast.Cast, wrong: dict, field: str) -> None:
    with c.acting("marcus") as marcus:
        with pytest.raises(BadValue) as refused:
            group(c, marcus, **wrong)
        assert refused.value.field == field
        assert not Cohort.objects.exists()


def test_two_groups_are_not_called_the_same(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        group(c, marcus)
        with pytest.raises(BadValue):
            group(c, marcus)


def test_nobody_delivers_by_anothers_contract_or_with_anothers_staff(c: cast.Cast) -> None:
    contract = cast.program(c, slug="other", provider="harbor")
    with c.acting("marcus") as marcus:
        with pytest.raises(NotYours):
            groups.open_group(
                contract=contract, version=cbi(), name="x", room="y", starts_on=STARTS, sizes=groups.Sizes(1, 2),
                slots=TUESDAYS_AND_THURSDAYS, facilitators=[c.members["denise"]], by=marcus.actor,
            )  # fmt: skip
        with pytest.raises(NotYours):
            group(c, marcus, led_by="ines")
        with pytest.raises(IntegrityError), transaction.atomic():
            Cohort.objects.create(
                organization_id=marcus.organization_id, contract=contract, version=cbi(), name="x", room="y",
                starts_on=STARTS, max_size=2,
            )  # fmt: skip


def test_others_lead_it_from_today_on(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        groups.staff(
            cohort=cohort, facilitators=[c.members["tavo"]], covers=[c.members["denise"]], by=marcus.actor
        )
        assert {(row.membership.user.name, row.part) for row in reading.staff_on(cohort)} == {
            ("Gustavo Peña", "facilitator"),
            ("Denise Carter", "cover"),
        }
        with pytest.raises(BadValue):
            groups.staff(cohort=cohort, facilitators=[], by=marcus.actor)


def test_a_group_ends_when_nothing_is_planned_any_more(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        meetings.schedule(cohort=cohort, by=marcus.actor)
        with pytest.raises(WrongState):
            groups.end_group(cohort=cohort, by=marcus.actor)
        for meeting in cohort.meetings.all():
            meetings.cancel(meeting=meeting, why="other", by=marcus.actor)
        groups.end_group(cohort=cohort, by=marcus.actor)
        rosa.refresh_from_db()
        assert (rosa.left_on, rosa.left_why) == (TODAY, "finished")
        with pytest.raises(WrongState):
            groups.change_group(cohort=cohort, name="Again", by=marcus.actor)


# --- Joining and leaving ------------------------------------------------------------------------------------------


def test_somebody_joins_once_and_comes_back_by_a_row_of_its_own(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        assert groups.join(cohort=cohort, enrollment=rosa.enrollment, by=marcus.actor) == rosa
        with pytest.raises(BadValue):
            groups.leave(member=rosa, why="nothing of the list", by=marcus.actor)
        with pytest.raises(BadValue):
            groups.leave(member=rosa, why="work", on=TODAY + timedelta(days=1), by=marcus.actor)
        groups.leave(member=rosa, why="work", by=marcus.actor)
        with pytest.raises(WrongState):
            groups.leave(member=rosa, why="work", by=marcus.actor)
        back = groups.join(cohort=cohort, enrollment=rosa.enrollment, by=marcus.actor)
        assert back != rosa and [one.left_on for one in reading.groups_of_a_file(rosa.file)] == [None, TODAY]


def test_only_who_takes_part_joins_and_not_before(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY - timedelta(days=20))
        enrollment = cast.enrolled(c, marcus)
        with pytest.raises(BadValue):
            groups.join(cohort=cohort, enrollment=enrollment, on=TODAY - timedelta(days=1), by=marcus.actor)
        with pytest.raises(IntegrityError, match="only who takes part"), transaction.atomic():
            CohortMember.objects.create(
                file_id=enrollment.file_id, organization_id=enrollment.organization_id, cohort=cohort,
                enrollment=enrollment, joined_on=TODAY - timedelta(days=1), joined_by=marcus.actor,
            )  # fmt: skip
        Enrollment.objects.filter(pk=enrollment.pk).update(state="exited", ended_on=TODAY, exit_reason="work")
        with pytest.raises(WrongState):
            groups.join(cohort=cohort, enrollment=enrollment, by=marcus.actor)


def test_a_full_group_takes_nobody(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY, most=2)
        joined(c, marcus, cohort, "Rosa", "Omar")
        with pytest.raises(groups.GroupIsFull):
            joined(c, marcus, cohort, "Lena")
        third = Enrollment.objects.exclude(groups__cohort=cohort).get()
        with pytest.raises(IntegrityError, match="full"), transaction.atomic():
            CohortMember.objects.create(
                file_id=third.file_id, organization_id=third.organization_id, cohort=cohort, enrollment=third,
                joined_on=TODAY, joined_by=marcus.actor,
            )  # fmt: skip
        with pytest.raises(BadValue):
            groups.change_group(cohort=cohort, sizes=groups.Sizes(1, 1), by=marcus.actor)
        groups.change_group(cohort=cohort, sizes=groups.Sizes(1, 3), by=marcus.actor)
        groups.join(cohort=cohort, enrollment=third, by=marcus.actor)
        assert reading.members_of(cohort).count() == 3


def test_a_strangers_group_and_person_are_not_there(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
    with c.acting("paul") as paul:
        assert not CohortMember.objects.exists()
        with pytest.raises(NotYours):
            groups.join(cohort=cohort, enrollment=rosa.enrollment, by=paul.actor)
        with pytest.raises(NotYours):
            groups.leave(member=rosa, why="work", by=paul.actor)
    with c.acting("luz"):  # the agency reads who takes part, by the share
        assert CohortMember.objects.count() == 1 and not KeptApart.objects.exists()


# --- Kept apart ---------------------------------------------------------------------------------------------------


def test_two_who_are_kept_apart_are_never_in_one_group(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        omar = cast.enrolled(c, marcus, file=cast.take_in(marcus, cast.told("Omar", "Made-up")))
        pair = groups.keep_apart(one=omar.file, other=rosa.file, by=marcus.actor)
        assert groups.keep_apart(one=rosa.file, other=omar.file, by=marcus.actor) == pair
        assert reading.apart_from([rosa.file_id]) == {
            rosa.file_id: {omar.file_id},
            omar.file_id: {rosa.file_id},
        }
        with pytest.raises(groups.NotTogether):
            groups.join(cohort=cohort, enrollment=omar, by=marcus.actor)
        groups.end_apart(pair=pair, by=marcus.actor)
        member = groups.join(cohort=cohort, enrollment=omar, by=marcus.actor)
        with pytest.raises(groups.TogetherNow):
            groups.keep_apart(one=omar.file, other=rosa.file, by=marcus.actor)
        groups.leave(member=member, why="another_group", by=marcus.actor)
        groups.keep_apart(one=omar.file, other=rosa.file, by=marcus.actor)
        with pytest.raises(BadValue):
            groups.keep_apart(one=rosa.file, other=rosa.file, by=marcus.actor)


@pytest.mark.parametrize("name", ["denise", "tavo", "luz", "paul"])
def test_only_whoever_puts_people_into_groups_reads_who_is_kept_apart(c: cast.Cast, name: str) -> None:
    with c.acting("marcus") as marcus:
        one, other = (cast.take_in(marcus, cast.told(each, "Made-up")) for each in ("Rosa", "Omar"))
        groups.keep_apart(one=one, other=other, by=marcus.actor)
        assert KeptApart.objects.count() == 1
    with c.acting(name):
        assert not KeptApart.objects.exists() and reading.apart_from([one.pk]) == {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM programs_keptapart")
            assert cursor.fetchone() == (0,)
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                cursor.execute(
                    "INSERT INTO programs_keptapart (file_id, other_id, organization_id, set_by_id, code)"
                    " VALUES (%s, %s, %s, %s, 'x')",
                    [one.pk, other.pk, c.organizations["eastgate"].pk, marcus.actor.pk],
                )


def test_the_database_keeps_them_apart_also_from_who_can_not_see_it(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        omar = cast.enrolled(c, marcus, file=cast.take_in(marcus, cast.told("Omar", "Made-up")))
        groups.keep_apart(one=omar.file, other=rosa.file, by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(IntegrityError) as refused, transaction.atomic():
        groups.join(cohort=cohort, enrollment=omar, by=denise.actor)
    assert refused.value.__cause__.diag.constraint_name == "wh_group_keeps_apart"  # type: ignore[union-attr]


def test_a_pair_has_no_reason_anywhere() -> None:
    assert {field.name for field in KeptApart._meta.concrete_fields} == {
        "id", "file", "organization", "recorded_at", "code", "other", "set_by", "ended_at",
    }  # fmt: skip
