"""Handing someone over outside a referral: offered as a whole, and moved when, and only when, the other side accepts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover, HandoverParty
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Contact, Listing, Need, Participant, Reach
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(
            denise, needs=("WRK-TRN", "HSG", "CIV-REC") if _knows("CIV-REC") else ("WRK-TRN", "HSG")
        )


def _knows(code):
    return False


@pytest.fixture
def offer(c, rosa):
    def act(to="harbor", consent_to=None, **more):
        with c.acting("denise", SOON) as denise:
            asked = participants.Asked(
                recipients=[c.organizations[consent_to or to].pk], parts=["name", "reach", "need"],
                data_classes=["contact", "needs"], purpose="handover", **more,
            )  # fmt: skip
            consent = participants.record_consent(file=rosa, asked=asked, by=denise.actor)
            return moves.offer(
                file=rosa, to=c.organizations[to], consent=consent, by=denise.actor,
                membership=denise.membership, note="They would like to live nearer.",
            )  # fmt: skip

    return act


def take(c, who="ines", at=LATER):
    with c.acting(who, at) as member:
        return referrals.take_on(handover=Handover.objects.get(), by=member.actor)


def test_until_they_accept_nothing_is_shown_and_nobody_moves(c, rosa, offer):
    offer()
    with c.acting("paul", SOON) as paul:
        party = HandoverParty.objects.get()
        assert (party.side, party.kind, party.person_id) == ("asked", "transfer", None)
        (duty,) = Duty.objects.filter(kind="answer_handover")
        assert (duty.queue_id, duty.person_id) == (c.queues["harbor"].pk, None)
        assert not Contact.objects.exists() and not Need.objects.exists()
        assert not custody.holds(rosa.person_id)
        assert paul
    with c.acting("denise", SOON):
        assert custody.holds(rosa.person_id)


def test_their_yes_moves_the_person_with_what_they_agreed_to_show(c, rosa, offer):
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
    offer()
    file = take(c)
    with c.acting("ines", LATER) as ines:
        assert custody.holds(rosa.person_id)
        assert file.organization_id == ines.organization_id and file.person_id == rosa.person_id
        assert Contact.objects.get(file=file).first_name == "Rosa"
        assert Reach.objects.filter(file=file, copied=True).count() == 1
        assert set(Need.objects.filter(file=file).values_list("code", flat=True)) == {"WRK-TRN", "HSG"}
        assert Listing.objects.get(file=file).standing == "held"
        duties = Duty.objects.filter(person_id=rosa.person_id, closed_at__isnull=True)
        assert set(duties.values_list("kind", flat=True)) == {"call", "await_answer"}
    with c.acting("denise", LATER):
        assert not custody.holds(rosa.person_id)
        assert Participant.objects.get(pk=rosa.pk), "her file stays with us"
        assert HandoverParty.objects.get().state == "accepted"


def test_what_was_asked_of_others_tells_the_new_holder(c, rosa, offer):
    with c.acting("denise") as denise:
        sent = cast.refer(rosa, c.services["carpentry"], denise)
    offer()
    take(c)
    with c.acting("vera", LATER) as vera:
        referrals.decline(
            referral=Referral.objects.get(pk=sent.pk), reason="full", detail="full_open", by=vera.actor
        )
    with c.acting("ines", LATER) as ines:
        referrals.settle(referral=Referral.objects.get(pk=sent.pk), outcome="met_elsewhere", by=ines.actor)


def test_their_no_leaves_the_person(c, rosa, offer):
    offer()
    with c.acting("paul", LATER) as paul:
        moves.refuse(handover=Handover.objects.get(), reason="no_room", by=paul.actor)
        with pytest.raises(WrongState):
            referrals.take_on(handover=Handover.objects.get(), by=paul.actor)
    with c.acting("denise", LATER):
        assert custody.holds(rosa.person_id)
        assert HandoverParty.objects.get().reason == "no_room"


def test_only_to_whom_the_person_agreed_and_where_somebody_answers(c, rosa, offer):
    with pytest.raises(participants.ConsentMissing):
        offer(consent_to="valley")
    with pytest.raises(participants.ConsentMissing):
        offer(refused=True)
    with pytest.raises(moves.CannotTakeOver):
        offer(to="sunrow")
    with pytest.raises(NotYours):
        offer(to="eastgate", consent_to="harbor")


def test_only_whom_it_was_offered_to_accepts_and_once(c, rosa, offer):
    offer()
    with c.acting("denise", LATER) as denise, pytest.raises(NotYours):
        referrals.take_on(handover=Handover.objects.get(), by=denise.actor)
    with c.acting("ines", LATER) as ines:
        handover = Handover.objects.get()
        referrals.take_on(handover=handover, by=ines.actor)
        with pytest.raises(WrongState):
            referrals.take_on(handover=handover, by=ines.actor)
    with c.acting("vera", LATER) as vera, pytest.raises(NotYours):
        referrals.take_on(handover=handover, by=vera.actor)


def test_consent_taken_back_meanwhile_stops_it(c, rosa, offer):
    offer()
    with c.acting("denise", LATER) as denise:
        consent = Handover.objects.get().consent
        referrals.stop_sharing(consent=consent, by=denise.actor)
    from django.db import IntegrityError

    with pytest.raises((participants.ConsentMissing, IntegrityError)):
        take(c)


def test_released_meanwhile_the_offer_is_over(c, rosa, offer):
    offer()
    with c.acting("denise", LATER) as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        assert HandoverParty.objects.get().state == "withdrawn"
    with pytest.raises(WrongState):
        take(c)


def test_nobody_offers_whom_they_do_not_hold(c, rosa, offer):
    offer()
    file = take(c)
    with pytest.raises(custody.NotHeld):
        offer(to="valley")
    assert file


def test_a_failure_leaves_them_where_they_were(c, rosa, offer):
    offer()
    leaves_nothing(c, lambda: take(c), at=LATER, every=4)
