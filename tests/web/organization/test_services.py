"""Services by hand: room first; words of substance wait for the network's office; places and hours stand at once."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import Cast
from tests.web.desk import Desk
from warmhandoff.directory.models import Service

pytestmark = pytest.mark.django_db

FIELDS = {
    "name": "Résumé workshop",
    "name_es": "Taller de currículum",
    "about": "Four afternoons, in a small group.",
    "service_code": "WRK-RDY",
    "area": "south",
    "languages": ["en", "es"],
    "mailbox": "ready@eastgate.example",
    "cost": "free",
    "age_from": "18",
    "papers_later": ["photo_id"],
}


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def address(service: Service, more: str = "") -> str:
    return f"/organization/services/{service.code}/{more}"


def test_adding(cast):
    said = Desk(cast, "marcus").send("/organization/services/add/", **FIELDS)
    assert "Saved. It stands in the directory. Now say where it is, and whether there is room." in said
    assert "Résumé workshop" in said
    assert "Room not known" in said, "whoever just added it is asked for its room first"
    service = Service.objects.get(organization=cast.organizations["eastgate"])
    assert (service.verified_on, service.verified_by, service.languages) == (
        date(2026, 11, 23), "Marcus Webb", ["en", "es"],
    )  # fmt: skip
    assert [each.rule.asks for each in service.criteria.all()] == [
        "For people aged 18 or older.", "Needs a photo ID.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Fill this in."),
        ({"service_code": ""}, "Choose one."),
        ({"mailbox": "here"}, "valid email"),
        ({"age_from": "many"}, "Write an age from 0 to 120."),
        ({"age_from": "30", "age_to": "18"}, "The youngest age is above the oldest. Exchange the two."),
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


def test_is_there_room_takes_two_taps(cast):
    """The page of the service, then one of three buttons: the first form and the first button on it."""
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    page = desk.soup(address(service))
    first = page.select_one("main form")
    assert [button["value"] for button in first.select("button[name=room]")] == ["open", "full", "waitlist"]
    assert "Waitlist only" in desk.send(address(service), room="waitlist", seats="", full_until_year="")
    service.refresh_from_db()
    assert (service.room, service.seats, service.room_said_by) == ("waitlist", None, "Paul Okafor")


@pytest.mark.parametrize(
    ("room", "more", "stands"),
    [
        ("open", {"seats": "7"}, ("open", 7, None, "Open, 7 seats")),
        ("open", {"seats": "", "full_until_year": "2027", "full_until_month": "3", "full_until_day": "3"},
         ("open", None, None, "Open")),
        ("full", {"seats": "4"}, ("full", None, None, "Full, no date yet")),
        ("full", {"full_until_year": "2027", "full_until_month": "3", "full_until_day": "3"},
         ("full", None, date(2027, 3, 3), "Full until Mar 3, 2027")),
    ],
)  # fmt: skip
def test_each_answer(cast, room, more, stands):
    service = cast.services["housing"]
    said = Desk(cast, "paul").send(address(service), room=room, **more)
    service.refresh_from_db()
    assert (service.room, service.seats, service.full_until) == stands[:3]
    assert stands[3] in said


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"room": ""}, "Press one of the three answers."),
        ({"room": "maybe"}, "Select a valid choice."),
        ({"room": "open", "seats": "1000"}, "Write a number from 1 to 999"),
        ({"room": "open", "seats": "some"}, "Write a number from 1 to 999"),
        (
            {"room": "full", "full_until_month": "11", "full_until_day": "23", "full_until_year": "2026"},
            "This day has passed. Leave it empty if there is room now.",
        ),
        (
            {"room": "full", "full_until_month": "2", "full_until_day": "30", "full_until_year": "2027"},
            "February 30, 2027 is not a day on the calendar.",
        ),
    ],
)
def test_room_that_can_not_be(cast, fields, says):
    service = cast.services["housing"]
    assert says in Desk(cast, "paul").send(address(service), 422, **fields)
    assert not service.statements.exists()


def test_changing_shows_what_is_there_and_waits(cast):
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    page = desk.soup(address(service, "words/"))
    assert page.select_one("[name=name]")["value"] == "Housing help"
    assert page.select_one("[name=mailbox]")["value"] == "referrals@harbor.example"
    said = desk.send(address(service, "words/"), name="Housing and rent help")
    assert "The network's office reads the new words before they stand" in said
    assert "Your change waits for the network's office" in said
    service.refresh_from_db()
    assert service.name == "Housing help", "the old words stand"
    page = desk.soup(address(service, "words/"))
    assert page.select_one("[name=name]")["value"] == "Housing and rent help", (
        "what waits is where one goes on"
    )


def test_what_is_no_substance_stands_at_once(cast):
    service = cast.services["housing"]
    said = Desk(cast, "paul").send(
        address(service, "words/"), languages=["es"], cost="fee", cost_note="10 dollars"
    )
    assert "confirmed today" in said
    service.refresh_from_db()
    assert (service.languages, service.cost, service.cost_note) == (["es"], "fee", "10 dollars")


def test_criteria_that_no_field_can_say_are_kept(cast):
    from warmhandoff.directory.models import Criterion

    service = cast.services["housing"]
    Criterion.objects.create(service=service, kind="diploma", words_en="You went to Harbor High")
    desk = Desk(cast, "paul")
    assert "You went to Harbor High." in desk.get(address(service, "words/"))
    desk.send(address(service, "words/"), genders=["woman"])
    waiting = service.changes.get(state="waiting")
    assert [(rule["kind"], rule["words_en"]) for rule in waiting.wanted["criteria"]] == [
        ("gender", ""), ("diploma", "You went to Harbor High"),
    ]  # fmt: skip


PLACE = {
    "address": "12 Palm Street", "name": "Back door", "area": "south", "phone": "213-555-0100",
    "getting_there": "Bus 40", "getting_there_es": "Autobús 40", "access": ["step_free"],
    **{f"{part}_{day}": hour for day in range(5) for part, hour in (("opens", "09:00"), ("closes", "17:00"))},
}  # fmt: skip


def test_places_stand_at_once_and_can_be_taken_out(cast):
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    said = desk.send(address(service, "places/add/"), **PLACE)
    assert (
        "12 Palm Street" in said
        and "Monday to Friday 9 am to 5 pm" in said
        and "Saturday to Sunday closed" in said
    )
    place = service.locations.get()
    said = desk.send(
        address(service, f"places/{place.code}/"), address="14 Palm Street", opens_4="", closes_4=""
    )
    assert "14 Palm Street" in said and "Monday to Thursday 9 am to 5 pm" in said
    out = address(service, f"places/{place.code}/remove/")
    assert "This place is out of the directory." in desk.send(
        address(service, f"places/{place.code}/"), at=out
    )
    assert "No place is known yet" in desk.get(address(service))
    assert desk.client.get(address(service, f"places/{place.code}/")).status_code == 404
    assert [each.what for each in service.changes.all()] == ["place"] * 3


def test_the_hours_of_a_week_are_written_once(cast):
    service = cast.services["housing"]
    fields = {"address": "12 Palm Street", "opens_week": "09:00", "closes_week": "17:00"}
    said = Desk(cast, "paul").send(
        address(service, "places/add/"), **fields, opens_4="09:00", closes_4="12:00", opens_5="10:00", closes_5="11:00"
    )  # fmt: skip
    for words in (
        "Monday to Thursday 9 am to 5 pm",
        "Friday 9 am to 12 pm",
        "Saturday 10 am to 11 am",
        "Sunday closed",
    ):
        assert words in said, words
    refused = Desk(cast, "paul").send(address(service, "places/add/"), 422, **(fields | {"closes_week": ""}))
    assert "Monday to Friday needs both hours, or none." in refused


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"address": " "}, "Fill this in."),
        ({"closes_0": ""}, "Monday needs both hours, or none."),
        ({"opens_0": ""}, "Monday needs both hours, or none."),
        ({"opens_0": "nine"}, "Write the hour like 09:00 or 17:30."),
        ({"phone": "call us"}, "Write the phone number with its digits"),
    ],
)
def test_a_place_that_can_not_be(cast, changed, says):
    service = cast.services["housing"]
    assert says in Desk(cast, "paul").send(address(service, "places/add/"), 422, **(PLACE | changed))
    assert not service.locations.exists()


def test_still_true(cast):
    service = cast.services["housing"]
    said = Desk(cast, "paul").send(address(service), at=address(service, "confirm/"))
    assert "Housing help is confirmed today." in said
    assert "Confirmed Mon, Nov 23" in said
    assert service.statements.get().seats == 4, "its room with it"


def test_taking_it_out(cast):
    service = cast.services["housing"]
    desk = Desk(cast, "paul")
    said = desk.send(address(service), at=address(service, "end/"))
    assert "Housing help is out of the directory. Referrals that were sent before go on." in said
    assert desk.client.get(address(service)).status_code == 404


def test_other_organizations_services_are_not_there(cast):
    key = Desk(cast, "marcus").soup("/organization/services/add/").select_one("[name=form_key]")["value"]
    service = cast.services["housing"]
    for more in ("", "words/", "places/add/"):
        assert Desk(cast, "marcus").client.get(address(service, more)).status_code == 404
        Desk(cast, "marcus").post(address(service, more), 404, form_key=key, room="full")
        Desk(cast, "ines").post(address(service, more), 403, form_key=key, room="full")
    for verb in ("confirm/", "end/"):
        Desk(cast, "marcus").post(address(service, verb), 404, form_key=key)
        Desk(cast, "ines").post(address(service, verb), 403, form_key=key)
    service.refresh_from_db()
    assert service.active and service.room == "open"


def test_a_button_without_its_key_changes_nothing(cast):
    service = cast.services["housing"]
    Desk(cast, "paul").post(address(service, "end/"))
    assert Service.objects.get(pk=service.pk).active
