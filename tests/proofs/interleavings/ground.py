"""The ground of a history: a database of its own, copied from one in which the network and its people stand."""

from __future__ import annotations

import os
import secrets
from types import TracebackType

from django.conf import settings
from django.db import connections

from tests.database import TestServer, point_settings_at
from tests.proofs.interleavings.enrolling import deliver
from tests.proofs.scene import Scene, scene
from warmhandoff.foundation import logins

MOST_LEFT = 12


class Ground:
    """Inside, the settings point at one database after another; afterwards at the one they pointed at before."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.scene: Scene = scene()
        deliver(self.scene.cast)
        connections.close_all()
        self._first = self.name = str(settings.DATABASES["default"]["NAME"])
        self._left: list[str] = []
        self._administrator = server.administer()

    def __enter__(self) -> Ground:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        self._drop()
        point_settings_at(self.server, self._first)
        self._administrator.close()

    def renew(self, without: tuple[str, ...] = ()) -> None:
        """A fresh copy; `without` these promise triggers, for the controls."""
        self._leave()
        # What an earlier test left connected would be in the way of copying.
        self._administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._first]
        )
        self.name = f"wh_test_{os.getpid()}_history_{secrets.token_hex(3)}"
        self._administrator.execute(
            f"CREATE DATABASE {self.name} OWNER {logins.OWNER} TEMPLATE {self._first}"
        )
        # A ring of locks is broken soon; and who kills nobody need not wait for the disk.
        for setting in ("deadlock_timeout = '40ms'", "synchronous_commit = off"):
            self._administrator.execute(f"ALTER DATABASE {self.name} SET {setting}")
        with self.server.administer(self.name) as connection:
            connection.execute(logins.database_sql(self.name))
            for trigger in without:
                (table,) = connection.execute(
                    "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [trigger]
                ).fetchone()
                connection.execute(f"DROP TRIGGER {trigger} ON {table}")
        point_settings_at(self.server, self.name)

    def _leave(self) -> None:
        connections.close_all()
        if self.name != self._first:
            self._left.append(self.name)
            self.name = self._first
        if len(self._left) >= MOST_LEFT:
            self._drop()

    def _drop(self) -> None:
        """Each takes a checkpoint, so they are dropped now and then."""
        for name in self._left:
            self._administrator.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._left.clear()
