"""A mail server that takes mail, and one that is down; and the job queue, run until it is empty."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller
from django.db import connections
from procrastinate.contrib.django import app

from warmhandoff.demo import clock as demo_clock
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place


class Mailbox:
    """What the server was given, in order."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return self.answers.pop(0) if self.answers else "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server on this machine, and the settings that lead to it."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    point_at(settings, server.port)
    try:
        yield box
    finally:
        server.stop()


@contextmanager
def no_mail_server(settings: Any) -> Iterator[None]:
    """Nobody listens where mail should go."""
    point_at(settings, free_port())
    yield


def point_at(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def run_jobs(at: datetime | None = None) -> None:
    """The worker itself, until no job is due: at that moment, else on a working day's evening, whenever the suite runs."""
    with clock.at(at or _an_evening()):
        _work()


def _an_evening() -> datetime:
    """In the hours of mails, and too late for a daily digest that a test didn't ask for."""
    place = current_place()
    day = place.day_of(place.mails_go_out(clock.now()))
    return place.end_of(day) + timedelta(minutes=30)


def _work() -> None:
    database = connections.settings["default"]
    kept, database["CONN_MAX_AGE"] = (
        database["CONN_MAX_AGE"],
        0,
    )  # the worker's threads leave none open behind them
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1)
    finally:
        database["CONN_MAX_AGE"] = kept


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def run_jobs_beside() -> None:
    """The worker, at the database's own time, in a thread of its own: a browser's loop has this one."""
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            run_jobs(at=demo_clock.now())
        except BaseException as error:  # noqa: BLE001  (told in the test's own thread)
            trouble.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive(), "the worker did not end"
    assert not trouble, trouble
