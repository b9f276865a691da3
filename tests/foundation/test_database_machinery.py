"""The tests' own ground: they run as the app's login in a clone of the migrated template."""

from datetime import timedelta

import pytest
from django.db import connection, connections

from warmhandoff.foundation import clock, logins
from warmhandoff.foundation.models import DatabaseMark, Term


@pytest.mark.django_db
def test_the_tests_connect_as_the_login_that_policies_bind():
    with connection.cursor() as cursor:
        logins.refuse_unsafe_login(cursor)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (logins.APP,)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("time", ["first", "again"])
def test_what_a_test_commits_is_gone_in_the_next(time):
    marks = DatabaseMark.objects.using("owner")
    assert marks.count() == 1, time
    marks.create(kind="demo", clock_offset=timedelta(), marked_at=clock.now())


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("time", ["first", "again"])
def test_rows_that_were_there_and_counters_are_as_they_were(time):
    words = Term.objects.using("owner")
    assert words.filter(en="Spoiled").count() == 0, time
    assert words.count() > 100, time
    words.filter(pk=words.order_by("pk").values("pk")[:1]).update(en="Spoiled")
    words.filter(pk=words.order_by("-pk").values("pk")[:1]).delete()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('foundation_duty', 'id'))")
        assert cursor.fetchone() == (1,), time


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("time", ["first", "again"])
@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_over (id int)",
        "ALTER TABLE foundation_duty DISABLE TRIGGER USER",
        "CREATE OR REPLACE FUNCTION wh_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT ''2001-01-01''::timestamptz'",
        "DROP INDEX listing_by_code",
    ],
)
def test_a_changed_database_is_made_anew(change, time):
    def state() -> tuple[object, ...]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT to_regclass('left_over') IS NULL, to_regclass('listing_by_code') IS NOT NULL, wh_now() > '2002-01-01',"
                " NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'foundation_duty'::regclass AND tgenabled = 'D')"
            )
            return cursor.fetchone()

    assert state() == (True, True, True, True), time
    with connections["owner"].cursor() as cursor:
        cursor.execute(change)
    assert False in state()
