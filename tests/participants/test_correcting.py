"""What was written down wrongly is superseded with a reason, by who wrote it or a lead; what it said stays readable."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY, told
from tests.standing import leaves_nothing
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.participants import actions, reading
from warmhandoff.participants import correcting as verbs
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import FileChange, FileEvent, Listing, Narrative, Need

YESTERDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


def contacted(c, rosa, name="denise", **more):
    with c.acting(name) as member:
        return actions.log_contact(file=rosa, how="voice", by=member.actor, **more)


def right(c, event, name="denise", **more):
    said = {"how": "text", "reached": True, "happened_at": MONDAY, "reason": Reason.WRONG_WAY} | more
    with c.acting(name) as member:
        return verbs.correct_contact_event(event=event, by=member.actor, **said)


# --- A contact ----------------------------------------------------------------------------------------------------


def test_a_contact_is_said_right_and_the_old_one_stays(c, rosa):
    event = contacted(c, rosa)
    fresh = right(c, event, happened_at=YESTERDAY, reached=False, reason=Reason.WRONG_DAY)
    with c.acting("denise"):
        event.refresh_from_db()
        assert (event.detail, event.happened_at) == ("voice:reached", MONDAY)
        assert (fresh.detail, fresh.happened_at, fresh.supersedes_id) == ("text:tried", YESTERDAY, event.pk)
        assert fresh.reason == "wrong_day" and fresh.recorded_at == MONDAY


def test_the_hour_of_a_day_that_was_right_stays(c, rosa):
    event = contacted(c, rosa, happened_at=MONDAY - timedelta(hours=2))
    assert right(c, event, happened_at=MONDAY).happened_at == MONDAY - timedelta(hours=2)


def test_a_correction_is_corrected_in_its_turn_but_nothing_twice(c, rosa):
    event = contacted(c, rosa)
    fresh = right(c, event)
    assert right(c, fresh, how="email").supersedes_id == fresh.pk
    with pytest.raises(WrongState):
        right(c, event, how="email")


def test_a_lead_corrects_what_a_colleague_wrote_and_a_colleague_does_not(c, rosa):
    event = contacted(c, rosa, name="tavo")
    with pytest.raises(NotAllowed):
        right(c, event, name="denise")
    assert right(c, event, name="marcus").supersedes_id == event.pk


def test_a_peer_mentor_corrects_their_own_alone(c, rosa):
    mine, theirs = contacted(c, rosa, name="tavo", note="Waits at the gate"), contacted(c, rosa)
    assert right(c, mine, name="tavo").supersedes_id == mine.pk
    with pytest.raises(NotAllowed):
        right(c, theirs, name="tavo")


def test_a_stranger_corrects_nothing(c, rosa):
    event = contacted(c, rosa)
    for name in ("ines", "paul"):
        with pytest.raises(NotYours):
            right(c, event, name=name)
        with pytest.raises(NotYours), c.acting(name) as stranger:
            verbs.strike(event=event, reason=Reason.MISTAKE, by=stranger.actor)


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "because"}, {"how": "voice"}])
def test_a_correction_says_why_and_says_something_else(c, rosa, wrong):
    event = contacted(c, rosa)
    with pytest.raises(BadValue):
        right(c, event, **wrong)


def test_what_is_to_come_has_not_happened(c, rosa):
    event = contacted(c, rosa)
    with pytest.raises(BadValue):
        right(c, event, happened_at=MONDAY + timedelta(days=2))


def test_a_contact_that_never_was_is_struck_with_its_note(c, rosa):
    event = contacted(c, rosa, note="Her sister is ill")
    with c.acting("denise") as denise:
        struck = verbs.strike(event=event, reason=Reason.WRONG_PERSON, by=denise.actor)
        assert (struck.kind, struck.supersedes_id, struck.reason) == ("struck", event.pk, "wrong_person")
        shown = reading.show(rosa, by=denise.actor)
        assert shown.notes == {} and len(shown.struck["file_event", event.pk]) == 1
        assert Narrative.objects.get(supersedes=None).text == "Her sister is ill"


def test_what_is_no_contact_is_not_struck_as_one(c, rosa):
    with c.acting("denise") as denise:
        taken_in = FileEvent.objects.get(file=rosa, kind="taken_in")
        with pytest.raises(NotYours):
            verbs.strike(event=taken_in, reason=Reason.MISTAKE, by=denise.actor)


# --- A need, a note, a name ---------------------------------------------------------------------------------------


def test_a_need_that_never_was_one_is_closed_and_counted_by_nobody(c, rosa):
    with c.acting("denise") as denise:
        need = actions.open_need(file=rosa, code="HSG", by=denise.actor)
        verbs.strike_need(need=need, reason=Reason.MISTAKE, by=denise.actor)
        need.refresh_from_db()
        assert (need.outcome, need.closed_on) == ("mistake", MONDAY.date())
        shown = reading.show(rosa, by=denise.actor)
        assert [each.code for each in shown.needs] == ["WRK-TRN"]
        with pytest.raises(WrongState):
            verbs.strike_need(need=need, reason=Reason.MISTAKE, by=denise.actor)
        # Later it may be one after all.
        assert actions.open_need(file=rosa, code="HSG", by=denise.actor).pk != need.pk


def test_a_note_is_said_better_and_the_first_stays(c, rosa):
    event = contacted(c, rosa, note="Met at the libary")
    with c.acting("denise") as denise:
        note = Narrative.objects.get(about_id=event.pk, about_kind="file_event")
        verbs.correct_note(note=note, text="Met at the library", reason=Reason.MISTYPED, by=denise.actor)
        shown = reading.show(rosa, by=denise.actor)
        (now,) = shown.notes["file_event", event.pk]
        assert now.text == "Met at the library" and shown.superseded[now.pk].text == "Met at the libary"
        assert [each.text for each in reading.notes_of(rosa)["file_event", event.pk]] == [now.text]
        with pytest.raises(WrongState):
            verbs.correct_note(note=note, text="Once more", reason=Reason.MISTYPED, by=denise.actor)


def test_a_name_that_was_mistyped_is_corrected_everywhere_and_the_old_one_kept(c, rosa):
    with c.acting("denise") as denise:
        verbs.correct_contact(
            file=rosa, told=told("Rosa", "Mendosa", birth_date=date(1990, 4, 5)), by=denise.actor
        )
        assert Listing.objects.get(file=rosa).name == "Rosa Mendosa"
        event = FileEvent.objects.get(file=rosa, kind="contact_corrected")
        changes = FileChange.objects.filter(file=rosa, changed_at=event.recorded_at)
        kept = {each.field: (each.was, each.became) for each in changes}
        assert kept == {"last_name": ("Mendoza", "Mendosa"), "birth_date": ("", "1990-04-05")}
        assert event.reason == "mistyped" and event.detail == ""
    with c.acting("tavo"):
        assert FileChange.objects.filter(file=rosa).count() == 2  # whoever reads contact
    with c.acting("ines"):
        assert not FileChange.objects.filter(file_id=rosa.pk).exists()


def test_a_correction_that_breaks_leaves_nothing(c, rosa):
    event = contacted(c, rosa, note="Her sister is ill")

    def strike():
        with c.acting("denise") as denise:
            verbs.strike(event=event, reason=Reason.WRONG_PERSON, by=denise.actor)

    assert leaves_nothing(c, strike) >= 2
    with c.acting("denise"):
        assert Need.objects.filter(file=rosa, closed_on=None).count() == 1


# --- A peer mentor's note -----------------------------------------------------------------------------------------


def test_a_peer_mentor_notes_with_their_own_contact_and_reads_that_alone(c, rosa):
    contacted(c, rosa, note="Only for case workers")
    event = contacted(c, rosa, name="tavo", note="Waits at the gate on Fridays")
    with c.acting("tavo"):
        assert [note.text for note in Narrative.objects.order_by("id")] == ["Waits at the gate on Fridays"]
    with c.acting("denise"):
        assert [note.text for note in Narrative.objects.filter(about_id=event.pk)] == [
            "Waits at the gate on Fridays"
        ]
