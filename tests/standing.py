"""One network for all tests of a file: each test's work is rolled back, and what would be refused at commit is refused before.

For tests of a single verb. Where two connections must see each other, commit (see tests/proofs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from tests import cast
from tests.cast import MONDAY, Cast
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.rows import LIBRARY_TABLES, declared_rules
from warmhandoff.network import access
from warmhandoff.referrals.models import AnswerLink, Referral

LINK_CLASSES = ("contact", "needs", "narrative")
EVERY_CLASS = (
    "contact,needs,work_education,housing_family,health,substance_use,justice,supervision,violence_prevention,"
    "demographics,right_to_work,narrative,program"
)


class Standing(Cast):
    """The cast, acting within one transaction that never commits."""

    @contextmanager
    def acting(
        self, name: str, at: datetime | None = None, purpose: str = "service"
    ) -> Iterator[access.Member]:
        with super().acting(name, at, purpose) as member:
            yield member
            as_at_commit()

    @contextmanager
    def pressing(self, referral: Referral, at: datetime | None = None) -> Iterator[tuple[Actor, Referral]]:
        """Act as whoever holds the answer link of a referral."""
        link = AnswerLink.objects.get(referral_id=referral.pk)
        actor = link_actor(link.pk, link.organization_id)
        with clock.at(at or MONDAY), scoping.acting_as(actor, classes=LINK_CLASSES):
            yield actor, Referral.objects.get(pk=referral.pk)
            as_at_commit()


def as_at_commit() -> None:
    """Ask the promises now what they would be asked at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def _network(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock(), _rolled_back():
        built = cast.network()
        yield Standing(**vars(built))
    connection.close()


@pytest.fixture
def c(_network: Standing, django_db_blocker: Any) -> Iterator[Standing]:
    """The network, as it was built, whatever other tests of this file have done."""
    with django_db_blocker.unblock(), _rolled_back():
        yield _network


# --- A verb that fails leaves nothing -----------------------------------------------------------------------------


class Broken(Exception):
    """What a test makes happen in the middle of a verb."""


def everything(c: Cast) -> dict[str, int]:
    """How many rows of each table each organization sees."""
    tables = [table for table, _ in declared_rules() if table not in LIBRARY_TABLES] + ["procrastinate_jobs"]
    counting = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
    found = {}
    for key, organization in c.organizations.items():
        everyone = scoping.acting_as(None, organization_id=organization.pk, classes=EVERY_CLASS.split(","))
        with everyone, connection.cursor() as cursor:
            cursor.execute(counting)
            found |= {f"{key}: {table}": rows for table, rows in cursor.fetchall()}
    return found


def leaves_nothing(c: Cast, act: Callable[[], object], *, every: int = 1, at: datetime = MONDAY) -> int:
    """Break `act` before each (or every few) of its writing statements, and find the database as it was. Returns how often."""
    with clock.at(at):
        before = everything(c)
    times = 0
    while _breaks(act, at_write=times * every + 1):
        times += 1
        with clock.at(at):
            assert everything(c) == before, (
                f"half of it stayed when its write number {times * every + 1} failed"
            )
    assert times, "it wrote nothing"
    return times


def _breaks(act: Callable[[], object], at_write: int) -> bool:
    writes = 0

    def fail(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal writes
        if str(sql).lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            writes += 1
            if writes == at_write:
                raise Broken
        return execute(sql, params, many, context)

    try:
        with transaction.atomic(), connection.execute_wrapper(fail):
            act()
            transaction.set_rollback(True)
    except Broken:
        return True
    return False
