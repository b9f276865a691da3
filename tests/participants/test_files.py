"""What is known of someone: changed as they say it, never just empty, and told by events that hold ids and codes alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY, told
from tests.standing import everything, leaves_nothing
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import AccessLog, ContactPoint
from warmhandoff.participants import actions, reading
from warmhandoff.participants.models import Contact, FileEvent, Listing, Narrative, Need, Reach


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


def test_what_was_not_asked_says_so(c, rosa):
    with c.acting("denise"):
        contact = rosa.contact
        assert (contact.birth_date, contact.birth_date_unknown) == (None, "not_asked")
        assert (contact.area, contact.area_unknown) == ("south", "")


def test_a_change_is_listed_and_told_without_its_words(c, rosa):
    with c.acting("denise") as denise:
        actions.change_contact(
            file=rosa, told=told("Rosa", "Ruiz", birth_date=date(1990, 5, 1)), by=denise.actor
        )
        contact = Contact.objects.get(file=rosa)
        assert (contact.name, contact.birth_date, contact.birth_date_unknown) == (
            "Rosa Ruiz",
            date(1990, 5, 1),
            "",
        )
        assert Listing.objects.get().name == "Rosa Ruiz"
        assert "Ruiz" not in str(list(FileEvent.objects.values_list()))


def test_a_need_is_open_once_and_its_kind_is_in_no_event(c, rosa):
    with c.acting("denise") as denise:
        need = actions.open_need(file=rosa, code="SUD", by=denise.actor)
        assert need.data_class == "substance_use"
        assert actions.open_need(file=rosa, code="SUD", by=denise.actor) == need
        actions.close_need(need=need, outcome="met", by=denise.actor)
        actions.close_need(need=need, outcome="no_longer", by=denise.actor)
        need.refresh_from_db()
        assert need.outcome == "met", "the first word stands"
        assert actions.open_need(file=rosa, code="SUD", by=denise.actor) != need, "it can come again"
        assert "SUD" not in str(list(FileEvent.objects.values_list()))
        with pytest.raises(BadValue):
            actions.open_need(file=rosa, code="XXX", by=denise.actor)


def test_ways_to_reach_someone_keep_their_order_and_a_stopped_one_stays(c, rosa):
    with c.acting("denise") as denise:
        mail = actions.add_way(file=rosa, way=actions.Way("email", "rosa@mail.example"), by=denise.actor)
        actions.stop_reach(reach=mail, by=denise.actor)
        actions.stop_reach(reach=mail, by=denise.actor)
        assert [r.contact_point.value for r in Reach.objects.filter(file=rosa)] == [
            "555-0123",
            "rosa@mail.example",
        ]
        point = ContactPoint.objects.get(pk=mail.contact_point_id)
        assert point.stopped_why == "not_safe" and point.stopped_at == MONDAY
        assert FileEvent.objects.filter(kind="contact_changed").count() == 2
        with pytest.raises(BadValue):
            actions.add_way(file=rosa, way=actions.Way("voice", " "), by=denise.actor)


def test_a_contact_is_one_line_and_its_note_stands_in_its_class(c, rosa):
    with c.acting("tavo") as tavo:
        actions.log_contact(
            file=rosa, how="call", by=tavo.actor, reached=False, happened_at=MONDAY - timedelta(hours=2)
        )
        with pytest.raises(BadValue):
            actions.log_contact(file=rosa, how="call", by=tavo.actor, happened_at=MONDAY + timedelta(hours=2))
    with c.acting("denise") as denise:
        actions.log_contact(file=rosa, how="visit", by=denise.actor, note="Has a new bus pass.")
        assert list(reading.events_of(rosa).filter(kind="contacted").values_list("detail", flat=True)) == [
            "visit:reached",
            "call:tried",
        ]
        event = FileEvent.objects.get(detail="visit:reached")
        assert reading.notes_of(rosa)[("file_event", event.pk)][0].text == "Has a new bus pass."
    with c.acting("tavo"):
        assert reading.notes_of(rosa) == {}, "a peer mentor reads no free text"


def test_opening_a_sensitive_class_is_written_down_and_another_is_not(c, rosa):
    with c.acting("denise") as denise:
        assert [n.code for n in reading.show(rosa, by=denise.actor).needs] == ["WRK-TRN"]
        assert not AccessLog.objects.exists()
        actions.open_need(file=rosa, code="MH", by=denise.actor)
        reading.show(rosa, by=denise.actor)
        log = AccessLog.objects.get()
        assert (log.data_classes, log.actor, log.person_id, log.purpose) == (
            ["health"],
            denise.actor,
            rosa.person_id,
            "service",
        )
    with c.acting("tavo") as tavo:
        assert reading.show(rosa, by=tavo.actor).needs == []
        assert AccessLog.objects.count() == 1
    with c.acting("denise", purpose="placement") as denise:
        assert [n.code for n in reading.show(rosa, by=denise.actor).needs] == ["WRK-TRN"]


def test_a_stranger_finds_and_changes_nothing(c, rosa):
    with c.acting("ines") as ines:
        before = everything(c)
        with pytest.raises(NotYours):
            reading.file_or_404(rosa.code)
        assert reading.file_of(rosa.person_id) is None and reading.names_of([rosa.person_id]) == {}
        for act in (
            lambda: actions.change_contact(file=rosa, told=told("Ana"), by=ines.actor),
            lambda: actions.add_way(file=rosa, way=actions.Way("text", "555-0199"), by=ines.actor),
            lambda: actions.open_need(file=rosa, code="ID", by=ines.actor),
            lambda: actions.log_contact(file=rosa, how="call", by=ines.actor),
            lambda: actions.write_down(file=rosa, about=("file", rosa.pk), text="x", by=ines.actor),
            lambda: cast.consent(rosa, c.services["solar"], ines),
        ):
            with pytest.raises(Exception), _savepoint():  # noqa: B017
                act()
        assert everything(c) == before
    with c.acting("denise"):
        assert Contact.objects.get(file=rosa).name == "Rosa Mendoza"


def _savepoint():
    from django.db import transaction

    return transaction.atomic()


def test_empty_words_are_not_written_down(c, rosa):
    with c.acting("denise") as denise:
        assert actions.write_down(file=rosa, about=("file", rosa.pk), text="  ", by=denise.actor) is None
        assert not Narrative.objects.exists()


def test_a_failure_leaves_nothing(c, rosa):
    def changes():
        with c.acting("denise") as denise:
            actions.change_contact(file=rosa, told=told("Ana"), by=denise.actor)

    def notes():
        with c.acting("denise") as denise:
            actions.log_contact(file=rosa, how="call", by=denise.actor, note="x")

    def needs():
        with c.acting("denise") as denise:
            need = actions.open_need(file=rosa, code="ID", by=denise.actor)
            actions.close_need(need=need, outcome="met", by=denise.actor)

    for act in (changes, notes, needs):
        leaves_nothing(c, act)
    with c.acting("denise"):
        assert Need.objects.count() == 1 and Contact.objects.get().first_name == "Rosa"
