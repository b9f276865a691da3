"""Where the tests' databases are: a server of their own, so that tests and a running demo don't meet, and a migrated template.

The template is built once for each state of migrations, models and row rules. Tests connect as the app's login, which owns
nothing: what a policy or a missing grant would refuse in the field, it refuses here. Their own databases: tests/grounds.py.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django
import psutil
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warmhandoff.cli.migrate import bring_up_to_date
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


def point_settings_at(server: TestServer, database: str) -> None:
    for alias in connections:
        connections[alias].close()
        address = server.address(LOGINS[alias], database)
        settings.DATABASES[alias].update(address)
        connections[alias].settings_dict.update(address)


@contextmanager
def locked(name: str) -> Iterator[None]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.VAR_DIR / name, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def template(server: TestServer) -> str:
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
    bring_up_to_date(quiet=True)
    apps.get_model("foundation", "DatabaseMark").objects.using("owner").create(
        kind="test", clock_offset=timedelta(), marked_at=clock.now()
    )
    connections.close_all()


def _fingerprint() -> str:
    """Of all that decides what the migrated database looks like."""
    files = [
        *ROOT.glob("warmhandoff/*/migrations/*.py"),
        *ROOT.glob("warmhandoff/**/models.py"),
        *ROOT.glob("warmhandoff/*/models/*.py"),
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


def drop_orphans(server: TestServer) -> None:
    """Databases of test processes that were killed."""
    with server.administer() as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'wh_test_%'"
        ).fetchall():
            if not psutil.pid_exists(int(name.split("_")[2])):
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


if __name__ == "__main__":  # ready before the tests begin (make test)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")
    django.setup()
    with test_server() as here, locked("template.lock"):
        here.set_up_logins()
        template(here)
