"""`warmhandoff restore FILE`: a dump comes back into an empty database, all of it or nothing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from warmhandoff.cli import database
from warmhandoff.cli.backup import programs
from warmhandoff.cli.backup.dump import refuse_without_owner

HELP = "Bring a dump back into an empty database."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="what `warmhandoff dump` wrote")


def run(options: argparse.Namespace) -> int:
    refuse_without_owner()
    with database.running():
        read_back(programs.address_of("owner"), options.file)
    print("It is back. Now run: warmhandoff migrate, then warmhandoff check")
    return 0


def read_back(address: Mapping[str, str], file: Path) -> None:
    """Tables first, then rows, then triggers and constraints: one transaction, as the owner."""
    if not file.is_file():
        raise programs.BackupTrouble(f"{file} is not there.", mend="Name the file that was dumped.")
    _refuse_what_is_not_empty(address)
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-password")
    programs.run("pg_restore", address, *how, f"--dbname={address['dbname']}", str(file))
    with programs.connect(address) as connection:
        connection.execute("ANALYZE")  # or the first pages would be slow


def _refuse_what_is_not_empty(address: Mapping[str, str]) -> None:
    with programs.connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchone()
    if row is None or row[0]:
        raise programs.BackupTrouble(
            "This database is not empty, and nothing in it is overwritten.",
            mend="Name an empty one: docs/guides/operations.md says how it is made.",
        )
