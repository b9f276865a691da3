"""No, with the reason: whoever holds the person decides what is next."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody.models import Handover
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Disposition

FULL = {"reason": "full", "detail": "full_open"}


def test_the_holder_decides_within_two_business_days(c, asked, do):
    referral = do("vera", actions.decline, asked, **FULL)
    assert (referral.state, referral.end_reason, referral.end_detail) == ("declined", "full", "full_open")
    with c.acting("denise") as denise:
        decision = Disposition.objects.get()
        (duty,) = duties_for(denise.membership)
        assert duty == decision.duty and duty.kind == "settle" and duty.holds_release
        assert duty.due_at == current_place().deadline("disposition", MONDAY)
        assert custody_of(asked.person_id).next_step == duty
    with c.acting("vera") as vera:
        assert not duties_for(vera.membership).exists() and not Participant.objects.exists()
        assert not Disposition.objects.exists(), "what is decided is not for the other side to read"
    waiting = Timer.objects.filter(
        subject_kind="referral", subject_id=asked.pk, fired_at=None, called_off_at=None
    )
    assert {timer.step for timer in waiting} == {"decision_reminder", "decision_lead", "decision_office"}


def test_an_offered_transfer_is_over(c, offered, do):
    do("vera", actions.decline, offered, **FULL)
    with c.acting("denise"):
        assert Handover.objects.get().state == "declined"
        assert custody_of(offered.person_id) is not None


def test_its_link_dies_in_two_weeks(c, mailed):
    with c.pressing(mailed) as (link, found):
        actions.decline(referral=found, by=link, **FULL)
    assert (AnswerLink.objects.get().dies_at - MONDAY).days == 14


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("reason", {"reason": ""}),
        ("reason", {"reason": "because"}),
        ("reason", {"reason": "full_until"}),
        ("detail", {"reason": "full", "detail": "area"}),
        ("full_until", {"reason": "full", "detail": "full_until"}),
    ],
)
def test_reasons_come_from_the_list_in_two_levels(c, asked, do, field, said):
    with pytest.raises(BadValue) as refused:
        do("vera", actions.decline, asked, **said)
    assert refused.value.field == field and refused.value.mend


def test_full_until_a_day(c, asked, do):
    until = date(2027, 2, 1)
    referral = do(
        "vera",
        actions.decline,
        asked,
        reason="full",
        detail="full_until",
        full_until=until,
        tell_person=False,
    )
    assert (referral.full_until, referral.tell_person) == (until, False)


def test_twice_after_a_yes_and_by_others_is_refused(c, asked, mailed, do, stands):
    do("vera", actions.decline, asked, **FULL)
    with c.acting("vera") as vera:
        before = everything(c)
        for again in (asked, stands(asked)):
            with pytest.raises(WrongState):
                actions.decline(referral=again, by=vera.actor, **FULL)
        assert everything(c) == before
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
        with pytest.raises(WrongState):
            actions.decline(referral=stands(mailed), by=link, **FULL)
    with pytest.raises(WrongState, match="other side"):
        do("denise", actions.decline, mailed, **FULL)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.decline(referral=mailed, by=ines.actor, **FULL)


def test_a_failure_leaves_it_unanswered(c, offered, do):
    leaves_nothing(c, lambda: do("vera", actions.decline, offered, **FULL), every=2)
