"""The rows that tests stand on: each process has a clone of the template, in one of the states that many tests begin with.

    pytestmark = pytest.mark.usefixtures("the_cast")  # cast.network() stands already when such a test begins

A ground is built once a process, through the real actions, and kept; before each test the rows are those of its ground, whatever
tests before it have committed. A clone takes a tenth of a second, rows that are put back a fraction of that.
"""

from __future__ import annotations

import copy
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from tests import database
from tests.database import TestServer, locked, point_settings_at, test_server
from warmhandoff.foundation import logins

Unblocked = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Ground:
    """Named like the fixture that asks for it."""

    name: str
    build: Callable[[], object]


BARE: Final = Ground("", lambda: None)  # the template's rows


class Clone:
    """This process's own database, and the grounds that tests stand on: states of its rows, each built once and then put back."""

    _schema: Any = None

    def __init__(self, server: TestServer, template: str, unblocked: Unblocked = nullcontext) -> None:
        self.server = server
        self.template = template
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"wh_test_{os.getpid()}_{worker}_{secrets.token_hex(2)}"
        self.ground = BARE
        self._rows: dict[Ground, _Rows] = {}
        self._built: dict[Ground, object] = {}
        self._unblocked = unblocked

    def make(self) -> None:
        with self.server.administer() as connection:
            connection.execute(f"CREATE DATABASE {self.name} OWNER {logins.OWNER} TEMPLATE {self.template}")
        with self.server.administer(self.name) as connection:
            connection.execute(
                logins.database_sql(self.name)
            )  # a clone doesn't inherit the database's own rights
            # Nobody pulls the plug here (where somebody does, the server is another: tests/proofs/crash, tests/cli).
            connection.execute(
                f"ALTER ROLE {logins.APP} IN DATABASE {self.name} SET synchronous_commit = off"
            )
            if BARE not in self._rows:  # the template's, whichever clone it is
                self._rows[BARE] = _Rows(connection)
            for rows in self._rows.values():
                rows.marks = {}  # of another clone
            self._rows[self.ground].put_back(connection)
            self._schema = connection.execute(_SCHEMA).fetchone()
        point_settings_at(self.server, self.name)

    def drop(self) -> None:
        connections.close_all()
        with self.server.administer() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def renew(self) -> None:
        """Back to the ground's state, whatever a test committed, from whatever process.

        Rows are taken out and put back, which takes a twentieth of the time of a new clone: that is made where a test changed
        more than rows.
        """
        mine = _one_connection()
        with self.server.administer(self.name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                [mine],
            )
            if connection.execute(_SCHEMA).fetchone() == self._schema:
                self._rows[self.ground].put_back(connection)
                return
        self.drop()
        self.make()

    def stand_on(self, ground: Ground) -> None:
        """Before a test: the rows are those of that ground."""
        if ground == self.ground:
            return
        self.ground = ground if ground in self._rows else BARE
        self.renew()
        if ground != self.ground:
            with self._unblocked():
                self._built[ground] = ground.build()
            connections.close_all()
            with self.server.administer(self.name) as connection:
                self._rows[ground] = _Rows(connection)
            self.ground = ground

    def built(self, ground: Ground) -> Any:
        """What building that ground came to, where its rows are there now."""
        return copy.deepcopy(self._built[ground]) if ground == self.ground else None


def _one_connection() -> int:
    """The process whose plans are kept for the next test; all other connections of this thread are closed."""
    for alias in connections:
        if alias != DEFAULT_DB_ALIAS or connections[alias].in_atomic_block:
            connections[alias].close()
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_stat_force_next_flush()")  # what it wrote is counted
        return int(cursor.fetchone()[0])
    connection.close()
    return 0


# What a database is but for its rows: any change of it leaves its transaction's number, or another count.
_SCHEMA: Final = "SELECT {}".format(
    ", ".join(
        f"(SELECT array[count(*), max(xmin::text::bigint)] FROM {catalog})"
        for catalog in (
            "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_policy",
            "pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'",
            "pg_type", "pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
            "pg_database WHERE datname = current_database()",
        )
    )
)  # fmt: skip


class _Rows:
    """The rows of a database as they stand, and each counter's place, to go back to."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.marks = self._read_marks(connection)
        self._counters = self._read_counters(connection)
        self._told = {
            name: self._read(connection, name)
            for name in self.marks
            if connection.execute(f"SELECT FROM {name} LIMIT 1").rowcount
        }

    def put_back(self, connection: psycopg.Connection[Any]) -> None:
        """Where nobody else is connected: whoever left has counted what they wrote."""
        changed = [
            name for name, mark in self._read_marks(connection).items() if mark != self.marks.get(name)
        ]
        moved = set(self._counters) - set(self._read_counters(connection))
        steps = [f"DELETE FROM {name}" for name in changed]
        steps += [f"SELECT setval('{name}', {last or 1}, {bool(last)})" for name, last in moved]
        if not steps:
            return
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
            connection.execute("; ".join(steps))
            for name in changed:
                if name in self._told:
                    with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(self._told[name])
        self.marks = self._read_marks(connection)

    @staticmethod
    def _read_marks(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, ...]]:
        """How many rows were ever inserted, changed and deleted in each table, be it for good or not."""
        connection.execute("SELECT pg_stat_force_next_flush()")  # what this connection wrote counts too
        return {
            name: tuple(written)
            for name, *written in connection.execute(
                "SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"
                " WHERE schemaname = 'public' ORDER BY 1"
            )
        }

    @staticmethod
    def _read_counters(connection: psycopg.Connection[Any]) -> list[tuple[str, int | None]]:
        return connection.execute(
            "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
        ).fetchall()

    @staticmethod
    def _read(connection: psycopg.Connection[Any], name: str) -> bytes:
        with connection.cursor().copy(f"COPY {name} TO STDOUT") as copy:
            return b"".join(bytes(part) for part in copy)


@contextmanager
def cloned(unblocked: Unblocked = nullcontext) -> Iterator[Clone]:
    with ExitStack() as stack:
        server = stack.enter_context(test_server())
        with locked("template.lock"):
            server.set_up_logins()
            database.drop_orphans(server)
            clone = Clone(server, database.template(server), unblocked)
            clone.make()  # under the lock: no one drops the template meanwhile
        stack.callback(clone.drop)
        stack.enter_context(_of_this_process(clone))
        yield clone


_here: list[Clone] = []


@contextmanager
def _of_this_process(clone: Clone) -> Iterator[None]:
    _here.append(clone)
    try:
        yield
    finally:
        _here.remove(clone)


def template() -> str:
    """The database that this process's own is a copy of."""
    return _here[0].template


def standing(ground: Ground) -> Any:
    """What building that ground came to, where a test stands on it; else None."""
    return _here[0].built(ground) if _here else None
