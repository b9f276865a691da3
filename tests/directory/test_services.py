"""Describing services: an organization says it itself, today's date is its word, and nobody describes others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.cast import MONDAY
from warmhandoff.directory import access, actions, reading
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.network.models import Organization

pytestmark = pytest.mark.django_db

PHOTO_LATER = Rule(Kind.DOCUMENT, ("photo_id",), can_follow=True)
TOLD = actions.Told(
    name="Taller de  resumes",
    name_es="Taller de currículum",
    service_code="WRK-RDY",
    area="south",
    languages=("es", "en", "es"),
    mailbox="Ready@Eastgate.example ",
    seats=6,
    criteria=(PHOTO_LATER,),
)


@pytest.fixture
def cast(the_cast):
    return the_cast


def add(cast, told=TOLD, who="marcus", where="eastgate") -> Service:
    with cast.acting(who) as member:
        return actions.add_service(organization=cast.organizations[where], told=told, by=member.actor)


def test_adding(cast):
    service = add(cast)
    assert service.name == "Taller de resumes"
    assert service.languages == ["en", "es"]
    assert service.verified_on == date(2026, 11, 23)
    with cast.acting("marcus"):
        assert service.mailbox.value == "ready@eastgate.example"


def test_an_address_stands_once(cast):
    first = add(cast)
    second = add(cast, replace(TOLD, name="Another"))
    assert first.mailbox_id == second.mailbox_id
    with cast.acting("marcus"):
        assert ContactPoint.objects.filter(value="ready@eastgate.example").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "Taller de RESÚMES"),
        ("service_code", "NOPE"),
        ("area", "moon"),
        ("languages", ("tlh",)),
        ("mailbox", "not an address"),
        ("mailbox", "a@b.example\nBcc: c@d.example"),
        ("seats", -1),
        ("seats", 1000),
        ("full_until", date(2026, 11, 23)),
        ("criteria", (Rule("offense", ("any",)),)),
        ("criteria", (Rule(Kind.AGE),)),
        ("criteria", (Rule(Kind.AGE, at_least=25, at_most=18),)),
        ("criteria", (Rule(Kind.AGE, at_least=121),)),
        ("criteria", (Rule(Kind.AREA, ("moon",)),)),
        ("criteria", (Rule(Kind.DOCUMENT),)),
        ("criteria", (Rule(Kind.GENDER, ("woman",), can_follow=True),)),
        ("criteria", (Rule(Kind.DIPLOMA, words_en="w" * 201),)),
        ("serves", ("moon",)),
        ("cost", "cheap"),
    ],
)
def test_what_can_not_be(cast, field, value):
    if value == "Taller de RESÚMES":
        add(cast)
    with pytest.raises(BadValue) as refused:
        add(cast, replace(TOLD, **{field: value}))
    assert refused.value.field == field


def test_full_until_has_no_seats(cast):
    service = add(cast, replace(TOLD, full_until=date(2027, 3, 3)))
    assert service.seats is None
    with clock.at(MONDAY):
        assert reading.full_until(service) == date(2027, 3, 3)
    with clock.at(MONDAY.replace(year=2027, month=3, day=3)):
        assert reading.full_until(service) is None


def test_nobody_describes_another_organization(cast):
    with pytest.raises(NotAllowed):
        add(cast, who="paul")
    with cast.acting("paul") as paul, pytest.raises(NotAllowed):
        actions.change_service(service=cast.services["solar"], told=TOLD, by=paul.actor)
    with cast.acting("paul") as paul, pytest.raises(NotAllowed):
        actions.end_service(service=cast.services["solar"], by=paul.actor)
    with pytest.raises(NotYours):
        access.own_service_or_404(cast.services["solar"].code, cast.organizations["eastgate"].pk)


def test_changing_says_it_anew(cast):
    service = add(cast)
    by = operator_actor(service.organization_id)
    with clock.at(MONDAY.replace(day=30)), scoping.acting_as(by):
        waiting = actions.change_service(
            service=service, told=replace(TOLD, name="Résumé workshop", seats=2), by=by
        )
    service.refresh_from_db()
    assert waiting is None, "the operator writes down what an organization said elsewhere"
    assert (service.name, service.name_sort, service.seats, service.verified_on) == (
        "Résumé workshop",
        "resume workshop",
        2,
        date(2026, 11, 30),
    )
    changed, added = service.changes.all()
    assert (changed.what, [line[0] for line in changed.lines]) == ("changed", ["name"])
    assert (added.what, added.state) == ("added", "waiting"), "the office reads a first description"


def test_confirming_moves_the_date_alone(cast):
    service = add(cast)
    with cast.acting("marcus", at=MONDAY.replace(day=30)) as marcus:
        actions.confirm_service(service=service, by=marcus.actor)
    service.refresh_from_db()
    assert (service.seats, service.verified_on) == (6, date(2026, 11, 30))


def test_what_ended_can_not_be_asked_or_ended_again(cast):
    service = add(cast)
    with cast.acting("marcus") as marcus:
        actions.end_service(service=service, by=marcus.actor)
        with pytest.raises(WrongState):
            actions.end_service(service=service, by=marcus.actor)
    with pytest.raises(NotYours):
        access.service_or_404(service.code)
    assert add(cast).pk != service.pk, "the name is free again"


def test_finding(cast):
    add(cast)

    def names(**wanted) -> list[str]:
        return [service.name for service in reading.find(reading.Wanted(**wanted))]

    everything = [
        "IT support training",
        "Taller de resumes",
        "Housing help",
        "Solar Installer training",
        "Carpentry basics",
    ]
    assert names() == everything
    assert names(text="taller de currículum") == ["Taller de resumes"]
    assert names(text="SUNROW") == ["Solar Installer training"]
    assert names(service_code="HSG") == ["Housing help"]
    assert names(area="central") == ["IT support training"]
    assert names(language="es", text="resumes") == ["Taller de resumes"]
    assert names(text="nothing like it") == []


def test_names_sort_as_people_expect(cast):
    for name in ("Zapata House", "Álvarez House", "ámbar", "Beta House"):
        organization = Organization.objects.create(name=name, kinds=["cbo"])
        Service.objects.create(organization=organization, name="Help", service_code="HSG")
    entries = reading.by_organization(reading.find(reading.Wanted(text="help")))
    names = [entry.organization.name for entry in entries if entry.organization.name != "Harbor Reentry"]
    assert names == ["Álvarez House", "ámbar", "Beta House", "Zapata House"]


def test_listing_leaves_members_alone(cast):
    came_to = actions.list_service(
        organization=cast.organizations["harbor"],
        name="Housing help",
        service_code="FOD",
        area="",
        place="Hollywood",
        source="000",
        by=operator_actor(),
    )
    assert came_to == "left alone"
    assert Service.objects.get(pk=cast.services["housing"].pk).service_code == "HSG"
