"""All topics in order; those that need the database only where it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.db import Error, connections

from warmhandoff.cli.deployment import (
    backups,
    configuration,
    employers,
    letters,
    mail,
    roles,
    server,
    tables,
    time,
)
from warmhandoff.cli.deployment.findings import Finding, error

Topic = Callable[[], Iterator[Finding]]
BY_THE_DATABASE: Final[tuple[Topic, ...]] = (
    server.examine,
    tables.examine,
    time.examine,
)
BY_ITSELF: Final[tuple[Topic, ...]] = (
    letters.examine,
    employers.examine,
    mail.examine,
    backups.examine,
)


def examine() -> list[Finding]:
    findings = list(configuration.examine())
    closed = {alias: trouble for alias in connections.settings if (trouble := _trouble_with(alias))}
    findings += [_closed(alias, trouble) for alias, trouble in closed.items()]
    if not closed.keys() & {"default", "owner"}:
        findings += _found(lambda: roles.examine(without=closed.keys()))
        for topic in BY_THE_DATABASE:
            findings += _found(topic)
    for topic in BY_ITSELF:
        findings += topic()
    return findings


def _trouble_with(alias: str) -> str:
    try:
        connections[alias].ensure_connection()
    except Error as trouble:
        return _first_line(trouble)
    return ""


def _closed(alias: str, trouble: str) -> Finding:
    login = connections[alias].settings_dict["USER"]
    return error(
        "database",
        f"The login {login} can't connect: {trouble}",
        "Check the address and the password, that the server runs, and what `warmhandoff roles --sql` prints.",
    )


def _found(topic: Topic) -> Iterator[Finding]:
    try:
        yield from topic()
    except Error as trouble:  # such as a table that isn't there yet
        yield error("database", f"The database refuses: {_first_line(trouble)}", "Run: warmhandoff migrate")


def _first_line(trouble: Exception) -> str:
    return str(trouble).strip().partition("\n")[0]
