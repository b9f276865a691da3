"""The database's logins: who may connect, as whom, and who is refused.

One login per kind of work, each as weak as its work allows. `owner` owns tables and functions and is used by
migrations and `check`; `app` serves pages and jobs and owns nothing, so every row policy binds it; `reader`,
`employer` and `eraser` see less still. Rights on single tables are not given here: they follow each table's
own declaration when the owner migrates.

The same statements set up the embedded server and are printed by `warmhandoff roles --sql` for any other one,
so what is printed is what runs in every test.
"""

from typing import Any, Final, Protocol

from warmhandoff.foundation.errors import DomainError

OWNER: Final = "warmhandoff_owner"
APP: Final = "warmhandoff_app"
READER: Final = "warmhandoff_reader"
EMPLOYER: Final = "warmhandoff_employer"
ERASER: Final = "warmhandoff_eraser"

APP_GROUP: Final = "wh_app"

# Group roles have fixed names, so that migrations can grant to them whatever the logins are called.
LOGIN_OF_GROUP: Final = {
    APP_GROUP: APP,
    "wh_reader": READER,
    "wh_employer": EMPLOYER,
    "wh_eraser": ERASER,
}

DURABLE_SETTINGS: Final = ("fsync", "full_page_writes", "synchronous_commit")

# Personal data must not reach the server's log: neither statements nor the values that constraints quote.
QUIET_LOG: Final = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


class Cursor(Protocol):
    """What both psycopg's and Django's cursors can do."""

    def execute(self, query: Any, params: Any = None) -> Any: ...

    def fetchone(self) -> Any: ...


class UnsafeLogin(DomainError):
    code = "unsafe_login"


class UnsafeServer(DomainError):
    code = "unsafe_server"


def roles_sql() -> str:
    """Roles of the whole server; may be run again."""
    create = [_create_role(OWNER, "LOGIN")]
    for group, login in LOGIN_OF_GROUP.items():
        create += [_create_role(group, "NOLOGIN"), _create_role(login, "LOGIN"), f"GRANT {group} TO {login};"]
    return "\n".join(create)


def database_sql(database: str) -> str:
    """Rights on the database itself; run inside it, after it exists; may be run again."""
    groups = ", ".join(LOGIN_OF_GROUP)
    return "\n".join(
        [
            f"ALTER DATABASE {database} OWNER TO {OWNER};",
            f"ALTER DATABASE {database} SET timezone TO 'UTC';",
            f"REVOKE ALL ON DATABASE {database} FROM PUBLIC;",
            f"GRANT CONNECT ON DATABASE {database} TO {groups};",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};",
            f"GRANT USAGE ON SCHEMA public TO {groups};",
            *(_set_if_allowed(database, setting, value) for setting, value in QUIET_LOG.items()),
        ]
    )


def printed_sql(database: str = "warmhandoff") -> str:
    """A script for psql, run by the server's administrator: no passwords, only where to set them."""
    passwords = "\n".join(f"-- \\password {login}" for login in [OWNER, *LOGIN_OF_GROUP.values()])
    return f"""\
-- Warm Handoff: roles and database. Run once with psql, as an administrator of PostgreSQL 15 or newer:
--   warmhandoff roles --sql | psql -v ON_ERROR_STOP=1 -d postgres
-- It may be run again. Rights on single tables are granted by `warmhandoff migrate`.
{roles_sql()}

-- Give each login its own password (psql asks for it and sends only its hash):
{passwords}

SELECT 'CREATE DATABASE {database} OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
{database_sql(database)}
"""


def refuse_unsafe_login(cursor: Cursor) -> None:
    """Stop web and worker before they serve anyone through a login that row policies do not bind."""
    cursor.execute(_LOGIN_QUESTIONS, {"owner": OWNER})
    login, superuser, bypasses, owned, owns_database, becomes_owner = cursor.fetchone()
    reasons = [
        reason
        for reason, holds in (
            ("is a superuser", superuser),
            ("has BYPASSRLS", bypasses),
            (f"owns {owned} tables", owned),
            ("owns this database", owns_database),
            (f"may become {OWNER}", becomes_owner),
        )
        if holds
    ]
    if reasons:
        raise UnsafeLogin(
            f"The database login {login} {' and '.join(reasons)}, so row policies would not bind it. "
            f"Set DATABASE_URL to a login such as {APP}; `warmhandoff roles --sql` prints how it is made."
        )


def assert_durable(cursor: Cursor) -> None:
    """What was acknowledged must survive a power cut: refuse a server that was told to hurry."""
    for setting in DURABLE_SETTINGS:
        cursor.execute(f"SHOW {setting}")
        if cursor.fetchone()[0] == "off":
            raise UnsafeServer(
                f"The PostgreSQL server runs with {setting} = off and could lose what it has acknowledged. "
                f"Turn {setting} on in the server's configuration, then start again."
            )


def _set_if_allowed(database: str, setting: str, value: str) -> str:
    """Only a superuser may; the administrator of a hosted server sets it where its provider lets them."""
    return (
        f"DO $$ BEGIN ALTER DATABASE {database} SET {setting} TO '{value}'; EXCEPTION WHEN insufficient_privilege "
        f"THEN RAISE NOTICE 'Set {setting} = {value} in the server''s configuration.'; END $$;"
    )


def _create_role(name: str, kind: str) -> str:
    safe = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name} {kind} {safe}; END IF; END $$;"
    )


_LOGIN_QUESTIONS: Final = """
SELECT current_user,
       rolsuper,
       rolbypassrls,
       (SELECT count(*) FROM pg_class
         WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')),
       (SELECT datdba = pg_roles.oid FROM pg_database WHERE datname = current_database()),
       EXISTS (SELECT FROM pg_roles AS owner
                WHERE owner.rolname = %(owner)s AND owner.oid <> pg_roles.oid
                  AND pg_has_role(current_user, owner.oid, 'MEMBER'))
  FROM pg_roles
 WHERE rolname = current_user
"""
