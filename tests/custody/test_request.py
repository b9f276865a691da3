"""Asking whoever holds someone to hand them over: the holder decides, and until then nothing moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Custody, CustodyEvent, Handover, HandoverNote, HandoverParty
from warmhandoff.foundation import timers
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

SOON = MONDAY + timedelta(hours=1)


@pytest.fixture
def rosa(c, rosa):
    """Denise holds her; Vera serves her."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    return rosa


@pytest.fixture
def ask(c, rosa):
    def act(who="vera", at=SOON, note="We see her every day.", **more):
        with c.acting(who, at) as member:
            file = Participant.objects.get(person_id=rosa.person_id, organization_id=member.organization_id)
            return moves.request(
                file=file, asked=c.organizations["eastgate"], by=member.actor, membership=member.membership,
                note=note, **more,
            )  # fmt: skip

    return act


def owed(c, who, kind):
    with c.acting(who, SOON):
        return list(Duty.objects.filter(kind=kind, closed_at__isnull=True))


def test_both_sides_owe_and_nobody_has_moved(c, rosa, ask):
    party = ask()
    assert (party.side, party.state, party.other_organization) == (
        "asker",
        "offered",
        c.organizations["eastgate"],
    )
    with c.acting("denise", SOON) as denise:
        (duty,) = owed(c, "denise", "answer_handover")
        assert (duty.membership_id, duty.person_id, duty.holds_release) == (
            denise.membership.pk,
            rosa.person_id,
            True,
        )
        assert duty.due_at == party.answer_due_at
        held = Custody.objects.get(person_id=rosa.person_id, until__isnull=True)
        assert held.membership_id == denise.membership.pk
        assert held.next_step.kind != "answer_handover", "to answer a question is no next step for her"
        theirs = HandoverParty.objects.get()
        assert (theirs.side, theirs.other_organization) == ("asked", c.organizations["valley"])
        assert HandoverNote.objects.get().text == "We see her every day."
        assert CustodyEvent.objects.filter(kind="asked_of_us").count() == 1
    (duty,) = owed(c, "vera", "await_handover")
    assert duty.membership_id == c.members["vera"].pk and not duty.holds_release
    mail = Message.objects.get(notice="custody.asked")
    assert mail.contact_point_id == c.members["marcus"].mail_id, "whoever answers for their queue"
    assert Timer.objects.get(subject_kind="handover").organization_id == c.organizations["valley"].pk


def test_the_holder_says_no_with_a_reason(c, rosa, ask):
    ask()
    with c.acting("denise", SOON) as denise:
        handover = moves.refuse(handover=Handover.objects.get(), reason="goes_on_here", by=denise.actor)
        assert (handover.state, handover.reason) == ("declined", "goes_on_here")
        assert custody.holds(rosa.person_id)
        with pytest.raises(WrongState):
            moves.refuse(handover=handover, reason="goes_on_here", by=denise.actor)
    assert not owed(c, "denise", "answer_handover") and not owed(c, "vera", "await_handover")
    with c.acting("vera", SOON):
        party = HandoverParty.objects.get()
        assert (party.state, party.reason) == ("declined", "goes_on_here")
        assert CustodyEvent.objects.get(kind="refused").detail == "goes_on_here"
    assert Message.objects.get(notice="custody.answered").organization_id == c.organizations["valley"].pk
    assert not Timer.objects.filter(subject_kind="handover", called_off_at__isnull=True).exists()
    ask(at=SOON + timedelta(hours=1))  # and one may ask again


def test_a_no_says_why(c, ask):
    ask()
    with c.acting("denise", SOON) as denise, pytest.raises(BadValue):
        moves.refuse(handover=Handover.objects.get(), reason="because", by=denise.actor)


def test_whoever_asked_takes_it_back(c, rosa, ask):
    party = ask()
    with c.acting("vera", SOON) as vera:
        moves.withdraw(party=party, by=vera.actor)
        with pytest.raises(WrongState):
            moves.withdraw(party=HandoverParty.objects.get(), by=vera.actor)
    assert not owed(c, "denise", "answer_handover") and not owed(c, "vera", "await_handover")
    with c.acting("denise", SOON) as denise:
        assert HandoverParty.objects.get().state == "withdrawn"
        with pytest.raises(WrongState):
            moves.refuse(handover=Handover.objects.get(), reason="not_now", by=denise.actor)
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=denise.actor)


def test_the_holder_does_not_take_back_what_they_were_asked(c, ask):
    ask()
    with c.acting("denise", SOON) as denise, pytest.raises(WrongState):
        moves.withdraw(party=HandoverParty.objects.get(), by=denise.actor)
    with c.acting("vera", SOON) as vera, pytest.raises(WrongState):
        moves.refuse(handover=Handover.objects.get(), reason="not_now", by=vera.actor)


def test_silence_ends_the_waiting_and_nothing_else(c, rosa, ask):
    party = ask()
    timer = Timer.objects.get(subject_kind="handover", step="asking_expires")
    from warmhandoff.foundation import clock

    with clock.at(timer.due_at + timedelta(minutes=1)):
        assert timers.fire(timer.pk)
        assert not timers.fire(timer.pk), "once"
    with c.acting("vera", timer.due_at + timedelta(hours=1)):
        assert HandoverParty.objects.get().state == "expired"
        assert CustodyEvent.objects.filter(kind="asking_expired").exists()
    with c.acting("denise", timer.due_at + timedelta(hours=1)):
        assert custody.holds(rosa.person_id)
    assert not owed(c, "denise", "answer_handover") and not owed(c, "vera", "await_handover")
    assert Message.objects.filter(notice="custody.answered").count() == 1
    assert party.pk


def test_it_does_not_expire_before_its_time(c, ask):
    party = ask()
    with c.acting("vera", SOON) as vera:
        assert not moves.expire(party=party, by=vera.actor)


def test_one_question_at_a_time(c, ask):
    ask()
    with pytest.raises(moves.AskedAlready):
        ask(at=SOON + timedelta(minutes=5))


def test_whoever_holds_them_has_nothing_to_ask(c, rosa, ask):
    with c.acting("marcus", SOON) as marcus, pytest.raises(custody.AlreadyHeld):
        moves.request(
            file=rosa, asked=c.organizations["valley"], by=marcus.actor, membership=marcus.membership
        )


def test_a_stranger_and_a_peer_mentor_ask_for_nobody(c, rosa):
    with c.acting("ines", SOON) as ines, pytest.raises(NotYours):
        moves.request(file=rosa, asked=c.organizations["eastgate"], by=ines.actor, membership=ines.membership)
    with c.acting("ines", SOON):
        assert not HandoverParty.objects.exists()
    with c.acting("tavo", SOON) as tavo, pytest.raises((NotAllowed, custody.AlreadyHeld)):
        moves.request(file=rosa, asked=c.organizations["valley"], by=tavo.actor, membership=tavo.membership)


def test_a_stranger_neither_reads_nor_answers_a_request(c, ask):
    ask()
    with c.acting("ines", SOON):
        assert not Handover.objects.exists() and not HandoverNote.objects.exists()


def test_a_request_holds_the_release_until_it_is_answered(c, rosa, ask):
    with c.acting("denise") as denise:
        given = Referral.objects.get()
        referrals.withdraw(referral=given, reason="mistake", by=denise.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=denise.actor)
    ask()
    with c.acting("denise", SOON) as denise:
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        moves.refuse(handover=Handover.objects.get(), reason="person_says_no", by=denise.actor)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)


def test_given_to_a_colleague_the_question_goes_with_them(c, rosa, ask):
    ask()
    with c.acting("denise", SOON) as denise:
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=denise.actor)
    (duty,) = owed(c, "marcus", "answer_handover")
    assert duty.membership_id == c.members["marcus"].pk


def test_a_failure_leaves_nothing(c, ask):
    leaves_nothing(c, ask, at=SOON)


def test_a_refusal_that_fails_leaves_it_open(c, ask):
    ask()

    def act():
        with c.acting("denise", SOON) as denise:
            moves.refuse(handover=Handover.objects.get(), reason="not_now", by=denise.actor)

    leaves_nothing(c, act, at=SOON)
    before = everything(c)
    assert before


def test_ones_own_organization_can_not_be_asked(c, rosa):
    """Whom a page named may hold them no more."""
    with c.acting("vera", SOON) as vera, pytest.raises(WrongState, match="doesn't hold them"):
        moves.request(
            file=Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id),
            asked=c.organizations["valley"], by=vera.actor, membership=vera.membership,
        )  # fmt: skip
