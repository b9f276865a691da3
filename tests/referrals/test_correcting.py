"""What was recorded wrongly is said right, or taken back to where it stood: once, by who recorded it or a lead there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.referrals.test_questions import at, fire_due, kinds, waiting
from tests.standing import everything, leaves_nothing
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.models import Consent, Listing
from warmhandoff.referrals import actions, reading
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralEvent
from warmhandoff.referrals.protocol import WAITING_FOR_ANSWER

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def accepted(asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    return asked


@pytest.fixture
def contacted(accepted, do):
    do("vera", actions.record_contact, accepted, TUESDAY, channel="voice")
    return accepted


@pytest.fixture
def engaged(contacted, do):
    do("vera", actions.engage, contacted, TUESDAY)
    return contacted


def newest(referral, kind):
    return ReferralEvent.objects.filter(referral=referral, kind=kind).latest("id")


@pytest.fixture
def correct(c):
    def act(who, referral, kind, moment, happened_at=None, detail=None, reason="wrong_day"):
        with c.acting(who, moment) as member:
            event = newest(referral, kind)
            return actions.correct(
                event=event,
                happened_at=happened_at or event.happened_at,
                detail=event.detail if detail is None else detail,
                reason=reason,
                by=member.actor,
            )

    return act


@pytest.fixture
def take_back(c):
    def act(who, referral, kind, moment=WEDNESDAY):
        with c.acting(who, moment) as member:
            return actions.take_back(event=newest(referral, kind), reason="mistake", by=member.actor)

    return act


# --- Said right ---------------------------------------------------------------------------------------------------


def test_another_day_and_both_sides_read_both(c, contacted, correct, stands):
    correct("vera", contacted, "contacted", WEDNESDAY, happened_at=MONDAY)
    for side in ("vera", "denise"):
        with c.acting(side, WEDNESDAY):
            first, second = ReferralEvent.objects.filter(referral=contacted, kind="contacted").order_by("id")
            assert (first.happened_at, second.happened_at) == (TUESDAY, MONDAY)
            assert (second.supersedes, second.reason) == (first, "wrong_day")
            assert list(reading.standing_events(contacted).filter(kind="contacted")) == [second]
    with c.acting("vera", WEDNESDAY):
        found = stands(contacted)
        assert (found.state, found.contacted_at) == ("contacted", MONDAY)


def test_another_way_and_the_days_clock_stays(c, contacted, correct):
    correct("vera", contacted, "contacted", WEDNESDAY, detail="in_person", reason="wrong_way")
    with c.acting("vera", WEDNESDAY):
        event = newest(contacted, "contacted")
        assert (event.detail, event.happened_at) == ("in_person", TUESDAY)


def test_another_reason_for_the_end(c, engaged, do, correct, stands):
    do("vera", actions.end_early, engaged, TUESDAY, reason="moved_away")
    correct(
        "vera",
        engaged,
        "ended_early",
        WEDNESDAY,
        happened_at=WEDNESDAY,
        detail="work_or_family",
        reason="wrong_outcome",
    )
    with c.acting("vera", WEDNESDAY):
        found = stands(engaged)
        assert (found.end_reason, found.ended_at) == ("work_or_family", WEDNESDAY)
    with pytest.raises(BadValue) as refused:
        correct("vera", engaged, "ended_early", WEDNESDAY, detail="whatever", reason="wrong_outcome")
    assert refused.value.field == "reason"


def test_a_start_without_a_first_contact_takes_it_along(c, accepted, do, correct, stands):
    do("vera", actions.engage, accepted, WEDNESDAY)
    correct("vera", accepted, "engaged", WEDNESDAY, happened_at=TUESDAY)
    with c.acting("vera", WEDNESDAY):
        assert stands(accepted).engaged_at == stands(accepted).contacted_at == TUESDAY


def test_a_correction_is_corrected_in_its_turn_and_nothing_twice(c, contacted, correct):
    correct("vera", contacted, "contacted", WEDNESDAY, happened_at=MONDAY)
    correct("vera", contacted, "contacted", WEDNESDAY, happened_at=WEDNESDAY)
    with c.acting("vera", WEDNESDAY) as vera:
        first = ReferralEvent.objects.filter(referral=contacted, kind="contacted").earliest("id")
        with pytest.raises(WrongState, match="corrected before"):
            actions.correct(event=first, happened_at=MONDAY, detail="text", reason="wrong_day", by=vera.actor)


def test_what_says_the_same_or_cannot_be_is_refused(c, engaged, correct):
    for values, field in (
        ({}, ""),
        ({"happened_at": WEDNESDAY + timedelta(days=3)}, "happened_on"),
        ({"happened_at": MONDAY - timedelta(days=3)}, "happened_on"),
        ({"happened_at": WEDNESDAY}, "happened_on"),  # after the start that followed it
        ({"detail": "pigeon"}, "channel"),
        ({"happened_at": MONDAY, "reason": "curiosity"}, "reason"),
    ):
        with pytest.raises(BadValue) as refused:
            correct("vera", engaged, "contacted", WEDNESDAY, **values)
        assert refused.value.field == field, values


def test_only_what_the_receiver_recorded(c, contacted, correct):
    for kind in ("sent", "accepted"):
        with pytest.raises((NotYours, WrongState, BadValue)):
            correct("vera", contacted, kind, WEDNESDAY, happened_at=MONDAY)


# --- By whom ------------------------------------------------------------------------------------------------------


def test_neither_the_other_side_nor_a_stranger(c, contacted, correct, take_back):
    with c.acting("vera", WEDNESDAY):
        event = newest(contacted, "contacted")
    for stranger in ("denise", "ines", "luz"):
        for verb, said in (
            (actions.correct, {"happened_at": MONDAY, "detail": "text"}),
            (actions.take_back, {}),
        ):
            with c.acting(stranger, WEDNESDAY) as member, pytest.raises(NotYours):
                verb(event=event, reason="mistake", by=member.actor, **said)


def test_a_lead_for_whoever_answered_by_mail_and_the_link_its_own_alone(c, mailed, asked, do):
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
        actions.attempt(referral=Referral.objects.get(pk=found.pk), channel="text", by=link)
        actions.take_back(event=newest(mailed, "attempted"), reason="mistake", by=link)
        assert not reading.standing_events(mailed).filter(kind="attempted").exists()
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.attempt, asked, channel="text")
    with c.acting("vera"):
        hers = newest(asked, "attempted")
    with c.pressing(mailed) as (link, found), pytest.raises((NotYours, NotAllowed)):
        actions.take_back(event=hers, reason="mistake", by=link)


# --- Taken back ---------------------------------------------------------------------------------------------------


def test_a_try_that_never_was_counts_for_nothing(c, accepted, do, take_back):
    for _ in range(5):
        do("vera", actions.attempt, accepted, channel="voice")
    take_back("vera", accepted, "attempted")
    with c.acting("vera", WEDNESDAY):
        assert any("4 of 5" in missing for missing in actions.why_not_lost(accepted))


def test_a_contact_that_was_none_is_owed_again(c, accepted, do, stands, take_back):
    with c.acting("vera"):
        before = waiting(accepted)
    do("vera", actions.record_contact, accepted, TUESDAY, channel="voice")
    take_back("vera", accepted, "contacted")
    with c.acting("vera", WEDNESDAY) as vera:
        found = stands(accepted)
        assert (found.state, found.contacted_at, found.stage) == ("accepted", None, "")
        assert kinds(vera) == ["first_contact"]
        assert waiting(accepted) == before, "the clock goes on as if nothing had been said"
        struck = newest(accepted, "struck")
        assert (struck.detail, struck.reason, struck.supersedes.kind) == ("contacted", "mistake", "contacted")
    with c.acting("denise", WEDNESDAY) as denise:
        assert kinds(denise) == ["await_contact"]
        assert Message.objects.filter(notice="referrals.answer_heard", subject_id=accepted.pk).count() == 2
    # And then it is recorded as ever.
    do("vera", actions.record_contact, accepted, WEDNESDAY, channel="text")
    with c.acting("vera", WEDNESDAY):
        assert stands(accepted).state == "contacted"


def test_a_start_goes_back_to_what_stood_before(c, accepted, do, stands, take_back):
    do("vera", actions.engage, accepted, TUESDAY)
    take_back("vera", accepted, "engaged")
    with c.acting("vera", WEDNESDAY):
        assert (stands(accepted).state, stands(accepted).engaged_at) == ("accepted", None)
    do("vera", actions.record_contact, accepted, WEDNESDAY, channel="text")
    do("vera", actions.engage, accepted, WEDNESDAY)
    take_back("vera", accepted, "engaged")
    with c.acting("vera", WEDNESDAY) as vera:
        assert stands(accepted).state == "contacted"
        assert kinds(vera) == ["begin_service"]


def test_completed_by_mistake_goes_on(c, rosa, engaged, do, stands, take_back):
    do("vera", actions.complete, engaged, TUESDAY)
    with c.acting("denise", TUESDAY) as denise:
        assert "ask_met" in kinds(denise)
    take_back("vera", engaged, "completed")
    with c.acting("vera", WEDNESDAY) as vera:
        found = stands(engaged)
        assert (found.state, found.ended_at) == ("engaged", None)
        assert kinds(vera) == ["still_engaged"]
        listing = Listing.objects.get(person_id=rosa.person_id)
        assert listing.standing == Listing.Standing.SERVED
    with c.acting("denise", WEDNESDAY) as denise:
        assert kinds(denise) == ["follow_service"]


@pytest.mark.parametrize("outcome", ["ended_early", "completed"])
def test_the_wrong_end_is_taken_back_and_the_right_one_said(c, engaged, do, stands, take_back, outcome):
    first, second = (
        (actions.end_early, actions.complete)
        if outcome == "ended_early"
        else (actions.complete, actions.end_early)
    )
    said = {actions.end_early: {"reason": "moved_away"}, actions.complete: {}}
    do("vera", first, engaged, TUESDAY, **said[first])
    take_back("vera", engaged, outcome)
    do("vera", second, engaged, WEDNESDAY, **said[second])
    with c.acting("vera", WEDNESDAY):
        assert stands(engaged).state == ("completed" if outcome == "ended_early" else "ended_early")
    with c.acting("denise", WEDNESDAY) as denise:
        open_now = Disposition.objects.filter(referral=engaged, settled_at=None).count()
        assert open_now == (0 if outcome == "ended_early" else 1)
        made = list(Disposition.objects.filter(referral=engaged).exclude(settled_at=None))
        assert [one.outcome for one in made] == (["taken_back"] if outcome == "ended_early" else [])
        assert ("settle" in kinds(denise)) == (outcome == "completed")


def test_a_no_by_mistake_is_a_question_again(c, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.decline(referral=found, reason="full", detail="full_open", by=link)
        assert AnswerLink.objects.get().dies_at is not None
        actions.take_back(event=newest(mailed, "declined"), reason="mistake", by=link)
        found = stands(mailed)
        assert (found.state, found.answered_at, found.ended_at, found.end_reason) == ("sent", None, None, "")
        assert not reading.said_yes(found)
        assert AnswerLink.objects.get().dies_at is None
    with c.acting("denise") as denise:
        assert kinds(denise) == ["await_answer"]
        assert Disposition.objects.get().outcome == "taken_back"
        assert set(waiting(mailed)) == {rung.step for rung in WAITING_FOR_ANSWER}
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)


def test_a_no_taken_back_late_has_a_day_before_anybody_is_told(c, asked, do, stands, take_back):
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    late = at(109, 12)
    take_back("vera", asked, "declined", late)
    with c.acting("vera", late):
        assert min(waiting(asked).values()) == current_place().deadline("next_step", late)
    assert fire_due(late) == []
    fire_due(at(130, 17))
    with c.acting("vera", at(130, 17)) as vera:
        assert stands(asked).state == "expired"
        assert reading.may_still_say_yes(stands(asked)), "their late yes counts as ever"
        actions.accept(referral=stands(asked), reply=actions.Reply("Vera"), by=vera.actor)


def test_whom_nobody_reached_calls_after_all(c, accepted, do, stands, take_back):
    for day, way in ((24, "voice"), (25, "text"), (30, "voice"), (101, "voice"), (102, "voice")):
        do("vera", actions.attempt, accepted, at(day), channel=way)
    late = at(110)
    do("vera", actions.lose_contact, accepted, late)
    take_back("vera", accepted, "lost_contact", late)
    with c.acting("vera", late) as vera:
        assert stands(accepted).state == "accepted" and kinds(vera) == ["first_contact"]
    with c.acting("denise", late) as denise:
        assert kinds(denise) == ["await_contact"]


# --- What stands --------------------------------------------------------------------------------------------------


def test_what_something_followed_stands(c, engaged, take_back):
    with pytest.raises(WrongState, match="Something followed it"):
        take_back("vera", engaged, "contacted")


def test_what_was_decided_stands(c, engaged, do, take_back):
    do("vera", actions.end_early, engaged, TUESDAY, reason="moved_away")
    do("denise", actions.settle, engaged, TUESDAY, outcome="stays")
    with c.acting("vera", WEDNESDAY):
        before = everything(c)
    with pytest.raises(WrongState, match="found another way"):
        take_back("vera", engaged, "ended_early")
    with c.acting("vera", WEDNESDAY):
        assert everything(c) == before


def test_what_was_asked_anew_stands(c, rosa, asked, engaged, do, take_back):
    do("vera", actions.complete, engaged, TUESDAY)
    with c.acting("denise", TUESDAY) as denise:
        cast.refer(rosa, c.services["carpentry"], denise)
    with pytest.raises(WrongState, match="anew"):
        take_back("vera", engaged, "completed")


def test_a_no_to_a_transfer_and_one_without_consent_stand(c, rosa, offered, mailed, do, take_back):
    do("vera", actions.decline, offered, reason="full", detail="full_open")
    with pytest.raises(WrongState, match="transfer"):
        take_back("vera", offered, "declined")
    with c.pressing(mailed) as (link, found):
        actions.decline(referral=found, reason="full", detail="full_open", by=link)
    with c.acting("denise") as denise:
        actions.stop_sharing(consent=Consent.objects.get(pk=mailed.consent_id), by=denise.actor)
    with c.pressing(mailed) as (link, found), pytest.raises(ConsentMissing):
        actions.take_back(event=newest(mailed, "declined"), reason="mistake", by=link)


def test_twice_is_once(c, contacted, take_back):
    take_back("vera", contacted, "contacted")
    with c.acting("vera", WEDNESDAY):
        before = everything(c)
    with pytest.raises(WrongState):
        take_back("vera", contacted, "contacted")
    with c.acting("vera", WEDNESDAY):
        assert everything(c) == before


def test_what_the_sender_or_the_clock_ended_is_not_the_receivers_to_open(c, asked, do, take_back):
    do("denise", actions.withdraw, asked, reason="mistake")
    with pytest.raises((NotYours, WrongState, NotAllowed)):
        take_back("vera", asked, "withdrawn")


def test_a_failure_leaves_nothing(c, engaged, do, correct, take_back):
    do("vera", actions.end_early, engaged, TUESDAY, reason="moved_away")
    leaves_nothing(
        c, lambda: correct("vera", engaged, "ended_early", WEDNESDAY, happened_at=WEDNESDAY), at=WEDNESDAY
    )
    leaves_nothing(c, lambda: take_back("vera", engaged, "ended_early"), at=WEDNESDAY, every=2)
