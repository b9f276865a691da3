"""P7 and P8 of appointments and record clearance, attacked: the app can't rewrite what was said, and the check finds an owner who did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections, transaction

from tests import cast
from tests.proofs.test_check_finds import LOOSE
from warmhandoff.casework.actions import appointments, clearance
from warmhandoff.casework.actions.appointments import When
from warmhandoff.foundation import promises

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def c(the_cast) -> cast.Cast:
    made = the_cast
    with made.acting("denise") as denise:
        file = cast.take_in(denise)
        when = When(cast.MONDAY + timedelta(days=1), timedelta(minutes=30), how="phone")
        appointments.make(file=file, when=when, about="plan", with_=denise.membership, by=denise.actor)
        clearance.begin(file=file, relief="sealing", by=denise.actor)
    return made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_appointmentevent SET kind = 'kept'",
        "DELETE FROM casework_appointmentevent",
        "DELETE FROM casework_appointment",
        "UPDATE casework_clearanceevent SET state = 'granted'",
        "DELETE FROM casework_clearanceevent",
        "DELETE FROM casework_clearance",
    ],
)
def test_the_app_can_not_rewrite_what_was_said(c: cast.Cast, statement: str) -> None:
    with (
        c.acting("denise"),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["appointment", "clearance"])
def test_a_row_of_another_organization_s_file_is_refused(c: cast.Cast, table: str) -> None:
    with (
        c.acting("denise"),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(f"UPDATE casework_{table} SET organization_id = %s", [c.organizations["harbor"].pk])


@pytest.mark.parametrize(
    ("statement", "promise"),
    [
        ("UPDATE casework_appointment SET state = 'kept'", "P7"),
        (
            "UPDATE casework_appointment SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'",
            "P7",
        ),
        ("UPDATE casework_clearance SET state = 'granted'", "P7"),
        (
            (
                "ALTER TABLE casework_appointment DROP CONSTRAINT casework_appointment_file_and_organization;"
                " UPDATE casework_appointment SET organization_id = {other}"
            ),
            "P8",
        ),
        (
            (
                "ALTER TABLE casework_clearanceevent DROP CONSTRAINT casework_clearanceevent_file_and_organization;"
                " UPDATE casework_clearanceevent SET organization_id = {other}"
            ),
            "P8",
        ),
    ],
)
def test_the_check_finds_what_an_owner_rewrote(c: cast.Cast, statement: str, promise: str) -> None:
    def broken() -> set[str]:
        return {each.promise for each in promises.run() if each.broken}

    assert broken() == set()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(LOOSE)
        cursor.execute(statement.format(other=c.organizations["harbor"].pk))
        assert broken() == {promise}
        transaction.set_rollback(True, using="owner")
