"""Tables, policies and grants against what this version says; the files that pages need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from warmhandoff.cli.deployment.findings import Finding, error, ok
from warmhandoff.foundation.rows import tables_without_their_policy

MIGRATE: Final = "Run: warmhandoff migrate"


def examine() -> Iterator[Finding]:
    using = "owner" if "owner" in connections.settings else "default"
    migrated = list(_migrations(using))
    yield from migrated
    if using == "owner" and not any(finding.level == "error" for finding in migrated):
        yield from _policies()
    yield from _files()


def _migrations(using: str) -> Iterator[Finding]:
    executor = MigrationExecutor(connections[using])
    applied = executor.loader.applied_migrations
    # In their order, and one in the middle too: a plan to the last of an app says nothing where the last one ran.
    every = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    pending = [each for each, _ in every if (each.app_label, each.name) not in applied]
    unknown = sorted(
        name
        for name in executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
        if name[0] in executor.loader.migrated_apps
    )
    if pending:
        first = pending[0]
        yield error(
            "tables",
            f"{len(pending)} migrations have not run, the first is {first.app_label} {first.name}.",
            MIGRATE,
        )
    if unknown:
        yield error(
            "tables",
            f"The database is newer than this version: it has {' '.join(unknown[0])}.",
            "Install the version that it was last used with, or a newer one.",
        )
    if not pending and not unknown:
        yield ok("tables", "All migrations have run.")


def _policies() -> Iterator[Finding]:
    examined, wrong = tables_without_their_policy("owner")
    for what, table in wrong:
        yield error("policies", f"{table}: {what}.", MIGRATE)
    if not wrong:
        yield ok("policies", f"Grants and policies of {examined} tables are the declared ones.")


def _files() -> Iterator[Finding]:
    if not (settings.ASSETS_DIR / "uswds").exists():
        yield error("files", "The design system's files are missing.", "Run: make setup")
    else:
        yield ok("files", "The design system's files are there.")
