"""What was just pressed by mistake is taken back within a minute: the step is open again, and both stay told."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from warmhandoff.custody.actions import held, point
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.custody.protocol import PLAN
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.participants.correcting import Reason, require_may_correct

UNDO_FOR = timedelta(minutes=1)


def can_undo(event: CustodyEvent, *, by: Actor) -> bool:
    """One's own press, a minute ago at most."""
    return (
        event.kind == CustodyEvent.Kind.NEXT_STEP_DONE
        and event.by_id == by.pk
        and clock.now() - event.recorded_at <= UNDO_FOR
    )


@transaction.atomic
def undo_finish(*, event: CustodyEvent, by: Actor) -> Duty:
    """A next step was marked as done by mistake: it is open again, with the date that it had."""
    custody = held(event.person_id)
    if not can_undo(event, by=by):
        raise WrongState("This can be undone for a minute only.", mend="Agree on the next step again.")
    require_may_correct(event, Reason.MISTAKE, by=by)
    steps = Duty.objects.filter(person_id=event.person_id, organization_id=event.organization_id)
    done = (
        steps.filter(
            kind=event.detail, closed_how=Duty.Closed.DONE, closed_by=by, closed_at__lte=event.happened_at
        )
        .order_by("-closed_at", "-id")
        .first()
    )
    if done is None:
        raise WrongState("This step can't be opened again.", mend="Agree on the next step again.")
    # Whoever holds the person now has what is open for them.
    steps.filter(pk=done.pk).update(
        closed_at=None,
        closed_by=None,
        closed_how="",
        membership_id=custody.membership_id,
        queue_id=custody.queue_id,
    )
    # "Decide what's next" was opened because nothing was left.
    planning = steps.filter(kind=PLAN, opened_at__gte=event.recorded_at).exclude(pk=done.pk)
    duties.close(planning, how=Duty.Closed.SUPERSEDED, by=by)
    CustodyEvent.objects.create(
        person_id=event.person_id,
        organization_id=event.organization_id,
        custody=custody,
        kind=CustodyEvent.Kind.STRUCK,
        detail=event.detail,
        by=by,
        happened_at=clock.now(),
        supersedes=event,
        reason=Reason.MISTAKE,
    )
    point(event.person_id, by=by, custody=custody)
    done.refresh_from_db()
    return done
