"""The tests' own ground: they run as the app's login in a clone of the migrated template."""

from datetime import timedelta

import pytest
from django.db import connection

from warmhandoff.foundation import clock, logins
from warmhandoff.foundation.models import DatabaseMark


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
