"""What it costs to find what is due among a million open referrals, and to climb ten thousand rungs of them.

The timers of referrals that are not there (numbers alone) give the table and its indexes their size; those that fire are of
real ones: a reminder to a mailbox each, with its event, its link and its queued mail, by as many lanes at once as the worker
has hands. They come after the pages and verbs were measured.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

from django.db import connection, connections

from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.tasks import TIMERS_AT_ONCE

FROM: Final = 1_000_000_000  # numbers of referrals from here on are timers alone
RUNGS: Final = 4  # that wait for each
DUE: Final = 10_000
HANDS: Final = 2  # the worker's jobs at the same time
SWEEPS: Final = 30

FILL: Final = """
INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at)
SELECT (SELECT min(id) FROM network_organization), 'referral', %s + n, 'rung_' || rung, wh_now() + (1 + n %% 20) * interval '1 day'
FROM generate_series(1, %s) n, generate_series(1, %s) rung
"""
# One rung of each referral that waits for an answer or a first contact: the first that has not fired.
MAKE_DUE: Final = """
UPDATE foundation_timer SET due_at = wh_now() - interval '1 minute' WHERE id IN (
    SELECT min(t.id) FROM foundation_timer t JOIN referrals_referral r ON r.id = t.subject_id AND r.state IN ('sent', 'accepted')
    WHERE t.subject_kind = 'referral' AND t.fired_at IS NULL AND t.called_off_at IS NULL AND t.subject_id < %s
      AND t.step IN ('answer_reminder', 'contact_reminder')
    GROUP BY t.subject_id LIMIT %s)
"""


def measure(*, referrals: int) -> dict[str, Any]:
    print(f"Timers: filling up to {referrals:,} open referrals ...", flush=True)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM foundation_timer WHERE subject_id > %s", [FROM])
        cursor.execute(FILL, [FROM, referrals, RUNGS])
        cursor.execute("ANALYZE foundation_timer")
    _call_off_what_is_late()
    idle = [_sweep() for _ in range(SWEEPS)]
    with connections["owner"].cursor() as cursor:
        cursor.execute(MAKE_DUE, [FROM, DUE])
        due = cursor.rowcount
    print(f"Timers: {due:,} are due ...", flush=True)
    found = _sweep()
    began = time.perf_counter()
    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(_work, range(timers.LANES)))
    took = time.perf_counter() - began
    with acting_as(None, purpose="protocol"):
        left = len(timers.due(clock.now(), limit=DUE))
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM foundation_timer WHERE subject_id > %s", [FROM])
    return {
        "referrals": referrals,
        "idle": milliseconds(idle),
        "due": due,
        "left": left,
        "found": round(1000 * found, 1),
        "seconds": round(took, 1),
    }


def _call_off_what_is_late() -> None:
    """What the made-up past left due is somebody else's test."""
    with acting_as(None, purpose="protocol"):
        late = Timer.objects.filter(
            due_at__lte=clock.now(), fired_at__isnull=True, called_off_at__isnull=True
        )
        late.update(due_at=clock.now() + timedelta(days=30))


def _sweep() -> float:
    """What the sweep does each minute, but for the jobs that it would defer."""
    began = time.perf_counter()
    with acting_as(None, purpose="protocol"):
        timers.lanes_due(clock.now())
    return time.perf_counter() - began


def _work(lane: int) -> None:
    try:
        with acting_as(None, purpose="protocol"):
            until = clock.now()
        while timers.fire_lane(lane, until, TIMERS_AT_ONCE):
            pass
    finally:
        connection.close()
