"""What somebody owes about paid work, worked out from how it stands: one open duty of a kind, and none that is no longer owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.owed import holder_here, owner_for
from warmhandoff.programs.models import PaidWork
from warmhandoff.programs.protocol import (
    AWAIT_HOURS,
    MEND_HOURS,
    WORK_BEGINS,
    WORKSITE_REMINDED_AFTER,
    WRITE_HOURS,
)
from warmhandoff.programs.reading.work import is_sent_back, is_waiting, standing_sheets, weeks_missing
from warmhandoff.programs.states import PLANNED

SUBJECT = "paid_work"
LOOKED_AT_WITHIN = timedelta(days=30)
# Of another week, another date.
DATED = (WRITE_HOURS, AWAIT_HOURS)


def lock(work: PaidWork) -> None:
    """Whoever else acts on the person waits for us; the work is read as it stands now."""
    if work.organization_id != current_organization():
        raise NotYours()
    holder_here(Participant.objects.get(pk=work.file_id))
    work.refresh_from_db()


def owe(work: PaidWork, *, by: Actor) -> None:
    """Open and close what is owed about this work, and let the person's next step be what is due first."""
    file = Participant.objects.get(pk=work.file_id)
    held = holder_here(file)
    wanted = _owed(work)
    there = list(duties.open_about((SUBJECT, work.pk)))
    over = [
        duty.pk
        for duty in there
        if duty.kind not in wanted
        or (duty.kind in DATED and duty.due_at.date() != max(wanted[duty.kind], duty.opened_at).date())
    ]
    duties.close(Duty.objects.filter(pk__in=over), how=Duty.Closed.DONE, by=by)
    stands = {duty.kind for duty in there if duty.pk not in over}
    for kind in [kind for kind in wanted if kind not in stands]:
        duties.open_duty(
            owner=owner_for(held, by=by),
            kind=kind,
            due_at=max(wanted[kind], clock.now()),
            by=by,
            person_id=file.person_id,
            subject=(SUBJECT, work.pk),
            detail=work.code,
        )
    if held is not None:
        custody.point(file.person_id, by=by, custody=held)


def _owed(work: PaidWork) -> dict[str, datetime]:
    place, now = current_place(), clock.now()
    today = place.day_of(now)
    if work.state == PLANNED:
        day = max(min(work.planned_from, today + LOOKED_AT_WITHIN), today)
        return {WORK_BEGINS: place.end_of(day)}
    sheets = list(standing_sheets([work]))
    found: dict[str, datetime] = {}
    if any(is_sent_back(sheet) for sheet in sheets):
        found[MEND_HOURS] = place.deadline("next_step", now)
    waiting = [sheet.recorded_at for sheet in sheets if is_waiting(sheet)]
    if waiting:
        found[AWAIT_HOURS] = place.business_days_after(min(waiting), WORKSITE_REMINDED_AFTER[-1])
    week = _next_week(work, [*weeks_missing(work, sheets, today)], today)
    if week is not None:
        found[WRITE_HOURS] = place.business_days_after(place.start_of(week + timedelta(days=7)), 1)
    return found


def _next_week(work: PaidWork, missing: list[date], today: date) -> date | None:
    """The first week that nobody wrote down; where all are, the next one, as long as the work goes on."""
    if missing:
        return missing[0]
    if work.started_on is None or work.ended_on is not None:
        return None
    return today - timedelta(days=today.weekday()) + timedelta(days=7)
