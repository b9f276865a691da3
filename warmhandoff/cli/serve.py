"""`warmhandoff serve`: PostgreSQL where embedded, web and worker, kept running until told to stop."""

import argparse
import os
import sys
from contextlib import ExitStack

from django.conf import settings

from warmhandoff.cli import database, migrate, port, static
from warmhandoff.cli.supervisor import Supervisor, command

HELP = "Run everything: database (where embedded), web and worker."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")


def environment(options: argparse.Namespace) -> dict[str, str]:
    """Links in mails start with the address that is served, unless the operator names another."""
    port.refuse_taken(options.host, options.port)
    return {"WARMHANDOFF_URL": os.environ.get("WARMHANDOFF_URL") or port.address(options.host, options.port)}


def run(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor.until_told_to_stop())
        server = stack.enter_context(database.running())
        if "owner" in settings.DATABASES:
            migrate.bring_up_to_date(quiet=True)
        static.collect()
        return keep_running(supervisor, server, options)


def keep_running(supervisor: Supervisor, server: database.Embedded, options: argparse.Namespace) -> int:
    supervisor.look_after(server)
    with supervisor.children():  # they stop before the database does
        supervisor.start("web", command("web", "--host", options.host, "--port", str(options.port)))
        supervisor.start("worker", command("worker"))
        if supervisor.wait_for_page(options.host, options.port):
            print(f"\nWarm Handoff is at {settings.ROOT_URL}/ (Ctrl-C stops it)\n", flush=True)
        status = supervisor.keep_going()
    if status:
        print("Stopped: the message above says what to mend.", file=sys.stderr)
    return status
