"""Mails about an account (a new password, an address to be confirmed, a changed second step): one with their change, as
every other mail, and sent by the worker with its retries.

Unlike a `Notice` such a mail is written within the request, by allauth, and its link opens an account. So it waits sealed,
under a key outside the database, and its row is deleted as soon as it is sent. The job holds the row's number alone.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime

from django.core.mail import EmailMessage
from procrastinate.contrib.django import app

from warmhandoff.foundation import clock
from warmhandoff.foundation.messages import new_message_id
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.sealing import sealer
from warmhandoff.network.models import AccountMail

log = logging.getLogger(__name__)

# By its name: the job calls back into this module.
_SEND = "warmhandoff.network.tasks.send_account_mail"
_PURPOSE = "account mail"


def queue(mail: EmailMessage, *, useless_after: datetime | None = None) -> AccountMail:
    """Queue a mail that is written already, in the transaction that is open. A link that has ended is not sent any more."""
    row = AccountMail.objects.create(sealed=_sealed(mail), useless_after=useless_after)
    app.configure_task(_SEND, queue="messages").defer(mail_id=row.pk)
    return row


def deliver(mail_id: int) -> None:
    """Send it and delete it, unless that was done. The row stays locked while SMTP works."""
    with acting_as(None, purpose="protocol"):
        row = AccountMail.objects.select_for_update().filter(pk=mail_id).first()
        if row is None:
            return
        if row.useless_after is None or clock.now() < row.useless_after:
            _opened(bytes(row.sealed)).send()
        row.delete()


def give_up(mail_id: int) -> None:
    """After the last try. Whoever asked can ask again; nobody else waits for it."""
    with acting_as(None, purpose="protocol"):
        AccountMail.objects.filter(pk=mail_id).delete()
    log.error("A mail about an account could not be sent, and is given up.")


def _sealed(mail: EmailMessage) -> bytes:
    said = {
        "subject": mail.subject,
        "body": mail.body,
        "from_email": mail.from_email,
        "to": mail.to,
        # One for all tries: a mail that arrives twice is shown once.
        "headers": {
            **mail.extra_headers,
            "Message-ID": new_message_id(),
            "Auto-Submitted": "auto-generated",
        },
    }
    return sealer(_PURPOSE).encrypt(json.dumps(said).encode())


def _opened(sealed: bytes) -> EmailMessage:
    return EmailMessage(**json.loads(sealer(_PURPOSE).decrypt(sealed)))
