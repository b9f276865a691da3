"""We have it; questions before the answer; their replies. While a question stands, the receiver's clock stands and the sender's runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralEvent, ReferralNote
from warmhandoff.referrals.protocol import WAITING_FOR_ANSWER, WAITING_FOR_REPLY


def at(day, hour=10, minute=0):
    """A moment of November (or, from 101 on, December) 2026 where the place is."""
    month, day = (12, day - 100) if day > 100 else (11, day)
    return datetime(2026, month, day, hour, minute, tzinfo=current_place().zone)


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


def test_having_it_is_an_act_of_the_receiver_and_counts_once(c, asked, do):
    assert do("vera", actions.see, asked) is True
    assert do("vera", actions.see, asked) is False
    with c.acting("denise"):
        assert ReferralEvent.objects.filter(kind="seen").count() == 1
    with pytest.raises(WrongState):
        do("denise", actions.see, asked)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.see(referral=asked, by=ines.actor)
    do("denise", actions.withdraw, asked, reason="mistake")
    with pytest.raises(WrongState):
        do("vera", actions.see, asked)


def test_a_question_is_the_holders_to_answer(c, mailed, do):
    with c.pressing(mailed) as (link, found):
        actions.ask(referral=found, text=" Any tools of their own? ", by=link)
    with c.acting("denise") as denise:
        assert ReferralNote.objects.get().text == "Any tools of their own?"
        assert kinds(denise) == ["answer_question"], "the answer isn't due while they wait for us"
    do("denise", actions.answer_question, mailed, text="A few.")
    with c.acting("denise") as denise:
        assert kinds(denise) == ["await_answer"]
    link = AnswerLink.objects.get()
    assert link.generation == 2, "the newer mail's link is the one that acts"
    assert Message.objects.filter(notice="referrals.question_answered", subject_id=link.pk).count() == 1
    with c.pressing(mailed):
        assert [note.kind for note in ReferralNote.objects.all()] == ["question", "reply"]


def test_the_receivers_clock_stands_and_the_senders_runs(c, asked, do, stands):
    """Sent Monday 10:40, due Wednesday 17:00. Asked on Tuesday at noon: thirteen office hours are left."""
    do("vera", actions.ask, asked, at(24, 12), text="When?")
    with c.acting("vera", at(24, 12)) as vera:
        found = stands(asked)
        assert found.waits_for == "reply" and found.question_due_at == current_place().deadline(
            "question", at(24, 12)
        )
        assert kinds(vera) == ["await_reply"]
        assert Duty.objects.get(kind="await_reply").person_id is None, "nobody is recognized before a yes"
        assert set(waiting(asked)) == {rung.step for rung in WAITING_FOR_REPLY}
    # The day on which their answer would have been due goes by, and Thanksgiving: nobody is reminded but the sender.
    assert fire_due(at(28)) == []
    do("denise", actions.answer_question, asked, at(30, 9), text="In May.")
    with c.acting("vera", at(30, 9)) as vera:
        found = stands(asked)
        assert found.waits_for == "" and found.stands_since is None
        # Eight office hours on Monday, five on Tuesday.
        assert current_place().local(found.answer_due_at).isoformat() == "2026-12-01T14:00:00-08:00"
        assert kinds(vera) == ["answer_referral"]
        left = waiting(asked)
        assert left["answer_reminder"] == found.answer_due_at
        assert set(left) == {rung.step for rung in WAITING_FOR_ANSWER}
        assert left["answer_reminder"] < left["answer_lead"] < left["answer_sender"] < left["answer_expires"]
    with c.acting("denise", at(30, 9)) as denise:
        assert [d.due_at for d in duties_for(denise.membership)] == [found.answer_due_at]


def test_a_question_on_the_last_afternoon_leaves_the_afternoon(c, asked, do, stands):
    """Due Wednesday 17:00, asked an hour before. The reply late on the Monday after: half an hour of it, and half of Tuesday's first."""
    do("vera", actions.ask, asked, at(25, 16), text="When?")
    do("denise", actions.answer_question, asked, at(30, 16, 30), text="In May.")
    with c.acting("vera", at(30, 17)):
        assert current_place().local(stands(asked).answer_due_at).isoformat() == "2026-12-01T09:30:00-08:00"


def test_what_was_late_already_is_late_again(c, asked, do, stands):
    do("vera", actions.ask, asked, at(30, 9), text="When?")
    with c.acting("vera", at(30, 9)):
        assert "answer_reminder" not in waiting(asked)
    do("denise", actions.answer_question, asked, at(30, 11), text="In May.")
    with c.acting("vera", at(30, 11)):
        assert current_place().local(stands(asked).answer_due_at).isoformat() == "2026-11-30T11:00:00-08:00"


def test_several_questions_one_clock(c, asked, do, stands):
    do("vera", actions.ask, asked, at(23, 11), text="When?")
    with c.acting("vera", at(23, 11)):
        due = stands(asked).question_due_at
    do("vera", actions.ask, asked, at(24, 11), text="And where?")
    with c.acting("vera", at(24, 11)):
        assert stands(asked).question_due_at == due, "asking more doesn't give the sender more time"
    with c.acting("denise", at(24, 11)) as denise:
        assert kinds(denise) == ["answer_question"]
    do("denise", actions.answer_question, asked, at(24, 12), text="In May, in Compton.")
    do("vera", actions.ask, asked, at(24, 13), text="Which May?")
    do("denise", actions.answer_question, asked, at(24, 14), text="The next.")
    with c.acting("vera", at(24, 14)):
        found = stands(asked)
        # Nine office hours stood still, and one more; Thursday and Friday are closed.
        assert current_place().local(found.answer_due_at).isoformat() == "2026-12-01T11:00:00-08:00"
        assert waiting(asked)["answer_reminder"] == found.answer_due_at


def test_a_silent_sender_is_told_then_their_lead_and_the_waiting_has_an_end(c, mailed, do, stands):
    with c.pressing(mailed) as (link, found):
        actions.ask(referral=found, text="When?", by=link)
    assert fire_due(at(25, 17)) == [True]
    assert Message.objects.filter(notice="referrals.question_waits").count() == 1, "whoever sent it"
    with c.acting("denise", at(25, 17)):
        assert ReferralEvent.objects.filter(kind="question_late").count() == 1
    assert fire_due(at(30, 17)) == [True]
    with c.acting("denise", at(30, 17)):
        assert ReferralEvent.objects.filter(kind="question_lead_told").count() == 1
        assert Message.objects.filter(notice="referrals.question_waits").count() == 2, "and their lead"
    assert fire_due(at(101, 17)) == [True]
    with c.acting("denise", at(101, 17)):
        assert ReferralEvent.objects.filter(kind="question_sender_told").count() == 1
        assert Message.objects.filter(notice="referrals.question_waits").count() == 3, (
            "whoever sent it, once more"
        )
    assert fire_due(at(109, 17)) == [True]
    with c.acting("denise", at(109, 17)):
        found = stands(mailed)
        assert found.state == "expired" and found.waits_for == ""
        assert Disposition.objects.get(referral=mailed).settled_at is None
        assert not ReferralEvent.objects.filter(kind="reminded").exists(), "they weren't silent: we were"


def test_an_answer_needs_no_reply(c, asked, do, stands):
    do("vera", actions.ask, asked, text="When?")
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    with c.acting("vera"):
        found = stands(asked)
        assert found.state == "accepted" and found.waits_for == "" and found.stands_since is None
        assert "question_expires" not in waiting(asked)
    with c.acting("denise") as denise:
        assert kinds(denise) == ["await_contact"]


def test_a_question_after_the_yes_stops_no_clock(c, asked, do, stands):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    with c.acting("vera"):
        before = waiting(asked)
    do("vera", actions.ask, asked, text="Another number?")
    with c.acting("vera"):
        assert waiting(asked) == before and stands(asked).waits_for == ""
        assert ReferralNote.objects.get().may_name
    with c.acting("denise") as denise:
        assert kinds(denise) == ["answer_question", "await_contact"]
    do("denise", actions.answer_question, asked, text="555-0199.")
    with c.acting("denise") as denise:
        assert kinds(denise) == ["await_contact"]


def test_a_clock_that_runs_out_while_it_is_stopped_goes_on_to_run(c, asked, do, stands, monkeypatch):
    """The timer read the referral just before the question was asked: its waiting isn't over, and isn't forgotten either."""
    moment = at(107, 17)
    with c.acting("denise", moment):
        before = Referral.objects.get(pk=asked.pk)
    do("vera", actions.ask, asked, moment, text="When?")
    with c.acting("denise", moment) as denise, pytest.raises(WrongState):
        actions.expire(referral=before, by=_system(denise))
    with c.acting("denise", moment):
        Timer.objects.filter(step="question_expires").update(fired_at=moment)
        actions.last_rung_again(referral=before)
        assert waiting(asked)["question_expires"] > moment


def _system(member):
    from warmhandoff.foundation.actors import system_actor

    return system_actor(member.organization_id)


def test_one_reply_to_one_question(c, asked, do):
    with pytest.raises(WrongState, match="No question waits"):
        do("denise", actions.answer_question, asked, text="Nobody asked.")
    do("vera", actions.ask, asked, text="When?")
    do("denise", actions.answer_question, asked, text="In May.")
    with c.acting("denise"):
        before = everything(c)
    with pytest.raises(WrongState):
        do("denise", actions.answer_question, asked, text="In May.")
    with c.acting("denise"):
        assert everything(c) == before
    do("vera", actions.ask, asked, text="Which May?")
    do("denise", actions.answer_question, asked, text="The next.")


def test_the_sides_are_not_changed(c, asked, do):
    with pytest.raises(WrongState):
        do("denise", actions.ask, asked, text="When?")
    do("vera", actions.ask, asked, text="When?")
    with pytest.raises(WrongState):
        do("vera", actions.answer_question, asked, text="I answer myself.")
    for verb, said in ((actions.ask, "x"), (actions.answer_question, "x")):
        with c.acting("ines") as ines, pytest.raises(NotYours):
            verb(referral=asked, text=said, by=ines.actor)


def test_words_are_needed_and_an_open_referral(c, asked, do):
    for verb, who in ((actions.ask, "vera"), (actions.answer_question, "denise")):
        with pytest.raises(BadValue):
            do(who, verb, asked, text="  ")
    do("vera", actions.ask, asked, text="When?")
    do("denise", actions.withdraw, asked, reason="mistake")
    with pytest.raises(WrongState):
        do("vera", actions.ask, asked, text="And now?")
    with pytest.raises(WrongState):
        do("denise", actions.answer_question, asked, text="Never.")
    with c.acting("denise") as denise:
        assert kinds(denise) == ["settle"], "no question waits for ever"


def test_whoever_took_the_person_over_answers(c, rosa, mailed, do):
    with c.acting("denise") as denise:
        offered = cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")
    with c.pressing(mailed) as (link, found):
        actions.ask(referral=found, text="When?", by=link)
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    with c.acting("vera") as vera:
        assert "answer_question" in kinds(vera), "the question that stands goes with the person"
    do("vera", actions.answer_question, mailed, MONDAY + timedelta(hours=1), text="In May.")
    with c.acting("vera") as vera:
        assert kinds(vera) == ["await_answer", "first_contact"]


def test_a_failure_leaves_nothing(c, mailed, asked, do):
    leaves_nothing(c, lambda: do("vera", actions.ask, asked, text="When?"), every=2)
    do("vera", actions.ask, asked, text="When?")
    leaves_nothing(c, lambda: do("denise", actions.answer_question, asked, text="Soon."), every=2)


def test_a_reply_within_the_hour_moves_no_date(c, asked, do, stands):
    with c.acting("denise"):
        due, rungs = stands(asked).answer_due_at, waiting(asked)
    do("vera", actions.ask, asked, MONDAY + timedelta(minutes=1), text="Which weekdays?")
    do("denise", actions.answer_question, asked, MONDAY + timedelta(minutes=1, seconds=20), text="Any day.")
    with c.acting("denise"):
        assert stands(asked).answer_due_at == due
        left = {step: at for step, at in rungs.items() if not step.startswith("seen")}
        assert waiting(asked) == left, "who asks has seen it"
