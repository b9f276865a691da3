"""Statements whose plans are kept: one text and one type whatever the numbers, and nobody's rows in them."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, transaction

from tests.cast import take_in, told
from warmhandoff.foundation import plans
from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Membership, Organization, Queue
from warmhandoff.participants.models import Listing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def names(**conditions: object) -> list[str]:
    found = Organization.objects.filter(**conditions).order_by("name_sort", "id")
    return list(found.values_list("name", flat=True))


def test_among_finds_what_in_finds(the_cast):
    some = list(Organization.objects.order_by("id").values_list("pk", flat=True)[1:4])
    assert names(pk__among=some) == names(pk__in=some) != []
    assert names(pk__among=[]) == []
    assert names(pk__among=set(some[:1])) == names(pk=some[0])


def test_among_takes_rows_words_and_keys(the_cast):
    led = Queue.objects.filter(lead__state=Membership.State.ACTIVE).values("organization_id")
    assert names(pk__among=led) == names(pk__in=led) != []
    first = Organization.objects.order_by("id")[0]
    assert names(code__among=[first.code]) == [first.name]
    assert list(Membership.objects.filter(organization__among=[first.pk]).order_by("pk")) == list(
        Membership.objects.filter(organization=first).order_by("pk")
    )
    assert list(Duty.objects.filter(person_id__among=[uuid.uuid4()])) == []


def test_many_numbers_are_one_statement():
    texts = {
        str(Organization.objects.filter(pk__among=range(n)).query.sql_with_params()[0]) for n in (1, 2, 50)
    }
    assert len(texts) == 1


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%wh_plans_test%"]
        )
        return int(cursor.fetchone()[0])


def test_begins_takes_each_character_as_it_stands(the_cast):
    c = the_cast
    with c.acting("denise") as member:
        for last in ("Ro%", "Ro_a", "Roa", "R\\o", "Rosa"):
            take_in(member, told(last_name=last))
        found = Listing.objects.order_by("last_sort")

        def begin(with_: str) -> list[str]:
            return list(found.filter(last_sort__begins=with_).values_list("last_sort", flat=True))

        assert begin("ro%") == ["ro% rosa"]
        assert begin("ro_") == ["ro_a rosa"]
        assert begin("r\\") == ["r\\o rosa"]
        assert begin("rosa") == ["rosa rosa"]
        assert begin("rosas") == []
        assert len(begin("r")) == 5


def test_what_begins_so_may_be_looked_up_under_a_row_policy():
    """Only what is leakproof may be asked before the policy, and so by an index: else each of the organization's rows is read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.oprname, p.proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode"
            " WHERE o.oprname IN ('^@', '~~') AND o.oprleft = 'text'::regtype AND o.oprright = 'text'::regtype"
        )
        assert dict(cursor.fetchall()) == {"^@": True, "~~": False}
    assert "^@" in str(Listing.objects.filter(last_sort__begins="mar").query)


def ask(number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT /* wh_plans_test */ %s::bigint + 1", [number])
        return int(cursor.fetchone()[0])


def test_the_server_keeps_a_statement_once_whatever_the_size_of_its_numbers():
    assert [ask(n) for n in (1, 40_000, 3, 70_000)] == [2, 40_001, 4, 70_001]
    assert connection.connection.prepared_max == plans.KEPT
    assert kept() == 1
    assert ask(2**40) == 2**40 + 1
    assert ask(2**62) == 2**62 + 1


@pytest.mark.parametrize("forced", [False, True])
def test_a_kept_plan_shows_each_organization_its_own(the_cast, forced):
    """One statement from one connection, often enough that its plan is kept, for two organizations in turn, and for nobody."""
    c = the_cast
    for name in ("denise", "ines"):
        with c.acting(name) as member:
            take_in(member)
    about = list(
        Duty.objects.using("owner").filter(closed_at__isnull=True).values_list("person_id", flat=True)
    )
    asked = Duty.objects.filter(person_id__among=about).order_by("id")
    assert len(set(about)) == 2
    for _ in range(10):
        for name in ("denise", "ines"):
            with c.acting(name) as member:
                if forced:  # as the page of a person does
                    plans.go_by_kept_plans()
                owners = {duty.organization_id for duty in asked.all()}
                assert owners == {member.organization_id}
        assert not asked.all().exists()
        assert list(asked.all()) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["%foundation_duty%"],
        )
        assert cursor.fetchone()[0] > 0, "no plan was kept: this test shows nothing"


def test_a_page_goes_by_the_plans_that_are_kept_to_the_end_of_its_transaction_and_no_further():
    def mode():
        with connection.cursor() as cursor:
            cursor.execute("SHOW plan_cache_mode")
            return cursor.fetchone()[0]

    with transaction.atomic():
        assert mode() == "auto"
        plans.go_by_kept_plans()
        assert mode() == "force_generic_plan"
    assert mode() == "auto"
