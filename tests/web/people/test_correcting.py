"""Corrections and undo on a person's page: the next minute, the old struck through, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY
from tests.web.desk import Desk
from warmhandoff.participants import actions
from warmhandoff.participants.models import FileEvent, Narrative, Need

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def rosa(c):
    with c.acting("denise", at=MONDAY - timedelta(hours=2)) as denise:
        return cast.take_in(denise)


def page(rosa):
    return reverse("people:person", args=[rosa.code])


def links(desk, rosa, text):
    found = desk.soup(page(rosa)).select("main .story a")
    return [a["href"] for a in found if a.get_text(strip=True) == text]


def test_a_contact_is_corrected_from_the_story(c, rosa):
    with c.acting("denise", at=MONDAY - timedelta(hours=1)) as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor, note="Will come on Friday")
    desk = Desk(c, "denise")
    (address,) = links(desk, rosa, "Correct")
    text = desk.send(address, reason="wrong_day", happened_on_day="20")
    assert "Corrected. What stood there stays readable" in text
    soup = desk.soup(page(rosa))
    assert [each.get_text() for each in soup.select(".story del")] == [
        "Monday, November 23: You talked with Rosa. Phone call."
    ]
    assert "Corrected by you: wrong day." in text and "Will come on Friday" in text
    assert "You talked with Rosa. Phone call." in soup.select_one(".story ins").get_text()


def test_a_contact_with_somebody_else_goes_with_its_note(c, rosa):
    with c.acting("denise") as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor, note="Lives with her aunt")
    desk = Desk(c, "denise")
    desk.send(links(desk, rosa, "Correct")[0], reason="wrong_person")
    story = desk.soup(page(rosa)).select_one(".story")
    assert [each.get_text(" ", strip=True) for each in story.select("del")] == [
        "You talked with Rosa. Phone call.",
        "Lives with her aunt",
    ]
    assert not story.select("ins") and "that was somebody else" in story.get_text()


def test_a_note_is_written_again_from_the_story(c, rosa):
    with c.acting("denise") as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor, note="Met at the libary")
    desk = Desk(c, "denise")
    (address,) = links(desk, rosa, "Correct this note")
    assert "Write the note" in desk.send(address, status=422, text="")
    text = desk.send(address, text="Met at the library")
    assert "Met at the libary Met at the library" in text and "Corrected: written down wrong." in text
    # The page of what was corrected isn't there any more; the first stays in its table.
    desk.get(address, status=404)
    with c.acting("denise"):
        assert Narrative.objects.count() == 2


@pytest.mark.parametrize(("name", "sees"), [("marcus", 1), ("tavo", 0)])
def test_a_lead_corrects_a_colleagues_and_a_peer_mentor_does_not(c, rosa, name, sees):
    with c.acting("denise") as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor)
    address = links(Desk(c, "denise"), rosa, "Correct")[0]
    assert len(links(Desk(c, name), rosa, "Correct")) == sees
    Desk(c, name).get(address, status=200 if sees else 404)


@pytest.mark.parametrize("name", ["ines", "grace"])
def test_a_stranger_finds_no_page_to_correct(c, rosa, name):
    with c.acting("denise") as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor)
    address = links(Desk(c, "denise"), rosa, "Correct")[0]
    Desk(c, name).get(address, status=404 if name == "ines" else 403)


def test_what_was_just_recorded_is_undone_for_a_minute(c, rosa):
    desk = Desk(c, "denise")
    text = desk.send(reverse("people:record", args=[rosa.code]), how="voice")
    assert "You have just written down this contact." in text
    undo = reverse("people:undo", args=[rosa.code])
    desk.at = MONDAY + timedelta(seconds=61)
    assert "just written down" not in desk.get(page(rosa))
    desk.at = MONDAY + timedelta(seconds=30)
    text = desk.send(page(rosa), at=undo)
    assert "Undone." in text and "done by mistake" in text and "You have just" not in text
    with c.acting("denise"):
        assert FileEvent.objects.filter(file=rosa, kind="struck", reason="mistake").count() == 1


def test_a_step_marked_as_done_is_undone_for_a_minute(c):
    desk = Desk(c, "denise")
    with c.acting("denise", at=MONDAY - timedelta(hours=2)) as denise:
        rosa = cast.take_in(denise, needs=())
    desk.send(
        reverse("people:step", args=[rosa.code]) + "", kind="call", due_0="11", due_1="24", due_2="2026"
    )
    done = desk.soup(page(rosa)).select_one("form[action$='/done/']")["action"]
    text = desk.send(page(rosa), at=done)
    assert "You have just marked a step as done." in text
    text = desk.send(page(rosa), at=reverse("people:undo", args=[rosa.code]))
    assert "Undone." in text and "Next: Call them." in text


def test_a_colleague_has_nothing_to_undo(c, rosa):
    Desk(c, "denise").send(reverse("people:record", args=[rosa.code]), how="voice")
    assert "just written down" not in Desk(c, "marcus").get(page(rosa))


def test_a_mistyped_name_is_told_as_a_correction(c, rosa):
    desk = Desk(c, "denise")
    text = desk.send(reverse("people:contact", args=[rosa.code]), last_name="Mendosa", was_wrong="on")
    assert "You corrected the contact details." in text and "Last name: Mendoza Mendosa" in text


def test_a_need_that_was_none_is_told_struck_through(c, rosa):
    desk = Desk(c, "denise")
    with c.acting("denise"):
        need = Need.objects.get(file=rosa)
    close = reverse("people:close_need", args=[rosa.code])
    needs = reverse("people:needs", args=[rosa.code])
    assert "Closed." in desk.send(needs, at=close, outcome="mistake")
    assert "written down by mistake" in desk.get(needs)
    story = desk.soup(page(rosa)).select_one(".story")
    assert "wrote down" in story.select_one("del").get_text() and "done by mistake" in story.get_text()
    assert need.pk


def test_a_peer_mentor_logs_a_contact_in_one_tap_and_reads_their_own_note_alone(c, rosa):
    with c.acting("denise", at=MONDAY - timedelta(hours=1)) as denise:
        actions.log_contact(file=rosa, how="voice", by=denise.actor, note="For case workers")
    desk = Desk(c, "tavo")
    assert "For case workers" not in desk.get(page(rosa))
    text = desk.send(page(rosa), at=reverse("people:contacted", args=[rosa.code]))
    assert "You talked with Rosa. Text message." in text and "Undo" in text
    text = desk.send(reverse("people:record", args=[rosa.code]), note="Waits at the gate")
    assert "Waits at the gate" in text and "For case workers" not in text
