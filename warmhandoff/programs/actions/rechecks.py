"""What lapses is looked at again before it does: on the list of whoever works with the person, while they ask to take part or do."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties, timers
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.owed import holder_here, owner_for
from warmhandoff.programs.eligibility import standing
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.states import OPEN, TAKES_PART

# Duties and timers about an enrollment's eligibility, by the enrollment's number.
SUBJECT = "eligibility"
STEP = "recheck"
# So long before somebody's eligibility lapses it comes up on Today.
ASKS_AGAIN_BEFORE_DAYS = 14
RECHECK_ELIGIBILITY = "recheck_eligibility"
duties.name({RECHECK_ELIGIBILITY: duties.Kind(_("Ask again about what lapses"))})


def look_again_at(file: Participant, *, held: Custody | None, by: Actor) -> None:
    """Something about them was shown, said right or passed over: what they ask for, or take part in, is looked at anew."""
    for enrollment in Enrollment.objects.filter(file=file, state__in=OPEN).select_related("file", "program"):
        look_again(enrollment, held=held, by=by)


def look_again(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    """Let it come up before it lapses, or now where that is near. Who waits for a decision is looked at with that."""
    today = clock.today(current_place().zone)
    verdict = standing(enrollment.file, enrollment.program, today)
    ends = verdict.lapses_on if verdict.is_met else today
    if ends is None or (not verdict.is_met and enrollment.state not in TAKES_PART):
        stop(enrollment, held=held, by=by)
    elif ends - timedelta(days=ASKS_AGAIN_BEFORE_DAYS) <= today:
        timers.call_off((SUBJECT, enrollment.pk))
        ask_again(enrollment, ends, held=held, by=by)
    else:
        stop(enrollment, held=held, by=by)
        at = current_place().start_of(ends - timedelta(days=ASKS_AGAIN_BEFORE_DAYS))
        due = timers.Due(enrollment.organization_id, at)
        timers.set_timers((SUBJECT, enrollment.pk), {STEP: due}, again=True)


def ask_again(enrollment: Enrollment, ends: date, *, held: Custody | None, by: Actor) -> None:
    """On somebody's list, before the day on which it holds no more."""
    if not duties.open_about((SUBJECT, enrollment.pk)).exists():
        duties.open_duty(
            owner=owner_for(held, by=by),
            kind=RECHECK_ELIGIBILITY,
            due_at=max(current_place().end_of(ends - timedelta(days=1)), clock.now()),
            by=by,
            person_id=enrollment.file.person_id,
            subject=(SUBJECT, enrollment.pk),
            detail=enrollment.code,
        )
        _point(enrollment, held, by)


@transaction.atomic
def come_up(*, enrollment: Enrollment, ends: date, by: Actor) -> None:
    """The day has come on which it is asked about again. Reads nothing of what was shown."""
    held = holder_here(enrollment.file)
    enrollment.refresh_from_db()
    if enrollment.state in OPEN:
        ask_again(enrollment, ends, held=held, by=by)


def stop(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    """Nothing of it lapses any more, or it doesn't matter any more."""
    timers.call_off((SUBJECT, enrollment.pk))
    if duties.close(duties.open_about((SUBJECT, enrollment.pk)), how=Duty.Closed.DONE, by=by):
        _point(enrollment, held, by)


def _point(enrollment: Enrollment, held: Custody | None, by: Actor) -> None:
    if held is not None:
        custody.point(enrollment.file.person_id, by=by, custody=held)
