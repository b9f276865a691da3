"""The owner's functions: counts for everybody, in a demo alone, and the same as the command line's."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, connections, transaction

from warmhandoff.demo import counts
from warmhandoff.foundation import promises
from warmhandoff.foundation.models import DatabaseMark
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.network.models import Membership
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def by_command():
    return {each.promise: (each.rows, each.broken) for each in promises.run()}


def by_function():
    with acting_as(None):  # as a visitor's page does
        return {each.promise: (each.examined, each.broken) for each in counts.check()}


def test_the_check_counts_what_the_command_counts(told):
    assert by_function() == by_command()
    assert all(examined for examined, _ in by_function().values())


@pytest.mark.parametrize(
    "damage",
    [
        "ALTER TABLE custody_custody DISABLE TRIGGER USER;DELETE FROM custody_custody WHERE id IN (SELECT max(id) FROM custody_custody)",
        "GRANT SELECT ON participants_consent TO PUBLIC",
        "ALTER TABLE participants_need DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE notes_of_mine (name text)",
        "DROP POLICY wh_read ON participants_contact",
    ],
    ids=["no holder", "a grant", "no row security", "a table", "a policy"],
)
def test_both_find_the_same_damage(told, damage):
    with pytest.raises(_Undo), transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for statement in damage.split(";"):
            cursor.execute(statement)
        found = by_command()
        cursor.execute("SELECT promise, sum(examined), sum(broken) FROM wh_demo_check() GROUP BY promise")
        assert {promise: (int(rows), int(broken)) for promise, rows, broken in cursor.fetchall()} == found
        assert sum(broken for _, broken in found.values()) >= 1
        raise _Undo


class _Undo(Exception):
    """Leave everything as it was."""


@pytest.mark.parametrize("name", counts.NAMES)
def test_without_the_mark_they_refuse(told, name):
    DatabaseMark.objects.using("owner").update(kind="test")
    connections["owner"].close()
    with (
        pytest.raises(DatabaseError, match="only a demo"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {name}()")


def test_no_other_database_has_them():
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = ANY(%s)", [list(counts.NAMES)])
        assert cursor.fetchone()[0] == 0


def test_they_are_the_owners_and_nobody_else_calls_them_but_the_app(told):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT p.prosecdef, p.proconfig::text, has_function_privilege('public', p.oid, 'EXECUTE'),"
            " has_function_privilege('wh_app', p.oid, 'EXECUTE') FROM pg_proc p WHERE p.proname = ANY(%s)",
            [list(counts.NAMES)],
        )
        found = cursor.fetchall()
    assert len(found) == len(counts.NAMES)
    assert set(found) == {(True, '{"search_path=public, pg_temp"}', False, True)}


def test_each_house_with_whom_it_holds_and_whom_it_serves(told):
    with acting_as(None):
        houses = {each.name: each for each in counts.houses()}
        ways = counts.ways()
    eastgate, sunrow = houses["Eastgate Community Partners"], houses["Sunrow Solar School"]
    assert (eastgate.people, eastgate.named, eastgate.staff, eastgate.late) == (2, 2, 1, 1)
    assert (sunrow.people, sunrow.serves) == (0, 0)  # it was asked about Curtis and has not answered
    assert sum(each.people for each in houses.values()) == 5
    assert {(each.sender, each.receiver): (each.asked, each.accepted) for each in ways} == {
        (houses["Harbor Reentry"].code, eastgate.code): (1, 1),  # Teresa and Andre
        (houses["Harbor Reentry"].code, sunrow.code): (1, 0),
    }


def test_a_closed_house_is_gone_and_its_people_are_where_they_are_held(told):
    with told.network.acting("luz") as luz:
        referrals.close_organization(organization=told.network.houses["eastgate"], by=luz.actor)
    with acting_as(None):
        houses = {each.name: each for each in counts.houses()}
    assert "Eastgate Community Partners" not in houses
    assert houses["Network Office"].people == 2


def test_who_left_answers_for_nobody(told):
    Membership.objects.using("owner").filter(user__name="Denise Carter").update(mail=None)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE network_membership DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE network_membership SET state = 'ended', ended_at = wh_now() WHERE id = %s",
            [told.network.staff["denise"].pk],
        )
        cursor.execute("ALTER TABLE network_membership ENABLE TRIGGER USER")
    with acting_as(None):
        eastgate = next(each for each in counts.houses() if each.name == "Eastgate Community Partners")
    assert (eastgate.people, eastgate.named) == (2, 0)
