"""`warmhandoff demo`: a made-up network on this machine, with a mail server of its own."""

import argparse
import importlib
import os
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from warmhandoff.cli import database, migrate, port, serve, static
from warmhandoff.cli.supervisor import Supervisor
from warmhandoff.foundation import clock

HELP = "Try it: a made-up network, on this machine alone."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.set_defaults(host="127.0.0.1")


def environment(options: argparse.Namespace) -> dict[str, str]:
    if os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "The demo fills a database with made-up people, so it runs only on its own embedded one. "
            "Unset DATABASE_URL, or use warmhandoff serve."
        )
    port.refuse_taken(options.host, options.port)
    return {
        "WARMHANDOFF_DEMO": "1",
        "WARMHANDOFF_URL": port.address(options.host, options.port),
        "SMTP_URL": f"smtp://127.0.0.1:{port.free()}",
    }


def run(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor.until_told_to_stop())
        server = stack.enter_context(database.running())
        migrate.bring_up_to_date(quiet=True)
        _mark_as_demo()
        stack.enter_context(_mailbox())
        _tell_story()
        static.collect()
        return serve.keep_running(supervisor, server, options)


def _mark_as_demo() -> None:
    """Only a database marked so lets its clock be moved."""
    apps.get_model("foundation", "DatabaseMark").objects.using("owner").get_or_create(
        kind="demo", defaults={"clock_offset": timedelta(), "marked_at": clock.now()}
    )
    connections["owner"].close()


def _mailbox() -> AbstractContextManager[object]:
    mailbox = importlib.import_module("warmhandoff.demo.mailbox")  # models: only after Django is set up
    server: AbstractContextManager[object] = mailbox.running(
        host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, folder=settings.DEMO_MAIL_DIR
    )
    return server


def _tell_story() -> None:
    story = importlib.import_module("warmhandoff.demo.story")
    if not story.is_told():
        print("Making up a network (once) ...", flush=True)
        story.build()
    connections.close_all()
