"""How somebody can be reached safely, changed later: address, languages, quiet hours, someone else."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.web.people.desk import get, person, post, send, signed_in, text
from warmhandoff.participants.models import AlternateContact, Contact, Reach

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def contact_of(rosa) -> Contact:
    return Contact.objects.using("owner").get(file=rosa)


def test_address_and_languages_are_kept_where_something_else_changes(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "contact"), street="12 Palm St", zip_code="90221", speaks=["en"])
    send(client, person(rosa, "contact"), pronouns="she/her", speaks=["en", "es"])
    found = contact_of(rosa)
    assert (found.street, found.zip_code, found.speaks, found.pronouns) == (
        "12 Palm St",
        "90221",
        ["en", "es"],
        "she/her",
    )


def test_where_they_stay_can_stay_open_with_its_why(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "contact"), area="prefers_not")
    assert (contact_of(rosa).area, contact_of(rosa).area_unknown) == ("", "prefers_not")
    chosen = get(client, person(rosa, "contact")).select_one("select[name=area] option[selected]")
    assert chosen["value"] == "prefers_not"
    send(client, person(rosa, "contact"), area="", zip_code="90221")
    assert (contact_of(rosa).area, contact_of(rosa).area_unknown) == ("south", "")


def test_quiet_hours_stand_where_somebody_would_call(c, rosa):
    client = signed_in(c, "denise")
    send(client, person(rosa, "add_way"), way="voice", phone="555-0199", quiet_from="21:00", quiet_to="08:00")
    assert "Quiet from 9 p.m. to 8 a.m." in text(get(client, person(rosa)), "aside")


@pytest.mark.parametrize(
    "changed", [{"quiet_from": "21:00"}, {"quiet_from": "21:00", "quiet_to": "21:00"}, {"quiet_from": "x"}]
)
def test_half_a_night_is_refused(c, rosa, changed):
    values = {"way": "voice", "phone": "555-0199"} | changed
    assert send(signed_in(c, "denise"), person(rosa, "add_way"), **values).status_code == 422
    assert Reach.objects.using("owner").count() == 1


def test_someone_else_is_named_and_taken_off(c, rosa):
    client = signed_in(c, "denise")
    values = {"alternate_name": "Elena", "alternate_relation": "family", "alternate_phone": "555-0177"}
    assert send(client, person(rosa, "someone_else"), **values).headers["Location"] == person(rosa, "contact")
    page = get(client, person(rosa, "contact"))
    assert "Elena 555-0177 Family . Ask for a call back, and say nothing else." in text(page).replace(
        "Family.", "Family ."
    )
    form = page.select_one("form[action$='/someone-else/stop/']")
    press = {
        one["name"]: one["value"]
        for one in form.select("input[name]")
        if one["name"] != "csrfmiddlewaretoken"
    }
    for _press in range(2):
        assert post(client, form["action"], press).headers["Location"] == person(rosa, "contact")
    assert "Nobody is named." in text(get(client, person(rosa, "contact")))
    assert AlternateContact.objects.using("owner").count() == 1, (
        "the row stays, so that nobody is called by mistake again"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"alternate_name": ""},
        {"alternate_phone": "call her"},
        {"alternate_relation": "boss"},
        {"alternate_name": "x" * 81},
    ],
)
def test_half_of_someone_else_is_refused(c, rosa, changed):
    values = {
        "alternate_name": "Elena",
        "alternate_relation": "family",
        "alternate_phone": "555-0177",
    } | changed
    answer = send(signed_in(c, "denise"), person(rosa, "someone_else"), **values)
    assert answer.status_code == 422 and text(BeautifulSoup(answer.content, "lxml"), ".summary")
    assert not AlternateContact.objects.using("owner").exists()


def test_who_may_not(c, rosa):
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        client = signed_in(c, name)
        assert client.get(person(rosa, "someone_else")).status_code == status
        assert client.post(person(rosa, "stop_someone_else"), {}).status_code == status
