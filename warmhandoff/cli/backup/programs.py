"""PostgreSQL's own programs, of the version of the server they are used on, and how they are told where it is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import connections

from warmhandoff.foundation import postgres
from warmhandoff.foundation.errors import DomainError

# libpq reads each of these from the environment, where no other account's list of processes shows it.
VARIABLES: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


class BackupTrouble(DomainError):
    """A dump can't be made or brought back; the sentence names the mend."""

    code = "backup"


def address_of(alias: str) -> dict[str, str]:
    """Of that login's database, as libpq names its parts."""
    parts = connections[alias].settings_dict
    named = {
        "host": parts["HOST"],
        "port": parts["PORT"],
        "dbname": parts["NAME"],
        "user": parts["USER"],
        "password": parts["PASSWORD"],
        **parts["OPTIONS"],
    }
    return {name: str(value) for name, value in named.items() if name in VARIABLES and value}


def connect(address: Mapping[str, str]) -> psycopg.Connection[Any]:
    keywords: dict[str, Any] = dict(address)
    return psycopg.connect(autocommit=True, **keywords)


def run(program: str, address: Mapping[str, str], *arguments: str) -> str:
    """Run a program of PostgreSQL on that database; what it complains of becomes the refusal's sentence."""
    done = subprocess.run(
        [_of_version(program, _version(address)), *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C",
            **{VARIABLES[name]: value for name, value in address.items()},
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line.lower()] or [done.stderr]
        raise BackupTrouble(f"{program}: {said[0].strip()}", mend="Nothing was kept of it.")
    return done.stdout


def _version(address: Mapping[str, str]) -> int:
    with connect(address) as connection:
        return connection.info.server_version // 10000


def _of_version(program: str, version: int) -> Path:
    """Exactly that version: what a newer pg_dump writes, the older server can't take back."""
    for path in _candidates(program, version):
        if path.exists() and f" {version}." in _what_it_is(path):
            return path
    raise BackupTrouble(
        f"{program} of PostgreSQL {version} is missing.",
        mend=f"Install it: apt-get install postgresql-client-{version}",
    )


def _candidates(program: str, version: int) -> Iterator[Path]:
    shipped = postgres.shipped_programs()
    if shipped is not None:
        yield shipped / program
    yield Path(f"/usr/lib/postgresql/{version}/bin") / program  # Debian
    yield Path(f"/usr/pgsql-{version}/bin") / program  # Red Hat
    if on_path := shutil.which(program, path=os.environ.get("PATH")):
        yield Path(on_path)


def _what_it_is(path: Path) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
