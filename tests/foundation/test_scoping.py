"""Who acts, for whom, seeing what: the context, its nesting, its end, and what an error leaves."""

import pytest
from django.db import connection, transaction

from tests import cast
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.errors import NoContext
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import Because, acting_as, current, current_organization, on_behalf_of
from warmhandoff.participants.models import Participant

pytestmark = pytest.mark.django_db


def told():
    """What the database was told, in the order of the settings."""
    names = ("organization", "actor", "classes", "purpose")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"COALESCE(current_setting('wh.{name}', true), '')" for name in names)
        )
        return cursor.fetchone()


def test_the_database_is_told_who_acts_and_forgets_it(the_cast):
    c = the_cast
    before = told()
    with c.acting("denise") as denise:
        organization, actor, classes, purpose = told()
        assert (organization, actor, purpose) == (
            str(denise.organization_id),
            str(denise.actor.pk),
            "service",
        )
        assert set(classes.split(",")) == set(denise.classes)
        assert current().organization_id == current_organization() == denise.organization_id
    assert told() == before == ("", "", "", "")
    with pytest.raises(NoContext):
        current()


def test_a_context_within_a_context_ends_where_it_began(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        outer = told()
        with c.acting("ines") as ines:
            assert current_organization() == ines.organization_id
        assert current_organization() == denise.organization_id
        assert told() == outer


def test_after_an_error_the_outer_context_stands(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        outer = told()
        with pytest.raises(ZeroDivisionError), c.acting("ines"):
            raise ZeroDivisionError
        assert told() == outer
        with (
            pytest.raises(Exception, match="division by zero"),
            c.acting("ines"),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1/0")
        assert told() == outer and current_organization() == denise.organization_id
        assert cast.take_in(denise).code


def test_what_was_written_in_a_context_that_failed_is_gone(the_cast):
    c = the_cast
    with pytest.raises(RuntimeError), c.acting("denise") as denise:
        cast.take_in(denise)
        raise RuntimeError
    with c.acting("denise"):
        assert not Participant.objects.exists() and not Duty.objects.filter(person_id__isnull=False).exists()


def test_nobody_acts_for_no_organization():
    with acting_as(None, purpose="protocol"), pytest.raises(NoContext):
        current_organization()
    assert scoping.Context().classes == frozenset()


def test_acting_for_oneself_crosses_nothing(the_cast):
    c = the_cast
    with (
        c.acting("denise") as denise,
        on_behalf_of(denise.organization_id, because=Because("nothing", 0)) as same,
    ):
        assert same.organization_id == denise.organization_id


def test_the_system_acts_for_one_organization_at_a_time(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        cast.take_in(denise)
    for key, expected in (("eastgate", 1), ("harbor", 0)):
        with acting_as(
            system_actor(c.organizations[key].pk), purpose="protocol", classes=("contact", "needs")
        ):
            assert Participant.objects.count() == expected


def test_a_context_needs_no_transaction_around_it_and_joins_one_that_is_there(the_cast):
    c = the_cast
    with transaction.atomic():
        with c.acting("denise") as denise:
            cast.take_in(denise)
        assert not Participant.objects.exists(), "the transaction goes on, and nobody acts in it"
        with c.acting("denise"):
            assert Participant.objects.count() == 1
