"""Background jobs of the network: ids in, one action out."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from warmhandoff.foundation.tasks import MESSAGE_RETRIES_IN_MINUTES, MessageRetries, with_a_living_connection
from warmhandoff.network import account_mails, digest_days


@app.task(queue="messages", retry=MessageRetries(), pass_context=True)
@with_a_living_connection
def send_account_mail(context: object, *, mail_id: int) -> None:
    job: Job = context.job  # type: ignore[attr-defined]
    try:
        account_mails.deliver(mail_id)
    except Exception:
        if job.attempts >= len(MESSAGE_RETRIES_IN_MINUTES):
            account_mails.give_up(mail_id)
        raise


@app.periodic(cron="* * * * *")
@app.task(queue="digests", queueing_lock="sweep_digests", pass_context=False)
@with_a_living_connection
def sweep_digests(timestamp: int = 0) -> None:
    """From the morning on, one job for each organization where somebody's day is not decided yet."""
    for organization_id in digest_days.where_undecided():
        try:
            decide_digests.configure(queueing_lock=f"digests-{organization_id}").defer(
                organization_id=organization_id
            )
        except AlreadyEnqueued:
            continue


@app.task(queue="digests")
@with_a_living_connection
def decide_digests(*, organization_id: int) -> None:
    digest_days.decide_all(organization_id)
