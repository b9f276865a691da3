"""Several lists in one statement are the lists that as many statements give."""

import uuid
from datetime import timedelta
from decimal import Decimal

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


def test_fractions_are_exact_and_what_is_in_a_document_is_as_python_reads_it(c):  # noqa: F811
    from tests import cast
    from warmhandoff.casework.actions import services
    from warmhandoff.casework.models import ServiceGiven
    from warmhandoff.participants.models import Draft

    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        for units in ("0.10", "1.25", "7", "0.30"):
            gave = services.Gave("case_management", denise.membership, MONDAY.date(), Decimal(units))
            services.give(file=file, gave=gave, by=denise.actor)
        (found,) = together.read(ServiceGiven.objects.order_by("id"))
        assert as_it_is(found) == as_it_is(ServiceGiven.objects.order_by("id"))
        assert [str(one.units) for one in found] == ["0.10", "1.25", "7.00", "0.30"]
        Draft.objects.create(
            organization_id=denise.organization_id, membership=denise.membership, form_key=uuid.uuid4(),
            answers={"a": 0.5, "b": [1, {"c": None}]}, expires_at=MONDAY + timedelta(days=1),
        )  # fmt: skip
        ((draft,),) = together.read(Draft.objects.all())
        assert draft.answers == {"a": 0.5, "b": [1, {"c": None}]} and type(draft.answers["a"]) is float


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


def by_keys(organization, people):
    members = Membership.objects.filter(pk__in=people).order_by("-id")
    return (
        members,
        Organization.objects.filter(pk=organization),
        User.objects.filter(pk__in=members.order_by().values("user_id")).order_by("id"),
        Term.objects.order_by("id")[:3],
    )


def test_what_is_prepared_once_is_what_is_asked_each_time(c):  # noqa: F811
    made = []

    def noted(**given):
        made.append(given)
        return by_keys(**given)

    prepared = together.Prepared(noted)
    home, others = c.organizations["eastgate"].pk, c.organizations["harbor"].pk
    everybody = [member.pk for member in c.members.values()]
    with c.acting("denise"):
        for organization, people in (
            (home, everybody[:2]),
            (others, everybody[2:4]),
            (home, [everybody[0], everybody[0]]),
            (home, []),
            (others, []),
            (home, everybody),
        ):
            with CaptureQueriesContext(connection) as said:
                found = prepared.read(organization=organization, people=people)
            assert len(said) == 1
            assert [as_it_is(rows) for rows in found] == [
                as_it_is(part) for part in by_keys(organization, people)
            ]
    assert len(made) == 3, "once for each number of keys"


def test_what_is_prepared_keeps_to_the_row_policies_of_whoever_asks(c):  # noqa: F811
    prepared = together.Prepared(
        lambda organization: (ContactPoint.objects.filter(organization_id=organization),)
    )
    for name, key in (("denise", "eastgate"), ("ines", "harbor"), ("denise", "eastgate")):
        with c.acting(name):
            own, other = c.organizations[key].pk, c.organizations["valley"].pk
            assert all(row.organization_id == own for row in prepared.read(organization=own)[0])
            assert prepared.read(organization=other) == [[]]


def test_keys_of_people_are_put_in_as_well(c):  # noqa: F811
    from tests import cast
    from warmhandoff.participants.models import Person

    prepared = together.Prepared(lambda person: (Person.objects.filter(pk=person),))
    with c.acting("denise") as denise:
        files = [cast.take_in(denise), cast.take_in(denise, cast.told("Ana", "Vega"))]
        for file in files:
            assert [one.pk for one in prepared.read(person=file.person_id)[0]] == [file.person_id]


def test_codes_are_put_in_as_well(c):  # noqa: F811
    from tests import cast
    from warmhandoff.participants.models import Participant

    prepared = together.Prepared(
        lambda code, organization: (Participant.objects.filter(code=code, organization_id=organization),)
    )
    home = c.organizations["eastgate"].pk
    with c.acting("denise") as denise:
        files = [cast.take_in(denise), cast.take_in(denise, cast.told("Ana", "Vega"))]
        for file in files:
            assert [one.pk for one in prepared.read(code=file.code, organization=home)[0]] == [file.pk]
        assert prepared.read(code="it's no code", organization=home) == [[]]


def test_a_key_that_the_statement_loses_is_an_error(c):  # noqa: F811
    prepared = together.Prepared(
        lambda organization: (Organization.objects.filter(name=f"No. {organization}"),)
    )
    with c.acting("denise"), pytest.raises(ValueError, match="1 of the keys"):
        prepared.read(organization=1)


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


def test_many_keys_are_one_statement_however_many(c):  # noqa: F811
    from tests import cast
    from warmhandoff.participants.models import Person

    made = []

    def noted(**given):
        made.append(given)
        return (
            Membership.objects.filter(pk__among=given["members"]).order_by("-id"),
            Person.objects.filter(pk__among=given["people"]).order_by("id"),
        )

    prepared = together.Prepared(noted)
    everybody = [member.pk for member in c.members.values()]
    with c.acting("denise") as denise:
        people = [cast.take_in(denise, cast.told(name)).person_id for name in ("Rosa", "Ana", "Luis")]
        for members, files in (
            (everybody[:1], people),
            ([], people[:1]),
            (everybody, []),
            (everybody[:3], people[:2]),
        ):
            with CaptureQueriesContext(connection) as said:
                found = prepared.read(
                    members=together.Many(members), people=together.Many(files, of=type(people[0]))
                )
            assert len(said) == 1
            assert [one.pk for one in found[0]] == sorted(members, reverse=True)
            assert [one.pk for one in found[1]] == sorted(files)
    assert len(made) == 1, "for any number of keys"
