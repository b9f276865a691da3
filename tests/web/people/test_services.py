"""What was given: two taps for the usual, the same to many, corrected, undone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY, told
from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.casework.models import ServiceGiven
from warmhandoff.web.people import services
from warmhandoff.web.people.noted import code_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def rows() -> list[ServiceGiven]:
    return list(ServiceGiven.objects.using("owner").order_by("id"))


def test_one_tap_on_the_page_writes_it_down(c, rosa):
    client = signed_in(c, "denise")
    answer = send(client, person(rosa, "services"), code="transport")
    assert answer.headers["Location"] == f"{person(rosa, 'services')}#give"
    (row,) = rows()
    assert (row.code, row.units, row.on, row.staff_id) == (
        "transport",
        Decimal(1),
        MONDAY.date(),
        c.members["denise"].pk,
    )
    page = text(get(client, person(rosa, "services")))
    assert "Written down: Ride or fare, 1 time." in page and "What you give most" in page


def test_what_is_counted_in_hours_takes_its_length_and_the_rest_its_number(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "services"), code="case_management", minutes="90", number="7")
    send(client, person(rosa, "services"), code="food", minutes="90", number="2")
    assert [row.units for row in rows()] == [Decimal("1.5"), Decimal(2)]
    assert "1 h 30 min" in text(get(client, person(rosa, "services")), ".facts--row")


def test_the_same_press_twice_is_one_service(c, rosa):
    client = signed_in(c, "denise")
    values = form_of(get(client, person(rosa, "services"))) | {"code": "food"}
    for _ in range(2):
        assert post(client, person(rosa, "services"), values).status_code == 302
    assert len(rows()) == 1


def test_another_day_before_they_came_is_refused_at_its_field(c, rosa):
    answer = send(signed_in(c, "denise"), person(rosa, "services"), code="food", **date_of(days(-3), "on"))
    assert answer.status_code == 422 and "That day we did not know them yet." in answer.content.decode()
    assert rows() == []


def test_undone_within_the_minute_by_who_did_it_alone(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "services"), code="food")
    undo = form_of(get(client, person(rosa, "services")), "undo")
    assert "undo" not in str(get(signed_in(c, "marcus"), person(rosa, "services")).select("form.saved"))
    late = post(client, person(rosa, "undo_service"), undo, at=days(0.01))
    assert late.status_code == 409 and len(rows()) == 1
    assert post(client, person(rosa, "undo_service"), undo).status_code == 302
    assert [row.struck for row in rows()] == [False, True]
    assert "Nothing is written down yet." in text(get(client, person(rosa, "services")))


def test_corrected_stays_readable_struck_through(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "services"), code="food")
    address = reverse("people:correct_service", args=[rosa.code, code_of("service", rows()[0].pk)])
    send(client, address, code="transport", number="3", reason="mistyped")
    page = get(client, person(rosa, "services"))
    assert "Food and basic needs, 1 time" in text(page, "del") and "Ride or fare, 3 times" in text(page)
    assert signed_in(c, "denise").get(address).status_code == 404  # what is corrected is no longer here
    send(
        client,
        reverse("people:correct_service", args=[rosa.code, code_of("service", rows()[1].pk)]),
        reason="wrong_person",
    )
    assert [row.struck for row in rows()] == [False, False, True]


def test_a_colleague_and_another_house_correct_nothing(c, rosa):
    send(signed_in(c, "marcus"), person(rosa, "services"), code="food")
    address = reverse("people:correct_service", args=[rosa.code, code_of("service", rows()[0].pk)])
    for name in ("denise", "ines"):
        assert signed_in(c, name).get(address).status_code == 404
    assert signed_in(c, "ines").get(person(rosa, "services")).status_code == 404


def test_a_peer_mentor_records_and_sees_what_tells_nothing_of_health_or_law(c, rosa):
    send(signed_in(c, "denise"), person(rosa, "services"), code="covid_referral")
    send(signed_in(c, "denise"), person(rosa, "services"), code="legal")
    client = signed_in(c, "tavo")
    page = get(client, person(rosa, "services"))
    offered = {one["value"] for one in page.select("button[name=code]")}
    assert "peer_support" in offered and not offered & {"covid_referral", "legal", "mental_health_link"}
    assert "COVID" not in text(page) and "record" not in text(page)
    assert send(client, person(rosa, "services"), code="peer_support").status_code == 302
    assert send(client, person(rosa, "services"), code="legal").status_code == 422


# --- Many at once -------------------------------------------------------------------------------------------------


def test_to_all_that_are_ticked_and_not_twice_a_day(c, rosa):
    with c.acting("denise") as denise:
        maria = cast.take_in(denise, told("Maria", "Pineda"))
        cast.take_in(denise, told("Andre", "Wilson"))
    client, address = signed_in(c, "denise"), reverse("people:give_many")
    send(client, address, code="transport", people=[rosa.code])
    answer = send(client, address, code="transport", people=[rosa.code, maria.code])
    assert {(row.file_id, row.code) for row in rows()} == {(rosa.pk, "transport"), (maria.pk, "transport")}
    page = text(get(client, answer.headers["Location"]), ".saved")
    assert "Written down for 1 person: ride or fare." in page and "isn’t again: Rosa Mendoza" in page


def test_whom_one_holds_first_and_everybody_on_demand(c, rosa):
    with c.acting("marcus") as marcus:
        other = cast.take_in(marcus, told("Maria", "Pineda"))
    client, address = signed_in(c, "denise"), reverse("people:give_many")
    assert "Maria" not in text(get(client, address))
    assert "Maria Pineda" in text(get(client, f"{address}?of=all"))
    send(client, f"{address}?of=all", code="food", people=[other.code])
    assert rows()[0].file_id == other.pk


def test_a_long_list_has_pages_and_is_searched_by_name(c, rosa, monkeypatch):
    with c.acting("denise") as denise:
        for first in ("Ana", "Berta", "Carla"):
            cast.take_in(denise, told(first, f"{first}son"))
    client, address = signed_in(c, "denise"), reverse("people:give_many")
    assert get(client, address).select_one("[name=q]") is None
    monkeypatch.setattr(services, "NAMES", 2)
    page = get(client, address)
    assert "4 people, whom you hold" in text(page) and "Only who is ticked on this page" in text(page)
    assert "Berta Bertason" in text(page) and "Carla" not in text(page)
    assert "Carla Carlason" in text(get(client, f"{address}?page=2"))
    found = get(client, f"{address}?q=carla")
    assert "Carla Carlason" in text(found) and "Berta" not in text(found) and "1 person" in text(found)
    carla = found.select_one("[name=people]")["value"]
    # The list that was looked at is the one that is written for, and the one that comes back.
    answer = send(client, f"{address}?q=carla", code="food", people=[carla])
    assert answer.headers["Location"].endswith("?q=carla") and len(rows()) == 1
    assert send(client, f"{address}?q=ana", code="food", people=[carla]).status_code == 422
    assert "Nobody’s first or last name begins with “zz”" in text(get(client, f"{address}?q=zz"))


def test_nobody_of_another_house_and_nobody_at_all(c, rosa):
    with c.acting("ines") as ines:
        theirs = cast.take_in(ines, told("Maria", "Pineda"))
    client, address = signed_in(c, "denise"), reverse("people:give_many")
    assert send(client, address, code="food", people=[theirs.code]).status_code == 422
    assert send(client, address, code="food").status_code == 422
    assert rows() == []
