"""Brings files in: all or nothing, or the good rows; each bad row named."""

import argparse
from pathlib import Path

from warmhandoff.cli import database

HELP = "Import a file; all or nothing, each bad row is named with its mend."


def arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    partners = kinds.add_parser("partners", help="organizations, their places and services, from a CSV file")
    partners.add_argument("file", type=Path)
    partners.add_argument(
        "--keep-good", action="store_true", help="write the rows that are right, and leave out the others"
    )
    partners.add_argument(
        "--errors",
        type=Path,
        metavar="FILE",
        help="write the rows with what is wrong, to be mended and imported again",
    )


def run(options: argparse.Namespace) -> int:
    from warmhandoff.exchange.csv import partners  # models: only after Django is set up

    with database.running():
        return partners.run(options.file, keep_good=options.keep_good, errors=options.errors)
