"""The tests' own ground: they run as the app's login in a clone of the migrated template."""

import pytest
from django.db import connection, connections

from warmhandoff.foundation import logins


@pytest.mark.django_db
def test_the_tests_connect_as_the_login_that_policies_bind():
    with connection.cursor() as cursor:
        logins.refuse_unsafe_login(cursor)
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (logins.APP,)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("time", ["first", "again"])
def test_what_a_test_commits_is_gone_in_the_next(time):
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_databasemark")
        assert cursor.fetchone() == (1,), time
        cursor.execute("INSERT INTO foundation_databasemark (kind) VALUES ('demo')")
