"""Next steps: agreed on with a date, done, replaced; and nobody is ever left without one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.custody.reading import custody_of, duties_about
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Listing, Narrative

SOON, LATER = MONDAY + timedelta(hours=3), MONDAY + timedelta(days=5)


def step_of(file):
    return custody_of(file.person_id).next_step


def test_what_is_due_first_is_the_next_step(c, rosa):
    with c.acting("denise") as denise:
        first = step_of(rosa)
        custody.add_step(
            person_id=rosa.person_id,
            kind="documents",
            due_at=LATER,
            by=denise.actor,
            note="Birth certificate",
        )
        assert step_of(rosa) == first
        call = custody.add_step(person_id=rosa.person_id, kind="call", due_at=SOON, by=denise.actor)
        assert step_of(rosa) == call
        assert Listing.objects.get(file=rosa).next_due_at == SOON
        assert [d.kind for d in duties_about(rosa.person_id)] == ["call", "find_place", "documents"]
        assert Narrative.objects.get(file=rosa).text == "Birth certificate", (
            "a sentence stands in its class alone"
        )
        assert not Duty.objects.filter(detail__icontains="birth").exists()


def test_one_step_instead_of_another(c, rosa):
    with c.acting("denise") as denise:
        first = step_of(rosa)
        fresh = custody.add_step(
            person_id=rosa.person_id, kind="meet", due_at=LATER, by=denise.actor, instead_of=first
        )
        assert step_of(rosa) == fresh
        assert Duty.objects.get(pk=first.pk).closed_how == "superseded"


def test_a_step_that_is_done_makes_way_for_the_next(c, rosa):
    with c.acting("denise") as denise:
        later = custody.add_step(person_id=rosa.person_id, kind="meet", due_at=LATER, by=denise.actor)
        first = step_of(rosa)
        custody.finish_step(duty=first, by=denise.actor)
        assert step_of(rosa) == later
        custody.finish_step(duty=later, by=denise.actor)
        assert step_of(rosa).kind == "plan", "somebody decides what is next"
        kinds = CustodyEvent.objects.filter(person_id=rosa.person_id, kind="next_step_done").values_list(
            "detail", flat=True
        )
        assert sorted(kinds) == ["find_place", "meet"]


def test_done_twice_is_done_once(c, rosa):
    with c.acting("denise") as denise:
        first = step_of(rosa)
        custody.finish_step(duty=first, by=denise.actor)
        before = everything(c)
        custody.finish_step(duty=first, by=denise.actor)
        custody.finish_step(duty=Duty.objects.get(pk=first.pk), by=denise.actor)
        assert everything(c) == before


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("next_step", {"kind": "settle"}),
        ("next_step", {"kind": ""}),
        ("due", {"due_at": MONDAY}),
        ("due", {"due_at": MONDAY + timedelta(days=45)}),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(c, rosa, field, more):
    with c.acting("denise") as denise:
        before = everything(c)
        with pytest.raises(BadValue) as refused:
            custody.add_step(
                **{"person_id": rosa.person_id, "kind": "call", "due_at": LATER, "by": denise.actor} | more
            )
        assert refused.value.field == field
        assert everything(c) == before


def test_what_a_referral_waits_for_is_not_ticked_off(c, rosa):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
        waiting = Duty.objects.get(kind="await_answer")
        for act in (
            lambda: custody.finish_step(duty=waiting, by=denise.actor),
            lambda: custody.add_step(
                person_id=rosa.person_id, kind="call", due_at=LATER, by=denise.actor, instead_of=waiting
            ),
        ):
            with pytest.raises(BadValue, match="settled on its own page"):
                act()
    with c.acting("vera") as vera:
        answer = Duty.objects.get(kind="answer_referral", subject_id=referral.pk)
        with pytest.raises((BadValue, NotYours)):
            custody.finish_step(duty=answer, by=vera.actor)
        answer.refresh_from_db()
        assert answer.closed_at is None, "silence can't be ticked off either"


def test_a_stranger_neither_sets_nor_finishes_a_step(c, rosa):
    with c.acting("denise"):
        step = step_of(rosa)
    with c.acting("ines") as ines:
        with pytest.raises(custody.NotHeld):
            custody.add_step(person_id=rosa.person_id, kind="call", due_at=LATER, by=ines.actor)
        with pytest.raises(NotYours):
            custody.finish_step(duty=step, by=ines.actor)
    with c.acting("denise"):
        assert step_of(rosa) == step and step.closed_at is None


def test_nobody_plans_for_someone_who_was_released(c, rosa):
    with c.acting("denise") as denise:
        step = step_of(rosa)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        with pytest.raises(custody.NotHeld):
            custody.add_step(person_id=rosa.person_id, kind="call", due_at=LATER, by=denise.actor)
        with pytest.raises(custody.NotHeld):
            custody.finish_step(duty=step, by=denise.actor)


def test_a_failure_leaves_nothing(c, rosa):
    def adds():
        with c.acting("denise") as denise:
            custody.add_step(
                person_id=rosa.person_id,
                kind="call",
                due_at=SOON,
                by=denise.actor,
                note="x",
                instead_of=step_of(rosa),
            )

    def finishes():
        with c.acting("denise") as denise:
            custody.finish_step(duty=step_of(rosa), by=denise.actor)

    leaves_nothing(c, adds)
    leaves_nothing(c, finishes)
