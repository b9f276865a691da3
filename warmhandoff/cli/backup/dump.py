"""`warmhandoff dump FILE`: the whole database, as its owner sees it, in one file that its owner alone can read."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from warmhandoff.cli import database
from warmhandoff.cli.backup import programs
from warmhandoff.foundation import clock

HELP = "Write the whole database into one file."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a file that isn't there yet, or a folder")


def run(options: argparse.Namespace) -> int:
    from warmhandoff.cli.deployment import backups  # models: only after Django is set up

    refuse_without_owner()
    with database.running():
        file = _in_folder(options.file) if options.file.is_dir() else options.file
        size = write(programs.address_of("owner"), file)
    backups.remember()
    print(f"{file}: {size / 1024**2:,.1f} MB. The keys are not in it: keep them elsewhere.")
    return 0


def _in_folder(folder: Path) -> Path:
    return folder / f"warmhandoff-{clock.now():%Y-%m-%dT%H%M%SZ}.dump"


def write(address: Mapping[str, str], file: Path, *, snapshot: str = "") -> int:
    """Dump that database into `file` (its size is returned); with `snapshot`, as that transaction sees it."""
    if file.exists():
        raise programs.BackupTrouble(f"{file} is there already.", mend="Name a file that isn't there yet.")
    draft = file.with_name(f"{file.name}.draft")
    options = [f"--snapshot={snapshot}"] if snapshot else []
    try:
        draft.touch(mode=0o600)
        programs.run("pg_dump", address, "--format=custom", "--no-password", f"--file={draft}", *options)
        draft.rename(file)  # a half-written dump never stands under the real name
    except OSError as trouble:
        raise programs.BackupTrouble(f"{file} can't be written: {trouble.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return file.stat().st_size


def refuse_without_owner() -> None:
    if "owner" not in connections.settings:
        raise ImproperlyConfigured("This needs OWNER_DATABASE_URL: only the owner sees every row.")
