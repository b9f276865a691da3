"""The database's logins: each is what it should be and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connections

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning
from warmhandoff.foundation import logins

MEND: Final = "`warmhandoff roles --sql` prints how it is made."
GROUP_OF_ALIAS: Final = {
    alias: group
    for alias, (_, login) in {
        "default": ("", logins.APP),
        "reader": ("", logins.READER),
        "employer": ("", logins.EMPLOYER),
        "eraser": ("", logins.ERASER),
    }.items()
    for group, of_group in logins.LOGIN_OF_GROUP.items()
    if of_group == login
}


@dataclass(frozen=True)
class Login:
    """What the database says of the login of a connection."""

    name: str
    powers: tuple[str, ...]
    owned: int
    not_owned: int
    owns_database: bool
    becomes_owner: bool
    groups: frozenset[str]


def examine(without: Collection[str] = ()) -> Iterator[Finding]:
    """`without` are those that can't connect."""
    for alias, (variable, _) in settings.LOGINS.items():
        if alias in connections.settings and alias not in without:
            yield from _of_login(alias, variable)
    if "owner" not in connections.settings:
        yield warning(
            "logins",
            "OWNER_DATABASE_URL is not set here, so the owner and the row policies were not examined.",
            "Set it for this command; web and worker don't need it.",
        )
    yield from _groups()


def _of_login(alias: str, variable: str) -> Iterator[Finding]:
    login = read(alias)
    wrong = list(_wrong_with_owner(login) if alias == "owner" else _wrong_with(login, GROUP_OF_ALIAS[alias]))
    for says in wrong:
        yield error("logins", f"{variable}: {login.name} {says}.", MEND)
    if not wrong:
        what = "owns the tables" if alias == "owner" else "owns nothing"
        yield ok("logins", f"{login.name} is no superuser, can't pass row policies by, and {what}.")


def _wrong_with(login: Login, group: str) -> Iterator[str]:
    yield from login.powers
    if login.owned:
        yield f"owns {login.owned} tables or views"
    if login.owns_database:
        yield "owns the database"
    if login.becomes_owner:
        yield "may become the owner"
    if group not in login.groups:
        yield f"is no member of {group}"
    for other in sorted(login.groups - {group}):
        yield f"is also a member of {other}"


def _wrong_with_owner(login: Login) -> Iterator[str]:
    yield from login.powers
    if login.not_owned:
        yield f"does not own {login.not_owned} of the tables"
    for group in sorted(login.groups):
        yield f"is a member of {group}"


def read(alias: str) -> Login:
    with connections[alias].cursor() as cursor:
        cursor.execute(_QUESTIONS, {"owner": logins.OWNER, "groups": list(logins.LOGIN_OF_GROUP)})
        name, powers, owned, not_owned, owns_database, becomes_owner, groups = cursor.fetchone()
    return Login(name, tuple(powers), owned, not_owned, owns_database, becomes_owner, frozenset(groups))


def _groups() -> Iterator[Finding]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)",
            [list(logins.LOGIN_OF_GROUP)],
        )
        found = {name: (may_log_in, strong) for name, may_log_in, strong in cursor.fetchall()}
    for group in logins.LOGIN_OF_GROUP:
        if group not in found:
            yield error("logins", f"The role {group} is missing.", MEND)
        elif any(found[group]):
            yield error(
                "logins",
                f"The role {group} may log in itself or passes row policies by.",
                f"Run as an administrator: ALTER ROLE {group} NOLOGIN NOSUPERUSER NOBYPASSRLS",
            )


_QUESTIONS: Final = """
SELECT current_user,
       array_remove(ARRAY[
           CASE WHEN rolsuper THEN 'is a superuser' END,
           CASE WHEN rolbypassrls THEN 'has BYPASSRLS' END,
           CASE WHEN rolcreaterole THEN 'may make roles' END,
           CASE WHEN rolcreatedb THEN 'may make databases' END,
           CASE WHEN rolreplication THEN 'may copy the whole server (REPLICATION)' END], NULL),
       (SELECT count(*) FROM pg_class
         WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')),
       (SELECT count(*) FROM pg_class WHERE relowner <> pg_roles.oid
           AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')),
       (SELECT datdba = pg_roles.oid FROM pg_database WHERE datname = current_database()),
       EXISTS (SELECT FROM pg_roles AS owner
                WHERE owner.rolname = %(owner)s AND owner.oid <> pg_roles.oid
                  AND pg_has_role(current_user, owner.oid, 'MEMBER')),
       ARRAY(SELECT g.rolname::text FROM pg_roles AS g
              WHERE g.rolname = ANY(%(groups)s) AND NOT pg_roles.rolsuper
                AND pg_has_role(current_user, g.oid, 'MEMBER'))
  FROM pg_roles
 WHERE rolname = current_user
"""
