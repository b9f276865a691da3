"""The tests' databases: one migrated template, a clone of it for each process that tests.

They live in a server of their own, so that tests and a running demo don't meet. The template is built once for
each state of migrations, models and row rules; a clone takes a tenth of a second. Tests connect as the app's
login, which owns nothing: what a policy or a missing grant would refuse in the field, it refuses here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warmhandoff.foundation import clock, logins, postgres

ROOT: Final = Path(__file__).resolve().parents[1]
KEPT_TEMPLATES: Final = 3
LOGINS: Final = {
    "default": logins.APP,
    "owner": logins.OWNER,
    "reader": logins.READER,
    "employer": logins.EMPLOYER,
    "eraser": logins.ERASER,
}


class TestServer:
    """Where the tests' databases are: the embedded server, or that of TEST_DATABASE_URL (an administrator's address)."""

    __test__ = False  # pytest: a helper, no test

    def __init__(self, administrator: str, password: str = "") -> None:
        self._administrator = administrator
        self._password = password

    def administer(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(self._administrator, dbname=database), autocommit=True)

    def address(self, login: str, database: str) -> dict[str, object]:
        """Django's settings for that login and database."""
        parts = conninfo_to_dict(self._administrator)
        return {
            "NAME": database,
            "USER": login,
            "PASSWORD": self._password,
            "HOST": parts.get("host", ""),
            "PORT": str(parts.get("port", "")),
        }

    def set_up_logins(self) -> None:
        with self.administer() as connection:
            connection.execute(logins.roles_sql())
            for login in LOGINS.values() if self._password else ():
                connection.execute(f"ALTER ROLE {login} PASSWORD '{self._password}'")


@contextmanager
def test_server() -> Iterator[TestServer]:
    external = os.environ.get("TEST_DATABASE_URL", "")
    if external:
        yield TestServer(external, password=hashlib.sha256(external.encode()).hexdigest())
        return
    with postgres.ensure_running(settings.VAR_DIR / "postgres-test") as server:
        yield TestServer(server.url(postgres.SUPERUSER, "postgres"))


test_server.__test__ = False  # type: ignore[attr-defined]


class Clone:
    """This process's own database."""

    _rows: _Rows | None = None
    _schema: Any = None

    def __init__(self, server: TestServer, template: str) -> None:
        self.server = server
        self.template = template
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name = f"wh_test_{os.getpid()}_{worker}_{secrets.token_hex(2)}"

    def make(self) -> None:
        with self.server.administer() as connection:
            connection.execute(f"CREATE DATABASE {self.name} OWNER {logins.OWNER} TEMPLATE {self.template}")
        with self.server.administer(self.name) as connection:
            connection.execute(
                logins.database_sql(self.name)
            )  # a clone doesn't inherit the database's own rights
            self._rows = self._rows or _Rows(connection)  # the template's, whichever clone it is
            self._schema = connection.execute(_SCHEMA).fetchone()
        point_settings_at(self.server, self.name)

    def drop(self) -> None:
        connections.close_all()
        with self.server.administer() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def renew(self) -> None:
        """Back to the template's state, whatever a test committed, from whatever process.

        Rows are taken out and put back, which takes a twentieth of the time of a new clone: that is made where a test changed
        more than rows.
        """
        connections.close_all()
        with self.server.administer(self.name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if self._rows and connection.execute(_SCHEMA).fetchone() == self._schema:
                self._rows.put_back(connection)
                return
        self.drop()
        self.make()


# What a database is but for its rows: any change of it leaves its transaction's number, or another count.
_SCHEMA: Final = "SELECT {}".format(
    ", ".join(
        f"(SELECT array[count(*), max(xmin::text::bigint)] FROM {catalog})"
        for catalog in (
            "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_policy", "pg_namespace",
            "pg_type", "pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
            "pg_database WHERE datname = current_database()",
        )
    )
)  # fmt: skip


class _Rows:
    """The rows of a fresh clone, and each counter's place, to go back to."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT oid::regclass::text FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        ]
        there = [name for name in tables if connection.execute(f"SELECT FROM {name} LIMIT 1").rowcount]
        self._told = {name: self._read(connection, name) for name in there}
        self._digests = "SELECT " + ", ".join(
            f"(SELECT md5(string_agg(row::text, '' ORDER BY row::text)) FROM {name} row)" for name in there
        )
        self._as_told = connection.execute(self._digests).fetchone()
        counters = connection.execute(
            "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
        ).fetchall()
        steps = [f"DELETE FROM {name}" for name in tables if name not in there]
        steps += [f"PERFORM setval('{name}', {last or 1}, {bool(last)})" for name, last in counters]
        self._clear = f"DO $$ BEGIN {'; '.join(steps)}; END $$"

    def put_back(self, connection: psycopg.Connection[Any]) -> None:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key
            connection.execute(self._clear)
            now = connection.execute(self._digests).fetchone() or ()
            for name, is_, was in zip(self._told, now, self._as_told or (), strict=True):
                if is_ != was:
                    self._write(connection, name)

    @staticmethod
    def _read(connection: psycopg.Connection[Any], name: str) -> bytes:
        with connection.cursor().copy(f"COPY {name} TO STDOUT") as copy:
            return b"".join(bytes(part) for part in copy)

    def _write(self, connection: psycopg.Connection[Any], name: str) -> None:
        connection.execute(f"DELETE FROM {name}")
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            copy.write(self._told[name])


@contextmanager
def cloned() -> Iterator[Clone]:
    with ExitStack() as stack:
        server = stack.enter_context(test_server())
        with _locked("template.lock"):
            server.set_up_logins()
            _drop_orphans(server)
            template = _template(server)
            clone = Clone(server, template)
            clone.make()  # under the lock: no one drops the template meanwhile
        stack.callback(clone.drop)
        yield clone


def point_settings_at(server: TestServer, database: str) -> None:
    for alias in connections:
        connections[alias].close()
        address = server.address(LOGINS[alias], database)
        settings.DATABASES[alias].update(address)
        connections[alias].settings_dict.update(address)


@contextmanager
def _locked(name: str) -> Iterator[None]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.VAR_DIR / name, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _template(server: TestServer) -> str:
    name = f"wh_template_{_fingerprint()}"
    with server.administer() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'wh_template_%' ORDER BY oid DESC"
        )
        present = [row[0] for row in rows]
        if name in present:
            return name
        for stale in [each for each in present if each.endswith("_draft")] + present[KEPT_TEMPLATES - 1 :]:
            connection.execute(f"DROP DATABASE IF EXISTS {stale} WITH (FORCE)")
        draft = f"{name}_draft"
        connection.execute(f"CREATE DATABASE {draft} OWNER {logins.OWNER} ENCODING 'UTF8' TEMPLATE template0")
        _migrate(server, draft)
        connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def _migrate(server: TestServer, database: str) -> None:
    with server.administer(database) as connection:
        connection.execute(logins.database_sql(database))
    point_settings_at(server, database)
    call_command("createcachetable", database="owner", verbosity=0)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    apps.get_model("foundation", "DatabaseMark").objects.using("owner").create(
        kind="test", clock_offset=timedelta(), marked_at=clock.now()
    )
    connections.close_all()


def _fingerprint() -> str:
    """Of all that decides what the migrated database looks like."""
    files = [
        *ROOT.glob("warmhandoff/*/migrations/*.py"),
        *ROOT.glob("warmhandoff/**/models.py"),
        *ROOT.glob("warmhandoff/**/*.sql"),
        ROOT / "warmhandoff/foundation/rows.py",
        ROOT / "warmhandoff/foundation/logins.py",
        ROOT / "requirements/base.txt",
        Path(__file__),
    ]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _drop_orphans(server: TestServer) -> None:
    """Databases of test processes that were killed."""
    with server.administer() as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'wh_test_%'"
        ).fetchall():
            if not psutil.pid_exists(int(name.split("_")[2])):
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
