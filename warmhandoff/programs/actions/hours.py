"""The hours of a week: written down, approved by somebody else, or sent back and said right.

Whoever worked, or whoever works with them, writes the hours down. The worksite's supervisor says behind their own link whether
they are right; where they can't, somebody here who has seen a signed paper, and who did not write the hours, says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock, mail_links, messages, terms
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.dates import full_day, short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.reading import NoFloorKnown, UnderTheFloor, floor_at
from warmhandoff.programs.actions.enrollment import served
from warmhandoff.programs.actions.work_duties import lock, owe
from warmhandoff.programs.actions.worksites import (
    ask_worksite,
    is_their_own_mailbox,
    remind_in_time,
    remind_no_more,
)
from warmhandoff.programs.models import PaidWork, Timesheet, TimesheetAnswer, WorksiteLink
from warmhandoff.programs.reading.work import introduction_of, is_approved, standing_sheets, wage_on
from warmhandoff.programs.states import PAID_WORK
from warmhandoff.programs.worksite import HoursWait, dies_at

DAYS = 7
MOST_A_DAY = Decimal(24)
QUARTER = Decimal("0.25")


class OwnTimesheet(DomainError):
    code = "own_timesheet"
    sentence = _("You wrote these hours down: somebody else says whether they are right.")
    mend = _("Ask the supervisor behind their link, or a colleague who has seen the signed paper.")
    status = 403


@transaction.atomic
def write_hours(*, work: PaidWork, week: date, hours: Sequence[Decimal], by: Actor) -> Timesheet:
    """The hours of the week that begins on this Monday. Once: a week is said right by `correct_hours`."""
    lock(work)
    _check(work, week, hours, by=by)
    if Timesheet.objects.filter(work=work, week=week).exists():
        raise WrongState(
            _("The hours of this week are written down already."), mend=_("Open that week, and say it right.")
        )
    return _write(work, week, hours, by=by)


@transaction.atomic
def correct_hours(*, sheet: Timesheet, hours: Sequence[Decimal], reason: str, by: Actor) -> Timesheet:
    """The week was otherwise. What stood there stays, superseded with its reason; it is approved anew."""
    work = sheet.work
    lock(work)
    stands = standing_sheets([work]).filter(pk=sheet.pk).first()
    if stands is None:
        raise WrongState(_("Somebody said this week right meanwhile."), mend=_("Here is how it stands now."))
    if _is_themself(by) and is_approved(stands):
        raise WrongState(_("These hours are approved already."), mend=_("If they are not right, tell us so."))
    if not terms.is_in_force("hours_reason", reason):
        raise BadValue("reason", _("Say what was wrong: choose what is nearest."))
    _check(work, sheet.week, hours, by=by)
    return _write(work, sheet.week, hours, by=by, supersedes=sheet, reason=reason)


@transaction.atomic
def approve(*, sheet: Timesheet, by: Actor) -> TimesheetAnswer:
    """These hours are right. Said by the worksite, or by somebody here who saw its signed paper; never by who wrote them."""
    return _answer(sheet, "approve", by=by, approved=True)


@transaction.atomic
def send_back(*, sheet: Timesheet, reason: str, by: Actor) -> TimesheetAnswer:
    """These hours are not right, says the worksite; whoever works with the person mends them."""
    if not terms.is_in_force("hours_back_reason", reason):
        raise BadValue("reason", _("Say what is not right: choose what is nearest."))
    return _answer(sheet, "send_back", by=by, approved=False, reason=reason)


@transaction.atomic
def fresh_link(*, link: WorksiteLink) -> WorksiteLink:
    """A new mail to the same mailbox; what was mailed before no longer acts."""
    mail_links.renew(link, dies_at=dies_at())
    messages.send(
        HoursWait,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=("worksite_link", link.pk),
    )
    return link


# --- What each of them does ---------------------------------------------------------------------------------------


def _write(
    work: PaidWork,
    week: date,
    hours: Sequence[Decimal],
    *,
    by: Actor,
    supersedes: Timesheet | None = None,
    reason: str = "",
) -> Timesheet:
    sheet = Timesheet.objects.create(
        file_id=work.file_id,
        organization_id=work.organization_id,
        work=work,
        week=week,
        hours=list(hours),
        supersedes=supersedes,
        reason=reason,
        by=by,
        happened_at=clock.now(),
    )
    first = next(n for n, worked in enumerate(hours) if worked)
    served(enrollment=work.enrollment, by=by, on=week + timedelta(days=first))
    if supersedes is not None:
        remind_no_more(supersedes)
    ask_worksite(work=work, by=by)
    remind_in_time(sheet)
    owe(work, by=by)
    return sheet


def _answer(sheet: Timesheet, verb: str, *, by: Actor, approved: bool, reason: str = "") -> TimesheetAnswer:
    work = sheet.work
    side = "worksite" if by.kind == Actor.Kind.LINK else "provider"
    lock(work)
    PAID_WORK.require_beside(verb, work.state, side)
    _require_another(sheet, work, by)
    if not standing_sheets([work]).filter(pk=sheet.pk, answer__isnull=True).exists():
        raise WrongState(
            _("Something was said to these hours already."), mend=_("Here is how they stand now.")
        )
    said = TimesheetAnswer.objects.create(
        file_id=sheet.file_id,
        organization_id=sheet.organization_id,
        timesheet=sheet,
        approved=approved,
        reason=reason,
        seen="link" if by.kind == Actor.Kind.LINK else "paper",
        by=by,
        happened_at=clock.now(),
    )
    remind_no_more(sheet)
    owe(work, by=by)
    return said


# --- What is refused ----------------------------------------------------------------------------------------------


def _require_another(sheet: Timesheet, work: PaidWork, by: Actor) -> None:
    """Not who wrote them; behind a link, its own supervisor, who is not the person themself."""
    if by.pk == sheet.by_id or by.kind == Actor.Kind.PARTICIPANT:
        raise OwnTimesheet()
    if by.kind == Actor.Kind.LINK:
        theirs = WorksiteLink.objects.filter(pk=by.subject_id or 0, supervisor_id=work.supervisor_id)
        said = introduction_of(work)
        if not theirs.exists() or said is None or not said.agrees:
            raise NotYours()
        if is_their_own_mailbox(work.file_id, work.supervisor):
            raise OwnTimesheet()


def _is_themself(by: Actor) -> bool:
    """Whoever worked, on their own page."""
    return by.kind == Actor.Kind.PARTICIPANT


def _check(work: PaidWork, week: date, hours: Sequence[Decimal], *, by: Actor) -> None:
    PAID_WORK.require_beside("write_hours", work.state, "participant" if _is_themself(by) else "provider")
    if week.weekday() != 0:
        raise BadValue("week", _("A week begins on a Monday."), mend=_("Choose its Monday."))
    if len(hours) != DAYS or not any(hours):
        raise BadValue(
            "hours", _("There are no hours in this week."), mend=_("Write the hours of at least one day.")
        )
    for n, worked in enumerate(hours):
        if worked:
            _check_day(work, week + timedelta(days=n), worked, f"day_{n}")
            _check_takes_part(work, week + timedelta(days=n), f"day_{n}", by=by)
    _check_other_work(work, week, hours)


def _check_day(work: PaidWork, day: date, worked: Decimal, field: str) -> None:
    if not 0 <= worked <= MOST_A_DAY:
        raise BadValue(
            field,
            _("A day has 24 hours: %(day)s can’t have %(hours)s.") % {"day": short_day(day), "hours": worked},
        )
    if worked % QUARTER:
        raise BadValue(field, _("Hours are counted in quarters."), mend=_("Write 7.25, 7.5, 7.75 or 8."))
    today = clock.today(current_place().zone)
    if day > today:
        raise BadValue(field, _("%(day)s is still to come.") % {"day": short_day(day)})
    if (
        work.started_on is None
        or day < work.started_on
        or (work.ended_on is not None and day > work.ended_on)
    ):
        raise BadValue(
            field,
            _("On %(day)s the work had not begun, or was over.") % {"day": short_day(day)},
            mend=_("Check the day, or say first when the work began or ended."),
        )
    _check_wage(work, day)


def _check_takes_part(work: PaidWork, day: date, field: str, *, by: Actor) -> None:
    """After their program has ended nobody hands in hours by themself: whoever works with them knows what became of the work."""
    ended_on = work.enrollment.ended_on
    if _is_themself(by) and ended_on is not None and day > ended_on:
        raise BadValue(
            field,
            _("Your program ended on %(day)s.") % {"day": full_day(ended_on)},
            mend=_("If you worked after it, call the people who help you."),
        )


def _check_wage(work: PaidWork, day: date) -> None:
    """The wage that holds on that day, against the floor of that day: one that rose meanwhile is not overlooked."""
    wage = wage_on(work.wages.all(), day)
    if wage is None:
        raise BadValue(
            "wage",
            _("No wage was agreed on for %(day)s.") % {"day": full_day(day)},
            mend=_("Write down the wage first."),
        )
    site = work.site
    floor = floor_at(site.locality, day, industry=site.industry)
    if floor is None:
        raise NoFloorKnown(site.locality, day)
    if wage.hourly < floor.rate:
        raise UnderTheFloor(floor, day)


def _check_other_work(work: PaidWork, week: date, hours: Sequence[Decimal]) -> None:
    """A person's day has 24 hours, wherever they work."""
    others = [
        sheet
        for sheet in standing_sheets().filter(file_id=work.file_id, week=week)
        if sheet.work_id != work.pk
    ]
    for n, worked in enumerate(hours):
        elsewhere = sum((sheet.hours[n] for sheet in others), Decimal(0))
        if worked and worked + elsewhere > MOST_A_DAY:
            raise BadValue(
                f"day_{n}",
                _(
                    "%(hours)s hours of %(day)s are written down for other work: together that is more than a day."
                )
                % {"hours": elsewhere, "day": short_day(week + timedelta(days=n))},
                mend=_("Check both weeks."),
            )
