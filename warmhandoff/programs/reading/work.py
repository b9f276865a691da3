"""Paid work as it stands: its wage on a day, what the person said about being introduced, its weeks and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from warmhandoff.employers.models import EmployerContact
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import (
    Enrollment,
    Introduction,
    PaidWork,
    PaidWorkEvent,
    Timesheet,
    TimesheetAnswer,
    WorkWage,
)
from warmhandoff.programs.reading.days import Days
from warmhandoff.programs.states import WORK_BEGAN, WORK_OPEN

A_WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def works_of(file: Participant) -> QuerySet[PaidWork]:
    """Somebody's paid work, the newest first."""
    return (
        PaidWork.objects.filter(file=file)
        .select_related(
            "site__employer", "site__locality", "supervisor__mailbox", "employer_of_record", "occupation"
        )
        .order_by("-planned_from", "-id")
    )


def work_or_404(file: Participant, code: str) -> PaidWork:
    found = works_of(file).select_related("enrollment").filter(code=code).first()
    if found is None or found.organization_id != current_organization():
        raise NotYours()
    return found


def introduction_of(work: PaidWork) -> Introduction | None:
    """What they said last about whoever oversees it now."""
    return (
        Introduction.objects.filter(work=work, supervisor_id=work.supervisor_id)
        .order_by("-recorded_at", "-id")
        .first()
    )


def supervisors_of(work: PaidWork) -> list[PaidWorkEvent]:
    """Who oversaw it there, from which day on; the last one oversees it now."""
    told = PaidWorkEvent.objects.filter(work=work, supervisor__isnull=False)
    return list(told.select_related("supervisor").order_by("happened_at", "id"))


def overseen_by(supervisor: EmployerContact) -> list[PaidWork]:
    """The work that is planned or under way, and that they say the hours of."""
    found = PaidWork.objects.filter(supervisor=supervisor, state__in=WORK_OPEN)
    return list(found.select_related("file", "site").order_by("planned_from", "id"))


def wage_on(wages: Iterable[WorkWage], day: date) -> WorkWage | None:
    """Of one work's wages, the one that holds on that day."""
    held = [wage for wage in wages if wage.valid_from <= day]
    return max(held, key=lambda wage: (wage.valid_from, wage.pk), default=None)


# --- Weeks --------------------------------------------------------------------------------------------------------


def standing_sheets(works: Iterable[PaidWork] | None = None) -> QuerySet[Timesheet]:
    """Each week as it stands now: what was superseded is left out."""
    later = Timesheet.objects.filter(supersedes=OuterRef("pk"))
    found = Timesheet.objects.filter(~Exists(later)).select_related("answer", "by")
    return found if works is None else found.filter(work__in=works)


def answer_of(sheet: Timesheet) -> TimesheetAnswer | None:
    found: TimesheetAnswer | None = getattr(sheet, "answer", None)
    return found


def is_waiting(sheet: Timesheet) -> bool:
    return answer_of(sheet) is None


def is_approved(sheet: Timesheet) -> bool:
    answer = answer_of(sheet)
    return answer is not None and answer.approved


def is_sent_back(sheet: Timesheet) -> bool:
    answer = answer_of(sheet)
    return answer is not None and not answer.approved


def weeks_of(work: PaidWork, today: date) -> list[date]:
    """The Mondays of the weeks in which somebody worked or could have, up to now."""
    if work.started_on is None:
        return []
    first, last = monday_of(work.started_on), monday_of(min(work.ended_on or today, today))
    return [first + A_WEEK * n for n in range((last - first).days // 7 + 1)]


def weeks_missing(work: PaidWork, sheets: Iterable[Timesheet], today: date) -> list[date]:
    """Weeks that nobody wrote down yet, the first one first."""
    there = {sheet.week for sheet in sheets}
    return [week for week in weeks_of(work, today) if week not in there]


@dataclass(frozen=True)
class Total:
    """Hours of one work, and what the approved ones come to."""

    planned: int
    approved: Decimal
    waiting: Decimal
    sent_back: Decimal
    earned: Decimal

    @property
    def percent(self) -> int:
        return min(100, int(self.approved * 100 / self.planned)) if self.planned else 0

    @property
    def left(self) -> Decimal:
        return max(self.planned - self.approved - self.waiting, Decimal(0))


def total_of(work: PaidWork, sheets: Sequence[Timesheet], wages: Sequence[WorkWage]) -> Total:
    """Each day's hours count at the wage of that day."""
    return Total(
        planned=work.planned_hours,
        approved=sum((sheet.total for sheet in sheets if is_approved(sheet)), Decimal(0)),
        waiting=sum((sheet.total for sheet in sheets if is_waiting(sheet)), Decimal(0)),
        sent_back=sum((sheet.total for sheet in sheets if is_sent_back(sheet)), Decimal(0)),
        earned=sum((pay_of(sheet, wages) for sheet in sheets if is_approved(sheet)), Decimal(0)),
    )


def pay_of(sheet: Timesheet, wages: Sequence[WorkWage]) -> Decimal:
    """What a week comes to, in dollars."""
    days = [(sheet.week + timedelta(days=n), hours) for n, hours in enumerate(sheet.hours) if hours]
    paid = [(wage_on(wages, day), hours) for day, hours in days]
    return sum((wage.hourly * hours for wage, hours in paid if wage), Decimal(0)).quantize(Decimal("0.01"))


# --- What waits for a supervisor ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ForThem:
    """One week as its supervisor sees it: the name that the person agreed to, the days, the hours. Nothing else (P9)."""

    sheet: Timesheet
    name: str


def for_supervisor(supervisor: EmployerContact) -> list[ForThem]:
    """The weeks of those who agreed to be introduced to this supervisor: what waits first, then what they said lately."""
    works = list(PaidWork.objects.filter(supervisor=supervisor, state__in=WORK_BEGAN))
    names = _names_there(works, supervisor)
    shown_since = clock.now() - timedelta(days=30)
    sheets = [
        sheet
        for sheet in standing_sheets(works).order_by("week", "id")
        if sheet.work_id in names and (answer_of(sheet) is None or sheet.answer.recorded_at > shown_since)
    ]
    found = [ForThem(sheet, names[sheet.work_id]) for sheet in sheets]
    return sorted(found, key=lambda each: (not is_waiting(each.sheet), each.sheet.week, each.name))


def waiting_for(supervisor: EmployerContact) -> list[ForThem]:
    return [each for each in for_supervisor(supervisor) if is_waiting(each.sheet)]


def _names_there(works: Sequence[PaidWork], supervisor: EmployerContact) -> dict[int, str]:
    """By work, for those who agree now."""
    said: dict[int, Introduction] = {}
    for each in Introduction.objects.filter(work__in=works, supervisor=supervisor).order_by(
        "recorded_at", "id"
    ):
        said[each.work_id] = each
    return {work_id: each.name for work_id, each in said.items() if each.agrees}


# --- For the exit rule --------------------------------------------------------------------------------------------


def days_worked(enrollments: Sequence[Enrollment]) -> Iterable[Days]:
    """Work counts as a service on the days on which there were hours; planned work is a service that is planned."""
    works = list(PaidWork.objects.filter(enrollment__in=enrollments))
    by_work = {work.pk: work.enrollment_id for work in works}
    today = clock.today(current_place().zone)
    for sheet in standing_sheets(works):
        last = max((n for n, hours in enumerate(sheet.hours) if hours), default=None)
        if last is not None:
            yield Days(by_work[sheet.work_id], served_on=sheet.week + timedelta(days=last))
    for work in works:
        if work.state in WORK_OPEN and work.planned_to >= today:
            yield Days(work.enrollment_id, planned_on=max(work.planned_from, today))
