"""Proves the promises over all rows, as the owner."""

import argparse

from warmhandoff.cli import database

HELP = "Prove the promises over all rows: one line each, exit 1 if any is broken."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="a list of {promise, rows, broken}")


def run(options: argparse.Namespace) -> int:
    from warmhandoff.foundation import promises  # models: only after Django is set up

    with database.running():
        return promises.run(as_json=options.json)
