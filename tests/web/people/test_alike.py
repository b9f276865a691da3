"""Whoever is misspelt is found and why is said; before a second file is made; the same person twice; and what partners know.

And a curious employee of another organization, who types a neighbor's name, gets nothing.
"""

from __future__ import annotations

from datetime import date

import pytest
from bs4 import BeautifulSoup

from tests import cast
from tests.web.people.desk import form_of, get, post, signed_in, text
from tests.web.people.test_finding import found
from tests.web.people.test_intake import count, page_of, take
from warmhandoff.custody import actions as custody
from warmhandoff.foundation.duties import Owner
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import KnownApart, NetworkLook, Participant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
BORN = date(1984, 11, 2)
PHONE = "323-555-0177"
TOLD = {"birth_date_month": "11", "birth_date_day": "2", "birth_date_year": "1984"}


def taken_in(c, who, first, last, birth_date=None, phone=""):
    with c.acting(who) as member:
        return custody.take_in(
            told=cast.told(first, last, birth_date=birth_date),
            reach=[participants.Way("voice", phone)] if phone else [],
            needs=(),
            holder=Owner(member.organization_id, membership_id=member.membership.pk),
            by=member.actor,
            is_adult=True,
        )


@pytest.fixture
def memo(c):
    return taken_in(c, "denise", "Guillermo", "Hernández Ríos", BORN, PHONE)


def searched(c, typed, who="denise", **more):
    """What stands below the box."""
    page = BeautifulSoup(post(signed_in(c, who), "/people/", {"q": typed, **more}).content, "lxml")
    return BeautifulSoup(str(page.select_one("#results")), "lxml")


# --- The box ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Memo Ernandez", "Another form of the first name, last name spelt differently"),
        ("Guilermo Hernandes", "Name spelt differently"),
        ("11/2/1984 Guillermo Castillo", "Born the same day, another last name"),
        ("Hernandez 2 nov 1984", "Born the same day"),
        ("Guillermo Hernandez Rios 2/11/1984", "Day and month of birth the other way round, the same name"),
        ("0177", "The same phone"),
        ("(323) 555-0177", "The same phone"),
    ],
)
def test_who_is_meant_and_why(c, memo, typed, why):
    page = searched(c, typed)
    assert found(page) == ["Guillermo Hernández Ríos"]
    assert why in text(page, "section")
    assert "1 person may be meant" in text(page, "section")
    assert "Add someone new" in page.select(".lines > li")[-1].get_text()


def test_whose_name_begins_so_stand_first_and_only_once(c, memo):
    taken_in(c, "denise", "Guillermo", "Hernandes")
    page = searched(c, "hernande")
    assert found(page) == ["Guillermo Hernandes"] or found(page)[0] == "Guillermo Hernandes"
    assert len(found(page)) == len(set(found(page)))


def test_the_view_that_is_chosen_holds_for_them_too(c, memo):
    assert found(searched(c, "Memo Ernandez", show="you")) == ["Guillermo Hernández Ríos"]
    assert found(searched(c, "Memo Ernandez", show="closed")) == []
    assert found(searched(c, "Memo Ernandez", who="marcus", show="you")) == []


def test_a_file_s_code_finds_it(c, memo):
    assert found(searched(c, f" {memo.code.lower()} ")) == ["Guillermo Hernández Ríos"]
    assert found(searched(c, memo.code, who="ines")) == []


@pytest.mark.parametrize("typed", ["Guillermo Hernández Ríos", "Memo", "11/2/1984", PHONE, "Hernandes 1984"])
def test_a_neighbor_s_name_gives_another_organization_nothing(c, memo, typed):
    """The page is, letter by letter, the page for somebody whom nobody knows."""
    taken_in(c, "ines", "Ana", "Zapata", date(1990, 1, 1))
    theirs = str(searched(c, typed, who="ines"))
    taken_in(c, "denise", "Guillermo", "Hernández", BORN, PHONE)
    assert str(searched(c, typed, who="ines")) == theirs
    assert "Hernández" not in theirs.replace(typed, "")
    assert found(searched(c, typed, who="ines")) == []


def test_a_name_never_stands_in_an_address(c, memo):
    page = get(signed_in(c, "denise"), "/people/?q=Memo")
    assert "Memo" not in text(page)
    for form in page.select("form[role=search]"):
        assert form["method"] == "post"


# --- Before a second file is made ---------------------------------------------------------------------------------


def test_somebody_alike_is_said_before_a_second_file_is_made(c, memo):
    answer = take(signed_in(c, "denise"), first_name="Memo", last_name="Ernandez", **TOLD)
    assert answer.status_code == 422
    told = text(page_of(answer))
    assert "Is it one of them?" in told and "Guillermo Hernández Ríos" in told
    assert "Born the same day" in told
    assert count() == 1


# --- What a partner knows -----------------------------------------------------------------------------------------


def test_after_a_yes_the_next_page_offers_to_ask_the_partner(c, memo):
    client = signed_in(c, "ines")
    answer = take(client, first_name="Bill", last_name="Rios", phone=PHONE, **TOLD, look="yes")
    file = Participant.objects.using("owner").get(organization=c.organizations["harbor"])
    assert answer.headers["Location"] == f"/people/{file.code}/holder/ask-a-partner/"
    page = get(client, answer.headers["Location"])
    assert "A partner may know" in text(page)
    assert "Eastgate" not in str(page)
    (look,) = NetworkLook.objects.using("owner").all()
    assert look.found and look.file_id == file.pk


@pytest.mark.parametrize("look", ["no", ""])
def test_without_a_yes_nobody_looks(c, memo, look):
    answer = take(signed_in(c, "ines"), first_name="Bill", last_name="Rios", phone=PHONE, **TOLD, look=look)
    assert answer.status_code == 302 and "partner" not in answer.headers["Location"]
    assert not NetworkLook.objects.using("owner").exists()


def test_a_no_and_somebody_unknown_look_alike(c, memo):
    """What comes back for somebody whom no partner knows says nothing of partners."""
    client = signed_in(c, "ines")
    answer = take(client, first_name="Xiomara", last_name="Zúñiga", phone=PHONE, **TOLD, look="yes")
    page = get(client, answer.headers["Location"])
    assert "partner may know" not in text(page)
    assert NetworkLook.objects.using("owner").get().found is False


def test_too_little_to_ask_stops_no_intake(c, memo):
    client = signed_in(c, "ines")
    answer = take(client, first_name="Bill", last_name="Rios", look="yes")
    assert answer.status_code == 302
    assert "It takes a name, a birth date" in text(get(client, answer.headers["Location"]))


# --- The same person twice ----------------------------------------------------------------------------------------


@pytest.fixture
def twice(c, memo):
    return memo, taken_in(c, "marcus", "Memo", "Hernandes", BORN)


def test_a_lead_sees_who_may_be_one_person_and_why(c, twice):
    page = get(signed_in(c, "marcus"), "/people/duplicates/")
    told = text(page)
    assert "Two of your files may be one person’s." in told
    assert "Guillermo Hernández Ríos" in told and "Memo Hernandes" in told and "Born the same day" in told
    one, other = twice
    assert page.select_one(f"a[href='/people/{one.code}/holder/same-as/{other.code}/']")
    assert "The same person twice?" in text(get(signed_in(c, "marcus"), "/people/"))


def test_two_people_are_not_shown_as_one_again(c, twice):
    client = signed_in(c, "marcus")
    page = get(client, "/people/duplicates/")
    values = form_of(page, "/two-people/")
    address = page.select_one("main form[action*='two-people']")["action"]
    for _ in range(2):
        assert post(client, address, values).headers["Location"] == "/people/duplicates/"
    assert "No two of your files" in text(get(client, "/people/duplicates/"))
    assert KnownApart.objects.using("owner").count() == 1


def test_merged_files_are_not_shown_again(c, twice):
    from warmhandoff.custody import merging

    one, other = twice
    with c.acting("marcus") as marcus:
        merging.merge(keep=one, other=other, by=marcus.actor)
    assert "No two of your files" in text(get(signed_in(c, "marcus"), "/people/duplicates/"))
    assert found(searched(c, "Memo Hernandes")) == ["Guillermo Hernández Ríos"]


def test_a_shared_phone_alone_makes_nobody_one(c):
    for number in range(4):
        taken_in(
            c,
            "denise",
            ("Ana", "Bo", "Carla", "Dov")[number],
            ("Vega", "Ng", "Soto", "Katz")[number],
            phone=PHONE,
        )
    assert "No two of your files" in text(get(signed_in(c, "marcus"), "/people/duplicates/"))


def test_who_may(c, twice):
    one, other = twice
    assert signed_in(c, "denise").get("/people/duplicates/").status_code == 403
    assert "The same person twice?" not in text(get(signed_in(c, "denise"), "/people/"))
    stranger = signed_in(c, "paul")
    assert "No two of your files" in text(get(stranger, "/people/duplicates/"))
    address = f"/people/duplicates/{one.code}/{other.code}/two-people/"
    assert post(stranger, address, {}).status_code == 404
    assert (
        post(signed_in(c, "marcus"), f"/people/duplicates/{one.code}/{one.code}/two-people/", {}).status_code
        == 404
    )
    assert not KnownApart.objects.using("owner").exists()
