"""When somebody was last served in a program, and what is planned: the days by which the exit rule is worked out.

Each subject of this room, and of casework below, that counts as a service says its days in `SOURCES`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warmhandoff.casework.models import Appointment
from warmhandoff.casework.reading.services import last_services
from warmhandoff.casework.states import KEPT, PLANNED
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import Enrollment, Training
from warmhandoff.programs.protocol import WARNS_BEFORE_DAYS
from warmhandoff.programs.reading.attendance import last_came, next_planned
from warmhandoff.programs.reading.days import Days as Days
from warmhandoff.programs.reading.terms import terms_on
from warmhandoff.programs.reading.work import days_worked
from warmhandoff.programs.states import TAKES_PART, TRAINING_OPEN

Source = Callable[[Sequence[Enrollment]], Iterable[Days]]


def _services(enrollments: Sequence[Enrollment]) -> Iterable[Days]:
    last = last_services({one.file_id for one in enrollments})
    return [Days(one.pk, served_on=last[one.file_id]) for one in enrollments if one.file_id in last]


def _appointments(enrollments: Sequence[Enrollment]) -> Iterable[Days]:
    """One that they came to is a service; one to come is planned."""
    place, by_file = current_place(), defaultdict(list)
    for one in enrollments:
        by_file[one.file_id].append(one.pk)
    found = Appointment.objects.filter(file_id__among=list(by_file), state__in=(KEPT, PLANNED)).order_by()
    for file, state, at in found.values_list("file_id", "state", "starts_at"):
        for enrollment in by_file[file]:
            on = place.day_of(at)
            yield Days(enrollment, served_on=on) if state == KEPT else Days(enrollment, planned_on=on)


def _groups(enrollments: Sequence[Enrollment]) -> Iterable[Days]:
    yield from (Days(pk, served_on=on) for pk, on in last_came(enrollments).items())
    yield from (Days(pk, planned_on=on) for pk, on in next_planned(enrollments).items())


def _trainings(enrollments: Sequence[Enrollment]) -> Iterable[Days]:
    """Training goes on until the day for which its end is planned."""
    today = clock.today(current_place().zone)
    for one in Training.objects.filter(enrollment__in=enrollments).order_by():
        if one.state in TRAINING_OPEN and one.planned_to >= today:
            yield Days(one.enrollment_id, planned_on=max(one.planned_from, today))
        yield Days(one.enrollment_id, served_on=one.ended_on if one.started_on else None)
        yield Days(one.enrollment_id, served_on=one.started_on)


# What counts as a service, each read once for all of them: the last day on which there was one, the next for which one is planned.
SOURCES: tuple[Source, ...] = (_services, _appointments, _groups, _trainings, days_worked)


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
    enrolled_on = {one.pk: one.enrolled_on for one in taking_part}
    for days in _days(taking_part):
        # What they got before they took part was no service of the program.
        if days.served_on and days.served_on >= (enrolled_on[days.enrollment_id] or today):
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
