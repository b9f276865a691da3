"""Writing a contact down: one tap, by peer mentors too."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.cast import MONDAY
from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import duties_about
from warmhandoff.participants.models import FileEvent, Narrative

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def contacts() -> list[FileEvent]:
    return list(FileEvent.objects.using("owner").filter(kind="contacted").order_by("id"))


def test_one_tap(c, rosa):
    answer = send(signed_in(c, "denise"), person(rosa, "record"))
    assert answer.headers["Location"] == person(rosa)
    (event,) = contacts()
    assert (event.detail, event.happened_at) == ("text:reached", MONDAY)


def test_a_try_of_last_week_with_a_note(c, rosa):
    send(
        signed_in(c, "denise"), person(rosa, "record"), how="voice", outcome="tried", note="  No answer. ",
        **date_of(days(-3), "happened_on"),
    )  # fmt: skip
    (event,) = contacts()
    assert event.detail == "voice:tried" and event.happened_at < days(-2)
    assert Narrative.objects.using("owner").get().text == "No answer."


def test_a_peer_mentor_may_with_a_note_of_their_own(c, rosa):
    client = signed_in(c, "tavo")
    page = get(client, person(rosa, "record"))
    assert page.select("[name=note]") and not page.select("[name=finishes]")
    assert send(client, person(rosa, "record"), note="At the gate.", finishes="on").status_code == 302
    assert len(contacts()) == 1 and Narrative.objects.using("owner").get().text == "At the gate."


def test_it_can_finish_the_next_step(c, rosa):
    with c.acting("denise") as denise:
        step = custody.add_step(person_id=rosa.person_id, kind="call", due_at=days(1), by=denise.actor)
    address = f"{person(rosa, 'record')}?step={step.code}"
    assert "This finishes the next step: call them" in text(get(signed_in(c, "denise"), address))
    send(signed_in(c, "denise"), address, outcome="tried")
    with c.acting("denise"):
        assert duties_about(rosa.person_id).filter(pk=step.pk).exists()  # a try finishes nothing
    send(signed_in(c, "denise"), address)
    with c.acting("denise"):
        assert not duties_about(rosa.person_id).filter(pk=step.pk).exists()


def test_a_peer_mentor_can_not_finish_a_step_by_its_address(c, rosa):
    with c.acting("denise") as denise:
        step = custody.add_step(person_id=rosa.person_id, kind="call", due_at=days(1), by=denise.actor)
    send(signed_in(c, "tavo"), f"{person(rosa, 'record')}?step={step.code}", finishes="on")
    with c.acting("denise"):
        assert duties_about(rosa.person_id).filter(pk=step.pk).exists()


def test_twice_makes_one(c, rosa):
    client = signed_in(c, "denise")
    values = form_of(get(client, person(rosa, "record")))
    first, second = post(client, person(rosa, "record"), values), post(client, person(rosa, "record"), values)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(contacts()) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"how": "pigeon"}, "Select a valid choice"),
        ({"how": None}, "Choose one."),
        ({"outcome": None}, "Choose one."),
        (date_of(days(1), "happened_on"), "This can’t have happened yet."),
        (date_of(days(-400), "happened_on"), "too long ago"),
        ({"happened_on_month": "2", "happened_on_day": "30"}, "is not a day on the calendar"),
        ({"happened_on_day": "-1"}, "from 1 to 31"),
        ({"happened_on_year": "26"}, "four digits"),
        ({"note": "n" * 2001}, "at most 2000"),
        ({"note": "a\x00b"}, "Null characters"),
        ({"form_key": "spoiled"}, "This form is incomplete."),
    ],
)
def test_bad_input_names_the_mend_and_writes_nothing(c, rosa, changed, says):
    answer = send(signed_in(c, "denise"), person(rosa, "record"), **changed)
    assert answer.status_code == 422
    assert says in text(BeautifulSoup(answer.content, "lxml"), ".summary")
    assert contacts() == []


def test_another_organization_may_not(c, rosa):
    values = form_of(get(signed_in(c, "denise"), person(rosa, "record")))
    assert post(signed_in(c, "ines"), person(rosa, "record"), values).status_code == 404
    assert post(signed_in(c, "grace"), person(rosa, "record"), values).status_code == 403
    assert contacts() == []
