"""`warmhandoff demo`: a made-up network on this machine, with a mail server of its own."""

import argparse
import importlib
import os
import shutil
from contextlib import AbstractContextManager, ExitStack, redirect_stdout
from io import StringIO

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from warmhandoff.cli import database, migrate, port, serve, static
from warmhandoff.cli.supervisor import Supervisor
from warmhandoff.foundation import postgres

HELP = "Try it: a made-up network, on this machine alone."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--afresh",
        action="store_true",
        help="throw this demo's database and mails away, and tell the story anew",
    )
    parser.add_argument(
        "--funnel",
        action="store_true",
        help="print how many of the program's people came how far, beside the figures they were drawn by; then end",
    )
    parser.set_defaults(host="127.0.0.1")


def environment(options: argparse.Namespace) -> dict[str, str]:
    if os.environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "The demo fills a database with made-up people, so it runs only on its own embedded one. "
            "Unset DATABASE_URL, or use warmhandoff serve."
        )
    if options.funnel:
        return {"WARMHANDOFF_DEMO": "1"}
    port.refuse_taken(options.host, options.port)
    return {
        "WARMHANDOFF_DEMO": "1",
        "WARMHANDOFF_URL": port.address(options.host, options.port),
        "SMTP_URL": f"smtp://127.0.0.1:{port.free()}",
    }


def run(options: argparse.Namespace) -> int:
    if options.funnel:
        return print_funnel()
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor.until_told_to_stop())
        if options.afresh:
            throw_away()
        server = stack.enter_context(database.running())
        migrate.bring_up_to_date(quiet=True)
        stack.enter_context(_mailbox())
        make_up_a_network()
        static.collect()
        return serve.keep_running(supervisor, server, options)


def print_funnel() -> int:
    """Of the demo that is here, also while it runs and is still being told."""
    with database.running():
        if (
            not apps.get_model("foundation", "DatabaseMark")
            .objects.using("owner")
            .filter(kind="demo")
            .exists()
        ):
            raise ImproperlyConfigured("There is no demo here yet. Start one: warmhandoff demo.")
        clock = importlib.import_module("warmhandoff.demo.clock")
        funnel = importlib.import_module("warmhandoff.demo.sector.funnel")
        place = importlib.import_module("warmhandoff.jurisdictions.place").current_place()
        print(*funnel.printed(place.day_of(clock.now())), sep="\n")
    return 0


def throw_away() -> None:
    """The demo's database and the mails it received. What isn't marked as a demo stays; so does one that somebody uses."""
    with postgres.ensure_running(settings.POSTGRES_HOME) as server:
        if not _may_be_thrown_away(server):
            raise ImproperlyConfigured(
                f"The database in {settings.POSTGRES_HOME} was not made for a demo, so it stays as it is. "
                "Set WARMHANDOFF_VAR to an empty folder for the demo."
            )
        try:
            server.throw_away()
        except psycopg.errors.ObjectInUse:
            raise ImproperlyConfigured(
                "This demo is running somewhere, so it stays as it is. End it, then try again."
            ) from None
    shutil.rmtree(settings.DEMO_MAIL_DIR, ignore_errors=True)


def _may_be_thrown_away(server: postgres.Server) -> bool:
    """Marked as a demo, or without a single organization."""
    with server.connect(database=postgres.DATABASE) as connection:
        if connection.execute("SELECT to_regclass('public.network_organization')").fetchone() == (None,):
            return True
        found = connection.execute(
            "SELECT EXISTS (SELECT FROM foundation_databasemark WHERE kind = 'demo')"
            " OR NOT EXISTS (SELECT FROM network_organization)"
        ).fetchone()
        return found == (True,)


def _mailbox() -> AbstractContextManager[object]:
    mailbox = importlib.import_module("warmhandoff.demo.mailbox")  # models: only after Django is set up
    server: AbstractContextManager[object] = mailbox.running(
        host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, folder=settings.DEMO_MAIL_DIR
    )
    return server


def make_up_a_network() -> None:
    """Once: mark the database, set its clock to a working day's morning, tell the story, list the real network to read."""
    story = importlib.import_module("warmhandoff.demo.story")
    clock = importlib.import_module("warmhandoff.demo.clock")
    if not clock.is_demo() and apps.get_model("network", "Organization").objects.exists():
        raise ImproperlyConfigured(
            f"The database in {settings.POSTGRES_HOME} holds a network of its own, and the demo leaves it alone. "
            "Set WARMHANDOFF_VAR to an empty folder for the demo."
        )
    if not story.is_told():
        print("Making up a network (once) ...", flush=True)
        clock.open_here()
        stage = story.build()
        importlib.import_module("warmhandoff.demo.tasks").begin(stage.network.days.now)
    _list_partners()
    # Each time, so that the demo's check is today's proofs.
    importlib.import_module("warmhandoff.demo.counts").install()
    connections.close_all()


def _list_partners() -> None:
    """The directory's real organizations, as public documents describe them; twice changes nothing."""
    partners = importlib.import_module("warmhandoff.exchange.csv.partners")
    with redirect_stdout(StringIO()):
        partners.run(settings.BASE_DIR / "data" / "la_partners.csv")
