"""Paid work that somebody does as a part of a program: planned, introduced, paid, begun, ended.

Nothing goes to a worksite before the person has said yes to that introduction, by a name of their choice, and knew what it gives
away (P9). No wage is under what the law asks at the work address on its day. The hours are in `hours`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Occupation
from warmhandoff.labor_market.reading import check_wage
from warmhandoff.programs.actions.enrollment import served
from warmhandoff.programs.actions.owed import holder_here
from warmhandoff.programs.actions.work_duties import lock, owe
from warmhandoff.programs.actions.worksites import OwnSupervisor, ask_worksite, is_their_own_mailbox
from warmhandoff.programs.models import Enrollment, Introduction, PaidWork, PaidWorkEvent, Timesheet, WorkWage
from warmhandoff.programs.reading.work import introduction_of, standing_sheets
from warmhandoff.programs.states import PAID_WORK, TAKES_PART, UNDER_WAY, WORK_OPEN

LONGEST = timedelta(days=365)
MOST_HOURS = 2080


class NotIntroduced(DomainError):
    code = "not_introduced"
    sentence = _("They have not agreed yet to be introduced to this worksite.")
    mend = _("Tell them what it gives away, and write down what they say.")


@dataclass(frozen=True)
class Place:
    """Where the work is, for whom, and who says there that the hours are right. `kind` is a term."""

    site: Site
    employer_of_record: Employer
    supervisor: EmployerContact
    kind: str
    occupation: Occupation | None = None


@dataclass(frozen=True)
class Planned:
    begins: date
    ends: date
    hours: int


@transaction.atomic
def plan_work(
    *, enrollment: Enrollment, place: Place, planned: Planned, hourly: Decimal, by: Actor
) -> PaidWork:
    """Somebody who takes part is to work somewhere, from a day to a day, for a wage that its place allows on that day."""
    if enrollment.organization_id != current_organization():
        raise NotYours()
    # Whoever ends their enrollment at the same moment waits for us, or we for them.
    holder_here(enrollment.file)
    enrollment.refresh_from_db()
    if enrollment.state not in TAKES_PART:
        raise WrongState(
            _("They don’t take part in the program now."), mend=_("Enroll them first, and come back here.")
        )
    if not terms.is_in_force("work_kind", place.kind):
        raise BadValue("kind", _("Say what kind of paid work it is."))
    _require_planned(enrollment, planned)
    _require_supervisor(enrollment.file_id, place.supervisor, place.site)
    if PaidWork.objects.filter(enrollment=enrollment, site=place.site, state__in=WORK_OPEN).exists():
        raise WrongState(
            _("They have work at this address already."), mend=_("Look at the one that is open.")
        )
    work = PaidWork.objects.create(
        file_id=enrollment.file_id,
        organization_id=enrollment.organization_id,
        enrollment=enrollment,
        kind=place.kind,
        site=place.site,
        employer_of_record=place.employer_of_record,
        supervisor=place.supervisor,
        occupation=place.occupation,
        planned_from=planned.begins,
        planned_to=planned.ends,
        planned_hours=planned.hours,
    )
    _agree_wage(work, hourly, planned.begins, by=by)
    return _went_on(work, "plan", _today(), by=by)


@transaction.atomic
def introduce(*, work: PaidWork, agrees: bool, how: str, by: Actor, name: str = "") -> Introduction:
    """What the person said about being introduced there, and by which name. They may take it back at any time."""
    lock(work)
    PAID_WORK.require_beside("introduce", work.state, "provider")
    if not terms.is_in_force("said_how", how):
        raise BadValue("how", _("Say how you know."))
    name = " ".join(name.split()) if agrees else ""
    if agrees and not name:
        raise BadValue(
            "name", _("Say by which name they want to be known there."), mend=_("A first name is enough.")
        )
    said = Introduction.objects.create(
        file_id=work.file_id,
        organization_id=work.organization_id,
        work=work,
        supervisor=work.supervisor,
        agrees=agrees,
        name=name,
        how=how,
        by=by,
        happened_at=clock.now(),
    )
    _told(work, "introduced" if agrees else "not_introduced", _today(), by=by)
    if agrees and standing_sheets([work]).filter(answer__isnull=True).exists():
        ask_worksite(work=work, by=by)
    return said


@transaction.atomic
def change_supervisor(*, work: PaidWork, supervisor: EmployerContact, by: Actor) -> PaidWork:
    """Somebody else oversees it: the person is asked again before anything goes to them."""
    seen = work.supervisor_id
    lock(work)
    if work.supervisor_id != seen:
        raise WrongState()
    PAID_WORK.require_beside("change_supervisor", work.state, "provider")
    if supervisor.pk == work.supervisor_id:
        raise BadValue("supervisor", _("They oversee it already."), mend=_("Choose somebody else."))
    _require_supervisor(work.file_id, supervisor, work.site)
    PaidWork.objects.filter(pk=work.pk).update(supervisor=supervisor)
    return _went_on(work, "supervisor", _today(), by=by)


@transaction.atomic
def pay(*, work: PaidWork, hourly: Decimal, valid_from: date, by: Actor) -> WorkWage:
    """An hour of it pays this much from a day on. Weeks that were written down stay as they were paid."""
    lock(work)
    PAID_WORK.require_beside("pay", work.state, "provider")
    last = Timesheet.objects.filter(work=work).order_by("-week").values_list("week", flat=True).first()
    if last is not None and valid_from < last + timedelta(days=7):
        raise BadValue(
            "valid_from",
            _("The hours of that week are written down, with the wage that held then."),
            mend=_("Choose a day after the last week that is written down."),
        )
    wage = _agree_wage(work, hourly, valid_from, by=by)
    _told(work, "paid", valid_from, by=by)
    return wage


@transaction.atomic
def start_work(*, work: PaidWork, on: date, by: Actor) -> PaidWork:
    """They came to work, on this day, for the first time."""
    lock(work)
    if work.enrollment.enrolled_on is None or on < work.enrollment.enrolled_on:
        raise BadValue("on", _("They were not enrolled by then."), mend=_("Check the day."))
    said = introduction_of(work)
    if said is None or not said.agrees:
        raise NotIntroduced()
    begun = _move(work, "start", on, by=by, started_on=on)
    served(enrollment=work.enrollment, by=by, on=on)
    return begun


@transaction.atomic
def complete_work(*, work: PaidWork, on: date, by: Actor) -> PaidWork:
    """They worked as it was planned."""
    lock(work)
    return _move(work, "complete", _last_day(work, on), by=by, ended_on=on)


@transaction.atomic
def leave_work(*, work: PaidWork, on: date, reason: str, by: Actor) -> PaidWork:
    """It ended before it was planned to."""
    lock(work)
    _require_reason(reason)
    return _move(work, "leave", _last_day(work, on), by=by, ended_on=on, end_reason=reason)


@transaction.atomic
def call_off_work(*, work: PaidWork, reason: str, by: Actor) -> PaidWork:
    """It never began."""
    lock(work)
    _require_reason(reason)
    return _move(work, "call_off", _today(), by=by, ended_on=_today(), end_reason=reason)


# --- What each of them does ---------------------------------------------------------------------------------------


def _move(work: PaidWork, verb: str, on: date, *, by: Actor, **values: object) -> PaidWork:
    """Compare and swap, with its event and what somebody owes from now on."""
    PAID_WORK.require(verb, work.state, "provider")
    if on > _today():
        raise BadValue("on", _("This day is still to come."), mend=_("Give a day up to today."))
    changed = PaidWork.objects.filter(pk=work.pk, state=work.state).update(
        state=PAID_WORK.of(verb).target, **values
    )
    if not changed:
        raise WrongState()
    return _went_on(work, verb, on, by=by)


def _went_on(work: PaidWork, kind: str, on: date, *, by: Actor) -> PaidWork:
    work.refresh_from_db()
    _told(work, kind, on, by=by)
    owe(work, by=by)
    return work


def _told(work: PaidWork, kind: str, on: date, *, by: Actor) -> None:
    PaidWorkEvent.objects.create(
        file_id=work.file_id,
        organization_id=work.organization_id,
        work=work,
        kind=kind,
        state=work.state,
        on=on,
        reason=work.end_reason,
        supervisor=work.supervisor if kind in ("plan", "supervisor") else None,
        by=by,
        happened_at=clock.now(),
    )


def _agree_wage(work: PaidWork, hourly: Decimal, valid_from: date, *, by: Actor) -> WorkWage:
    site = work.site
    floor = check_wage(hourly, locality=site.locality, day=valid_from, industry=site.industry)
    return WorkWage.objects.create(
        file_id=work.file_id,
        organization_id=work.organization_id,
        work=work,
        hourly=hourly,
        valid_from=valid_from,
        floor=floor,
        by=by,
        happened_at=clock.now(),
    )


# --- What is refused ----------------------------------------------------------------------------------------------


def _today() -> date:
    return clock.today(current_place().zone)


def _require_planned(enrollment: Enrollment, planned: Planned) -> None:
    if planned.ends < planned.begins:
        raise BadValue("planned_to", _("It ends before it begins."), mend=_("Check both days."))
    if planned.ends - planned.begins > LONGEST:
        raise BadValue(
            "planned_to", _("No paid work here takes longer than a year."), mend=_("Check the year.")
        )
    if enrollment.enrolled_on is None or planned.begins < enrollment.enrolled_on:
        raise BadValue("planned_from", _("They were not enrolled by then."), mend=_("Check the day."))
    most = min(MOST_HOURS, 24 * ((planned.ends - planned.begins).days + 1))
    if not 0 < planned.hours <= most:
        raise BadValue(
            "planned_hours", _("So many hours don’t fit between these days."), mend=_("Check the number.")
        )


def _require_supervisor(file_id: int, supervisor: EmployerContact, site: Site) -> None:
    if supervisor.organization_id != current_organization() or not supervisor.active:
        raise NotYours()
    if supervisor.employer_id != site.employer_id:
        raise BadValue(
            "supervisor", _("They don’t work for this employer."), mend=_("Choose somebody of theirs.")
        )
    if is_their_own_mailbox(file_id, supervisor):
        raise OwnSupervisor()


def _last_day(work: PaidWork, on: date) -> date:
    """A day since it began, after which no hours are written down."""
    if work.state != UNDER_WAY:
        return on
    if work.started_on is not None and on < work.started_on:
        raise BadValue("on", _("It had not begun by then."), mend=_("Check the day."))
    for sheet in standing_sheets([work]).filter(week__gt=on - timedelta(days=7)):
        later = [n for n, worked in enumerate(sheet.hours) if worked and sheet.week + timedelta(days=n) > on]
        if later:
            raise BadValue(
                "on",
                _("Hours of %(day)s are written down.")
                % {"day": full_day(sheet.week + timedelta(days=later[-1]))},
                mend=_("Check the day, or say that week right first."),
            )
    return on


def _require_reason(reason: str) -> None:
    if not terms.is_in_force("work_end_reason", reason):
        raise BadValue("reason", _("Say why it ends: choose the reason that is nearest."))
