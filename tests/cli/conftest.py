"""A deployment's database, migrated: made once from the tests' own template, then copied into each folder that wants one.

What the first start does by itself is tested where that is the subject (test_demo.py: told once; test_backup.py: the drill).
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from tests import database, grounds
from warmhandoff.cli.backup import dump, programs, restore
from warmhandoff.foundation import logins, postgres


@pytest.fixture(scope="session")
def migrate(django_db_setup: None) -> Callable[[Path], None]:
    """Gives a folder the database that `warmhandoff migrate` would make there."""
    template = grounds.template()
    kept = settings.VAR_DIR / "migrated" / template

    def copy(home: Path) -> None:
        with database.locked("migrated.lock"):
            if not (kept / "whole").exists():
                for stale in kept.parent.glob("*"):
                    shutil.rmtree(postgres.place_for(stale / "postgres").home, ignore_errors=True)
                    shutil.rmtree(stale, ignore_errors=True)
                _make(kept, template)
            there = postgres.place_for(home / "postgres").home
            subprocess.run(
                ["cp", "-a", str(postgres.place_for(kept / "postgres").home), str(there)], check=True
            )

    return copy


def _make(kept: Path, template: str) -> None:
    kept.mkdir(parents=True)
    file = kept / "template.dump"
    dump.write({**programs.address_of("owner"), "dbname": template}, file)
    with postgres.ensure_running(kept / "postgres") as server:
        host = str(server.place.sockets)
        restore.read_back({"host": host, "user": logins.OWNER, "dbname": postgres.DATABASE}, file)
        with server.connect(database=postgres.DATABASE) as connection:
            connection.execute("DELETE FROM foundation_databasemark")  # it is no test's
    (kept / "whole").touch()
