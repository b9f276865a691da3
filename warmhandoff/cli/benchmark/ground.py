"""The database that is measured: made for it, marked as a test, filled, proved, and dropped again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

from warmhandoff.cli import migrate
from warmhandoff.cli.benchmark import data
from warmhandoff.foundation import clock, logins, postgres
from warmhandoff.foundation.models import DatabaseMark


@contextmanager
def prepared(
    name: str, size: tuple[int, int, int], *, keep: bool
) -> Iterator[tuple[postgres.Server, dict[str, Any]]]:
    """The server, and what filling its database came to."""
    with postgres.ensure_running(settings.POSTGRES_HOME) as server:
        try:
            yield server, _filled(server, name, data.Size(*size), keep=keep)
        finally:
            connections.close_all()
            if not keep:
                _drop(server)


def settle() -> None:
    """What was written in bulk is on the disk now: nothing that is measured waits for that."""
    with postgres.ensure_running(settings.POSTGRES_HOME) as server, server.connect() as connection:
        connection.execute("CHECKPOINT")


def _filled(server: postgres.Server, name: str, size: data.Size, *, keep: bool) -> dict[str, Any]:
    mark = f"bench {name}"
    note = settings.VAR_DIR / f"built-{name}.json"
    if keep and note.exists() and _mark_of(server) == mark:
        migrate.bring_up_to_date(quiet=True)
        kept: dict[str, Any] = json.loads(note.read_text("utf-8"))
        return kept
    _drop(server)
    _make(server)
    migrate.bring_up_to_date(quiet=True)
    DatabaseMark.objects.using("owner").create(kind="test", clock_offset=timedelta(), marked_at=clock.now())
    print(f"Writing {size.people:,} people and {size.referrals:,} referrals ...", flush=True)
    began = time.monotonic()
    findings = data.build(size)
    took = time.monotonic() - began
    print("\n".join(f"{f.promise}  {f.rows:>10,} rows  {f.broken:>4,} broken" for f in findings), flush=True)
    with server.connect() as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(postgres.DATABASE), mark)
        )
    built = {
        "people": size.people,
        "referrals": size.referrals,
        "organizations": size.organizations,
        "seconds": round(took),
        "proved": {f.promise: f.rows for f in findings},
        "broken": sum(f.broken for f in findings),
    }
    note.write_text(json.dumps(built), "utf-8")
    return built


def _mark_of(server: postgres.Server) -> str:
    with server.connect() as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [postgres.DATABASE],
        ).fetchone()
    return str(row[0] or "") if row else ""


def _make(server: postgres.Server) -> None:
    with server.connect() as connection:
        connection.execute(
            f"CREATE DATABASE {postgres.DATABASE} OWNER {logins.OWNER} ENCODING 'UTF8' TEMPLATE template0"
        )
    with server.connect(database=postgres.DATABASE) as connection:
        connection.execute(logins.database_sql(postgres.DATABASE))


def _drop(server: postgres.Server) -> None:
    with server.connect() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {postgres.DATABASE} WITH (FORCE)")
