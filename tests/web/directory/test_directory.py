"""The directory: by organization, filtered, what it is based on; what is only listed is read-only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.web.desk import Desk
from warmhandoff.directory.models import Service
from warmhandoff.exchange.csv import partners
from warmhandoff.network.models import Organization

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "data" / "la_partners.csv"


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def names(desk: Desk, address: str) -> list[str]:
    return [each.get_text() for each in desk.soup(address).select(".lines--services strong")]


def test_every_role_reads_it(cast):
    for name in cast.members:
        assert "4 services, by organization." in Desk(cast, name).get("/directory/")


def test_filters(cast):
    desk = Desk(cast, "denise")
    assert names(desk, "/directory/?service_code=HSG") == ["Housing help"]
    assert names(desk, "/directory/?text=sunrow") == ["Solar Installer training"]
    assert names(desk, "/directory/?area=central&language=es") == ["IT support training"]
    assert "1 service fits." in desk.get("/directory/?service_code=HSG")
    assert "No service fits all of this." in desk.get("/directory/?text=nothing")
    assert "No service fits all of this." in desk.get("/directory/?text=%27")
    assert "4 services" in desk.get("/directory/?service_code=NOPE&page=999")


def test_room(cast):
    today, long_ago = date(2026, 11, 23), date(2026, 10, 23)
    for name, said in {
        "carpentry": {"room": "full", "seats": None, "full_until": date(2027, 3, 3)},
        "it": {"room": "waitlist", "seats": None},
        "housing": {"room_as_of": long_ago},
    }.items():
        Service.objects.filter(pk=cast.services[name].pk).update(**{"room_as_of": today, **said})
    said = Desk(cast, "denise").get("/directory/")
    for words in (
        "Full until Mar 3, 2027",
        "Waitlist only",
        "Open, 4 seats",
        "Room not confirmed since Fri, Oct 23",
    ):
        assert words in said, words
    found = names(Desk(cast, "denise"), "/directory/?has_room=on")
    assert found == ["Solar Installer training"], "a word that has lapsed is no room"
    page = Desk(cast, "denise").get(f"/directory/{cast.services['housing'].code}/")
    assert "Last said: Open, 4 seats" in page


def test_the_founding_documents_network_is_marked_and_read_only(cast, capsys):
    partners.run(DATA)
    desk = Desk(cast, "marcus")
    said = desk.get("/directory/?text=chrysalis")
    assert "Listed, not a member: what public documents say" in said
    assert "Source: LeadersUp, “From Pilots to Policy” (2025)" in said
    assert "Room not known" not in said and "Open," not in said
    service = Service.objects.filter(organization__name="Chrysalis").first()
    page = desk.get(f"/directory/{service.code}/")
    assert "Nobody is referred to it here." in page
    assert "Change this service" not in page
    assert desk.client.get(f"/organization/services/{service.code}/").status_code == 404
    assert "26 services" in desk.get("/directory/")


def test_one_s_own_service_can_be_changed_from_its_page(cast):
    address = f"/directory/{cast.services['housing'].code}/"
    assert "Change this service" in Desk(cast, "paul").get(address)
    assert "Change this service" not in Desk(cast, "ines").get(address)
    assert "Change this service" not in Desk(cast, "marcus").get(address)


def test_in_spanish(cast):
    desk = Desk(cast, "denise")
    desk.client.cookies["django_language"] = "es"
    said = desk.get("/directory/")
    assert "Ayuda de vivienda" in said
    assert "Vivienda" in said
    assert "Directorio" in said


def test_spanish_names_sort_right(cast):
    for name in ("Zapata House", "Álvarez House", "Ñandú House", "Nuevo House"):
        organization = Organization.objects.create(name=name, kinds=["cbo"])
        Service.objects.create(organization=organization, name="Zeta", service_code="HSG")
    soup = Desk(cast, "denise").soup("/directory/?text=zeta")
    assert [h.get_text() for h in soup.select("section h2")] == [
        "Álvarez House",
        "Ñandú House",
        "Nuevo House",
        "Zapata House",
    ]


def test_closed_organizations_and_ended_services_are_not_there(cast):
    Service.objects.filter(pk=cast.services["it"].pk).update(active=False)
    assert Desk(cast, "denise").client.get(f"/directory/{cast.services['it'].code}/").status_code == 404
    assert Desk(cast, "denise").client.get("/directory/X7K9/").status_code == 404


def test_pages(cast):
    for n in range(60):
        Service.objects.create(
            organization=cast.organizations["harbor"], name=f"Group {n:02}", service_code="CBI"
        )
    desk = Desk(cast, "denise")
    assert len(names(desk, "/directory/")) == 25
    assert names(desk, "/directory/?page=2&service_code=CBI")[0] == "Group 25"
    assert "60 services fit." in desk.get("/directory/?page=2&service_code=CBI")
    assert "Page 2 of 3" in desk.get("/directory/?page=2&service_code=CBI")
    for beyond in ("4", "99999", "999999999999999999999"):
        shown = names(desk, f"/directory/?service_code=CBI&page={beyond}")
        assert shown[0] in ("Group 50", "Group 00"), "the last page, or the first where it is no number"
    for strange in ("", "0", "-1", "x", "²", "٢"):
        assert len(names(desk, f"/directory/?service_code=CBI&page={strange}")) == 25, strange
    assert names(desk, "/directory/?page=2&text=nothing") == []


def test_a_page_of_many_organizations_takes_as_many_statements_as_one_of_one(cast):
    desk = Desk(cast, "denise")
    desk.get("/directory/")
    asked = []
    for query in ("", "?text=solar"):
        with CaptureQueriesContext(connection) as said:
            desk.get(f"/directory/{query}")
        asked.append(len(said))
    assert asked[0] == asked[1], asked
