"""After a yes: tries, the first contact, service begun, completed, ended early, lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Disposition, ReferralEvent

DAY = timedelta(days=1)


@pytest.fixture
def accepted(asked, do):
    return do("vera", actions.accept, asked, reply=actions.Reply("Vera"))


def kinds(c, who, at=None):
    with c.acting(who, at) as member:
        return sorted(d.kind for d in duties_for(member.membership))


def test_the_whole_way(c, accepted, do, stands):
    do("vera", actions.attempt, accepted, channel="text")
    assert kinds(c, "vera") == ["first_contact"], "a try is not a contact"
    do("vera", actions.record_contact, accepted, at=MONDAY + DAY, channel="voice")
    assert kinds(c, "vera") == ["begin_service"] and kinds(c, "denise") == ["follow_service"]
    do("vera", actions.engage, accepted, at=MONDAY + 2 * DAY)
    assert kinds(c, "vera") == ["still_engaged"] and kinds(c, "denise") == ["follow_service"]
    done = do("vera", actions.complete, accepted, at=MONDAY + 9 * DAY)
    assert (done.state, done.contacted_at, done.engaged_at) == ("completed", MONDAY + DAY, MONDAY + 2 * DAY)
    assert kinds(c, "vera") == [] and kinds(c, "denise", MONDAY + 9 * DAY) == ["ask_met"]
    with c.acting("vera"):
        assert Listing.objects.get().standing == "closed"
        assert not Disposition.objects.exists()
    with c.acting("denise"):
        assert custody_of(accepted.person_id).next_step.kind == "ask_met"
        told = list(ReferralEvent.objects.order_by("id").values_list("kind", flat=True))
        assert told == ["sent", "seen", "accepted", "attempted", "contacted", "engaged", "completed"]


def test_service_may_begin_at_the_first_contact(c, accepted, do):
    begun = do("vera", actions.engage, accepted)
    assert begun.contacted_at == begun.engaged_at == MONDAY


VERBS = [
    (actions.attempt, {"channel": "text"}), (actions.record_contact, {"channel": "text"}), (actions.engage, {}),
    (actions.complete, {}), (actions.end_early, {"reason": "moved_away"}), (actions.lose_contact, {}),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "more"), VERBS)
def test_not_before_a_yes_and_by_the_receiver_alone(c, asked, do, verb, more):
    with pytest.raises((WrongState, actions.NotLostYet)):
        do("vera", verb, asked, **more)
    with pytest.raises((WrongState, actions.NotLostYet)):
        do("denise", verb, asked, **more)
    with c.acting("ines") as ines, pytest.raises((NotYours, actions.NotLostYet)):
        verb(referral=asked, by=ines.actor, **more)


@pytest.mark.parametrize(("verb", "more"), VERBS[1:5])
def test_twice_and_after_the_end_is_refused(c, accepted, do, stands, verb, more):
    if verb is actions.complete:
        do("vera", actions.engage, accepted)
    before = stands_as(c, "vera", stands, accepted)
    do("vera", verb, accepted, **more)
    with c.acting("vera") as vera:
        was = everything(c)
        for again in (before, stands(accepted)):
            with pytest.raises(WrongState):
                verb(referral=again, by=vera.actor, **more)
        assert everything(c) == was


def stands_as(c, who, stands, referral):
    with c.acting(who):
        return stands(referral)


@pytest.mark.parametrize(("verb", "more"), [each for each in VERBS[:5] if each[0] is not actions.complete])
def test_impossible_dates(c, accepted, do, verb, more):
    for happened_at in (MONDAY + DAY, MONDAY - 5 * DAY):
        with pytest.raises(BadValue) as refused:
            do("vera", verb, accepted, happened_at=happened_at, **more)
        assert refused.value.field == "happened_on"
    do("vera", verb, accepted, happened_at=MONDAY.replace(hour=9), **more)  # earlier on the day of the yes


def test_an_early_end_is_decided_by_the_holder(c, accepted, do):
    do("vera", actions.engage, accepted)
    for reason in ("", "fed_up"):
        with pytest.raises(BadValue):
            do("vera", actions.end_early, accepted, reason=reason)
    ended = do("vera", actions.end_early, accepted, reason="missed_too_much")
    assert (ended.state, ended.end_reason) == ("ended_early", "missed_too_much")
    assert kinds(c, "denise") == ["settle"] and kinds(c, "vera") == []


@pytest.mark.parametrize("day", [DAY * 10, DAY * 17, DAY * 24, DAY * 30])
def test_a_long_service_is_asked_after_within_thirty_days_also_over_the_holidays(c, accepted, do, day):
    """Twenty business days around the turn of the year are more than thirty days."""
    begun = MONDAY + day
    do("vera", actions.engage, accepted, at=begun)
    for who in ("vera", "denise"):
        with c.acting(who, begun) as member:
            (duty,) = duties_for(member.membership)
            assert begun + 20 * DAY < duty.due_at < begun + 31 * DAY
            assert current_place().is_business_day(current_place().day_of(duty.due_at))


# --- Lost contact -------------------------------------------------------------------------------------------------


def try_on(do, referral, channel, days):
    for day in days:
        do("vera", actions.attempt, referral, at=MONDAY + day * DAY, channel=channel)


def why_not(c, referral, stands, at):
    with c.acting("vera", at):
        return actions.why_not_lost(stands(referral))


def test_lost_after_five_tries_over_ten_business_days_on_every_way(c, accepted, do, stands):
    with c.acting("vera") as vera:
        own = Participant.objects.get()
        participants.add_way(file=own, way=participants.Way("email", "rosa@mail.example"), by=vera.actor)
    # Thursday and Friday of that week are closed: ten business days after Monday, November 23, is December 9.
    due = MONDAY + 16 * DAY
    assert current_place().business_days_between(MONDAY.date(), due.date()) == 10
    assert len(why_not(c, accepted, stands, due)) == 3, "all reasons at once"
    try_on(do, accepted, "text", [0, 1, 2, 7])
    assert len(why_not(c, accepted, stands, due)) == 2
    try_on(do, accepted, "text", [8])
    (way,) = why_not(c, accepted, stands, due)
    assert "email" in way
    try_on(do, accepted, "email", [9])
    assert len(why_not(c, accepted, stands, due - DAY)) == 1, "a day too early"
    with pytest.raises(actions.NotLostYet) as refused:
        do("vera", actions.lose_contact, accepted, at=due - DAY)
    assert "9 of 10" in refused.value.mend
    lost = do("vera", actions.lose_contact, accepted, at=due)
    assert lost.state == "lost_contact" and "settle" in kinds(c, "denise", due)


def test_one_way_is_enough_where_there_is_one_and_a_stopped_one_is_none(c, accepted, do, stands):
    due = MONDAY + 16 * DAY
    with c.acting("vera") as vera:
        own = Participant.objects.get()
        reach = participants.add_way(
            file=own, way=participants.Way("email", "old@mail.example"), by=vera.actor
        )
        participants.stop_reach(reach=reach, by=vera.actor)
    try_on(do, accepted, "text", [0, 1, 2, 7, 8])
    assert why_not(c, accepted, stands, due) == []


def test_tries_can_not_be_dated_back(c, accepted, do):
    with pytest.raises(BadValue):
        do(
            "vera",
            actions.attempt,
            accepted,
            at=MONDAY + 5 * DAY,
            channel="text",
            happened_at=MONDAY - 20 * DAY,
        )


def test_whom_one_has_talked_with_is_not_lost(c, accepted, do):
    try_on(do, accepted, "text", [0, 1, 2, 7, 8])
    do("vera", actions.record_contact, accepted, at=MONDAY + 9 * DAY, channel="text")
    with pytest.raises(WrongState):
        do("vera", actions.lose_contact, accepted, at=MONDAY + 20 * DAY)


def test_a_failure_leaves_nothing(c, accepted, do):
    for verb, more in VERBS[:3]:
        leaves_nothing(c, lambda verb=verb, more=more: do("vera", verb, accepted, **more), every=2)
    do("vera", actions.engage, accepted)
    for verb, more in VERBS[3:5]:
        leaves_nothing(c, lambda verb=verb, more=more: do("vera", verb, accepted, **more), every=3)


def test_a_transfer_that_ends_is_decided_by_who_holds_them_now(c, offered, do):
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    do("vera", actions.engage, offered)
    assert kinds(c, "vera") == ["still_engaged"] and kinds(c, "denise") == []
    do("vera", actions.end_early, offered, reason="person_stopped")
    assert kinds(c, "vera") == ["settle"]
    do("vera", actions.settle, offered, outcome="stays")
    assert kinds(c, "vera") == ["plan"]


def test_a_transfer_that_is_completed_is_planned_by_who_holds_them_now(c, offered, do):
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    do("vera", actions.engage, offered)
    do("vera", actions.complete, offered)
    assert kinds(c, "vera") == ["ask_met"]
    do("vera", actions.say_met, offered, met=True)
    assert kinds(c, "vera") == ["plan"]
    with c.acting("vera"):
        assert Listing.objects.get().standing == "held"


def test_who_is_served_twice_is_listed_until_the_last(c, rosa, do):
    """Two services of one organization for one person."""
    from warmhandoff.directory.models import Service

    with c.acting("vera"):
        c.services["welding"] = Service.objects.create(
            organization=c.organizations["valley"],
            name="Welding",
            service_code="WRK-RDY",
            mailbox=c.services["carpentry"].mailbox,
        )
    with c.acting("denise") as denise:
        participants.open_need(file=rosa, code="WRK-RDY", by=denise.actor)
        both = [cast.refer(rosa, c.services[name], denise) for name in ("carpentry", "welding")]
    for each in both:
        do("vera", actions.accept, each, reply=actions.Reply("Vera"))
        do("vera", actions.engage, each)
    do("vera", actions.complete, both[0])
    with c.acting("vera"):
        assert Listing.objects.get().standing == "served"
    do("vera", actions.complete, both[1])
    with c.acting("vera"):
        assert Listing.objects.get().standing == "closed"
