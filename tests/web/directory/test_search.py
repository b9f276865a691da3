"""What one can look for: words without accents, places and hours at this hour, a sheet to hand over; and reading changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MONDAY, Cast
from tests.web.desk import Desk
from warmhandoff.directory import actions, reading
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.foundation import clock, scoping

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def place(cast: Cast, who: str, service: str, *hours: actions.Open) -> None:
    with cast.acting(who) as member:
        actions.add_place(
            service=Service.objects.get(pk=cast.services[service].pk),
            told=actions.ToldPlace(address="1 Main Street", getting_there="Bus 40", getting_there_es="Autobús 40",
                                   hours=hours),
            by=member.actor,
        )  # fmt: skip


def names(cast: Cast, at: datetime = MONDAY, **wanted) -> list[str]:
    with clock.at(at), scoping.acting_as(None):
        return [each.name for each in reading.find(reading.Wanted(**wanted))]


def test_words_in_any_order_without_accents(cast):
    with cast.acting("paul") as paul:
        service = Service.objects.select_related("organization", "mailbox").get(
            pk=cast.services["housing"].pk
        )
        actions.add_service(
            organization=service.organization,
            told=actions.Told(name="Rent help", service_code="HSG", about_es="Orientación para inquilinos"),
            by=paul.actor,
        )
    for text in ("orientacion", "INQUILINOS orientación", "rent harbor", "Harbor  RENT"):
        assert names(cast, text=text) == ["Rent help"], text
    assert names(cast, text="rent sunrow") == []
    assert names(cast, text="100%") == [] and names(cast, text="_") == [], "no signs of the pattern's own"


def test_open_now_is_the_places_own_hour(cast):
    weekdays = [actions.Open(day, time(9), time(17)) for day in range(5)]
    place(cast, "vera", "carpentry", *weekdays)
    place(cast, "paul", "housing", actions.Open(0, time(22), time(6)), actions.Open(6, time(0), time(0)))
    # Los Angeles is eight hours behind UTC in November; the 23rd is a Monday.
    for moment, expected in (
        (datetime(2026, 11, 23, 16, 59, tzinfo=UTC), []),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), ["Carpentry basics"]),
        (datetime(2026, 11, 24, 0, 59, tzinfo=UTC), ["Carpentry basics"]),
        (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), []),
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), ["Housing help"]),
        (datetime(2026, 11, 24, 13, 59, tzinfo=UTC), ["Housing help"]),
        (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), []),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), ["Housing help"]),
    ):
        assert names(cast, at=moment, open_now=True) == expected, moment
    desk = Desk(cast, "denise")
    assert "Open now" in desk.get(f"/directory/{cast.services['carpentry'].code}/")


def test_a_place_that_was_taken_out_is_not_open(cast):
    place(cast, "vera", "carpentry", *[actions.Open(day, time(0), time(0)) for day in range(7)])
    assert names(cast, open_now=True) == ["Carpentry basics"]
    with cast.acting("vera") as vera:
        location = cast.services["carpentry"].locations.get()
        actions.remove_place(location=location, by=vera.actor)
    assert names(cast, open_now=True) == []


def test_whose_areas_it_serves_counts_before_where_it_stands(cast):
    Service.objects.filter(pk=cast.services["housing"].pk).update(serves=["east"])
    assert names(cast, area="east") == ["Housing help"]
    assert names(cast, area="south") == ["Solar Installer training", "Carpentry basics"]


def test_filters_hold_together_and_the_search_is_four_statements(cast):
    desk = Desk(cast, "denise")
    desk.get("/directory/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.get(
            "/directory/?text=training&service_code=WRK-TRN&area=south&language=es&has_room=on&open_now=on"
        )
    about = [each["sql"] for each in asked if "directory_" in each["sql"]]
    assert len(about) <= 4, about
    page = desk.soup("/directory/?has_room=on&text=solar")
    assert (
        page.select_one("[name=has_room]").has_attr("checked")
        and page.select_one("[name=text]")["value"] == "solar"
    )


def test_a_sheet_in_the_persons_language(cast):
    place(cast, "paul", "housing", actions.Open(0, time(9), time(17)))
    with cast.acting("paul"):
        service = Service.objects.get(pk=cast.services["housing"].pk)
        service.criteria.create(kind="document", values=["photo_id"], can_follow=True)
    desk = Desk(cast, "denise")
    spanish = desk.get(f"/directory/{service.code}/print/?lang=es")
    assert "Ayuda de vivienda" in spanish and "Pide una identificación con foto." in spanish
    assert "Autobús 40" in spanish and "Lunes 9 am a 5 pm" in spanish and "Bus 40" not in spanish
    english = desk.get(f"/directory/{service.code}/print/?lang=en")
    assert "Housing help" in english and "Bus 40" in english
    assert "Housing help" in desk.get(f"/directory/{service.code}/print/?lang=tlh"), (
        "what can't be read narrows nothing"
    )
    desk.get("/directory/X7K9/print/", 404)


def test_reading_a_change_and_deciding_it(cast):
    desk = Desk(cast, "paul")
    address = f"/organization/services/{cast.services['housing'].code}/"
    desk.send(f"{address}words/", name="Housing and rent help", genders=["woman"])
    change = ServiceChange.objects.get(state="waiting")
    luz = Desk(cast, "luz")
    assert "1 change waits for your word." in luz.get("/directory/changes/")
    page = luz.get(f"/directory/changes/{change.code}/")
    assert "Housing help Housing and rent help" in page and "nothing For women." in page
    where = f"/directory/changes/{change.code}/"
    assert "Fill this in." in luz.send(where, 422, note="")
    assert "Approved. It stands in the directory." in luz.send(where, at=f"{where}approve/")
    assert "Nothing waits to be read." in luz.get("/directory/changes/")
    assert "Approved , Luz Ortega" in luz.get(where)
    page = desk.get(address)
    assert "Housing and rent help" in page and "Your change waits" not in page


def test_sending_a_change_back(cast):
    desk = Desk(cast, "paul")
    address = f"/organization/services/{cast.services['housing'].code}/"
    desk.send(f"{address}words/", name="Housing and rent help")
    change = ServiceChange.objects.get(state="waiting")
    luz = Desk(cast, "luz")
    assert "Sent back with your note." in luz.send(
        f"/directory/changes/{change.code}/", note="Which rent help?"
    )
    page = desk.get(address)
    assert "Your change was sent back" in page and "Luz Ortega: “Which rent help?”" in page
    desk.send(f"{address}words/", name="Rent help")
    assert "Your change was sent back" not in desk.get(address), "the newer wish waits"


def test_a_new_service_stands_marked_until_its_first_words_are_read(cast):
    paul, denise, luz = Desk(cast, "paul"), Desk(cast, "denise"), Desk(cast, "luz")
    said = paul.send("/organization/services/add/", name="Rent help", service_code="HSG")
    assert "The network's office reads your new service" in said and "Waits for the network's office" in said
    new = "New: not yet agreed with the network's office"
    found = denise.get("/directory/?text=rent")
    assert "1 service fits." in found and new in found and "Confirmed Mon, Nov 23 by Paul Okafor" in found
    service = Service.objects.get(name="Rent help")
    assert new in denise.get(f"/directory/{service.code}/")
    assert "New words for the directory wait for you." in luz.get("/today/")
    change = ServiceChange.objects.get(state="waiting")
    assert "Rent help Harbor Reentry, Paul Okafor New service" in luz.get("/directory/changes/")
    where = f"/directory/changes/{change.code}/"
    page = luz.get(where)
    assert "What it says of itself" in page and "nothing" not in page
    luz.send(where, note="For whom?")
    assert "The network's office asks for other words" in paul.get(f"/organization/services/{service.code}/")
    assert new in denise.get("/directory/?text=rent")
    paul.send(f"/organization/services/{service.code}/words/", about="For families.")
    again = ServiceChange.objects.get(state="waiting")
    luz.send(f"/directory/changes/{again.code}/", at=f"/directory/changes/{again.code}/approve/")
    assert new not in denise.get("/directory/?text=rent")


def test_nobody_else_reads_changes(cast):
    Desk(cast, "paul").send(
        f"/organization/services/{cast.services['housing'].code}/words/", name="Housing and rent help"
    )
    code = ServiceChange.objects.get(state="waiting").code
    for name in ("paul", "denise", "marcus", "grace", "adam"):
        Desk(cast, name).get("/directory/changes/", 403)
        Desk(cast, name).get(f"/directory/changes/{code}/", 403)
        Desk(cast, name).post(f"/directory/changes/{code}/approve/", 403)
    with cast.acting("adam"):
        from warmhandoff.network.models import Agreement

        Agreement.objects.filter(organization=cast.organizations["harbor"]).update(ends_on="2026-11-01")
    Desk(cast, "luz").get(f"/directory/changes/{code}/", 404)
    Desk(cast, "luz").get("/directory/changes/X7K9/", 404)


def test_rules_of_many_services_in_one_statement(cast):
    with cast.acting("paul"):
        service = Service.objects.get(pk=cast.services["housing"].pk)
        service.criteria.create(kind="age", at_least=18, position=1)
        service.criteria.create(kind="diploma", position=0)
        with CaptureQueriesContext(connection) as asked:
            found = reading.rules_of([each.pk for each in cast.services.values()])
    assert len(asked) == 1
    assert found[service.pk] == (Rule(Kind.DIPLOMA), Rule(Kind.AGE, at_least=18))
    assert found[cast.services["solar"].pk] == ()


def test_asking_a_mailbox_needs_its_key_and_a_mailbox(cast):
    from warmhandoff.foundation.models import Message

    service = cast.services["solar"]
    desk = Desk(cast, "denise")
    desk.post(f"/directory/{service.code}/ask/")
    assert not Message.objects.exists()
    Service.objects.filter(pk=service.pk).update(mailbox=None)
    assert "Ask them whether it is still true" not in desk.get(f"/directory/{service.code}/")
    later = Desk(cast, "paul")
    later.at = MONDAY + timedelta(days=1)
    assert "Ask them whether" not in later.get(f"/directory/{cast.services['housing'].code}/"), (
        "one's own is changed"
    )
