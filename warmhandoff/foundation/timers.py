"""Setting, calling off and firing timers. What a step does stands with the room that set it: `on_step` registers it.

A timer fires once: the row is claimed in the transaction that does the step. A sweep reads codes and dates alone, across
organizations, and defers one job per timer; the job acts as the system for the timer's organization.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmhandoff.foundation import actors, clock
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as

# A step may say why it came to nothing.
Step = Callable[[Timer, Actor], str | None]
_steps: dict[str, Step] = {}
CLASSES_OF_THE_SYSTEM = ("contact", "needs")


def on_step(subject_kind: str) -> Callable[[Step], Step]:
    """Register what happens when a timer about `subject_kind` fires."""

    def register(step: Step) -> Step:
        _steps[subject_kind] = step
        return step

    return register


@dataclass(frozen=True)
class Due:
    """When a step is due, and for which organization."""

    organization_id: int
    at: datetime


def set_timers(
    subject: tuple[str, int], steps: Mapping[str, Due], *, is_new: bool = False, again: bool = False
) -> None:
    """Let these be the only waiting timers about a subject: whatever waited before is called off.

    `is_new`: the subject was made in this transaction, so nothing waits. `again`: a step that has fired may fire once more.
    """
    if not is_new:
        call_off(subject)
    if again:
        _make_room(subject, steps)
    waiting = [
        Timer(
            organization_id=due.organization_id,
            subject_kind=subject[0],
            subject_id=subject[1],
            step=step,
            due_at=due.at,
        )
        for step, due in steps.items()
    ]
    # One that is firing at this very moment keeps its place: its step waits for us, and sees to what follows.
    Timer.objects.bulk_create(waiting, ignore_conflicts=again)


@transaction.atomic
def call_off(subject: tuple[str, int], *steps: str) -> int:
    """Call off the waiting timers about a subject (those steps, or all).

    One that is firing at this moment is left alone: its step waits for us, and finds that nothing is to be done any more.
    Waiting for it instead would be a ring.
    """
    waiting = Timer.objects.filter(
        subject_kind=subject[0], subject_id=subject[1], fired_at__isnull=True, called_off_at__isnull=True
    )
    if steps:
        waiting = waiting.filter(step__in=steps)
    ours = waiting.select_for_update(skip_locked=True).values("pk")
    return Timer.objects.filter(pk__in=ours).update(called_off_at=clock.now())


def set_again(subject: tuple[str, int], step: str, due: Due) -> None:
    """One step that has fired, once more; what else waits goes on waiting."""
    _make_room(subject, {step: due})
    Timer.objects.bulk_create(
        [
            Timer(
                organization_id=due.organization_id,
                subject_kind=subject[0],
                subject_id=subject[1],
                step=step,
                due_at=due.at,
            )
        ],
        ignore_conflicts=True,
    )


def stood_since(subject: tuple[str, int], moment: datetime) -> dict[str, Due]:
    """What was called off at that moment, by step: clocks that stopped then, to go on from here."""
    stopped = Timer.objects.filter(
        subject_kind=subject[0], subject_id=subject[1], fired_at__isnull=True, called_off_at=moment
    )
    return {timer.step: Due(timer.organization_id, timer.due_at) for timer in stopped.order_by("id")}


def stand_with_the_others(timer: Timer, *, since: datetime) -> None:
    """A step that is firing finds that its clock stands since a moment: it was as if called off then, and goes on with the others."""
    Timer.objects.filter(pk=timer.pk).update(fired_at=None, called_off_at=since)


def _make_room(subject: tuple[str, int], steps: Mapping[str, Due]) -> None:
    """What has fired counts as called off too, so that its step may be set anew. A row that is firing just now can't."""
    fired = Timer.objects.filter(
        subject_kind=subject[0], subject_id=subject[1], step__in=steps, called_off_at__isnull=True
    )
    fired.exclude(fired_at__isnull=True).update(called_off_at=clock.now())


def due(until: datetime, limit: int = 1000) -> list[int]:
    """Ids of timers due by `until`, in the order in which they are due."""
    return list(
        Timer.objects.filter(due_at__lte=until, fired_at__isnull=True, called_off_at__isnull=True)
        .order_by("due_at", "id")
        .values_list("id", flat=True)[:limit]
    )


def fire(timer_id: int) -> bool:
    """Do the step of one timer, once, in one transaction. False where it was done, called off, or isn't due."""
    timer = Timer.objects.filter(pk=timer_id).first()
    if timer is None:
        return False
    actor = actors.system_actor(timer.organization_id)
    with acting_as(actor, purpose="protocol", classes=CLASSES_OF_THE_SYSTEM):
        claimed = Timer.objects.filter(
            pk=timer_id, due_at__lte=clock.now(), fired_at__isnull=True, called_off_at__isnull=True
        ).update(fired_at=clock.now())
        came_to = _steps[timer.subject_kind](timer, actor) if claimed else ""
        if came_to:
            Timer.objects.filter(pk=timer_id).update(came_to=came_to)
        return bool(claimed)
