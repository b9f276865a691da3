"""The app's login is bound by row policies, or nothing starts."""

import subprocess

import pytest

from warmhandoff.foundation import logins, postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(short_home_of_module):
    with postgres.ensure_running(short_home_of_module / "postgres") as running:
        yield running


def refusal(server, login):
    with server.connect(login, postgres.DATABASE) as connection, pytest.raises(logins.UnsafeLogin) as refused:
        logins.refuse_unsafe_login(connection.cursor())
    return refused.value.sentence


def as_administrator(server, *statements):
    with server.connect(database=postgres.DATABASE) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_app_login_is_accepted(server):
    with server.connect(logins.APP, postgres.DATABASE) as connection:
        logins.refuse_unsafe_login(connection.cursor())
        assert connection.execute("SELECT session_user::text").fetchone() == (logins.APP,)


def test_a_superuser_is_refused(server):
    assert "superuser" in refusal(server, "postgres")


def test_the_owner_is_refused(server):
    assert "owns this database" in refusal(server, logins.OWNER)


@pytest.mark.parametrize(
    ("break_it", "mend_it", "said"),
    [
        (f"ALTER ROLE {logins.APP} BYPASSRLS", f"ALTER ROLE {logins.APP} NOBYPASSRLS", "BYPASSRLS"),
        (f"GRANT {logins.OWNER} TO {logins.APP}", f"REVOKE {logins.OWNER} FROM {logins.APP}", "may become"),
        (
            f"CREATE TABLE stray (); ALTER TABLE stray OWNER TO {logins.APP}",
            "DROP TABLE stray",
            "owns 1 tables",
        ),
    ],
)
def test_an_app_login_that_is_too_strong_is_refused(server, break_it, mend_it, said):
    as_administrator(server, break_it)
    try:
        assert said in refusal(server, logins.APP)
    finally:
        as_administrator(server, mend_it)


def test_the_logins_may_do_no_more_than_they_need(server):
    with server.connect() as connection:
        strong = connection.execute(
            "SELECT rolname FROM pg_roles WHERE (rolname LIKE 'warmhandoff_%' OR rolname LIKE 'wh_%')"
            " AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)"
        ).fetchall()
    assert strong == []
    for login in logins.LOGIN_OF_GROUP.values():
        with server.connect(login, postgres.DATABASE) as connection:
            rights = (
                "has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'TEMP')"
            )
            assert connection.execute(f"SELECT {rights}").fetchone() == (False, False), login


def test_the_printed_script_makes_a_database_and_may_be_run_again(server):
    psql = postgres._programs(server.place, server._account) / "psql"
    for _ in range(2):
        subprocess.run(
            [psql, "-v", "ON_ERROR_STOP=1", "-X", "-q", "-d", server.url("postgres", "postgres")],
            input=logins.printed_sql("of_ones_own"),
            text=True,
            check=True,
            capture_output=True,
        )
    with server.connect(logins.APP, "of_ones_own") as connection:
        logins.refuse_unsafe_login(connection.cursor())
        owned = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()"
        assert connection.execute(owned).fetchone() == (logins.OWNER,)


def test_the_printed_script_holds_no_password():
    assert "PASSWORD '" not in logins.printed_sql()
