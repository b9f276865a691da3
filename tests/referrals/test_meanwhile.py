"""What is done without moving a referral on: messages, the network's stages, giving it to a colleague."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock, scoping, terms, vocabularies
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.referrals import actions, reading
from warmhandoff.referrals.models import Referral, ReferralEvent, ReferralNote, ReferralParty


@pytest.fixture
def accepted(asked, do):
    do("vera", actions.accept, asked, reply=actions.Reply("Vera"))
    return asked


@pytest.fixture
def by_mail(c, mailed):
    with c.pressing(mailed) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
    return mailed


def kinds(member):
    return sorted(d.kind for d in duties_for(member.membership))


def unread(c, who, referral, at=None):
    with c.acting(who, at) as member:
        rows = ReferralParty.objects.filter(referral=referral, organization_id=member.organization_id)
        return referral.pk in reading.unread_among([row.referral_id for row in rows])


# --- The conversation ---------------------------------------------------------------------------------------------


def test_both_sides_write_and_the_mail_holds_not_a_word(c, by_mail, do):
    do("denise", actions.write, by_mail, text=" Rosa can start on Monday. ")
    with c.pressing(by_mail) as (link, found):
        actions.write(referral=found, text="Good, Jo waits for her.", by=link)
    with c.acting("denise"):
        said = list(ReferralNote.objects.values_list("text", "kind", "may_name"))
        assert said == [
            ("Rosa can start on Monday.", "message", True),
            ("Good, Jo waits for her.", "message", True),
        ]
    assert Message.objects.filter(notice="referrals.message_for_you").count() == 1
    assert Message.objects.filter(notice="referrals.message_waits").count() == 1


def test_what_may_name_somebody_is_read_by_who_reads_how_to_reach_them(c, by_mail, do):
    with c.acting("denise"):
        organization = by_mail.receiver_id
    do("denise", actions.write, by_mail, text="Rosa can start on Monday.")
    with (
        clock.at(MONDAY),
        scoping.acting_as(None, organization_id=organization, classes=("needs", "narrative")),
    ):
        assert not ReferralNote.objects.exists(), "behind a link, before the code"
    with c.pressing(by_mail):
        assert ReferralNote.objects.count() == 1
    with c.acting("paul"):
        assert not ReferralNote.objects.exists(), "a stranger"
    with c.acting("tavo"):
        assert not ReferralNote.objects.exists(), "a peer mentor reads no narrative"


def test_unread_until_one_says_so_or_writes_back(c, accepted, do):
    assert not unread(c, "vera", accepted) and not unread(c, "denise", accepted)
    do("denise", actions.write, accepted, MONDAY + timedelta(minutes=1), text="Call after five.")
    assert unread(c, "vera", accepted) and not unread(c, "denise", accepted)
    do("vera", actions.read, accepted, MONDAY + timedelta(minutes=2))
    assert not unread(c, "vera", accepted)
    do("vera", actions.write, accepted, MONDAY + timedelta(minutes=3), text="Done.")
    assert unread(c, "denise", accepted)
    do("denise", actions.write, accepted, MONDAY + timedelta(minutes=4), text="Thank you.")
    assert not unread(c, "denise", accepted) and unread(c, "vera", accepted)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.read(referral=accepted, by=ines.actor)


def test_it_stops_with_the_referral_and_is_kept(c, accepted, do):
    do("denise", actions.write, accepted, text="Call after five.")
    do("vera", actions.end_early, accepted, reason="moved_away")
    for who in ("denise", "vera"):
        with pytest.raises(WrongState):
            do(who, actions.write, accepted, text="And now?")
        with c.acting(who):
            assert ReferralNote.objects.count() == 1


def test_a_message_has_words_and_not_too_many(c, accepted, do):
    for text in ("  ", "x" * 2001):
        with pytest.raises(BadValue):
            do("denise", actions.write, accepted, text=text)
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.write(referral=accepted, text="x", by=ines.actor)


def test_a_message_that_fails_leaves_nothing(c, accepted, do):
    leaves_nothing(c, lambda: do("denise", actions.write, accepted, text="Call after five."))


# --- Stages -------------------------------------------------------------------------------------------------------


def test_a_stage_belongs_to_its_state(c, accepted, do, stands):
    do("vera", actions.set_stage, accepted, stage="orientation_booked")
    with c.acting("denise"):
        assert stands(accepted).stage == "orientation_booked"
        assert ReferralEvent.objects.get(kind="stage").detail == "orientation_booked"
    with pytest.raises(WrongState):
        do("vera", actions.set_stage, accepted, stage="orientation_attended")
    do("vera", actions.record_contact, accepted, channel="text")
    with c.acting("denise"):
        assert stands(accepted).stage == "", "the next state begins without one"
    do("vera", actions.set_stage, accepted, stage="orientation_attended")
    do("vera", actions.set_stage, accepted, stage="orientation_attended")
    with c.acting("denise"):
        assert ReferralEvent.objects.filter(kind="stage").count() == 2, "said twice, it is one"


def test_a_stage_of_what_has_begun_says_that_it_has_begun(c, accepted, do, stands):
    do("vera", actions.set_stage, accepted, stage="started")
    with c.acting("denise"):
        found = stands(accepted)
        assert (found.state, found.stage) == ("engaged", "started") and found.engaged_at
    do("vera", actions.set_stage, accepted, stage="halfway")
    do("vera", actions.complete, accepted)
    with c.acting("denise"):
        assert stands(accepted).stage == ""


def test_the_stage_is_the_receivers_to_say_and_one_that_is_there(c, asked, accepted, do):
    with pytest.raises(WrongState):
        do("denise", actions.set_stage, accepted, stage="orientation_booked")
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.set_stage(referral=accepted, stage="orientation_booked", by=ines.actor)
    with pytest.raises(BadValue):
        do("vera", actions.set_stage, accepted, stage="nowhere")
    with c.acting("adam") as adam:
        term = vocabularies.term_or_404("stage", "orientation_booked")
        vocabularies.add(
            vocabulary="stage", parent="accepted", en="Called once", es="Una llamada", by=adam.actor
        )
        vocabularies.end(term=term, on=MONDAY.date(), by=adam.actor)
    do("vera", actions.set_stage, accepted, stage="called_once")
    with pytest.raises(BadValue):
        do("vera", actions.set_stage, accepted, MONDAY + timedelta(days=1), stage="orientation_booked")


def test_a_stage_that_fails_leaves_nothing(c, accepted, do):
    leaves_nothing(c, lambda: do("vera", actions.set_stage, accepted, stage="started"), every=3)


# --- Given to a colleague -----------------------------------------------------------------------------------------


@pytest.fixture
def nadia(c):
    """A case manager at Valley."""
    from tests.cast import PASSWORD
    from warmhandoff.foundation.actors import operator_actor
    from warmhandoff.network import actions as network
    from warmhandoff.network.models import User
    from warmhandoff.network.roles import Role

    with clock.at(MONDAY), scoping.acting_as(operator_actor(c.organizations["valley"].pk)):
        user = User.objects.create_user("nadia@valley.example", "Nadia Flores", PASSWORD)
        found = network.add_member(user=user, organization=c.organizations["valley"], role=Role.CASE_MANAGER)
    c.members["nadia"] = found
    yield found
    del c.members["nadia"]


def test_the_answer_and_what_follows_are_the_colleagues(c, asked, do, nadia, stands):
    do("vera", actions.assign, asked, to=nadia)
    with c.acting("nadia") as member:
        assert kinds(member) == ["answer_referral"]
    do("vera", actions.accept, asked, reply=actions.Reply("Nadia"))
    with c.acting("nadia") as member:
        assert kinds(member) == ["first_contact"], "whoever presses, it is Nadia's"
    with c.acting("vera"):
        assert stands(asked).receiver_membership_id == nadia.pk
        assert ReferralEvent.objects.get(kind="assigned").detail == nadia.code
    with c.acting("denise"):
        told = [event.kind for event in reading.events_of(stands(asked))]
        assert "assigned" not in told, "who does it there is not the sender's to read"


def test_a_yes_by_mail_lands_with_whom_it_was_given_to(c, asked, do, nadia):
    do("vera", actions.assign, asked, to=nadia)
    with c.pressing(asked) as (link, found):
        actions.accept(referral=found, reply=actions.Reply("Jo"), by=link)
    with c.acting("nadia") as member:
        assert kinds(member) == ["first_contact"]


def test_who_may_give_it_to_whom(c, asked, mailed, do, nadia):
    with pytest.raises(NotAllowed):
        do("nadia", actions.assign, asked, to=c.members["vera"])
    do("nadia", actions.assign, asked, to=nadia)
    for to in (c.members["denise"], c.members["ines"]):
        with pytest.raises(BadValue):
            do("vera", actions.assign, asked, to=to)
    with pytest.raises(WrongState):
        do("denise", actions.assign, asked, to=c.members["denise"])
    with c.acting("ines") as ines, pytest.raises(NotYours):
        actions.assign(referral=asked, to=c.members["ines"], by=ines.actor)
    with c.pressing(mailed) as (link, found), pytest.raises(NotAllowed):
        actions.assign(referral=found, to=nadia, by=link)
    do("vera", actions.decline, asked, reason="full", detail="full_open")
    with pytest.raises(WrongState):
        do("vera", actions.assign, asked, to=nadia)


def test_when_they_leave_it_is_the_queues_again(c, accepted, do, nadia):
    do("vera", actions.assign, accepted, to=nadia)
    with c.acting("vera") as vera:
        actions.close_membership(membership=nadia, by=vera.actor)
        assert Duty.objects.get(kind="first_contact", closed_at=None).queue_id == c.queues["valley"].pk
    do("vera", actions.record_contact, accepted, channel="text")
    with c.acting("vera") as vera:
        assert kinds(vera) == ["begin_service"]


def test_giving_it_away_leaves_nothing_when_it_fails(c, asked, do, nadia):
    leaves_nothing(c, lambda: do("vera", actions.assign, asked, to=nadia))


def test_words_are_as_they_were_after_all_this(c):
    with c.acting("adam"):
        assert not terms.known().get(("stage", "called_once"))
    assert transaction.get_connection().in_atomic_block
    assert Referral._meta.get_field("stage").max_length == 40
