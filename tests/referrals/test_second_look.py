"""A second look at a no: by the network's office, which knows a code; and nobody waits for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation import clock, terms, timers
from warmhandoff.foundation.actors import system_actor
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Consent
from warmhandoff.referrals import actions, board, declines, reading
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralEvent, ReferralNote
from warmhandoff.referrals.states import MOST_ROUNDS

NOT_MET = {"reason": "not_met", "detail": "area"}
FULL = {"reason": "full", "detail": "full_open"}
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
NOTE = "They say that their area is served since May. Please look once more."


@pytest.fixture
def no(asked, do) -> Referral:
    """A no for a reason at which the office looks."""
    return do("vera", actions.decline, asked, **NOT_MET)


def decide(c, verb, at=TUESDAY, who="luz", **more):
    with c.acting(who, at) as member:
        return verb(party=board.rows().get(), by=member.actor, **more)


def send_back(c, at=TUESDAY, note=NOTE):
    return decide(c, actions.send_back, at, note=note)


def notices() -> list[str]:
    return list(Message.objects.order_by("id").values_list("notice", flat=True))


def waiting_timers(kind: str, pk: int) -> set[str]:
    found = Timer.objects.filter(
        subject_kind=kind, subject_id=pk, fired_at__isnull=True, called_off_at__isnull=True
    )
    return set(found.values_list("step", flat=True))


# --- Which noes ---------------------------------------------------------------------------------------------------


def test_a_no_for_such_a_reason_is_looked_at_and_the_decision_is_open_at_once(c, no):
    with c.acting("denise") as denise:
        assert Disposition.objects.get().settled_at is None
        (duty,) = duties_for(denise.membership)
        assert duty.kind == "settle" and custody_of(no.person_id).next_step == duty
    with c.acting("luz") as luz:
        (review,) = declines.to_review()
        assert (review.row.code, review.look.round, review.look.because) == (no.code, 1, "reason")
        due_at = current_place().business_days_after(MONDAY, current_place().second_looks.due)
        assert review.look.due_at == due_at
        (duty,) = duties_for(luz.membership).filter(kind="second_look")
        assert (duty.detail, duty.due_at, duty.person_id, duty.holds_release) == (
            no.code,
            due_at,
            None,
            False,
        )
        assert waiting_timers("second_look", review.look.pk) == {"look_reminder"}


def test_full_is_nobodys_opinion(c, asked, do):
    do("vera", actions.decline, asked, **FULL)
    with c.acting("luz"):
        assert declines.to_review() == [] and not Duty.objects.filter(kind="second_look").exists()


def test_the_reasons_of_the_place_are_words_that_can_be_said(c):
    known = {code for code, _ in terms.choices("decline_reason")}
    assert (
        current_place().second_looks.reasons <= known and "full" not in current_place().second_looks.reasons
    )


def test_a_transfer_that_was_declined_is_over(c, offered, do):
    no = do("vera", actions.decline, offered, **NOT_MET)
    with c.acting("denise") as denise, pytest.raises(WrongState):
        actions.ask_for_look(referral=no, why="meets", by=denise.actor)
    with c.acting("luz"):
        assert declines.to_review() == []


def test_whoever_holds_the_person_asks_for_a_look_and_says_why(c, asked, do):
    no = do("vera", actions.decline, asked, **FULL)
    do("denise", actions.ask_for_look, no, why="room")
    with c.acting("luz"):
        (review,) = declines.to_review()
        assert (review.look.because, review.look.why) == ("sender", "room")
    for side in ("denise", "vera"):
        with c.acting(side):
            told = ReferralEvent.objects.get(referral=no, kind="second_look")
            assert told.organization_id == c.organizations["eastgate"].pk and told.detail == "room"


def test_who_may_not_ask_for_one(c, asked, do, stands):
    with pytest.raises(WrongState):
        do("denise", actions.ask_for_look, asked, why="room")  # not declined
    no = do("vera", actions.decline, asked, **FULL)
    for why in ("", "because", "full"):
        with pytest.raises(BadValue):
            do("denise", actions.ask_for_look, no, why=why)
    with pytest.raises(WrongState, match="other side"):
        do("vera", actions.ask_for_look, no, why="room")
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.ask_for_look(referral=no, why="room", by=ines.actor)
    do("denise", actions.ask_for_look, no, why="room")
    with pytest.raises(WrongState):  # twice
        do("denise", actions.ask_for_look, no, why="room")
    do("denise", actions.settle, no, outcome="stays")
    with pytest.raises(WrongState):  # decided
        do("denise", actions.ask_for_look, no, why="room")


def test_nobody_but_a_person_asks_for_one(c, asked, do):
    no = do("vera", actions.decline, asked, **FULL)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        actions.ask_for_look(referral=no, why="room", by=system_actor(denise.organization_id))


# --- Sent back ----------------------------------------------------------------------------------------------------


def test_sent_back_they_are_asked_once_more_with_a_clock_of_its_own(c, no, stands):
    before = len(notices())
    send_back(c)
    with c.acting("vera", TUESDAY) as vera:
        referral = stands(no)
        assert (referral.state, referral.asked_times, referral.asked_again_at) == ("sent", 2, TUESDAY)
        assert (referral.answered_at, referral.ended_at, referral.end_reason) == (None, None, "")
        assert referral.answer_due_at == current_place().deadline("answer", TUESDAY)
        (duty,) = duties_for(vera.membership)
        assert (duty.kind, duty.due_at, duty.person_id) == ("answer_referral", referral.answer_due_at, None)
        assert declines.asked_to_look_again(referral) == NOTE
        assert ReferralEvent.objects.get(kind="asked_again").detail == "2"
        assert not reading.said_yes(referral), "who it is stays hidden until a yes"
    with c.acting("denise", TUESDAY) as denise:
        (duty,) = duties_for(denise.membership)
        assert (duty.kind, duty.due_at) == ("await_answer", referral.answer_due_at)
        assert custody_of(no.person_id).next_step == duty
        assert Disposition.objects.get().outcome == "asked_again"
        assert reading.told_to_the_person(referral, "en").startswith("They said no at first.")
        assert reading.told_to_the_person(referral, "es") != reading.told_to_the_person(referral, "en")
    assert {"answer_reminder", "answer_expires"} <= waiting_timers("referral", no.pk)
    assert not any(step.startswith("decision") for step in waiting_timers("referral", no.pk))
    assert "referrals.look_decided" in notices()[before:]


def test_the_mailbox_gets_a_fresh_link_and_a_yes_from_it_counts(c, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.decline(referral=found, by=link, **NOT_MET)
    generation = AnswerLink.objects.get().generation
    with c.acting("luz", TUESDAY) as luz:
        actions.send_back(party=board.row_or_404(mailed.code), note=NOTE, by=luz.actor)
    link = AnswerLink.objects.get()
    assert (link.generation, link.dies_at) == (generation + 1, None)
    assert "referrals.asked_again" in notices()
    with c.pressing(mailed, WEDNESDAY) as (actor, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=actor)
    with c.acting("denise", WEDNESDAY):
        referral = stands(mailed)
        assert (referral.state, referral.asked_times) == ("accepted", 2)


def test_three_rounds_and_no_more(c, asked, do):
    moment = MONDAY
    for _round in range(1, MOST_ROUNDS + 1):
        do("vera", actions.decline, asked, at=moment, **NOT_MET)
        moment += timedelta(hours=1)
        send_back(c, moment)
        moment += timedelta(hours=1)
    fourth = do("vera", actions.decline, asked, at=moment, **NOT_MET)
    assert fourth.asked_times == MOST_ROUNDS + 1
    with c.acting("luz", moment):
        assert declines.to_review() == []
    with pytest.raises(WrongState):
        do("denise", actions.ask_for_look, fourth, at=moment, why="meets")
    with c.acting("denise", moment):
        assert Disposition.objects.filter(settled_at__isnull=True).count() == 1, (
            "and it is decided by the holder"
        )


def test_an_earlier_no_is_history_once_they_are_asked_again(c, no, do, stands):
    send_back(c)
    do("vera", actions.decline, no, at=WEDNESDAY, **FULL)
    with c.acting("vera", WEDNESDAY):
        first, second = ReferralEvent.objects.filter(kind="declined").order_by("id")
        referral = stands(no)
        assert not actions.can_take_back(first, referral) and actions.can_take_back(second, referral)


def test_a_note_is_needed_and_is_short(c, no):
    for note in ("", "  ", "x" * 501):
        with pytest.raises(BadValue) as refused:
            send_back(c, note=note)
        assert refused.value.field == "note"


@pytest.mark.parametrize("why", ["consent", "closed", "inactive"])
def test_who_can_not_be_asked_any_more_is_not_and_the_office_learns_no_more(c, no, why, stands):
    with c.acting("denise", TUESDAY) as denise:
        if why == "consent":
            participants.revoke_consent(consent=Consent.objects.get(pk=no.consent_id), by=denise.actor)
    if why == "closed":
        with c.acting("adam", TUESDAY) as adam:
            actions.close_organization(organization=c.organizations["valley"], by=adam.actor)
    if why == "inactive":
        with c.acting("vera", TUESDAY):
            c.services["carpentry"].active = False
            c.services["carpentry"].save(update_fields=["active"])
    expected = actions.CannotAskAgain if why == "consent" else actions.CannotReceive
    with pytest.raises(expected) as refused:
        send_back(c)
    assert "agree" not in str(refused.value) and "consent" not in str(refused.value)
    with c.acting("luz", TUESDAY):
        assert len(declines.to_review()) == 1, "nothing was half done"
    decide(c, actions.let_stand)


# --- The other two ways -------------------------------------------------------------------------------------------


def test_the_no_stands_and_both_hear_it(c, no, stands):
    decide(c, actions.let_stand)
    with c.acting("denise", TUESDAY):
        assert stands(no).state == "declined" and Disposition.objects.get().settled_at is None
        assert reading.events_of(no).filter(kind="look_confirmed").exists()
    with c.acting("vera", TUESDAY):
        assert reading.events_of(no).filter(kind="look_confirmed").exists()
    assert notices()[-1] == "referrals.look_decided"
    with c.acting("luz", TUESDAY) as luz:
        assert (
            declines.to_review() == [] and not duties_for(luz.membership).filter(kind="second_look").exists()
        )
        assert not waiting_timers("second_look", SecondLook.objects.get().pk)


def test_another_place_is_named_and_the_sender_decides(c, no):
    decide(c, actions.reroute, service=c.services["it"], note="Room from Monday.")
    with c.acting("denise", TUESDAY):
        (one,) = reading.suggestions_of(no)
        assert one.service == c.services["it"] and Disposition.objects.get().settled_at is None
    with c.acting("luz", TUESDAY):
        assert SecondLook.objects.get().verdict == "rerouted"


def test_a_place_that_can_not_be_named_decides_nothing(c, no):
    with pytest.raises(WrongState):
        decide(c, actions.reroute, service=c.services["carpentry"])
    with c.acting("luz", TUESDAY):
        assert len(declines.to_review()) == 1


def test_a_mailbox_hears_that_its_no_stands(c, mailed):
    with c.pressing(mailed) as (link, found):
        actions.decline(referral=found, by=link, **NOT_MET)
    with c.acting("luz", TUESDAY) as luz:
        actions.let_stand(party=board.row_or_404(mailed.code), by=luz.actor)
    assert "referrals.look_over" in notices()
    assert AnswerLink.objects.get().dies_at is not None, "and it dies as it was to"


# --- Nobody waits for it ------------------------------------------------------------------------------------------


def test_whoever_holds_the_person_decides_meanwhile_and_then_there_is_nothing_to_look_at(c, no, do):
    do("denise", actions.settle, no, outcome="stays")
    with c.acting("luz") as luz:
        look = SecondLook.objects.get()
        assert look.verdict == "moot" and look.decided_at is not None
        assert not duties_for(luz.membership).filter(kind="second_look").exists()
        assert Duty.objects.get(kind="second_look").closed_how == "no_longer"
        assert not waiting_timers("second_look", look.pk)
    for verb, more in ((actions.let_stand, {}), (actions.send_back, {"note": NOTE})):
        with pytest.raises(WrongState, match="decided already"):
            decide(c, verb, **more)


def test_referred_elsewhere_meanwhile(c, no, rosa):
    with c.acting("denise", TUESDAY) as denise:
        cast.refer(rosa, c.services["it"], denise, re_referred_from=no)
    with c.acting("luz", TUESDAY):
        assert SecondLook.objects.get().verdict == "moot" and declines.to_review() == []


def test_a_no_that_was_taken_back_is_not_looked_at_and_said_again_it_is(c, no, do):
    with c.acting("vera", TUESDAY) as vera:
        said = ReferralEvent.objects.get(kind="declined")
        actions.take_back(event=said, reason=Reason.MISTAKE, by=vera.actor)
    with c.acting("luz", TUESDAY):
        assert SecondLook.objects.get().verdict == "moot"
    do("vera", actions.decline, no, at=WEDNESDAY, **NOT_MET)
    with c.acting("luz", WEDNESDAY):
        (review,) = declines.to_review()
        assert review.look.round == 1


def test_sent_back_it_is_not_to_be_decided_but_can_be_withdrawn(c, no, do):
    send_back(c)
    with pytest.raises(WrongState, match="decided already"):
        do("denise", actions.settle, no, at=WEDNESDAY, outcome="stays")
    assert do("denise", actions.withdraw, no, at=WEDNESDAY, reason="found_other").state == "withdrawn"


def test_two_navigators(c, no):
    send_back(c)
    with c.acting("luz", TUESDAY) as luz:
        before = everything(c)
        for verb, more in ((actions.let_stand, {}), (actions.send_back, {"note": NOTE})):
            with pytest.raises(WrongState):
                verb(party=board.rows().get(), by=luz.actor, **more)
        assert everything(c) == before


# --- Who may not --------------------------------------------------------------------------------------------------


def test_nobody_but_the_office_decides(c, no):
    with c.acting("luz", TUESDAY):
        row = board.rows().get()
    for stranger in ("ines", "vera", "denise"):
        with c.acting(stranger, TUESDAY) as member:
            for verb, more in (
                (actions.let_stand, {}),
                (actions.send_back, {"note": NOTE}),
                (actions.reroute, {"service": c.services["it"]}),
            ):
                with pytest.raises(WrongState):
                    verb(party=row, by=member.actor, **more)


def test_the_office_reads_no_more_than_before(c, no):
    with c.acting("luz", TUESDAY):
        for model in (Referral, ReferralEvent, ReferralNote, Disposition):
            assert not model.objects.exists(), model
    send_back(c)
    with c.acting("luz", TUESDAY):
        for model in (Referral, ReferralEvent, ReferralNote, Disposition):
            assert not model.objects.exists(), model
    names = {field.attname for field in SecondLook._meta.concrete_fields}
    assert names == {
        "id", "referral_id", "round", "because", "why", "opened_at", "due_at", "verdict", "decided_at", "decided_by_id",
    }  # fmt: skip


def test_a_stranger_knows_of_no_look(c, no):
    with c.acting("ines"):
        assert not SecondLook.objects.exists()
        with pytest.raises(NotYours):
            declines.review_or_404(no.code)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE referrals_secondlook SET verdict = 'confirmed', decided_at = wh_now()",
        "DELETE FROM referrals_secondlook",
        "UPDATE referrals_referral SET asked_times = 2, asked_again_at = wh_now()",
        (
            "UPDATE referrals_referral SET state = 'sent', asked_times = 2, asked_again_at = wh_now(), answered_at = NULL,"
            " ended_at = NULL, end_reason = ''"
        ),
    ],
)
@pytest.mark.parametrize("who", ["vera", "denise", "luz"])
def test_attacks_by_hand(c, no, who, attack):
    touched = 0
    with c.acting(who), suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
        touched = cursor.rowcount
    assert touched == 0


def test_a_look_of_ones_own_making(c, asked, no, do):
    """About a no that somebody decided, that was asked too often, or for the wrong round: the database refuses it."""
    do("denise", actions.settle, no, outcome="stays")
    with c.acting("denise"), pytest.raises(DatabaseError, match="nothing to look at"), transaction.atomic():
        SecondLook.objects.create(referral=no, round=1, because="sender", why="room", due_at=WEDNESDAY)


# --- Halfway, and late --------------------------------------------------------------------------------------------


def test_what_fails_leaves_nothing(c, asked, no):
    for verb, more in (
        (actions.let_stand, {}),
        (actions.reroute, {"service": c.services["it"]}),
        (actions.send_back, {"note": NOTE}),
    ):
        leaves_nothing(c, lambda verb=verb, more=more: decide(c, verb, **more), every=4, at=TUESDAY)


def test_late_the_offices_lead_hears_it_once(c, no):
    (timer,) = Timer.objects.filter(subject_kind="second_look")
    at = MONDAY + timedelta(days=4)
    with clock.at(at):
        assert timers.fire(timer.pk) and not timers.fire(timer.pk)
    assert notices().count("referrals.look_waits") == 1


def test_late_and_decided_nobody_hears_it(c, no):
    (timer,) = Timer.objects.filter(subject_kind="second_look")
    decide(c, actions.let_stand)
    with clock.at(MONDAY + timedelta(days=4)):
        assert not timers.fire(timer.pk)
    assert "referrals.look_waits" not in notices()
