"""A hold and a waitlist: put off until a day, looked at again on it, and never silence."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody.models import Custody
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Disposition, ReferralEvent
from warmhandoff.referrals.protocol import CLIMBED_IN

JANUARY = date(2027, 1, 12)
PAPERS = {"until": JANUARY, "reason": "papers"}


def on(day, hour=17):
    return datetime(day.year, day.month, day.day, hour, tzinfo=current_place().zone)


def kinds(member):
    return sorted(d.kind for d in duties_for(member.membership))


def waiting(referral):
    found = Timer.objects.filter(
        subject_kind="referral", subject_id=referral.pk, fired_at=None, called_off_at=None
    )
    return {timer.step: timer.due_at for timer in found}


def fire_due(moment):
    with clock.at(moment):
        due = Timer.objects.filter(pk__in=timers.due(moment), subject_kind="referral")
        return [timers.fire(timer.pk) for timer in due.order_by("due_at", "id")]


def next_step(person_id):
    return Custody.objects.select_related("next_step").get(person_id=person_id, until=None).next_step


@pytest.fixture
def accepted(asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    return asked


# --- A waitlist ---------------------------------------------------------------------------------------------------


def test_a_waitlist_is_told_to_the_holder_with_its_day_and_place(c, rosa, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.waitlist(referral=found, review_on=JANUARY, position=3, by=link)
    with c.acting("denise") as denise:
        found = stands(mailed)
        assert (found.state, found.waits_for, found.list_position) == ("sent", "review", 3)
        assert found.review_due_at == found.answer_due_at == on(JANUARY)
        assert kinds(denise) == ["await_review"]
        step = next_step(rosa.person_id)
        assert step.kind == "await_review" and step.due_at == on(JANUARY), (
            "the holder's next step is that day"
        )
        event = ReferralEvent.objects.get(kind="waitlisted")
        assert (event.detail, event.due_at) == ("3", on(JANUARY))
        assert ReferralEvent.objects.filter(kind="seen").count() == 1, "who says so has seen it"
        assert Message.objects.filter(notice="referrals.answer_heard").count() == 1
    assert set(waiting(mailed)) == {"review_reminder", "review_lead", "review_sender", "review_expires"}
    assert waiting(mailed)["review_reminder"] == on(JANUARY, 9), "in the morning of the day"


def test_where_someone_signs_in_the_look_is_on_their_today_and_names_nobody(c, asked, do):
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    with c.acting("vera") as vera:
        assert kinds(vera) == ["review_waitlist"]
        assert Duty.objects.get(kind="review_waitlist").person_id is None


def test_a_waitlist_never_becomes_silence(c, mailed, do, stands):
    with c.pressing(mailed) as (link, found):
        actions.waitlist(referral=found, review_on=JANUARY, by=link)
    said = []
    for day in (13, 14, 19):
        fire_due(on(date(2027, 1, day)))
        with c.acting("denise", on(date(2027, 1, day))):
            kinds_now = ReferralEvent.objects.filter(kind__startswith="review_").values_list(
                "kind", flat=True
            )
            said.append((sorted(kinds_now), stands(mailed).state))
    assert said == [
        (["review_reminded"], "sent"),  # Sunrow has no lead who could be told
        (["review_reminded", "review_sender_told"], "sent"),
        (["review_reminded", "review_sender_told"], "sent"),
    ]
    assert Message.objects.filter(notice="referrals.review_reminder").count() == 1
    assert Message.objects.filter(notice="referrals.silence_told").count() == 1
    fire_due(on(date(2027, 1, 20)))
    with c.acting("denise", on(date(2027, 1, 20))):
        found = stands(mailed)
        assert found.state == "expired" and found.waits_for == ""
        assert Disposition.objects.get(referral=mailed).settled_at is None


def test_the_lead_hears_of_a_look_that_nobody_took(c, asked, do):
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    fire_due(on(date(2027, 1, 13)))
    with c.acting("vera", on(date(2027, 1, 13))):
        assert ReferralEvent.objects.filter(kind="review_lead_told").count() == 1
    assert Message.objects.filter(notice="referrals.lead_told").count() == 1


def test_looking_again_sets_the_next_day_also_after_a_reminder(c, mailed, stands):
    with c.pressing(mailed) as (link, found):
        actions.waitlist(referral=found, review_on=JANUARY, position=3, by=link)
    fire_due(on(JANUARY, 12))
    with c.pressing(mailed, on(JANUARY, 13)) as (link, found):
        actions.waitlist(referral=found, review_on=date(2027, 2, 9), position=1, by=link)
    with c.acting("denise", on(JANUARY, 13)) as denise:
        found = stands(mailed)
        assert found.review_due_at == on(date(2027, 2, 9)) and found.list_position == 1
        assert found.waitlisted_at == on(JANUARY, 13), "the ninety days count from this look"
        assert kinds(denise) == ["await_review"]
    assert waiting(mailed)["review_reminder"] == on(date(2027, 2, 9), 9)


def test_from_the_list_to_a_yes_or_a_no(c, asked, do, stands):
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    do("vera", actions.accept, asked, on(JANUARY, 10), reply=actions.Reply("Vera"))
    with c.acting("vera", on(JANUARY, 10)) as vera:
        assert stands(asked).waits_for == "" and stands(asked).list_position is None
        assert kinds(vera) == ["first_contact"] and "review_lead" not in waiting(asked)


def test_a_late_yes_after_the_list_ran_out(c, asked, do, stands):
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    fire_due(on(date(2027, 1, 20)))
    with c.acting("vera", on(date(2027, 1, 20))) as vera:
        assert stands(asked).state == "expired" and kinds(vera) == ["answer_referral"]
    do("vera", actions.accept, asked, on(date(2027, 1, 20)), reply=actions.Reply("Vera"))


def test_at_most_ninety_days_and_a_day_ahead(c, asked, do):
    for wrong in (MONDAY.date(), MONDAY.date() - timedelta(days=1), MONDAY.date() + timedelta(days=91)):
        with pytest.raises(BadValue):
            do("vera", actions.waitlist, asked, review_on=wrong)
    with pytest.raises(BadValue):
        do("vera", actions.waitlist, asked, review_on=JANUARY, position=0)
    latest = current_place().latest_day("waitlist", MONDAY)
    assert latest <= MONDAY.date() + timedelta(days=90)
    do("vera", actions.waitlist, asked, review_on=latest)


def test_the_list_is_the_receivers_and_before_a_yes(c, asked, do):
    with pytest.raises(WrongState):
        do("denise", actions.waitlist, asked, review_on=JANUARY)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.waitlist(referral=asked, review_on=JANUARY, by=ines.actor)
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    with pytest.raises(WrongState):
        do("vera", actions.waitlist, asked, review_on=JANUARY)


def test_a_question_of_theirs_is_over_when_they_list_someone(c, asked, do, stands):
    do("vera", actions.ask, asked, text="When?")
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    with c.acting("denise") as denise:
        assert stands(asked).waits_for == "review" and kinds(denise) == ["await_review"]


# --- A hold -------------------------------------------------------------------------------------------------------


def test_the_receiver_puts_off_what_it_serves_and_every_clock_stands(c, rosa, accepted, do, stands):
    do("vera", actions.hold, accepted, **PAPERS)
    with c.acting("vera") as vera:
        found = stands(accepted)
        assert (found.state, found.waits_for, found.hold_side) == ("accepted", "hold", "receiver")
        assert kinds(vera) == ["review_hold"] and set(waiting(accepted)) == {"hold_ends"}
    with c.acting("denise") as denise:
        assert kinds(denise) == ["await_hold"] and next_step(rosa.person_id).due_at == on(JANUARY)
        assert ReferralEvent.objects.get(kind="held").detail == "papers"


def test_on_its_day_it_goes_on_by_itself_with_what_was_left(c, accepted, do, stands):
    do("vera", actions.hold, accepted, **PAPERS)
    with c.acting("vera"):
        left = current_place().office_time(MONDAY, stands(accepted).contact_due_at)
    assert fire_due(on(JANUARY)) == [True]
    with c.acting("vera", on(JANUARY)) as vera:
        found = stands(accepted)
        assert found.waits_for == "" and found.contact_due_at > on(JANUARY)
        assert current_place().office_time(on(JANUARY), found.contact_due_at) == left
        assert kinds(vera) == ["first_contact"]
        assert waiting(accepted)["contact_reminder"] == found.contact_due_at
        event = ReferralEvent.objects.get(kind="resumed")
        assert event.detail == "by_itself" and event.by.kind == "system"
    with c.acting("denise", on(JANUARY)) as denise:
        assert kinds(denise) == ["await_contact"]
    assert fire_due(on(JANUARY)) == []


def test_whoever_put_it_off_takes_it_up_again_and_nobody_else(c, accepted, do, stands):
    do("denise", actions.hold, accepted, **PAPERS)
    with c.acting("denise") as denise:
        assert kinds(denise) == ["review_hold"]
    with c.acting("vera") as vera:
        assert kinds(vera) == ["await_hold"]
    for verb, said in ((actions.resume, {}), (actions.hold, PAPERS)):
        with pytest.raises(WrongState):
            do("vera", verb, accepted, **said)
    do("denise", actions.resume, accepted, on(date(2026, 12, 1)))
    with c.acting("vera", on(date(2026, 12, 1))) as vera:
        assert kinds(vera) == ["first_contact"] and stands(accepted).waits_for == ""
    with pytest.raises(WrongState):
        do("denise", actions.resume, accepted)


@pytest.mark.parametrize("state", ["contacted", "engaged"])
def test_in_every_state_that_is_under_way(c, accepted, do, stands, state):
    do("vera", actions.record_contact, accepted, channel="text")
    if state == "engaged":
        do("vera", actions.engage, accepted)
    do("vera", actions.hold, accepted, **PAPERS)
    assert fire_due(on(JANUARY)) == [True]
    with c.acting("vera", on(JANUARY)) as vera:
        assert kinds(vera) == [{"contacted": "begin_service", "engaged": "still_engaged"}[state]]
    with c.acting("denise", on(JANUARY)) as denise:
        assert kinds(denise) == ["follow_service"]


def test_the_sender_puts_off_what_nobody_answered_yet(c, mailed, do, stands):
    do("denise", actions.hold, mailed, **PAPERS)
    assert Message.objects.filter(notice="referrals.put_off").count() == 1
    assert fire_due(on(date(2026, 12, 28))) == []
    assert fire_due(on(JANUARY)) == [True]
    with c.acting("denise", on(JANUARY)) as denise:
        assert stands(mailed).answer_due_at > on(JANUARY) and kinds(denise) == ["await_answer"]
    assert set(waiting(mailed)) == {rung.step for rung in CLIMBED_IN["sent"]}
    assert Message.objects.filter(notice="referrals.hold_over").count() == 1


def test_said_again_it_moves_the_day_and_the_clock_stands_since_the_first(c, accepted, do, stands):
    do("vera", actions.hold, accepted, **PAPERS)
    later = date(2027, 1, 20)
    do("vera", actions.hold, accepted, on(date(2026, 12, 1)), until=later, reason="starts_later")
    with c.acting("vera", on(date(2026, 12, 1))):
        found = stands(accepted)
        assert found.stands_since == MONDAY and found.held_until == on(later)
        assert waiting(accepted) == {"hold_ends": on(later)}


def test_what_moves_on_is_off_hold(c, accepted, do, stands):
    do("vera", actions.hold, accepted, **PAPERS)
    do("vera", actions.record_contact, accepted, channel="text")
    with c.acting("vera") as vera:
        assert stands(accepted).waits_for == "" and kinds(vera) == ["begin_service"]
        assert set(waiting(accepted)) == {rung.step for rung in CLIMBED_IN["contacted"]}


def test_what_may_not_be_put_off(c, rosa, asked, accepted, do):
    for wrong in (
        {"until": MONDAY.date(), "reason": "papers"},
        {"until": MONDAY.date() + timedelta(days=61), "reason": "papers"},
        {"until": JANUARY, "reason": "because"},
    ):
        with pytest.raises(BadValue):
            do("vera", actions.hold, accepted, **wrong)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.hold(referral=accepted, by=ines.actor, **PAPERS)
    do("vera", actions.end_early, accepted, reason="moved_away")
    with pytest.raises(WrongState):
        do("vera", actions.hold, accepted, **PAPERS)


def test_before_the_answer_the_receiver_has_a_list_and_the_sender_a_question(c, asked, do):
    with pytest.raises(WrongState):
        do("vera", actions.hold, asked, **PAPERS)
    do("vera", actions.ask, asked, text="When?")
    with pytest.raises(WrongState, match="question"):
        do("denise", actions.hold, asked, **PAPERS)
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    with pytest.raises(WrongState, match="waitlist"):
        do("denise", actions.hold, asked, **PAPERS)


def test_who_takes_the_person_over_has_the_date(c, rosa, mailed, do, stands):
    """Sunrow lists Rosa; Valley takes her over meanwhile: now Valley waits for that day."""
    with c.pressing(mailed) as (link, found):
        actions.waitlist(referral=found, review_on=JANUARY, by=link)
    with c.acting("denise") as denise:
        offered = cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    with c.acting("vera") as vera:
        assert kinds(vera) == ["await_review", "first_contact"]


def test_who_takes_the_person_over_and_put_them_on_a_list_has_the_date_too(c, rosa, asked, do):
    """Valley has listed Rosa for one service and takes her over for another."""
    do("vera", actions.waitlist, asked, review_on=JANUARY)
    with c.acting("vera") as vera:
        from warmhandoff.directory.models import Service

        other = Service.objects.create(
            organization=c.organizations["valley"], name="Roofing", name_es="Techos", service_code="WRK-TRN",
            area="south", languages=["en"], mailbox=c.services["carpentry"].mailbox, seats=2,
        )  # fmt: skip
    with c.acting("denise") as denise:
        offered = cast.refer(rosa, other, denise, mode="transfer")
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    with c.acting("vera") as vera:
        assert set(kinds(vera)) >= {"await_review", "first_contact"}


def test_a_failure_leaves_nothing(c, asked, do):
    leaves_nothing(c, lambda: do("vera", actions.waitlist, asked, review_on=JANUARY), every=2)
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    leaves_nothing(c, lambda: do("vera", actions.hold, asked, **PAPERS), every=2)
    do("vera", actions.hold, asked, **PAPERS)
    leaves_nothing(c, lambda: do("vera", actions.resume, asked), every=2)
