"""Two files of one organization on the same person: one is shown, nothing is lost, and it can be undone exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging
from warmhandoff.custody.models import Custody, CustodyEvent, Link
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Contact, FileEvent, Listing, Narrative, Need, Participant, Person
from warmhandoff.participants.reading import own_people
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import carried
from warmhandoff.referrals.models import CarriedReferral, Referral

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def twice(c):
    """Marcus took her in again, by another spelling, and agreed on a call."""
    with c.acting("marcus") as marcus:
        file = cast.take_in(marcus, cast.told("Rossa", "Mendosa"), needs=("HSG",))
        custody.add_step(
            person_id=file.person_id,
            kind="call",
            due_at=MONDAY + timedelta(days=5),
            by=marcus.actor,
            note="About a room.",
        )
        return file


@pytest.fixture
def merge(c, rosa, twice):
    def act(who="denise", keep=None, other=None):
        with c.acting(who, SOON) as member:
            return merging.merge(keep=keep or rosa, other=other or twice, by=member.actor)

    return act


def undo(c, who="denise"):
    with c.acting(who, LATER) as member:
        merging.unmerge(link=Link.objects.get(known_to__isnull=True), by=member.actor)


def steps_of(file):
    open_ones = Duty.objects.filter(person_id=file.person_id, closed_at__isnull=True)
    return sorted(open_ones.values_list("pk", "kind", "membership_id", "due_at"))


def test_lists_show_one_and_what_is_due_is_the_holders(c, rosa, twice, merge):
    merge()
    with c.acting("denise", SOON) as denise:
        assert [row.person_id for row in own_people()] == [rosa.person_id]
        assert custody.holds(rosa.person_id) and not custody.holds(twice.person_id)
        kinds = [kind for _, kind, whose, _ in steps_of(rosa) if whose == denise.membership.pk]
        assert sorted(kinds) == ["call", "find_place", "find_place"]
        closed = Person.objects.get(pk=twice.person_id)
        assert (closed.closed_at, closed.close_reason) == (SOON, "merged")
        told = CustodyEvent.objects.filter(kind="merged").order_by("id")
        assert [event.person_id for event in told] == [twice.person_id, rosa.person_id], (
            "both stories tell it"
        )


def test_nothing_is_lost_and_facts_keep_their_person(c, rosa, twice, merge):
    with c.acting("denise"):
        before = [
            sorted(model.objects.filter(file=twice).values_list("pk", flat=True))
            for model in (Contact, Need, Narrative, FileEvent)
        ]
    merge()
    with c.acting("denise", SOON):
        after = [
            sorted(model.objects.filter(file=twice).values_list("pk", flat=True))
            for model in (Contact, Need, Narrative, FileEvent)
        ]
        assert after == before
        assert set(FileEvent.objects.filter(file=twice).values_list("person_id", flat=True)) == {
            twice.person_id
        }
        assert Participant.objects.get(pk=twice.pk).person_id == twice.person_id


def test_undoing_brings_back_exactly_what_was(c, rosa, twice, merge):
    with c.acting("denise"):
        before = steps_of(rosa), steps_of(twice), list(Listing.objects.order_by("pk").values())
        held = Custody.objects.get(person_id=twice.person_id, until__isnull=True)
    merge()
    undo(c)
    with c.acting("denise", LATER):
        assert (steps_of(rosa), steps_of(twice), list(Listing.objects.order_by("pk").values())) == before
        again = Custody.objects.get(person_id=twice.person_id, until__isnull=True)
        assert (again.membership_id, again.next_step_id, again.basis) == (
            held.membership_id,
            held.next_step_id,
            "unlinking",
        )
        back = Person.objects.get(pk=twice.person_id)
        assert (back.closed_at, back.close_reason) == (None, "")
        told = CustodyEvent.objects.filter(kind="unmerged")
        assert {event.person_id for event in told} == {twice.person_id, rosa.person_id}


def test_what_was_done_meanwhile_stays_done(c, rosa, twice, merge):
    merge()
    with c.acting("denise", SOON) as denise:
        for duty in Duty.objects.filter(person_id=rosa.person_id, closed_at__isnull=True):
            custody.finish_step(duty=duty, by=denise.actor)
    undo(c)
    with c.acting("marcus", LATER):
        assert [kind for _, kind, *_ in steps_of(twice)] == ["plan"], (
            "and the next step is to decide what is next"
        )


def test_undone_twice_or_merged_twice(c, merge, rosa, twice):
    merge()
    with pytest.raises(custody.StandsBehind):
        merge()
    with pytest.raises(custody.StandsBehind):
        merge(keep=twice, other=rosa)
    undo(c)
    with c.acting("denise", LATER) as denise, pytest.raises(WrongState):
        merging.unmerge(link=Link.objects.get(), by=denise.actor)
    merge()


def test_one_who_was_released_before_stays_released_when_undone(c, rosa, twice, merge):
    with c.acting("marcus") as marcus:
        custody.release(person_id=twice.person_id, reason="mistake", by=marcus.actor)
    merge()
    with c.acting("denise", SOON):
        assert [row.person_id for row in own_people()] == [rosa.person_id]
        assert Person.objects.get(pk=twice.person_id).close_reason == "mistake"
    undo(c)
    with c.acting("denise", LATER):
        assert Listing.objects.get(file=twice).standing == "closed"
        assert not custody.holds(twice.person_id)


def test_the_one_who_is_held_is_the_one_shown(c, rosa, twice, merge):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="mistake", by=denise.actor)
    with pytest.raises(WrongState) as refused:
        merge()
    assert "other file" in refused.value.mend
    merge(keep=twice, other=rosa)


def test_not_while_only_the_other_can_settle_what_is_open(c, rosa, twice, merge):
    with c.acting("marcus") as marcus:
        cast.refer(twice, c.services["housing"], marcus)
    with pytest.raises(custody.SomethingOpen):
        merge()
    merge(keep=twice, other=rosa)


def test_whom_another_organization_holds_is_not_merged_away(c, rosa, twice):
    with c.acting("denise") as denise:
        sent = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=sent.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        served = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        own = cast.take_in(vera, cast.told("Rosa"))
        for keep, other in ((served, own), (own, served)):
            with pytest.raises((WrongState, merging.HeldElsewhere)):
                merging.merge(keep=keep, other=other, by=vera.actor)


def test_a_stranger_merges_nobody(c, rosa, twice, merge):
    with pytest.raises(NotYours):
        merge(who="ines")
    with pytest.raises(NotYours):
        merge(keep=rosa, other=rosa)
    merge()
    with c.acting("ines", LATER) as ines:
        assert not Link.objects.exists()
        with c.acting("denise", LATER):
            link = Link.objects.get()
        with pytest.raises(NotYours):
            merging.unmerge(link=link, by=ines.actor)


def test_a_failure_leaves_both(c, rosa, twice, merge):
    leaves_nothing(c, merge, at=SOON)
    merge()
    leaves_nothing(c, lambda: undo(c), at=LATER)


# --- What they carry on paper -------------------------------------------------------------------------------------


@pytest.fixture
def paper(c, twice):
    with c.acting("marcus") as marcus:
        return carried.hand(file=twice, service=c.services["it"], language="es", by=marcus.actor)


def follows(paper):
    return Duty.objects.get(kind=carried.FOLLOW, subject_id=paper.pk)


def test_what_they_carry_on_paper_goes_along_and_comes_back(c, rosa, twice, paper, merge):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["carpentry"], denise)
    merge()
    with c.acting("denise", SOON) as denise:
        assert [one.pk for one in carried.open_of(rosa)] == [paper.pk]
        duty = follows(paper)
        assert (duty.person_id, duty.membership_id, duty.holds_release) == (
            rosa.person_id, denise.membership.pk, True,
        )  # fmt: skip
    undo(c)
    with c.acting("marcus", LATER) as marcus:
        assert [one.pk for one in carried.open_of(twice)] == [paper.pk]
        assert (follows(paper).person_id, follows(paper).membership_id) == (
            twice.person_id, marcus.membership.pk,
        )  # fmt: skip


def test_a_paper_that_was_settled_meanwhile_stays_settled(c, rosa, twice, paper, merge):
    merge()
    with c.acting("denise", SOON) as denise:
        carried.settle(carried=CarriedReferral.objects.get(), outcome="arrived", by=denise.actor)
    undo(c)
    with c.acting("denise", LATER):
        assert (CarriedReferral.objects.get().person_id, follows(paper).closed_how) == (
            rosa.person_id,
            "done",
        )


def test_a_paper_is_in_the_way_of_a_link_and_not_of_a_merge(c, rosa, twice, paper):
    with c.acting("marcus") as marcus, pytest.raises(custody.SomethingOpen):
        custody.stand_behind(
            person_id=twice.person_id, kept_id=rosa.person_id, basis=Link.Basis.AGREED, by=marcus.actor
        )


def test_with_a_paper_a_failure_leaves_both(c, rosa, twice, paper, merge):
    leaves_nothing(c, merge, at=SOON)
    merge()
    leaves_nothing(c, lambda: undo(c), at=LATER)
