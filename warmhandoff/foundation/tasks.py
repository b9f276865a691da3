"""Background jobs of the foundation: ids in, one action out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec

from django.db import close_old_connections
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.scoping import acting_as

_Given = ParamSpec("_Given")

MESSAGE_RETRIES_IN_MINUTES = (1, 10, 60, 6 * 60, 24 * 60)


class MessageRetries(BaseRetryStrategy):
    """After 1 minute, 10 minutes, 1 hour, 6 hours and 24 hours; then a person is told."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= len(MESSAGE_RETRIES_IN_MINUTES):
            return None
        return RetryDecision(retry_in={"minutes": MESSAGE_RETRIES_IN_MINUTES[job.attempts]})


def with_a_living_connection(run: Callable[_Given, None]) -> Callable[_Given, None]:
    """A worker's thread keeps its connection between jobs: one that PostgreSQL ended meanwhile is made anew."""

    @wraps(run)
    def job(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        close_old_connections()
        try:
            run(*args, **kwargs)
        finally:
            close_old_connections()

    return job


@app.task(queue="messages", retry=MessageRetries(), pass_context=True)
@with_a_living_connection
def send_message(context: object, *, message_id: int) -> None:
    job: Job = context.job  # type: ignore[attr-defined]
    try:
        messages.deliver(message_id)
    except Exception:
        messages.note_failure(message_id, last=job.attempts >= len(MESSAGE_RETRIES_IN_MINUTES))
        raise


# A lane makes room for other jobs after so many, and goes on behind them.
TIMERS_AT_ONCE = 250


@app.task(queue="timers")
@with_a_living_connection
def fire_lane(*, lane: int) -> None:
    with acting_as(None, purpose="protocol"):
        until = clock.now()
    if timers.fire_lane(lane, until, TIMERS_AT_ONCE):
        _defer_lane(lane)


@app.periodic(cron="* * * * *")
@app.task(queue="timers", queueing_lock="sweep_timers", pass_context=False)
@with_a_living_connection
def sweep_timers(timestamp: int = 0) -> None:
    """Defer one job for each lane in which a timer is due; one that waits in the job queue already isn't deferred again."""
    with acting_as(None, purpose="protocol"):
        lanes = timers.lanes_due(clock.now())
    for lane in lanes:
        _defer_lane(lane)


def _defer_lane(lane: int) -> None:
    """One job of a lane waits at most, and one runs at most."""
    name = f"timers-{lane}"
    with suppress(AlreadyEnqueued):
        fire_lane.configure(queueing_lock=name, lock=name).defer(lane=lane)


@app.periodic(cron="*/2 * * * *")
@app.task(queue="timers", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: object, timestamp: int = 0) -> None:
    """Jobs of a worker that died stay marked as running: give them to a living one."""
    manager = context.app.job_manager  # type: ignore[attr-defined]
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        await manager.retry_job(job)
