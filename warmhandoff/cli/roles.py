"""Prints the database roles for an administrator of one's own PostgreSQL."""

import argparse

from warmhandoff.foundation import logins

HELP = "Print the SQL that makes the database's logins."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sql", action="store_true", required=True, help="as a script for psql")
    parser.add_argument(
        "--database", default="warmhandoff", help="the database's name (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    print(logins.printed_sql(options.database), end="")
    return 0
