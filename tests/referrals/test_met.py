"""A service that is completed is no need that is met: whoever holds the person asks, and says so once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.custody.reading import duties_about
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Need
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import ReferralEvent

SOON = MONDAY + timedelta(hours=1)


@pytest.fixture
def served(c, rosa, asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    do("vera", actions.engage, asked)
    return asked


@pytest.fixture
def completed(served, do):
    do("vera", actions.complete, served)
    return served


def open_kinds(c, rosa, at=SOON):
    with c.acting("denise", at):
        return sorted(duties_about(rosa.person_id).values_list("kind", flat=True))


def need_of(c, rosa):
    with c.acting("denise", SOON):
        return Need.objects.get(file=rosa)


def test_the_holder_asks_whether_it_is_met_and_has_a_date(c, rosa, completed):
    with c.acting("denise") as denise:
        duty = Duty.objects.get(kind="ask_met")
        assert (duty.membership_id, duty.person_id, duty.subject_id, duty.holds_release) == (
            denise.membership.pk, rosa.person_id, completed.pk, False,
        )  # fmt: skip
        assert duty.due_at == current_place().deadline("next_step", MONDAY)
        assert Custody.objects.get().next_step_id == duty.pk
        assert need_of(c, rosa).closed_on is None


def test_met_closes_the_need_and_what_is_next_is_decided(c, rosa, completed, do):
    do("denise", actions.say_met, completed, SOON, met=True)
    need = need_of(c, rosa)
    assert (need.outcome, need.closed_on) == ("met", current_place().day_of(SOON))
    assert open_kinds(c, rosa) == ["plan"]


def test_not_yet_leaves_it_open(c, rosa, completed, do):
    do("denise", actions.say_met, completed, SOON, met=False)
    assert need_of(c, rosa).closed_on is None
    assert open_kinds(c, rosa) == ["plan"]


def test_said_once(c, rosa, completed, do):
    do("denise", actions.say_met, completed, SOON, met=False)
    with pytest.raises(WrongState):
        do("denise", actions.say_met, completed, SOON, met=True)


def test_only_by_whoever_holds_them_and_only_after_it_was_completed(c, rosa, served, do):
    with pytest.raises(WrongState):
        do("denise", actions.say_met, served, SOON, met=True)
    do("vera", actions.complete, served, SOON)
    with pytest.raises(custody.NotHeld):
        do("vera", actions.say_met, served, SOON, met=True)


def test_nothing_is_asked_of_a_need_that_is_closed(c, rosa, served, do):
    with c.acting("denise") as denise:
        participants.close_need(need=Need.objects.get(file=rosa), outcome="met", by=denise.actor)
    do("vera", actions.complete, served)
    assert open_kinds(c, rosa) == ["plan"]


def test_nothing_is_asked_where_it_was_not_completed_after_all(c, rosa, completed):
    with c.acting("vera", SOON) as vera:
        event = ReferralEvent.objects.get(kind="completed")
        actions.take_back(event=event, reason="mistake", by=vera.actor)
    assert open_kinds(c, rosa) == ["follow_service"]


def test_nobody_is_kept_by_the_question(c, rosa, completed):
    with c.acting("denise", SOON) as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        assert not Duty.objects.filter(kind="ask_met", closed_at__isnull=True).exists()


def test_a_failure_leaves_nothing(c, rosa, completed, do):
    leaves_nothing(c, lambda: do("denise", actions.say_met, completed, SOON, met=True), at=SOON)
