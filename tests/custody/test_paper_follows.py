"""What somebody carries on paper goes where they go: on each way on which a person changes their holder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import carried
from warmhandoff.referrals.models import CarriedReferral, Referral, Slip

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)


@pytest.fixture
def paper(c, rosa):
    """Rosa carries a code to Bright IT; Denise asks on Wednesday whether she got there."""
    with c.acting("denise") as denise:
        return carried.hand(file=rosa, service=c.services["it"], language="es", by=denise.actor)


def agreed(c, rosa, to):
    with c.acting("denise", SOON) as denise:
        said = participants.Asked(
            recipients=[c.organizations[to].pk], parts=["name", "reach", "need"],
            data_classes=["contact", "needs"], purpose="handover",
        )  # fmt: skip
        return participants.record_consent(file=rosa, asked=said, by=denise.actor)


def by_a_request(c, rosa):
    with c.acting("denise") as denise:
        sent = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera", SOON) as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=sent.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        known = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        moves.request(
            file=known, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership
        )
    consent = agreed(c, rosa, "valley")
    with c.acting("denise", LATER) as denise:
        referrals.hand_over(handover=Handover.objects.get(), consent=consent, by=denise.actor)
    return "vera"


def by_an_offer(c, rosa):
    consent = agreed(c, rosa, "harbor")
    with c.acting("denise", SOON) as denise:
        moves.offer(
            file=rosa, to=c.organizations["harbor"], consent=consent, by=denise.actor,
            membership=denise.membership,
        )  # fmt: skip
    with c.acting("ines", LATER) as ines:
        referrals.take_on(handover=Handover.objects.get(), by=ines.actor)
    return "ines"


def by_a_transfer(c, rosa):
    with c.acting("denise", SOON) as denise:
        cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")
    with c.acting("vera", LATER) as vera:
        referrals.accept(referral=Referral.objects.get(), reply=referrals.Reply("Vera"), by=vera.actor)
    return "vera"


def by_closing(c, rosa):
    with c.acting("luz", LATER) as luz:
        referrals.close_organization(organization=c.organizations["eastgate"], by=luz.actor)
    return "luz"


WAYS = (by_a_request, by_an_offer, by_a_transfer, by_closing)


def tell(slip, at=LATER):
    actor = link_actor(slip.pk, slip.organization_id)
    with clock.at(at), scoping.acting_as(actor, classes=("contact", "needs")):
        return carried.tell(slip=slip, outcome="arrived", by=actor)


@pytest.mark.parametrize("moved", WAYS)
def test_the_new_holder_has_it_with_its_day_and_the_old_one_no_longer(c, rosa, paper, moved):
    with c.acting("denise"):
        before = Duty.objects.get(kind=carried.FOLLOW)
    who = moved(c, rosa)
    with c.acting(who, LATER) as member:
        held = custody_of(rosa.person_id)
        follow = Duty.objects.get(kind=carried.FOLLOW, closed_at__isnull=True)
        assert (follow.membership_id, follow.queue_id) == (held.membership_id, held.queue_id)
        assert (follow.due_at, follow.detail, follow.holds_release) == (before.due_at, paper.code, True)
        file = Participant.objects.get(person_id=rosa.person_id, organization_id=member.organization_id)
        assert [one.pk for one in carried.open_of(file)] == [paper.pk]
    with c.acting("denise", LATER):
        assert not CarriedReferral.objects.exists()
        assert not Duty.objects.filter(kind=carried.FOLLOW, closed_at__isnull=True).exists()


@pytest.mark.parametrize("moved", WAYS)
def test_the_receivers_word_reaches_the_new_holder(c, rosa, paper, moved):
    code = carried.code_of(paper.slip)
    who = moved(c, rosa)
    with clock.at(LATER):
        slip = carried.slip_with(code)
    assert slip is not None, "the paper that they carry stays good"
    assert tell(slip) is True
    with c.acting(who, LATER):
        assert CarriedReferral.objects.get().outcome == "arrived"
        assert Duty.objects.filter(kind="check_in", person_id=rosa.person_id, closed_at__isnull=True).exists()


def test_the_new_holder_does_not_release_them_before_somebody_asked(c, rosa, paper):
    by_an_offer(c, rosa)
    with c.acting("ines", LATER) as ines:
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=ines.actor)
        carried.settle(carried=CarriedReferral.objects.get(), outcome="did_not_go", by=ines.actor)
        custody.release(person_id=rosa.person_id, reason="needs_met", by=ines.actor)


def test_whoever_held_them_says_nothing_for_the_new_holder(c, rosa, paper):
    by_an_offer(c, rosa)
    with c.acting("denise", LATER) as denise:
        assert carried.settle(carried=paper, outcome="arrived", by=denise.actor) is False
    with c.acting("ines", LATER):
        assert CarriedReferral.objects.get().closed_at is None


def test_what_is_over_stays_with_whoever_gave_it(c, rosa, paper):
    with c.acting("denise") as denise:
        carried.settle(carried=paper, outcome="arrived", by=denise.actor)
    by_an_offer(c, rosa)
    with c.acting("denise", LATER):
        assert CarriedReferral.objects.get().pk == paper.pk
    with c.acting("ines", LATER):
        assert not CarriedReferral.objects.exists()
        assert not Duty.objects.filter(kind=carried.FOLLOW).exists()


def test_given_to_a_colleague_it_stays_one(c, rosa, paper):
    with c.acting("denise", SOON) as denise:
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=denise.actor)
    with c.acting("marcus", SOON) as marcus:
        follow = Duty.objects.get(kind=carried.FOLLOW, closed_at__isnull=True)
        assert follow.membership_id == marcus.membership.pk


def test_a_move_that_breaks_leaves_it_where_it_was(c, rosa, paper):
    consent = agreed(c, rosa, "harbor")
    with c.acting("denise", SOON) as denise:
        moves.offer(
            file=rosa, to=c.organizations["harbor"], consent=consent, by=denise.actor,
            membership=denise.membership,
        )  # fmt: skip
    with pytest.raises(RuntimeError), c.acting("ines", LATER) as ines:
        referrals.take_on(handover=Handover.objects.get(), by=ines.actor)
        raise RuntimeError
    with c.acting("denise", LATER):
        assert CarriedReferral.objects.get().pk == paper.pk
        assert Slip.objects.get().organization_id == c.organizations["eastgate"].pk
        with pytest.raises(WrongState):
            carried.hand(file=rosa, service=c.services["it"], language="es", by=denise.actor)
