"""`warmhandoff drill`: proves that a dump can become the database again, on a server made for the occasion.

Dump, new cluster, restore, compare, check, start: the same commands that docs/guides/operations.md tells. The dump is
made of one moment of the living database, which is only read. The copy sends no mail: no worker runs on it, and its
mail server's address leads nowhere. Afterwards it's removed.

The drill also rehearses an upgrade that is cut off: migrations of an empty database are killed again and again, and
must end in the same tables, policies and grants.
"""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path
from typing import Any, Final

HELP = "Dump the database, restore it on a new server, and prove that nothing is missing."
ROOT: Final = Path(__file__).resolve().parents[2]
# What would lead elsewhere, or make another product of it.
ELSEWHERE: Final = (
    "DATABASE_URL", "OWNER_DATABASE_URL", "READER_DATABASE_URL", "EMPLOYER_DATABASE_URL", "ERASER_DATABASE_URL",
    "WARMHANDOFF_DEMO", "WARMHANDOFF_DEBUG", "WARMHANDOFF_HOSTS", "WARMHANDOFF_BEHIND_PROXY",
)  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--made-up",
        action="store_true",
        help="of a made-up network in a database of its own, not of this deployment's",
    )
    parser.add_argument("--kills", type=int, default=5, help="how often the migrations are killed")
    parser.add_argument("--keep", action="store_true", help="keep the dump and the restored copy")


def environment(options: argparse.Namespace) -> dict[str, str]:
    """The copy's folder is our own; with --made-up the database that is dumped has one too."""
    options.var = Path(os.environ.get("WARMHANDOFF_VAR") or ROOT / "var").absolute()
    options.drill = options.var / "drill"
    options.drill.mkdir(parents=True, exist_ok=True)
    if not options.made_up:
        return {}
    (options.drill / "made-up").mkdir(exist_ok=True)
    return {**dict.fromkeys(ELSEWHERE, ""), "WARMHANDOFF_VAR": str(options.drill / "made-up")}


def run(options: argparse.Namespace) -> int:
    rehearsal: Any = importlib.import_module("warmhandoff.cli.backup.rehearsal")  # models: only after Django
    status: int = rehearsal.run(options)
    return status
