"""Proves the promises over all rows, as the owner, and that the app's own login is bound by them.

With `--deploy` it examines instead the deployment: settings, logins, server, tables, mail, clock.
"""

import argparse
import json
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from warmhandoff.cli import database, migrate
from warmhandoff.foundation import logins

if TYPE_CHECKING:
    from warmhandoff.foundation.promises import Finding

HELP = "Prove the promises over all rows, or examine the deployment: one line each, exit 1 if any is broken."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--deploy", action="store_true", help="examine settings, logins, server, mail and clock instead"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="a list of {promise, rows, broken}, or of {level, about, says, mend}",
    )


def run(options: argparse.Namespace) -> int:
    return _deployment(options) if options.deploy else _promises(options)


def _deployment(options: argparse.Namespace) -> int:
    from warmhandoff.cli.deployment import examination, findings  # models: only after Django is set up

    with database.running():
        found = examination.examine()
        connections.close_all()
    print(findings.as_json(found) if options.json else findings.as_lines(found))
    return 1 if any(each.level == findings.ERROR for each in found) else 0


def _promises(options: argparse.Namespace) -> int:
    from warmhandoff.foundation import promises  # models: only after Django is set up

    if "owner" not in connections.settings:
        raise ImproperlyConfigured("The check needs OWNER_DATABASE_URL: only the owner sees every row.")
    with database.running():
        with connection.cursor() as cursor:
            logins.refuse_unsafe_login(cursor)
            logins.assert_durable(cursor)
        migrate.refuse_older()
        findings = promises.run()
        connections.close_all()
    print(_as_json(findings) if options.json else _as_lines(findings))
    return 1 if any(finding.broken for finding in findings) else 0


def _as_json(findings: "list[Finding]") -> str:
    return json.dumps(
        [{"promise": each.promise, "rows": each.rows, "broken": each.broken} for each in findings]
    )


def _as_lines(findings: "list[Finding]") -> str:
    lines = []
    for each in findings:
        lines.append(
            f"{each.promise}  {each.rows:>9,} rows  {each.broken:>6,} broken  {'; '.join(each.says)}"
        )
        lines += [f"      {example}" for example in each.examples]
    return "\n".join(lines)
