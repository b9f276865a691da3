"""The question is taken back; nobody answered in time; the decision that follows either."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Handover
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.actors import link_actor, system_actor
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.participants.models import Need
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Disposition, ReferralEvent

LATER = MONDAY + timedelta(days=20)
YES = {"reply": actions.Reply("Vera")}


def kinds(c, who, at=None):
    with c.acting(who, at) as member:
        return sorted(d.kind for d in duties_for(member.membership))


# --- Withdrawn ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", ["sent", "accepted", "engaged"])
def test_the_sender_takes_it_back_and_decides(c, asked, do, after):
    if after != "sent":
        do("vera", actions.accept, asked, **YES)
    if after == "engaged":
        do("vera", actions.engage, asked)
    taken = do("denise", actions.withdraw, asked, reason="found_other")
    assert (taken.state, taken.end_reason) == ("withdrawn", "found_other")
    assert kinds(c, "denise") == ["settle"] and kinds(c, "vera") == []


def test_an_offered_transfer_is_over_and_cannot_be_accepted(c, offered, do):
    do("denise", actions.withdraw, offered, reason="mistake")
    with c.acting("denise"):
        assert Handover.objects.get().state == "withdrawn"
    with pytest.raises(WrongState):
        do("vera", actions.accept, offered, **YES)


def test_twice_without_a_reason_after_the_end_and_by_others(c, asked, do, stands):
    for reason in ("", "why not"):
        with pytest.raises(BadValue):
            do("denise", actions.withdraw, asked, reason=reason)
    with pytest.raises(WrongState, match="other side"):
        do("vera", actions.withdraw, asked, reason="mistake")
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.withdraw(referral=asked, by=ines.actor, reason="mistake")
    do("denise", actions.withdraw, asked, reason="mistake")
    with c.acting("denise") as denise:
        before = everything(c)
        for again in (asked, stands(asked)):
            with pytest.raises(WrongState):
                actions.withdraw(referral=again, by=denise.actor, reason="mistake")
        assert everything(c) == before


# --- Expired ------------------------------------------------------------------------------------------------------


def fire_until(moment):
    """As the worker does, waking up after a long sleep."""
    with clock.at(moment):
        due = Timer.objects.filter(pk__in=timers.due(moment), subject_kind="referral")
        return [timers.fire(timer.pk) for timer in due.order_by("due_at", "id")]


def test_silence_climbs_its_ladder_and_ends_nothing_but_the_waiting(c, asked):
    assert fire_until(LATER) == [True] * 7
    with c.acting("denise", LATER) as denise:
        told = list(ReferralEvent.objects.order_by("id").values_list("kind", flat=True))
        assert told == [
            "sent", "seen_late", "seen_lead_told", "reminded", "lead_told", "sender_told", "person_told", "expired",
            "disposition_opened",
        ]  # fmt: skip
        assert "settle" in [d.kind for d in duties_for(denise.membership)]
        assert custody_of(asked.person_id) is not None
    names = set(Message.objects.values_list("notice", flat=True))
    assert {"referrals.answer_reminder", "referrals.lead_told", "referrals.silence_told"} <= names
    assert fire_until(LATER + timedelta(days=9)) == [True] * 3, "nobody has decided: three are told"
    assert fire_until(LATER + timedelta(days=60)) == []


def test_only_the_clock_ends_the_waiting(c, asked, stands):
    for who in ("denise", "vera"):
        with c.acting(who) as member, pytest.raises(NotAllowed):
            actions.expire(referral=stands(asked), by=member.actor)


def test_who_answered_is_not_reminded(c, asked, do):
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    fire_until(LATER)
    assert not Message.objects.filter(notice="referrals.answer_reminder").exists()


def test_a_late_yes_counts_until_it_is_settled(c, mailed, do, stands):
    fire_until(LATER)
    with c.pressing(mailed, LATER) as (link, found):
        assert actions.accept(referral=found, by=link, reply=actions.Reply("Jo")).state == "accepted"
    with c.acting("denise", LATER):
        assert Disposition.objects.get().outcome == "late_yes"
    assert kinds(c, "denise", LATER) == ["await_contact"]


def test_a_yes_after_the_decision_comes_too_late(c, mailed, do):
    fire_until(LATER)
    do("denise", actions.settle, mailed, at=LATER, outcome="stays")
    with c.pressing(mailed, LATER) as (link, found):
        before = everything(c)
        with pytest.raises(WrongState, match="another way"):
            actions.accept(referral=found, by=link, reply=actions.Reply("Jo"))
        assert everything(c) == before


def test_a_late_yes_to_a_transfer_moves_them_all_the_same(c, offered, do):
    fire_until(LATER)
    with c.acting("denise", LATER):
        assert Handover.objects.get().state == "expired"
    do("vera", actions.accept, offered, at=LATER, **YES)
    with c.acting("vera", LATER) as vera:
        assert custody_of(offered.person_id).membership == vera.membership


def test_a_yes_seen_before_it_expired_is_asked_again(c, mailed, stands):
    """The answer page was loaded before the last timer fired: the yes counts when it is given again, as a late one."""
    with c.pressing(mailed) as (link, before):
        pass
    fire_until(LATER)
    with c.pressing(mailed, LATER) as (link, now):
        with pytest.raises(WrongState):
            actions.accept(referral=before, by=link, reply=actions.Reply("Jo"))
        assert actions.accept(referral=now, by=link, reply=actions.Reply("Jo")).state == "accepted"


def test_a_failure_leaves_it_waiting(c, offered, stands, do):
    def expires():
        actor = system_actor(offered.sender_id)
        with c.acting("denise"):
            actions.expire(referral=stands(offered), by=actor)

    leaves_nothing(c, expires, every=3)
    leaves_nothing(c, lambda: do("denise", actions.withdraw, offered, reason="mistake"), every=3)


# --- Settled ------------------------------------------------------------------------------------------------------


@pytest.fixture
def declined(asked, do):
    return do("vera", actions.decline, asked, reason="full", detail="full_open")


@pytest.mark.parametrize(
    ("outcome", "need"),
    [("stays", ""), ("met_elsewhere", "met_elsewhere"), ("person_stopped", "no_longer"), ("deceased", "")],
)
def test_a_person_decides_what_is_next(c, declined, do, outcome, need):
    decided = do("denise", actions.settle, declined, outcome=outcome, note="We talked.")
    assert (decided.outcome, decided.settled_by.kind) == (outcome, "member")
    with c.acting("denise") as denise:
        assert [d.kind for d in duties_for(denise.membership)] == ["plan"], (
            "nobody is left without a next step"
        )
        assert Need.objects.get().outcome == need
        assert ReferralEvent.objects.filter(kind="settled", detail=outcome).count() == 1


def test_referred_elsewhere_settles_it_in_the_same_breath(c, rosa, declined):
    with c.acting("denise") as denise:
        fresh = cast.refer(rosa, c.services["solar"], denise, re_referred_from=declined)
        assert fresh.re_referred_from_id == declined.pk
        assert Disposition.objects.get().outcome == "re_referred"
    assert kinds(c, "denise") == ["await_answer"]


def test_not_eligible_anywhere_needs_a_navigators_own_signature(c, declined, do):
    with c.acting("luz") as luz:
        navigator = luz.actor
    with c.acting("denise") as denise:
        signers = [
            None,
            denise.actor,
            system_actor(denise.organization_id),
            link_actor(c.members["luz"].pk, denise.organization_id),
        ]
    for signer in signers:
        with pytest.raises(BadValue, match="navigator"):
            do("denise", actions.settle, declined, outcome="not_eligible", signed_off_by=signer)
    assert (
        do("denise", actions.settle, declined, outcome="not_eligible", signed_off_by=navigator).signed_off_by
        == navigator
    )


def test_twice_by_the_machine_by_others_or_without_a_decision(c, asked, declined, do, stands):
    for outcome in ("", "late_yes", "whatever"):
        with pytest.raises(BadValue):
            do("denise", actions.settle, declined, outcome=outcome)
    with c.acting("denise") as denise:
        for actor in (
            system_actor(denise.organization_id),
            link_actor(AnswerLink.objects.get().pk, denise.organization_id),
        ):
            with pytest.raises(NotAllowed):
                actions.settle(referral=stands(declined), outcome="stays", by=actor)
    for who in ("vera", "ines"):
        with c.acting(who) as member, pytest.raises((WrongState, custody.NotHeld)):
            actions.settle(referral=declined, outcome="stays", by=member.actor)
    do("denise", actions.settle, declined, outcome="stays")
    with c.acting("denise") as denise:
        before = everything(c)
        with pytest.raises(WrongState):
            actions.settle(referral=stands(declined), outcome="met_elsewhere", by=denise.actor)
        assert everything(c) == before


def test_a_failure_leaves_it_undecided(c, declined, do):
    leaves_nothing(c, lambda: do("denise", actions.settle, declined, outcome="met_elsewhere", note="x"))
