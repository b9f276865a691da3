"""The place's calendar: business days over holidays, weekends, closing time and the change of daylight-saving time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import pace


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=current_place().zone)


def due(text: str, days: int) -> str:
    place = current_place()
    return place.local(place.business_days_after(local(text), days)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("began", "days", "ends"),
    [
        ("2026-11-23T10:40", 2, "Wed 2026-11-25 17:00"),
        ("2026-11-24T10:40", 2, "Mon 2026-11-30 17:00"),  # Thanksgiving and the day after it are closed
        ("2026-11-25T10:40", 1, "Mon 2026-11-30 17:00"),
        ("2026-11-25T17:00", 1, "Tue 2026-12-01 17:00"),  # at closing time it counts as the next open day
        ("2026-11-25T16:59", 1, "Mon 2026-11-30 17:00"),
        ("2026-11-26T10:40", 1, "Tue 2026-12-01 17:00"),  # on a closed day too
        ("2026-11-28T10:40", 2, "Wed 2026-12-02 17:00"),  # and on a Saturday
        ("2026-11-20T23:59", 1, "Tue 2026-11-24 17:00"),
        ("2026-12-24T10:40", 2, "Tue 2026-12-29 17:00"),
        ("2026-12-31T10:40", 1, "Mon 2027-01-04 17:00"),
        # Clocks go back on Sunday, November 1, and forward on Sunday, March 14: five o'clock stays five o'clock.
        ("2026-10-30T10:40", 2, "Tue 2026-11-03 17:00"),
        ("2026-11-01T01:30", 1, "Tue 2026-11-03 17:00"),
        ("2027-03-12T10:40", 2, "Tue 2027-03-16 17:00"),
        ("2027-03-14T02:30", 1, "Tue 2027-03-16 17:00"),  # an hour that there was not
    ],
)
def test_the_end_of_a_wait(began, days, ends):
    assert due(began, days) == ends


def test_an_hour_lies_between_before_and_after_the_change():
    place = current_place()
    before, after = place.end_of(date(2026, 10, 30)), place.end_of(date(2026, 11, 2))
    assert after - before == timedelta(days=3, hours=1)
    assert place.end_of(date(2027, 3, 15)) - place.end_of(date(2027, 3, 12)) == timedelta(days=3) - timedelta(
        hours=1
    )


def every_hour(first=datetime(2026, 10, 20, tzinfo=UTC), days=180):
    return (first + timedelta(hours=n) for n in range(24 * days))


def test_a_wait_ends_at_closing_time_of_a_later_open_day_and_never_before_one_that_began_earlier():
    place = current_place()
    last = datetime.min.replace(tzinfo=UTC)
    for began in every_hour():
        ends = place.deadline("answer", began)
        assert (
            ends > began
            and place.is_business_day(place.day_of(ends))
            and place.local(ends).time() == time(17)
        )
        assert ends >= last
        last = ends


def test_no_wait_is_longer_than_a_next_step_may_be():
    place = current_place()
    for began in every_hour():
        for name in pace.DATES_A_DUTY | {"next_step"}:
            assert place.deadline(name, began) < began + timedelta(days=LONGEST_WAIT_DAYS + 1), (name, began)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-23", "2026-11-23", 0), ("2026-11-23", "2026-11-24", 1), ("2026-11-25", "2026-11-30", 1),
        ("2026-11-23", "2026-12-09", 10), ("2026-11-24", "2026-11-23", 0), ("2026-11-20", "2026-11-22", 0),
    ],
)  # fmt: skip
def test_business_days_between(first, last, days):
    assert current_place().business_days_between(date.fromisoformat(first), date.fromisoformat(last)) == days


def test_business_days_between_are_those_that_one_would_count():
    place, first = current_place(), date(2026, 11, 20)
    for begins in range(8):
        began = first + timedelta(days=begins)
        for days in range(-3, 800, 5):
            last = began + timedelta(days=days)
            counted = sum(place.is_business_day(began + timedelta(days=n)) for n in range(1, days + 1))
            assert place.business_days_between(began, last) == counted, (began, last)


def test_a_day_is_the_places_day():
    place = current_place()
    late = datetime(2026, 11, 24, 7, 59, tzinfo=UTC)
    assert place.day_of(late) == date(2026, 11, 23)
    with clock.at(late):
        assert clock.today(place.zone) == date(2026, 11, 23)


def test_closed_days_are_known_as_far_as_the_file_says():
    place = current_place()
    assert date(2026, 11, 26) in place.closed_days and max(place.closed_days) <= place.calendar_until
    assert all(day.weekday() < 5 for day in place.closed_days), "a weekend is closed anyway"


# --- Clocks that stand --------------------------------------------------------------------------------------------

MOMENTS = st.integers(0, 60 * 24 * 3600).map(
    lambda n: datetime(2026, 10, 20, 9, tzinfo=UTC) + timedelta(seconds=n)
)


@given(began=MOMENTS, after=st.lists(st.integers(0, 4 * 24 * 3600), max_size=12))
def test_stopping_and_going_on_neither_gives_nor_takes(began, after):
    """However often a clock stops and for how long: it has run for what it was given, to the second, when its day has come.

    Stops of minutes that would change the day are counted as if it had run: they give nothing, and take no more than they lasted.
    """
    place = current_place()
    due = place.business_days_after(began, 2)
    given_time, ran, at = place.office_time(began, due), timedelta(), began
    minutes = timedelta()
    for runs, stands in zip(after[::2], after[1::2], strict=False):
        stopped = min(at + timedelta(seconds=runs), due)
        ran += place.office_time(at, stopped)
        at = stopped + timedelta(seconds=stands)
        before, due = due, place.goes_on(due, stopped=stopped, now=at)
        stood = place.office_time(stopped, at)
        if due == before and stood:
            assert stood < timedelta(hours=1) <= place.office_time(at, due)
            minutes += stood
    ran += place.office_time(at, due)
    assert abs(ran + minutes - given_time) <= timedelta(seconds=1)
    assert due >= at


@pytest.mark.parametrize(
    "stopped, now, due",
    [
        ("2026-11-30T10:00:00", "2026-11-30T10:00:10", "2026-12-01T17:00"),
        ("2026-11-30T10:00:00", "2026-11-30T10:59:00", "2026-12-01T17:00"),
        # Over closing time, and over a night: minutes of an office all the same.
        ("2026-11-30T16:50:00", "2026-12-01T09:20:00", "2026-12-01T17:00"),
        ("2026-11-30T10:00:00", "2026-11-30T11:00:00", "2026-12-02T10:00"),
        # What is left would be less than an hour: it is given whole.
        ("2026-12-01T16:20:00", "2026-12-01T16:50:00", "2026-12-02T09:30"),
    ],
)
def test_a_stop_of_minutes_moves_no_due_to_another_day(stopped, now, due):
    place = current_place()
    moved = place.goes_on(local("2026-12-01T17:00"), stopped=local(stopped), now=local(now))
    assert moved == local(due)


def test_a_clock_that_has_run_out_goes_on_for_nothing():
    place = current_place()
    due = local("2026-11-25T17:00")
    assert place.goes_on(due, stopped=local("2026-11-30T09:30"), now=local("2026-11-30T11:00")) == local(
        "2026-11-30T11:00"
    )
    # After hours: as the offices open again, on Tuesday at nine.
    asked, now = local("2026-11-30T09:30"), local("2026-11-30T18:00")
    assert place.goes_on(due, stopped=asked, now=now) == place.start_of(date(2026, 12, 1))
