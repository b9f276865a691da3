"""Several lists in one statement are the lists that as many statements give."""

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MONDAY
from tests.standing import _network, c  # noqa: F401
from warmhandoff.foundation import together
from warmhandoff.foundation.models import ContactPoint, Term, Timer
from warmhandoff.network.models import Membership, Organization, User

pytestmark = pytest.mark.django_db


def as_it_is(rows):
    return [
        (type(row), {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}) for row in rows
    ]


def test_rows_are_the_same_in_the_same_order_with_the_same_types(c):  # noqa: F811
    with c.acting("denise"):
        parts = (
            Membership.objects.order_by("-started_at", "id"),
            Organization.objects.filter(name__startswith="E"),
            ContactPoint.objects.order_by("id"),
            User.objects.order_by("email")[:3],
            Term.objects.all(),
        )
        with CaptureQueriesContext(
            connection,
        ) as said:
            found = together.read(*parts)
        assert len(said) == 1
        assert [as_it_is(rows) for rows in found] == [as_it_is(part) for part in parts]
        assert all(found)


def test_what_can_have_no_rows_has_none(c):  # noqa: F811
    with c.acting("denise"):
        assert together.read(
            User.objects.none(), User.objects.filter(pk__in=[]), User.objects.filter(pk=0)
        ) == [[], [], []]


def test_the_row_policies_hold(c):  # noqa: F811
    with c.acting("denise"):
        assert (
            together.read(
                Term.objects.all(),
                ContactPoint.objects.exclude(organization_id=c.organizations["eastgate"].pk),
            )[1]
            == []
        )


def test_new_rows_of_several_kinds_are_written_at_once(c):  # noqa: F811
    home = c.organizations["eastgate"].pk
    with c.acting("denise") as denise:
        with CaptureQueriesContext(connection) as said:
            together.write(
                [
                    ContactPoint(organization_id=home, channel="text", value="555-0188", language="es"),
                    ContactPoint(organization_id=home, channel="voice", value="555-0189", leave_message=True),
                    Timer(organization_id=home, subject_kind="x", subject_id=1, step="y", due_at=MONDAY),
                ]
            )
            together.write([])
        assert len(said) == 1
        points = ContactPoint.objects.filter(value__startswith="555-018").order_by("value")
        assert [(p.channel, p.language, p.leave_message) for p in points] == [
            ("text", "es", False),
            ("voice", "en", True),
        ]
        assert Timer.objects.get(subject_kind="x").due_at == MONDAY
        assert denise.organization_id == home


def test_a_row_for_somebody_else_is_refused(c):  # noqa: F811
    other = c.organizations["harbor"].pk
    with pytest.raises(ProgrammingError), c.acting("denise"):
        together.write([ContactPoint(organization_id=other, channel="text", value="555-0188")])
