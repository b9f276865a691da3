"""A week of hours as pages show it: the same for whoever works, whoever works with them, and the worksite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import Timesheet
from warmhandoff.programs.reading.work import answer_of


@dataclass(frozen=True)
class Day:
    on: date
    hours: Decimal

    @property
    def said(self) -> str:
        return short_day(self.on)

    @property
    def hours_said(self) -> str:
        return number(self.hours)


@dataclass(frozen=True)
class Week:
    code: str
    begins: date
    days: tuple[Day, ...]
    total: str
    waits: bool
    approved: bool
    by_themself: bool  # whoever worked wrote it down
    # What was said to it, and when.
    reason: str
    said_on: str
    seen: str

    @property
    def begins_said(self) -> str:
        return short_day(self.begins)

    @property
    def worked(self) -> list[Day]:
        return [day for day in self.days if day.hours]


def number(hours: Decimal) -> str:
    """`8`, `7.5`, `6.25`."""
    return f"{hours.normalize():f}"


def week_of(sheet: Timesheet) -> Week:
    answer = answer_of(sheet)
    return Week(
        code=sheet.code,
        begins=sheet.week,
        days=tuple(Day(sheet.week + timedelta(days=n), hours) for n, hours in enumerate(sheet.hours)),
        total=number(sheet.total),
        waits=answer is None,
        approved=answer is not None and answer.approved,
        by_themself=sheet.by.kind == Actor.Kind.PARTICIPANT,
        reason=terms.word("hours_back_reason", answer.reason) if answer is not None and answer.reason else "",
        said_on=short_day(current_place().day_of(answer.recorded_at)) if answer is not None else "",
        seen=answer.seen if answer is not None else "",
    )
