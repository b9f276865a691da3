"""Notes: whom one tells has it on Today until it is read; a contact may tell somebody too, and agree on what is next."""

from __future__ import annotations

import pytest

from tests.web.people.desk import date_of, days, form_of, get, person, post, send, signed_in, text
from warmhandoff.custody.reading import duties_about
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Narrative

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def told(c, name):
    with c.acting("denise"):
        return list(Duty.objects.filter(kind="read_note", membership_id=c.members[name].pk).order_by("id"))


def test_whom_one_tells_reads_it_and_it_is_off_the_list(c, rosa):
    denise, marcus = signed_in(c, "denise"), signed_in(c, "marcus")
    send(denise, person(rosa, "write_note"), text="Her bus is marker-late.", tell=c.members["marcus"].code)
    (duty,) = told(c, "marcus")
    today = text(get(marcus, "/today/"))
    assert "Denise Carter wrote something for you to read." in today and "Rosa M." in today
    assert "marker-late" not in today, "a list is no place for it"
    page = get(marcus, f"/people/notes/{duty.code}/")
    assert "Her bus is marker-late." in text(page) and "Denise Carter about Rosa M." in text(page)
    assert post(marcus, f"/people/notes/{duty.code}/", form_of(page)).status_code == 302
    assert "wrote something for you" not in text(get(marcus, "/today/"))
    assert "Her bus is marker-late." in text(get(denise, person(rosa)))
    assert "I have read it" not in text(get(marcus, f"/people/notes/{duty.code}/"))


def test_telling_nobody_is_a_note_all_the_same(c, rosa):
    send(signed_in(c, "denise"), person(rosa, "write_note"), text="Works nights.")
    assert "You noted:" in text(get(signed_in(c, "denise"), person(rosa)))
    with c.acting("denise"):
        assert not Duty.objects.filter(kind="read_note").exists()


def test_an_empty_note_is_refused(c, rosa):
    assert send(signed_in(c, "denise"), person(rosa, "write_note"), text=" ").status_code == 422


def test_only_who_reads_notes_is_offered(c, rosa):
    page = get(signed_in(c, "denise"), person(rosa, "write_note"))
    offered = {each["value"] for each in page.select("[name=tell]")}
    assert offered == {c.members["marcus"].code}, (
        "neither oneself nor a peer mentor, and nobody of another house"
    )
    for other in ("tavo", "ines"):
        answer = send(
            signed_in(c, "denise"), person(rosa, "write_note"), text="x", tell=c.members[other].code
        )
        assert answer.status_code == 422


def test_it_is_no_step_of_the_person(c, rosa):
    with c.acting("denise") as denise:
        before = [duty.pk for duty in duties_about(rosa.person_id)]
        participants.note(file=rosa, text="x", by=denise.actor, tell=[c.members["marcus"]])
        assert [duty.pk for duty in duties_about(rosa.person_id)] == before


def test_only_whom_it_was_for_finds_it_there(c, rosa):
    with c.acting("denise") as denise:
        participants.note(file=rosa, text="x", by=denise.actor, tell=[c.members["marcus"]])
    (duty,) = told(c, "marcus")
    get(signed_in(c, "denise"), f"/people/notes/{duty.code}/", status=404)
    get(signed_in(c, "ines"), f"/people/notes/{duty.code}/", status=404)
    get(signed_in(c, "tavo"), f"/people/notes/{duty.code}/", status=403)


def test_a_contact_tells_somebody_and_agrees_on_what_is_next(c, rosa):
    send(
        signed_in(c, "denise"), person(rosa, "record"), note="Wants mornings.", tell=c.members["marcus"].code,
        next_kind="call", **date_of(days(3), "next_due"),
    )  # fmt: skip
    assert len(told(c, "marcus")) == 1
    with c.acting("denise"):
        assert "call" in [duty.kind for duty in duties_about(rosa.person_id)]
        assert Narrative.objects.get(file=rosa).text == "Wants mornings."


def test_whom_one_tells_needs_something_to_read(c, rosa):
    answer = send(signed_in(c, "denise"), person(rosa, "record"), tell=c.members["marcus"].code)
    assert answer.status_code == 422 and "Write what they should read" in answer.content.decode()
    assert not told(c, "marcus")


def test_a_next_step_has_its_day(c, rosa):
    empty = {f"next_due_{part}": "" for part in ("month", "day", "year")}
    answer = send(signed_in(c, "denise"), person(rosa, "record"), next_kind="call", **empty)
    assert answer.status_code == 422 and "Give the day by which it is done." in answer.content.decode()


def test_a_peer_mentor_tells_a_case_manager(c, rosa):
    tavo = signed_in(c, "tavo")
    page = get(tavo, person(rosa, "record"))
    assert page.select_one("[name=next_kind]") is None, "what is next is the holder's to agree on"
    send(tavo, person(rosa, "record"), note="He asked for her.", tell=c.members["denise"].code)
    (duty,) = told(c, "denise")
    assert "He asked for her." in text(get(signed_in(c, "denise"), f"/people/notes/{duty.code}/"))
