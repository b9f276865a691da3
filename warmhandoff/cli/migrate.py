"""Brings the database's tables, grants and policies up to this version, as the owner."""

import argparse
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from warmhandoff.cli import database

HELP = "Bring the database up to this version (as the owner's login)."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing when all is well")


def run(options: argparse.Namespace) -> int:
    with database.running():
        bring_up_to_date(quiet=options.quiet)
    return 0


def bring_up_to_date(*, quiet: bool) -> None:
    if "owner" not in connections.settings:
        raise ImproperlyConfigured(
            "Migrating needs OWNER_DATABASE_URL: the app's own login may not change tables."
        )
    verbosity = 0 if quiet else 1
    with seldom_tidied():
        call_command("createcachetable", database="owner", verbosity=verbosity)
        call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    connections["owner"].close()


@contextmanager
def seldom_tidied() -> Iterator[None]:
    """Django makes its models anew at each step, all tied to each other: to look for garbage there takes a third of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 10, 1_000)  # up to 300 MB in place of 150
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def refuse_older() -> None:
    """What reads all tables needs all of them."""
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ImproperlyConfigured(
            "This database is older than this version, or empty. Bring it up to date first: warmhandoff migrate."
        )
