"""When somebody was last served in a program, and what is planned: the days by which the exit rule is worked out.

Each subject of this room, and of casework below, that counts as a service says its days in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.protocol import WARNS_BEFORE_DAYS
from warmhandoff.programs.reading.days import Days as Days
from warmhandoff.programs.reading.terms import terms_on
from warmhandoff.programs.reading.work import days_worked
from warmhandoff.programs.states import TAKES_PART

Source = Callable[[Sequence[Enrollment]], Iterable[Days]]
# What counts as a service, each read once for all of them: the last day on which there was one, the next for which one is planned.
SOURCES: tuple[Source, ...] = (days_worked,)


@dataclass(frozen=True)
class Standing:
    """How somebody stands by the rule of their program."""

    served_on: date | None  # the last service; none since they enrolled
    planned_on: date | None  # the next that is planned
    allowed_days: int
    since: date  # from which the rule counts: the last service, or the day they enrolled

    @property
    def out_on(self) -> date | None:
        """The day on which they count as out, where nothing is planned."""
        return None if self.planned_on else self.since + timedelta(days=self.allowed_days)

    def is_out(self, today: date) -> bool:
        return self.out_on is not None and self.out_on <= today

    def is_near(self, today: date) -> bool:
        return self.out_on is not None and self.out_on - timedelta(days=WARNS_BEFORE_DAYS) <= today


def standing_of(enrollments: Iterable[Enrollment]) -> dict[int, Standing]:
    """Of those who take part, by enrollment."""
    taking_part = [one for one in enrollments if one.state in TAKES_PART and one.enrolled_on]
    if not taking_part:
        return {}
    today = clock.today(current_place().zone)
    terms = terms_on({one.program_id for one in taking_part})
    last: dict[int, date] = {}
    planned: dict[int, date] = {}
    for days in _days(taking_part):
        if days.served_on:
            last[days.enrollment_id] = max(last.get(days.enrollment_id, date.min), days.served_on)
        if days.planned_on and days.planned_on >= today:
            planned[days.enrollment_id] = min(planned.get(days.enrollment_id, date.max), days.planned_on)
    return {
        one.pk: Standing(
            served_on=last.get(one.pk),
            planned_on=planned.get(one.pk),
            allowed_days=terms[one.program_id].exit_after_days,
            since=max(day for day in (one.enrolled_on, one.active_on, last.get(one.pk)) if day),
        )
        for one in taking_part
    }


def _days(enrollments: Sequence[Enrollment]) -> Iterator[Days]:
    for source in SOURCES:
        yield from source(enrollments)
