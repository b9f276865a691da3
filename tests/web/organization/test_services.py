"""Services by hand: what an organization says of itself stands in the directory, confirmed today."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import Cast, network
from tests.web.desk import Desk
from warmhandoff.directory.models import Service

pytestmark = pytest.mark.django_db

FIELDS = {
    "name": "Résumé workshop",
    "name_es": "Taller de currículum",
    "service_code": "WRK-RDY",
    "area": "south",
    "languages": ["en", "es"],
    "mailbox": "ready@eastgate.example",
    "seats": "6",
    "requirement": "photo_id",
}


@pytest.fixture
def cast(settings) -> Cast:
    settings.DEMO = True
    return network()


def test_adding(cast):
    said = Desk(cast, "marcus").send("/organization/services/add/", **FIELDS)
    assert "Saved. It stands in the directory, confirmed today." in said
    assert "Résumé workshop" in said
    assert "Open, 6 seats" in said
    service = Service.objects.get(organization=cast.organizations["eastgate"])
    assert (service.verified_on, service.languages) == (date(2026, 11, 23), ["en", "es"])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Fill this in."),
        ({"service_code": ""}, "Choose one."),
        ({"mailbox": "here"}, "valid email"),
        ({"seats": "1000"}, "Write a number from 0 to 999."),
        ({"seats": "some"}, "Write a number from 0 to 999."),
        (
            {"full_until_month": "11", "full_until_day": "23", "full_until_year": "2026"},
            "This day has passed. Leave it empty if there is room now.",
        ),
        (
            {"full_until_month": "2", "full_until_day": "30", "full_until_year": "2027"},
            "February 30, 2027 is not a day on the calendar.",
        ),
    ],
)
def test_what_can_not_be(cast, changed, says):
    assert says in Desk(cast, "marcus").send("/organization/services/add/", 422, **(FIELDS | changed))
    assert not Service.objects.filter(organization=cast.organizations["eastgate"]).exists()


def test_a_name_twice(cast):
    desk = Desk(cast, "marcus")
    desk.send("/organization/services/add/", **FIELDS)
    said = desk.send("/organization/services/add/", 422, **(FIELDS | {"name": "RESUME workshop"}))
    assert "give this one a name of its own" in said


def test_changing_shows_what_is_there(cast):
    service = cast.services["housing"]
    address = f"/organization/services/{service.code}/"
    desk = Desk(cast, "paul")
    page = desk.soup(address)
    assert page.select_one("[name=name]")["value"] == "Housing help"
    assert page.select_one("[name=mailbox]")["value"] == "referrals@harbor.example"
    fields = {"full_until_month": "3", "full_until_day": "3", "full_until_year": "2027"}
    said = desk.send(address, **fields)
    assert "Full until Mar 3, 2027" in said
    service.refresh_from_db()
    assert (service.full_until, service.seats, service.name_es) == (
        date(2027, 3, 3),
        None,
        "Ayuda de vivienda",
    )


def test_still_true(cast):
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    said = desk.send(
        f"/organization/services/{service.code}/", at=f"/organization/services/{service.code}/confirm/"
    )
    assert "Housing help is confirmed today." in said
    assert "Confirmed Mon, Nov 23" in said


def test_taking_it_out(cast):
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    said = desk.send(
        f"/organization/services/{service.code}/", at=f"/organization/services/{service.code}/end/"
    )
    assert "Housing help is out of the directory. Referrals that were sent before go on." in said
    assert desk.client.get(f"/organization/services/{service.code}/").status_code == 404


def test_other_organizations_services_are_not_there(cast):
    key = Desk(cast, "marcus").soup("/organization/services/add/").select_one("[name=form_key]")["value"]
    service = cast.services["housing"]
    assert Desk(cast, "marcus").client.get(f"/organization/services/{service.code}/").status_code == 404
    for verb in ("confirm", "end"):
        Desk(cast, "marcus").post(f"/organization/services/{service.code}/{verb}/", 404, form_key=key)
        Desk(cast, "ines").post(f"/organization/services/{service.code}/{verb}/", 403, form_key=key)
    assert Service.objects.get(pk=service.pk).active


def test_a_button_without_its_key_changes_nothing(cast):
    service = cast.services["housing"]
    Desk(cast, "paul").post(f"/organization/services/{service.code}/end/")
    assert Service.objects.get(pk=service.pk).active
