"""When a group meets: its weekly slots over the place's calendar. Nothing here reads or writes a row.

A group may meet on a Saturday, where it says so; it never meets on a day on which the place is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from warmhandoff.foundation.errors import BadValue
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.jurisdictions.place import Place


@dataclass(frozen=True)
class Slot:
    """When in the week: Monday is 0; `begins` as the clock there shows."""

    weekday: int
    begins: time
    minutes: int


@dataclass(frozen=True)
class Moment:
    starts_at: datetime
    ends_at: datetime


class ClosedDay(BadValue):
    """A group would meet on a day on which the place is closed."""

    code = "closed_day"

    def __init__(self, day: date, place: Place) -> None:
        super().__init__(
            "on",
            f"{full_day(day)} is a holiday here: everything is closed.",
            mend=f"The next open day is {full_day(next_open_day(day, place))}.",
        )


class BeyondTheCalendar(BadValue):
    code = "beyond_the_calendar"

    def __init__(self, place: Place) -> None:
        super().__init__(
            "on",
            f"Holidays here are known until {full_day(place.calendar_until)} only.",
            mend="Choose an earlier day, or have the place's calendar continued.",
        )


def next_open_day(day: date, place: Place) -> date:
    """The first business day after `day`."""
    day += timedelta(days=1)
    while not place.is_business_day(day):
        day += timedelta(days=1)
    return day


def require_open(day: date, place: Place) -> None:
    if day > place.calendar_until:
        raise BeyondTheCalendar(place)
    if day in place.closed_days:
        raise ClosedDay(day, place)


def at(day: date, begins: time, minutes: int, place: Place) -> Moment:
    """A meeting as the clock there shows it; 16:00 stays 16:00 over a change of daylight-saving time."""
    starts = datetime.combine(day, begins, place.zone).astimezone(UTC)
    return Moment(starts, starts + timedelta(minutes=minutes))


def moments(slots: Iterable[Slot], first: date, place: Place) -> Iterator[Moment]:
    """One after the other, from `first` on, past the days on which the place is closed."""
    week = sorted(slots, key=lambda slot: (slot.weekday, slot.begins))
    if not week:
        raise BadValue("slots", "Nobody said when this group meets.", mend="Give it a day and an hour.")
    day = first
    while True:
        if day > place.calendar_until:
            raise BeyondTheCalendar(place)
        if day not in place.closed_days:
            yield from (
                at(day, one.begins, one.minutes, place) for one in week if one.weekday == day.weekday()
            )
        day += timedelta(days=1)


def closed_between(first: date, last: date, place: Place) -> list[date]:
    """The holidays that a plan goes past."""
    return sorted(day for day in place.closed_days if first <= day <= last)
