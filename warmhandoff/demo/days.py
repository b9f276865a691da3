"""The story's calendar: business days counted back from its last day, times of day where the place is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from warmhandoff.jurisdictions.place import current_place


def business_day(day: date, count: int) -> date:
    """The business day that lies `count` of them after `day`, or before it where `count` is negative."""
    place, one = current_place(), timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += one
        while not place.is_business_day(day):
            day += one
    return day


@dataclass(frozen=True)
class Days:
    """`now` is where the story ends and the demo begins."""

    now: datetime

    @property
    def last(self) -> date:
        return current_place().day_of(self.now)

    def back(self, days: int) -> date:
        """The business day that lies `days` business days before the last day."""
        return business_day(self.last, -days)

    def at(self, days: int, clock: str) -> datetime:
        """That day at `clock` ("14:05"), where the place is."""
        return datetime.combine(self.back(days), time.fromisoformat(clock), current_place().zone).astimezone(
            UTC
        )

    def next_march_third(self) -> date:
        """The next March 3 that is far enough away to be worth telling."""
        this_year = date(self.last.year, 3, 3)
        return (
            this_year
            if this_year > self.last + timedelta(days=14)
            else this_year.replace(year=this_year.year + 1)
        )
