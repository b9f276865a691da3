"""Giving someone to a colleague or to the queue: at once, with all that is open, and without a gap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Listing


def test_a_colleague_holds_them_with_all_that_is_open(c, rosa):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
        step = custody_of(rosa.person_id).next_step
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=denise.actor)
        held = custody_of(rosa.person_id)
        assert (held.membership_id, held.basis, held.next_step) == (
            c.members["marcus"].pk,
            "assignment",
            step,
        )
        assert not duties_for(denise.membership).exists()
        assert [d.kind for d in duties_for(c.members["marcus"])] == ["await_answer"]
        assert Listing.objects.get(file=rosa).membership_id == c.members["marcus"].pk
        rows = Custody.objects.filter(person_id=rosa.person_id).order_by("id")
        assert rows[0].until == rows[1].since, "no moment between them"
        event = CustodyEvent.objects.get(person_id=rosa.person_id, kind="assigned")
        assert (event.by, event.membership_id, event.custody_id) == (
            denise.actor,
            c.members["marcus"].pk,
            held.pk,
        )


def test_the_queue_holds_them_until_someone_is_named(c, rosa):
    with c.acting("marcus") as marcus:
        custody.assign(person_id=rosa.person_id, to=c.queues["eastgate"], by=marcus.actor)
        assert custody_of(rosa.person_id).queue == c.queues["eastgate"]
        assert [d.kind for d in duties_for(marcus.membership)] == ["find_place"], "its lead answers for it"
        custody.assign(person_id=rosa.person_id, to=marcus.membership, by=marcus.actor)
        assert custody_of(rosa.person_id).membership == marcus.membership


def test_given_to_whoever_holds_them_nothing_happens(c, rosa):
    with c.acting("denise") as denise:
        before = everything(c)
        assert custody.assign(person_id=rosa.person_id, to=denise.membership, by=denise.actor) == custody_of(
            rosa.person_id
        )
        assert everything(c) == before


def test_only_someone_who_works_here_and_can_answer_for_them(c, rosa):
    with c.acting("marcus") as marcus:
        before = everything(c)
        for to, refusal in (
            (c.members["ines"], NotYours), (c.queues["harbor"], NotYours), (c.members["tavo"], custody.CannotHold),
        ):  # fmt: skip
            with pytest.raises(refusal) as refused:
                custody.assign(person_id=rosa.person_id, to=to, by=marcus.actor)
            assert refused.value.mend
        assert everything(c) == before


def test_whoever_left_meanwhile_is_given_nobody(c, rosa):
    """The page was opened before she left."""
    stale = Membership.objects.get(pk=c.members["denise"].pk)
    with c.acting("marcus") as marcus:
        custody.assign(person_id=rosa.person_id, to=marcus.membership, by=marcus.actor)
        Membership.objects.filter(pk=stale.pk).update(state="ended", ended_at=rosa.opened_at)
        with pytest.raises(custody.CannotHold):
            custody.assign(person_id=rosa.person_id, to=stale, by=marcus.actor)


def test_a_stranger_gives_nobody_away(c, rosa):
    with c.acting("ines") as ines, pytest.raises(custody.NotHeld):
        custody.assign(person_id=rosa.person_id, to=ines.membership, by=ines.actor)


def test_who_was_released_is_not_given_to_anyone(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        with pytest.raises(custody.NotHeld):
            custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=denise.actor)


def test_a_failure_leaves_them_where_they_were(c, rosa):
    def act():
        with c.acting("marcus") as marcus:
            custody.assign(person_id=rosa.person_id, to=marcus.membership, by=marcus.actor)

    leaves_nothing(c, act)
    with c.acting("denise") as denise:
        assert custody_of(rosa.person_id).membership == denise.membership


def test_whoever_began_before_they_were_taken_in_and_had_to_wait_still_gives_them_on(c):
    """Two at once: the later one's intake is committed while the earlier one still looks around."""
    with c.acting("denise", MONDAY + timedelta(seconds=1)) as denise:
        rosa = cast.take_in(denise)
    with c.acting("marcus", MONDAY) as marcus:
        custody.assign(person_id=rosa.person_id, to=c.queues["eastgate"], by=marcus.actor)
    with c.acting("marcus") as marcus:
        first, second = Custody.objects.filter(person_id=rosa.person_id).order_by("id")
        assert first.since == first.until == second.since
    with c.acting("marcus", MONDAY - timedelta(seconds=1)) as marcus:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=marcus.actor)
