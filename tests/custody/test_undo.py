"""A step that was marked as done by mistake is open again, for a minute; both stay told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions, correcting
from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.foundation.errors import DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Listing

SOON = MONDAY + timedelta(seconds=50)


@pytest.fixture
def rosa(c, rosa):
    with c.acting("denise") as denise:
        actions.finish_step(duty=step_of(rosa), by=denise.actor)
        return rosa


def step_of(file):
    return Custody.objects.select_related("next_step").get(person_id=file.person_id, until=None).next_step


def done(file):
    return CustodyEvent.objects.get(person_id=file.person_id, kind="next_step_done")


def undo(c, file, name="denise", at=SOON):
    with c.acting(name, at=at) as member:
        return correcting.undo_finish(event=done(file), by=member.actor)


def test_the_step_is_open_again_with_its_date(c, rosa):
    with c.acting("denise"):
        assert step_of(rosa).kind == "plan"
    duty = undo(c, rosa)
    with c.acting("denise"):
        assert step_of(rosa) == duty and duty.kind == "find_place" and duty.closed_at is None
        assert Listing.objects.get(file=rosa).next_due_at == duty.due_at
        assert not Duty.objects.filter(person_id=rosa.person_id, kind="plan", closed_at=None).exists()
        struck = CustodyEvent.objects.get(person_id=rosa.person_id, kind="struck")
        assert (struck.supersedes, struck.reason, struck.detail) == (done(rosa), "mistake", "find_place")


def test_it_is_undone_once(c, rosa):
    undo(c, rosa)
    with pytest.raises(WrongState):
        undo(c, rosa)


def test_after_a_minute_it_stays_done(c, rosa):
    with pytest.raises(WrongState):
        undo(c, rosa, at=MONDAY + timedelta(seconds=61))


@pytest.mark.parametrize("name", ["marcus", "tavo"])
def test_nobody_undoes_what_a_colleague_pressed(c, rosa, name):
    with pytest.raises(WrongState):
        undo(c, rosa, name=name)


def test_a_stranger_finds_nothing_to_undo(c, rosa):
    with c.acting("denise"):
        event = done(rosa)
    with pytest.raises(DomainError), c.acting("ines", at=SOON) as ines:
        correcting.undo_finish(event=event, by=ines.actor)
    with c.acting("ines"):
        assert not CustodyEvent.objects.filter(pk=event.pk).exists()


def test_what_followed_stays_and_is_first_where_it_is_due_first(c, rosa):
    with c.acting("denise") as denise:
        call = actions.add_step(
            person_id=rosa.person_id, kind="call", due_at=MONDAY + timedelta(hours=3), by=denise.actor
        )
    undo(c, rosa)
    with c.acting("denise"):
        assert step_of(rosa) == call
        assert Duty.objects.filter(person_id=rosa.person_id, closed_at=None).count() == 2


def test_an_undo_that_breaks_leaves_it_done(c, rosa):
    assert leaves_nothing(c, lambda: undo(c, rosa)) >= 3


def test_who_is_no_longer_here_cannot_be_given_a_step_back(c, rosa):
    with c.acting("denise") as denise:
        actions.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    with pytest.raises(actions.NotHeld):
        undo(c, rosa)
    assert NotYours.status == 404
