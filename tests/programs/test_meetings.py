"""A group's meetings: planned past the holidays, moved, pushed on, called off, covered, led; and make-ups."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.programs.groups import cbi, group, joined
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions import groups, meetings
from warmhandoff.programs.models import Attendance, Cohort, MakeUp, Meeting, MeetingEvent
from warmhandoff.programs.reading import groups as reading
from warmhandoff.programs.scheduling import BeyondTheCalendar, ClosedDay, Slot

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = cast.MONDAY.date()
THANKSGIVING, FRIDAY_AFTER = date(2026, 11, 26), date(2026, 11, 27)


@pytest.fixture
def c(the_cast) -> cast.Cast:
    made = the_cast
    cast.program(made)
    return made


def days(cohort: Cohort) -> list[date]:
    return [
        current_place().day_of(one.starts_at)
        for one in cohort.meetings.exclude(state="cancelled").order_by("starts_at")
    ]


def local(meeting: Meeting) -> datetime:
    return current_place().local(meeting.starts_at)


def owed_by(c: cast.Cast, name: str) -> list[int]:
    return list(
        Duty.objects.filter(
            membership_id=c.members[name].pk, kind="lead_meeting", closed_at__isnull=True
        ).values_list("subject_id", flat=True)
    )


# --- Planned ------------------------------------------------------------------------------------------------------


def test_the_plan_goes_past_the_holidays(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        planned = meetings.schedule(cohort=cohort, by=marcus.actor)
        assert [one.template.number for one in planned if one.template] == list(range(1, 32))
        found = days(cohort)
        assert found[:4] == [date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 8)]
        assert not set(found) & current_place().closed_days
        assert {day.weekday() for day in found} == {1, 3}
        assert meetings.schedule(cohort=cohort, by=marcus.actor) == []
        assert MeetingEvent.objects.filter(kind="planned").count() == 31


def test_the_required_ones_alone_and_the_others_after_them(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        assert len(meetings.schedule(cohort=cohort, optional=False, by=marcus.actor)) == 20
        last = days(cohort)[-1]
        more = meetings.schedule(cohort=cohort, by=marcus.actor)
        assert len(more) == 11 and current_place().day_of(more[0].starts_at) > last


def test_nothing_is_planned_beyond_what_is_known_of_holidays(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, slots=(Slot(1, time(9), 60),), starts_on=date(2027, 11, 1))
        with pytest.raises(BeyondTheCalendar):
            meetings.schedule(cohort=cohort, by=marcus.actor)
        assert not Meeting.objects.exists()


def test_saturdays_where_the_group_says_so_and_the_hour_stays(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, slots=(Slot(5, time(10), 90),))
        meetings.schedule(cohort=cohort, optional=False, by=marcus.actor)
        found = days(cohort)
        assert {day.weekday() for day in found} == {5} and found[-1] > date(2027, 3, 14)
        # 10:00 on both sides of the change of daylight-saving time.
        assert {local(one).time() for one in cohort.meetings.all()} == {time(10)}


# --- Moved --------------------------------------------------------------------------------------------------------


def test_a_session_is_not_moved_onto_a_holiday(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        for day in (THANKSGIVING, FRIDAY_AFTER):
            with pytest.raises(ClosedDay) as refused:
                meetings.move(meeting=first, on=day, begins=time(16), why="other", by=marcus.actor)
            assert "November 30, 2026" in refused.value.mend and refused.value.field == "on"
        first.refresh_from_db()
        assert local(first).date() == date(2026, 11, 24)
        assert not MeetingEvent.objects.filter(kind="moved").exists()


def test_one_is_moved_and_the_others_stay(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first, second, *_ = meetings.schedule(cohort=cohort, by=marcus.actor)
        was = first.starts_at
        moved = meetings.move(
            meeting=first,
            on=date(2026, 11, 25),
            begins=time(18),
            why="room_taken",
            room=" Room  9 ",
            by=marcus.actor,
        )
        assert (moved.code, moved.room, local(moved).hour) == (first.code, "Room 9", 18)
        assert moved.ends_at - moved.starts_at == timedelta(minutes=90)
        event = MeetingEvent.objects.get(kind="moved")
        assert (event.was_at, event.became_at, event.why) == (was, moved.starts_at, "room_taken")
        second.refresh_from_db()
        assert local(second).date() == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"why": "because"}, "why"),
        ({"on": date(2026, 11, 20)}, "on"),
        ({"on": date(2028, 3, 1)}, "on"),
        ({"on": date(2026, 12, 1), "begins": time(16, 30)}, "begins"),
    ],
)
def test_a_move_that_can_not_be_leaves_everything(c: cast.Cast, wrong: dict, field: str) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        told = {"on": date(2026, 11, 25), "begins": time(16), "why": "other"} | wrong
        with pytest.raises(BadValue) as refused:
            meetings.move(meeting=first, by=marcus.actor, **told)
        assert refused.value.field == field
        assert days(cohort)[0] == date(2026, 11, 24)


def test_all_that_follow_are_pushed_on_past_the_holidays(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        planned = meetings.schedule(cohort=cohort, by=marcus.actor)
        before = days(cohort)
        make_up = meetings.plan_make_up(
            cohort=cohort, on=date(2026, 12, 4), begins=time(16), session=planned[0].template, by=marcus.actor
        )
        pushed = meetings.push_on(meeting=planned[2], why="facilitator_away", by=marcus.actor)
        assert len(pushed) == 29
        make_up.refresh_from_db()
        assert local(make_up).date() == date(2026, 12, 4)
        after = [
            local(one).date() for one in cohort.meetings.filter(make_up=False).order_by("template__number")
        ]
        assert after[:2] == before[:2] and after[2:-1] == before[3:]
        assert after[-1] > before[-1] and after[-1] not in current_place().closed_days
        assert [one.template_id for one in cohort.meetings.filter(make_up=False).order_by("starts_at")] == [
            one.template_id for one in planned
        ]
        with pytest.raises(WrongState):
            meetings.push_on(meeting=make_up, why="other", by=marcus.actor)


def test_other_hours_from_a_day_on(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        meetings.schedule(cohort=cohort, optional=False, by=marcus.actor)
        before = days(cohort)
        groups.change_hours(
            cohort=cohort,
            slots=[Slot(0, time(9), 60), Slot(2, time(9), 60)],
            since=date(2026, 12, 7),
            by=marcus.actor,
        )
        after = days(cohort)
        assert after[:3] == before[:3] and {day.weekday() for day in after[3:]} == {0, 2}
        assert len(after) == 20 and after[3] == date(2026, 12, 7)
        assert {one.why for one in MeetingEvent.objects.filter(kind="moved")} == {"other_hours"}
        with pytest.raises(BadValue):
            groups.change_hours(cohort=cohort, slots=[], since=date(2026, 12, 7), by=marcus.actor)


def test_what_is_called_off_is_planned_anew(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        with pytest.raises(WrongState):
            meetings.plan(
                cohort=cohort, session=first.template, on=date(2026, 12, 2), begins=time(9), by=marcus.actor
            )
        meetings.cancel(meeting=first, why="too_few", by=marcus.actor)
        with pytest.raises(WrongState):
            meetings.cancel(meeting=first, why="too_few", by=marcus.actor)
        with pytest.raises(WrongState):
            meetings.hold(meeting=first, by=marcus.actor)
        assert reading.sessions_to_plan(cohort) == [first.template]
        anew = meetings.plan(
            cohort=cohort, session=first.template, on=date(2026, 12, 2), begins=time(9), by=marcus.actor
        )
        assert anew.template == first.template and reading.sessions_to_plan(cohort) == []


def test_what_was_held_is_neither_moved_nor_called_off(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        meetings.hold(meeting=first, by=marcus.actor)
        assert meetings.hold(meeting=first, by=marcus.actor).state == "held"
        assert MeetingEvent.objects.filter(kind="held").count() == 1
        for verb in (
            lambda: meetings.move(
                meeting=first, on=date(2026, 12, 2), begins=time(9), why="other", by=marcus.actor
            ),
            lambda: meetings.push_on(meeting=first, why="other", by=marcus.actor),
            lambda: meetings.cancel(meeting=first, why="other", by=marcus.actor),
            lambda: meetings.cover(meeting=first, membership=None, by=marcus.actor),
        ):
            with pytest.raises(WrongState):
                verb()


def test_a_stranger_plans_and_moves_nothing(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
    with c.acting("paul") as paul:
        assert not Meeting.objects.exists() and not MeetingEvent.objects.exists()
        with pytest.raises(NotYours):
            reading.meeting_or_404(first.code)
        with pytest.raises(NotYours):
            meetings.schedule(cohort=cohort, by=paul.actor)
        with pytest.raises(NotYours):
            meetings.move(meeting=first, on=date(2026, 12, 2), begins=time(9), why="other", by=paul.actor)
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.create(
                organization_id=paul.organization_id, cohort=cohort, template=first.template, make_up=True,
                starts_at=first.starts_at, ends_at=first.ends_at, room="x",
            )  # fmt: skip
            transaction.get_connection().check_constraints()


# --- On somebody's list -------------------------------------------------------------------------------------------


def test_what_is_to_be_led_within_a_week_stands_on_the_list_of_who_leads_it(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first, second, third, *_ = meetings.schedule(cohort=cohort, by=marcus.actor)
        assert owed_by(c, "denise") == [first.pk] and owed_by(c, "tavo") == []
        meetings.cover(meeting=first, membership=c.members["tavo"], by=marcus.actor)
        assert owed_by(c, "denise") == [] and owed_by(c, "tavo") == [first.pk]
        meetings.hold(meeting=first, by=marcus.actor)
        assert owed_by(c, "tavo") == []
    timer = Timer.objects.get(subject_kind="cohort", fired_at__isnull=True, called_off_at__isnull=True)
    assert timer.due_at == second.starts_at - timedelta(days=7)
    with clock.at(timer.due_at):
        assert timers.fire(timer.pk)
    with c.acting("denise"):
        assert owed_by(c, "denise") == [second.pk]
    again = Timer.objects.get(subject_kind="cohort", fired_at__isnull=True, called_off_at__isnull=True)
    assert again.due_at == third.starts_at - timedelta(days=7)


def test_a_line_goes_with_the_meeting_and_with_who_leads_it(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        meetings.move(meeting=first, on=date(2026, 11, 25), begins=time(10), why="other", by=marcus.actor)
        (owed,) = Duty.objects.filter(kind="lead_meeting", closed_at__isnull=True)
        assert owed.due_at == datetime(2026, 11, 26, 1, tzinfo=UTC)  # by 5 pm
        groups.staff(cohort=cohort, facilitators=[c.members["tavo"]], by=marcus.actor)
        assert owed_by(c, "denise") == [] and owed_by(c, "tavo") == [first.pk]
        meetings.cancel(meeting=first, why="other", by=marcus.actor)
        assert owed_by(c, "tavo") == []


def test_where_nobody_leads_it_any_more_the_lead_has_it(c: cast.Cast) -> None:
    from warmhandoff.referrals import actions as referrals

    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, covers=())
        first = meetings.schedule(cohort=cohort, by=marcus.actor)[0]
        referrals.close_membership(membership=c.members["denise"], by=marcus.actor)
        meetings.look_ahead(cohort=cohort, by=marcus.actor)
        owed = Duty.objects.get(kind="lead_meeting", closed_at__isnull=True)
        assert (owed.subject_id, owed.membership_id) == (first.pk, None)
        assert reading.leaders_of(first) == []


# --- Make-ups -----------------------------------------------------------------------------------------------------


def test_somebody_makes_up_for_a_session_beside_the_plan(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        first, second, *_ = meetings.schedule(cohort=cohort, by=marcus.actor)
        several = meetings.plan_make_up(cohort=cohort, on=date(2026, 12, 4), begins=time(10), by=marcus.actor)
        for session in (first.template, second.template):
            meetings.ask_to_make_up(meeting=several, member=rosa, session=session, by=marcus.actor)
        asked = meetings.ask_to_make_up(meeting=several, member=rosa, session=first.template, by=marcus.actor)
        assert MakeUp.objects.count() == 2
        assert reading.expected_at(several) == [(rosa, first.template), (rosa, second.template)]
        assert reading.expected_at(second) == [(rosa, second.template)]
        meetings.call_off_make_up(make_up=asked, by=marcus.actor)
        assert reading.expected_at(several) == [(rosa, second.template)]
        for_one = meetings.plan_make_up(
            cohort=cohort, on=date(2026, 12, 4), begins=time(14), session=second.template, by=marcus.actor
        )
        with pytest.raises(BadValue):
            meetings.ask_to_make_up(meeting=for_one, member=rosa, session=first.template, by=marcus.actor)
        with pytest.raises(BadValue):
            meetings.ask_to_make_up(meeting=second, member=rosa, session=second.template, by=marcus.actor)
        meetings.cancel(meeting=several, why="other", by=marcus.actor)
        assert not MakeUp.objects.filter(called_off_at__isnull=True).exists()


def test_a_guest_in_another_group_is_kept_apart_there_too(c: cast.Cast) -> None:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        other = group(c, marcus, name="Mornings", slots=(Slot(0, time(9), 90),), starts_on=TODAY)
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        (omar,) = joined(c, marcus, other, "Omar")
        theirs = meetings.schedule(cohort=other, by=marcus.actor)[0]
        groups.keep_apart(one=rosa.file, other=omar.file, by=marcus.actor)
        with pytest.raises(IntegrityError, match="kept apart"), transaction.atomic():
            meetings.ask_to_make_up(meeting=theirs, member=rosa, session=theirs.template, by=marcus.actor)
        (lena,) = joined(c, marcus, cohort, "Lena")
        meetings.ask_to_make_up(meeting=theirs, member=lena, session=theirs.template, by=marcus.actor)
        assert [member for member, _ in reading.expected_at(theirs)] == [omar, lena]
        groups.leave(member=lena, why="work", by=marcus.actor)
        assert [member for member, _ in reading.expected_at(theirs)] == [omar]


# --- Who came, as the database holds it ---------------------------------------------------------------------------


def test_who_came_is_said_of_who_belonged_there_that_day(c: cast.Cast) -> None:
    """Attendance before enrollment, of a session of another day, of another group's person: refused by the database."""

    def said(member, meeting, on, template=None):
        with transaction.atomic():
            return Attendance.objects.create(
                file_id=member.file_id, organization_id=member.organization_id, meeting=meeting, member=member,
                template=template or meeting.template, on=on, mark="present", by=marcus.actor,
            )  # fmt: skip

    with c.acting("marcus") as marcus:
        early = TODAY - timedelta(days=14)
        cohort = group(c, marcus, starts_on=early, slots=(Slot(0, time(9), 90),))
        other = group(c, marcus, name="Mornings", starts_on=early, slots=(Slot(0, time(9), 90),))
        (rosa,) = joined(c, marcus, cohort, "Rosa", on=TODAY - timedelta(days=7))
        (omar,) = joined(c, marcus, other, "Omar", on=early)
        before, held, today, *_ = meetings.schedule(cohort=cohort, by=marcus.actor)
        assert local(held).date() == TODAY - timedelta(days=7)
        said(rosa, held, TODAY - timedelta(days=7))
        for wrong in (
            lambda: said(rosa, before, early),
            lambda: said(rosa, today, TODAY - timedelta(days=3)),
            lambda: said(omar, held, TODAY - timedelta(days=7)),
            lambda: said(rosa, held, TODAY - timedelta(days=7), template=cbi().sessions.get(number=9)),
        ):
            with pytest.raises(IntegrityError, match="on that day"):
                wrong()
        with pytest.raises(IntegrityError, match="attendance_once"):
            said(rosa, held, TODAY - timedelta(days=7))
        assert Attendance.objects.count() == 1
