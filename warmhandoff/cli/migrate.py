"""Brings the database's tables, grants and policies up to this version, as the owner."""

import argparse

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
    call_command("createcachetable", database="owner", verbosity=verbosity)
    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    connections["owner"].close()


def refuse_older() -> None:
    """What reads all tables needs all of them."""
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ImproperlyConfigured(
            "This database is older than this version, or empty. Bring it up to date first: warmhandoff migrate."
        )
