"""Setting, calling off and firing timers. What a step does stands with the room that set it: `on_step` registers it.

A timer fires once: the row is claimed in the transaction that does the step, as the system for the timer's organization. Timers
are swept in lanes, all of one subject in the same lane and in the order in which they are due: whoever was asleep for days does
each step once, none before what was due earlier, and a step that fails keeps back those of its own subject alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Mod

from warmhandoff.foundation import actors, clock
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as

# A step may say why it came to nothing.
Step = Callable[[Timer, Actor], str | None]
_steps: dict[str, Step] = {}
CLASSES_OF_THE_SYSTEM = ("contact", "needs")
LANES = 4
log = logging.getLogger("warmhandoff.timers")


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
    subject: tuple[str, int],
    steps: Mapping[str, Due],
    *,
    is_new: bool = False,
    again: bool = False,
    besides: Sequence[Timer] = (),
) -> None:
    """Let these be the only waiting timers about a subject: whatever waited before is called off.

    `is_new`: the subject was made in this transaction, so nothing waits. `again`: a step that has fired may fire once more.
    `besides`: timers about something else, each set in the same statement unless it waits already.
    """
    if not is_new:
        call_off(subject)
    if again:
        _make_room(subject, steps)
    waiting = [timer_of(subject, step, due) for step, due in steps.items()]
    # One that is firing at this very moment keeps its place: its step waits for us, and sees to what follows.
    Timer.objects.bulk_create([*waiting, *besides], ignore_conflicts=again or bool(besides))


def timer_of(subject: tuple[str, int], step: str, due: Due) -> Timer:
    """One that waits; not written yet."""
    return Timer(
        organization_id=due.organization_id,
        subject_kind=subject[0],
        subject_id=subject[1],
        step=step,
        due_at=due.at,
    )


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
    Timer.objects.bulk_create([timer_of(subject, step, due)], ignore_conflicts=True)


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
    return list(_due(until).values_list("id", flat=True)[:limit])


def lanes_due(until: datetime) -> list[int]:
    """The lanes in which something is due by `until`."""
    lanes = _due(until).order_by().annotate(lane=Mod(F("subject_id"), LANES)).values_list("lane", flat=True)
    return sorted(lanes.distinct())


def _due(until: datetime) -> QuerySet[Timer]:
    waiting = Timer.objects.filter(due_at__lte=until, fired_at__isnull=True, called_off_at__isnull=True)
    return waiting.order_by("due_at", "id")


class StepFailed(Exception):
    """Some steps of a lane failed; they are done again with the next sweep."""


def fire_lane(lane: int, until: datetime, limit: int) -> bool:
    """Fire what is due in one lane, at most so many. True where more may be due."""
    waiting = list(_due(until).annotate(lane=Mod(F("subject_id"), LANES)).filter(lane=lane)[:limit])
    acting = actors.system_actors({timer.organization_id for timer in waiting})
    failed = 0
    for timer in waiting:
        try:
            _fire(timer, acting[timer.organization_id])
        except Exception:
            failed += 1
            log.exception("The step %s of %s %s failed", timer.step, timer.subject_kind, timer.subject_id)
    if failed:
        raise StepFailed(f"{failed} of {len(waiting)}")
    return len(waiting) == limit


def fire(timer_id: int) -> bool:
    """Do the step of one timer, once, in one transaction. False where it was done, called off, or isn't due.

    False too while a step of the same subject waits that was due before it: nothing passes what comes first.
    """
    timer = Timer.objects.filter(pk=timer_id).first()
    return timer is not None and _fire(timer, actors.system_actor(timer.organization_id))


# Compare and swap: due, not done, not called off, and nothing of the same subject waits that was due before it. In plain SQL:
# ten thousand of them may be due at once, and putting it together takes longer than doing it.
_CLAIM = """
UPDATE foundation_timer t SET fired_at = %(now)s
WHERE t.id = %(timer)s AND t.due_at <= %(now)s AND t.fired_at IS NULL AND t.called_off_at IS NULL AND NOT EXISTS (
    SELECT FROM foundation_timer b WHERE b.subject_kind = t.subject_kind AND b.subject_id = t.subject_id
       AND b.fired_at IS NULL AND b.called_off_at IS NULL AND (b.due_at, b.id) < (t.due_at, t.id))
"""


def _fire(timer: Timer, actor: Actor) -> bool:
    with acting_as(actor, purpose="protocol", classes=CLASSES_OF_THE_SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"timer": timer.pk, "now": clock.now()})
            claimed = bool(cursor.rowcount)
        came_to = _steps[timer.subject_kind](timer, actor) if claimed else ""
        if came_to:
            Timer.objects.filter(pk=timer.pk).update(came_to=came_to)
        return claimed
