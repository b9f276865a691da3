"""One clock: Python and the database can't disagree about what is late, and nobody else asks what time it is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from warmhandoff.foundation import clock, scoping

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def database_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_now()")
        return cursor.fetchone()[0]


def test_outside_of_any_context_it_is_the_machines():
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_a_day_begins_where_the_place_is():
    with clock.at(datetime(2026, 11, 24, 7, 30, tzinfo=UTC)):
        assert clock.today(ZoneInfo("America/Los_Angeles")).day == 23
        assert clock.today(ZoneInfo("America/New_York")).day == 24


def test_a_moment_without_a_zone_is_read_as_utc_by_nobody():
    with clock.at(NOON.astimezone(ZoneInfo("America/Los_Angeles"))):
        assert clock.now() == NOON and clock.now().tzinfo is UTC


@pytest.mark.django_db
def test_inside_a_context_python_and_the_database_agree():
    with clock.at(NOON), scoping.acting_as(None):
        assert clock.now() == NOON == database_time()
        with clock.at(NOON + timedelta(days=1)):
            assert clock.now() == NOON, "a transaction has one time; another one begins with its context"
            with scoping.acting_as(None):
                assert clock.now() == NOON + timedelta(days=1) == database_time()
            assert clock.now() == NOON == database_time(), "it comes back with its own time"
    assert clock.now() != NOON


@pytest.mark.django_db
def test_without_an_override_it_is_the_transactions_time():
    with scoping.acting_as(None):
        assert clock.now() == database_time()
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            assert cursor.fetchone()[0] == clock.now()


@pytest.mark.django_db
def test_the_override_ends_with_its_context():
    with transaction.atomic():
        with clock.at(NOON), scoping.acting_as(None):
            assert database_time() == NOON
        assert database_time() != NOON
