"""One morning: how long it takes until thousands of members have their digest, and whether anybody has two.

From the sweep on, by the worker with two jobs at a time, over SMTP to a server on this machine that keeps only who got what. Measured
after pages and verbs, since it adds colleagues to the network that those were measured on.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser
from typing import Any, Final

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from warmhandoff.cli import port
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import digest_days
from warmhandoff.network.tasks import sweep_digests

MEMBERS: Final = 5_000
AT_A_TIME: Final = 2
QUEUES: Final[list[str]] = ["digests", "messages"]
NOTICE: Final = "network.digest"

# Colleagues up to the wanted number, each with something due on that day; nobody has had a digest.
_FILL = """
CREATE TEMP TABLE more ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('network_membership', 'id')) AS id,
       nextval(pg_get_serial_sequence('network_user', 'id')) AS user_id,
       nextval(pg_get_serial_sequence('foundation_contactpoint', 'id')) AS mail_id,
       1 + i % (SELECT count(*) FROM network_organization) AS organization_id
FROM generate_series(1, greatest(0, {wanted} - (SELECT count(*) FROM network_membership))) i;

INSERT INTO network_user (id, password, email, name, language, is_active)
SELECT user_id, '!', 'colleague' || user_id || '@bench.example', 'Colleague ' || user_id, 'en', true FROM more;

INSERT INTO foundation_contactpoint (id, code, organization_id, channel, value, language, leave_message, stopped_why)
SELECT mail_id, 'D' || mail_id, organization_id, 'email', 'colleague' || user_id || '@bench.example', 'en', false, '' FROM more;

INSERT INTO network_membership (id, code, role, phone, state, user_id, organization_id, mail_id)
SELECT id, 'D' || id, 'case_manager', '', 'active', user_id, organization_id, mail_id FROM more;

INSERT INTO foundation_duty (code, organization_id, membership_id, kind, detail, subject_kind, due_at, set_at, max_days, holds_release,
                             opened_at, closed_how, opened_by_id)
SELECT 'D' || nextval(pg_get_serial_sequence('foundation_duty', 'id')), m.organization_id, m.id, 'call', '', '',
       timestamptz '{due}', timestamptz '{due}' - interval '2 days', 30, false, timestamptz '{due}' - interval '2 days', '', (SELECT min(id) FROM foundation_actor)
FROM network_membership m WHERE m.state = 'active';
DELETE FROM network_digest;
UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo';
"""


class _Counts:
    """A mail server that keeps each mail's reader and Message-ID."""

    def __init__(self) -> None:
        self.received: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        headers = BytesParser(policy=policy.compat32).parsebytes(envelope.content, headersonly=True)
        self.received[envelope.rcpt_tos[0], str(headers["Message-ID"])] += 1
        return "250 taken"


def measure() -> dict[str, Any]:
    at = _a_morning()
    _fill(due=at + timedelta(hours=9))
    counts = _Counts()
    server = Controller(counts, hostname="127.0.0.1", port=port.free())
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        with clock.at(at):
            day = digest_days.day_to_decide()
            waiting = digest_days.undecided(day).count() if day else 0
            print(f"Sending {waiting:,} digests ...", flush=True)
            began = time.monotonic()
            _sweep()
            took = time.monotonic() - began
            _sweep()  # a minute later, and after a restart: nobody has a second one
            _sweep()
    finally:
        server.stop()
    digests = set(Message.objects.filter(notice=NOTICE).values_list("message_id", flat=True))
    received = {each: n for each, n in counts.received.items() if each[1] in digests}
    readers = {reader for reader, _ in received}
    return {
        "members": waiting,
        "sent": len(readers),
        "doubled": sum(received.values()) - len(readers),
        "seconds": round(took, 1),
    }


def _sweep() -> None:
    """The sweep, and then the worker until no job waits."""
    sweep_digests.defer()
    # A worker that is not to wait ends as soon as one of its hands finds no job, while the other may be making some.
    while ProcrastinateJob.objects.filter(status="todo", queue_name__in=QUEUES).exists():
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector) as worker:
            worker.run_worker(
                queues=QUEUES, concurrency=AT_A_TIME, wait=False, install_signal_handlers=False, listen_notify=False
            )  # fmt: skip
    connections.close_all()


def _a_morning() -> datetime:
    """The next one on which digests go out."""
    place, now = current_place(), clock.now()
    day = place.day_of(now) + timedelta(days=1)
    while not place.is_business_day(day):
        day += timedelta(days=1)
    return place.morning_of(day)


def _fill(*, due: datetime) -> None:
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_FILL.format(wanted=MEMBERS, due=due.isoformat()))
