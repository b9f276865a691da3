"""We have it; a question before the answer; its reply. The date of the answer stands."""

from __future__ import annotations

import pytest

from tests import cast
from tests.standing import everything, leaves_nothing
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Message
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, ReferralEvent, ReferralNote


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
        assert sorted(d.kind for d in duties_for(denise.membership)) == ["answer_question", "await_answer"]
    do("denise", actions.answer_question, mailed, text="A few.")
    with c.acting("denise") as denise:
        assert [d.kind for d in duties_for(denise.membership)] == ["await_answer"]
    link = AnswerLink.objects.get()
    assert link.generation == 2, "the newer mail's link is the one that acts"
    assert Message.objects.filter(notice="referrals.question_answered", subject_id=link.pk).count() == 1
    with c.pressing(mailed):
        assert ReferralNote.objects.count() == 2


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
        assert [d.kind for d in duties_for(denise.membership)] == ["settle"], "no question waits for ever"


def test_whoever_took_the_person_over_answers(c, rosa, mailed, do):
    with c.acting("denise") as denise:
        offered = cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")
    do("vera", actions.accept, offered, reply=actions.Reply("Vera"))
    with c.pressing(mailed) as (link, found):
        actions.ask(referral=found, text="When?", by=link)
    with c.acting("vera") as vera:
        assert "answer_question" in [d.kind for d in duties_for(vera.membership)]
    do("vera", actions.answer_question, mailed, text="In May.")


def test_a_failure_leaves_nothing(c, mailed, asked, do):
    leaves_nothing(c, lambda: do("vera", actions.ask, asked, text="When?"))
    do("vera", actions.ask, asked, text="When?")
    leaves_nothing(c, lambda: do("denise", actions.answer_question, asked, text="Soon."))
