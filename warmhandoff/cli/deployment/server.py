"""The PostgreSQL server: its version, what it promises to keep, what it writes into its log, who listens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning
from warmhandoff.foundation import logins

OLDEST: Final = 150000
# Setting, the only values that keep what a statement holds out of the log.
QUIET: Final = {
    "log_statement": ("none",),
    "log_min_duration_statement": ("-1",),
    "log_min_error_statement": ("panic", "fatal"),
    **{
        setting: (value,)
        for setting, value in logins.QUIET_LOG.items()
        if setting != "log_min_error_statement"
    },
}
NEAR: Final = ("", "localhost", "127.0.0.1", "::1")


def examine() -> Iterator[Finding]:
    yield _version()
    yield from _durable()
    yield from _quiet()
    yield from _encrypted()


def _version() -> Finding:
    number = int(_shown("server_version_num"))
    if number < OLDEST:
        return error("server", f"PostgreSQL is {_shown('server_version')}.", "Use PostgreSQL 15 or newer.")
    return ok("server", f"PostgreSQL {_shown('server_version').split()[0]}.")


def _durable() -> Iterator[Finding]:
    off = [setting for setting in logins.DURABLE_SETTINGS if _shown(setting) == "off"]
    for setting in off:
        yield error(
            "server",
            f"{setting} is off: what was acknowledged could be lost.",
            f"Set {setting} = on in the server's configuration.",
        )
    if not off:
        yield ok("server", f"{', '.join(logins.DURABLE_SETTINGS)} are on.")
    if _shown("data_checksums") == "off":
        yield warning(
            "server",
            "data_checksums is off: a failing disk would go unnoticed.",
            "With the server stopped, run: pg_checksums --enable",
        )


def _quiet() -> Iterator[Finding]:
    loud = [setting for setting, quiet in QUIET.items() if _shown(setting) not in quiet]
    for setting in loud:
        yield warning(
            "server",
            f"{setting} is {_shown(setting)}: the server's log could hold personal data.",
            f"As an administrator: ALTER DATABASE {_database()} SET {setting} = '{QUIET[setting][0]}'",
        )
    if not loud:
        yield ok("server", "Its log holds no statements and no values.")


def _encrypted() -> Iterator[Finding]:
    host = str(connection.settings_dict["HOST"] or "")
    if host in NEAR or host.startswith("/"):
        return
    if _asked("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"):
        yield ok("server", f"The connection to {host} is encrypted.")
    else:
        yield warning(
            "server",
            f"The connection to {host} is not encrypted.",
            "Add ?sslmode=verify-full to the addresses, unless it stays on a network of these machines alone.",
        )


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _shown(setting: str) -> str:
    return str(_asked("SELECT current_setting(%s)", setting))


def _asked(question: str, *values: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        row = cursor.fetchone()
    return row[0] if row else None
