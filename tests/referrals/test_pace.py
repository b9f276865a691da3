"""Whose numbers hold, since when, and what they would have sent: counted by the code that sets the timers, it is what was sent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.cast import MONDAY
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions, lately, pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.models import ReferralEvent

EVERYTHING = pace.Scope()
TRAINING = pace.Scope(service_code="WRK-TRN")


def say(c, scope, at=None, **numbers):
    with c.acting("adam", at) as adam:
        return pace.say(scope=scope, numbers=numbers, by=adam.actor)


def due(referral, step):
    return Timer.objects.get(
        subject_kind="referral", subject_id=referral.pk, step=step, called_off_at=None
    ).due_at


def on(day):
    return current_place().end_of(MONDAY.date() + timedelta(days=day))


def test_ones_own_number_before_that_of_its_kind_before_that_for_all(c):
    carpentry = pace.Scope(service=c.services["carpentry"])
    with c.acting("denise"):
        assert pace.of(c.services["carpentry"]).number("answer") == current_place().waits["answer"] == 2
    say(c, EVERYTHING, answer_expires=11)
    say(c, TRAINING, answer_expires=12)
    say(c, carpentry, answer_expires=13)
    with c.acting("denise"):
        found = {
            name: pace.of(c.services[name]).number("answer_expires")
            for name in ("carpentry", "solar", "housing")
        }
    assert found == {"carpentry": 13, "solar": 12, "housing": 11}
    say(c, carpentry, answer_expires=None)
    say(c, TRAINING, answer_expires=None)
    with c.acting("denise"):
        assert pace.of(c.services["carpentry"]).number("answer_expires") == 11
        said = [
            (row.days, row.service_code, row.service_id) for row in pace.LadderNumber.objects.order_by("id")
        ]
    assert said == [
        (11, "", None), (12, "WRK-TRN", None), (13, "", c.services["carpentry"].pk),
        (None, "", c.services["carpentry"].pk), (None, "WRK-TRN", None),
    ]  # fmt: skip


def test_what_waits_keeps_its_dates_and_what_begins_to_wait_has_the_new_ones(c, rosa, do, asked):
    before = due(asked, "answer_lead")
    say(c, EVERYTHING, answer_lead=4, first_contact_lead=6, first_contact_sender=6, first_contact_person=7)
    assert due(asked, "answer_lead") == before
    with c.acting("denise") as denise:
        other = cast.refer(rosa, c.services["solar"], denise)
    assert due(other, "answer_lead") == current_place().business_days_after(MONDAY, 4)
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    assert due(asked, "contact_lead") == current_place().business_days_after(MONDAY, 6), (
        "the yes is a wait of its own"
    )


def test_the_duty_goes_with_the_number(c, rosa):
    say(c, TRAINING, seen=1, answer=3)
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
        assert (
            referral.answer_due_at
            == current_place().business_days_after(MONDAY, 3)
            == due(referral, "answer_reminder")
        )


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ({"answer_lead": 1}, "answer_lead"),
        ({"answer_expires": 4}, "answer_expires"),
        (
            {"answer": 16, "answer_lead": 17, "answer_sender": 18, "answer_person": 18, "answer_expires": 20},
            "answer",
        ),
        ({"answer_expires": 61}, "answer_expires"),
        ({"answer": 0}, "answer"),
        ({"engaged": 31, "engaged_lead": 36}, "engaged"),
        ({"next_step": 3}, "next_step"),
        ({"answer": None}, ""),
    ],
)
def test_what_may_not_be_said(c, numbers, wrong):
    with pytest.raises(BadValue) as refused:
        say(c, EVERYTHING, **numbers)
    assert refused.value.field == wrong
    assert not pace.LadderNumber.objects.exists()


def test_what_was_said_stays_as_it_was_said(c):
    say(c, EVERYTHING, answer_expires=11)
    for statement in ("UPDATE referrals_laddernumber SET days = 12", "DELETE FROM referrals_laddernumber"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- What they would have sent ------------------------------------------------------------------------------------


def fire_until(moment):
    with clock.at(moment):
        while waiting := Timer.objects.filter(pk__in=timers.due(moment), subject_kind="referral").order_by(
            "due_at", "id"
        ):
            for timer in waiting:
                with clock.at(timer.due_at):
                    timers.fire(timer.pk)


def sent_in_truth():
    """By the events themselves."""
    kinds = {rung.event: rung for rung in p.RUNGS.values()}
    events = ReferralEvent.objects.filter(kind__in=kinds).values_list("kind", flat=True)
    return Counter(lately.column_of(kinds[kind]) for kind in events)


@pytest.fixture
def month(c, rosa, mailed, asked, do):
    """One that nobody answers, and one with a question, a reply, a yes, and nobody who calls."""
    do("vera", actions.ask, asked, at=MONDAY + timedelta(days=1), text="When?")
    fire_until(on(7))
    do("denise", actions.answer_question, asked, at=on(7) + timedelta(hours=1), text="In May.")
    do("vera", actions.accept, asked, at=on(8) + timedelta(hours=1), reply=actions.Reply("Vera"))
    fire_until(on(15))
    do(
        "denise",
        actions.hold,
        asked,
        at=on(15) + timedelta(hours=1),
        until=date(2026, 12, 11),
        reason="papers",
    )
    fire_until(on(29))
    with c.acting("denise", on(29)):
        return sent_in_truth()


def test_counted_with_the_same_numbers_it_is_what_was_sent(c, month):
    with c.acting("adam", on(29)):
        told = lately.happened_lately(EVERYTHING)
        assert len(told) == 2
        (counted,) = lately.would_have_sent(told, pace.said_now())
    assert month.total() > 12
    assert +counted == +month


def test_with_other_numbers_it_is_what_they_would_have_sent(c, month):
    with c.acting("adam", on(29)):
        said = pace.said_now()
        later = EVERYTHING.saying(said, {"answer_person": 9, "answer_sender": 9, "answer_expires": 40})
        before, after = lately.would_have_sent(lately.happened_lately(EVERYTHING), said, later)
    assert before[lately.OVER] - after[lately.OVER] == 1, "that nobody answered would not have been over yet"
    assert after[lately.PERSON] == before[lately.PERSON]


def test_it_is_told_to_the_network_s_office_alone_and_names_nobody(c, month):
    with c.acting("denise", on(29)):
        assert lately.happened_lately(EVERYTHING) == []
    with c.acting("adam", on(29)):
        assert lately.happened_lately(pace.Scope(service_code="HSG")) == []
        assert len(lately.happened_lately(pace.Scope(service=c.services["solar"]))) == 1
        one = lately.happened_lately(TRAINING)[0][0]
    assert set(vars(one)) == {
        "referral",
        "service",
        "is_led",
        "kind",
        "detail",
        "at",
        "due",
    } and one.referral in (1, 2)
