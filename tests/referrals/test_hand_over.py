"""Yes to a request: custody crosses in the same transaction, with all that is open for the person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Custody, CustodyEvent, Handover, HandoverParty
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Listing, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Disposition, Referral

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def served(c, rosa, asked, do):
    """Vera serves Rosa, whom Denise holds, and asks for her; Rosa is referred to Sunrow too."""
    do("vera", referrals.accept, asked, reply=referrals.Reply("Vera"))
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
    with c.acting("vera", SOON) as vera:
        moves.request(
            file=Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id),
            asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership,
        )  # fmt: skip
    return rosa


def agreed(c, file, to="valley", **more):
    with c.acting("denise", SOON) as denise:
        asked = participants.Asked(
            recipients=[c.organizations[to].pk], parts=[], data_classes=["contact", "needs"],
            purpose="handover", **more,
        )  # fmt: skip
        return participants.record_consent(file=file, asked=asked, by=denise.actor)


def yes(c, consent, who="denise", at=LATER):
    with c.acting(who, at) as member:
        return referrals.hand_over(
            handover=Handover.objects.get(kind="request"), consent=consent, by=member.actor
        )


def test_whoever_asked_holds_them_with_all_that_is_open(c, served):
    yes(c, agreed(c, served))
    with c.acting("denise", LATER):
        assert not custody.holds(served.person_id)
        ended = Custody.objects.get(person_id=served.person_id)
        assert CustodyEvent.objects.filter(kind="moved_out", custody=ended).exists()
        assert Listing.objects.get(person_id=served.person_id).standing == "closed"
        assert HandoverParty.objects.get().state == "accepted"
        assert not Duty.objects.filter(person_id=served.person_id, closed_at__isnull=True).exists()
    with c.acting("vera", LATER) as vera:
        held = Custody.objects.get(person_id=served.person_id, until__isnull=True)
        assert (held.basis, held.membership_id, held.since) == ("handover", vera.membership.pk, ended.until)
        assert Listing.objects.get(person_id=served.person_id).standing == "held"
        kinds = set(
            Duty.objects.filter(person_id=served.person_id, closed_at__isnull=True).values_list(
                "kind", flat=True
            )
        )
        assert {"call", "first_contact", "await_answer"} == kinds
        assert Duty.objects.get(kind="first_contact", closed_at__isnull=True).holds_release
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=served.person_id, reason="needs_met", by=vera.actor)


def test_what_waits_for_a_decision_goes_with_them(c, served, do):
    with c.acting("denise") as denise:
        sent = Referral.objects.get(service=c.services["solar"])
        referrals.withdraw(referral=sent, reason="mistake", by=denise.actor)
    yes(c, agreed(c, served))
    with c.acting("vera", LATER) as vera:
        waits = Disposition.objects.get(settled_at__isnull=True)
        assert waits.organization_id == vera.organization_id
        referrals.settle(referral=waits.referral, outcome="met_elsewhere", by=vera.actor)


def test_what_the_new_holder_serves_goes_on_to_its_end(c, served, do, asked):
    yes(c, agreed(c, served))
    with c.acting("vera", LATER) as vera:
        referrals.record_contact(referral=Referral.objects.get(pk=asked.pk), channel="text", by=vera.actor)
        referrals.engage(referral=Referral.objects.get(pk=asked.pk), by=vera.actor)
        referrals.complete(referral=Referral.objects.get(pk=asked.pk), by=vera.actor)


@pytest.mark.parametrize("kind", ["refused", "another", "taken back", "somebody else's"])
def test_not_without_the_persons_consent(c, served, kind):
    if kind == "somebody else's":
        with c.acting("denise", SOON) as denise:
            other = cast.take_in(denise, cast.told("Sam"))
        consent = agreed(c, other)
    else:
        consent = agreed(c, served, to="harbor" if kind == "another" else "valley", refused=kind == "refused")
    if kind == "taken back":
        with c.acting("denise", SOON) as denise:
            participants.revoke_consent(consent=consent, by=denise.actor)
            consent = Consent.objects.get(pk=consent.pk)
    with pytest.raises(participants.ConsentMissing):
        yes(c, consent)


def test_only_the_holder_says_yes_and_once(c, served):
    consent = agreed(c, served)
    with c.acting("vera", LATER) as vera, pytest.raises(NotYours):
        referrals.hand_over(handover=Handover.objects.get(), consent=consent, by=vera.actor)
    with c.acting("denise", LATER) as denise:
        handover = Handover.objects.get()
        referrals.hand_over(handover=handover, consent=consent, by=denise.actor)
        with pytest.raises((WrongState, custody.NotHeld)):
            referrals.hand_over(handover=handover, consent=consent, by=denise.actor)
    with c.acting("ines", LATER) as ines, pytest.raises(NotYours):
        referrals.hand_over(handover=handover, consent=consent, by=ines.actor)


def test_not_while_another_organization_was_offered_them(c, served):
    with c.acting("denise", SOON) as denise:
        custody_file = Participant.objects.get(
            person_id=served.person_id, organization_id=denise.organization_id
        )
        participants.open_need(file=custody_file, code="HSG", by=denise.actor)
        cast.refer(custody_file, c.services["housing"], denise, mode="transfer")
    with pytest.raises(WrongState):
        yes(c, agreed(c, served))


def test_a_late_yes_counts(c, served):
    from warmhandoff.foundation import clock, timers
    from warmhandoff.foundation.models import Timer

    consent = agreed(c, served)
    timer = Timer.objects.get(subject_kind="handover")
    with clock.at(timer.due_at + timedelta(minutes=1)):
        timers.fire(timer.pk)
    yes(c, consent, at=timer.due_at + timedelta(hours=1))
    with c.acting("vera", timer.due_at + timedelta(hours=1)):
        assert custody.holds(served.person_id)


def test_whoever_left_meanwhile_holds_nobody_their_queue_does(c, served):
    consent = agreed(c, served)
    from warmhandoff.network.models import Membership, Queue

    with c.acting("vera", LATER):
        Membership.objects.filter(pk=c.members["vera"].pk).update(role="peer_mentor")
        assert Queue.objects.filter(lead=c.members["vera"]).exists()
    held = yes(c, consent)
    assert (held.membership_id, held.queue_id) == (None, c.queues["valley"].pk)


def test_moved_on_by_a_referral_the_question_is_over(c, rosa, served, stands):
    """Denise had offered her to Harbor's housing; Harbor says yes before Denise answers Vera."""
    with c.acting("denise", SOON) as denise:
        file = Participant.objects.get(person_id=rosa.person_id, organization_id=denise.organization_id)
        participants.open_need(file=file, code="HSG", by=denise.actor)
        offered = cast.refer(file, c.services["housing"], denise, mode="transfer")
    with c.acting("ines", LATER) as ines:
        referrals.accept(referral=stands(offered), reply=referrals.Reply("Inés"), by=ines.actor)
    with c.acting("vera", LATER):
        party = HandoverParty.objects.get()
        assert (party.state, party.reason) == ("withdrawn", "moved_on")
        assert not Duty.objects.filter(kind="await_handover", closed_at__isnull=True).exists()


def test_a_failure_leaves_them_with_their_holder(c, served):
    consent = agreed(c, served)
    leaves_nothing(c, lambda: yes(c, consent), at=LATER, every=3)
    with c.acting("denise", LATER):
        assert custody.holds(served.person_id)
