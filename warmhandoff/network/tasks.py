"""Background jobs of the network: ids in, one action out."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from warmhandoff.foundation.tasks import MESSAGE_RETRIES_IN_MINUTES, MessageRetries, with_a_living_connection
from warmhandoff.network import account_mails


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
