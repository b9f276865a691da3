"""A release ends custody, with its reason; nothing else does, and not while something is open."""

from __future__ import annotations

import pytest

from tests import cast
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import terms
from warmhandoff.foundation.actors import link_actor, system_actor
from warmhandoff.foundation.errors import BadValue, NotAllowed
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Listing, Person
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral


def test_the_reason_stays_and_nobody_waits_any_more(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="moved_away", by=denise.actor)
        person = Person.objects.get(pk=rosa.person_id)
        assert person.close_reason == "moved_away" and person.closed_at
        assert custody_of(rosa.person_id) is None
        assert not Duty.objects.filter(person_id=rosa.person_id, closed_at=None).exists()
        listed = Listing.objects.get(file=rosa)
        assert (listed.standing, listed.next_due_at) == ("closed", None)
        event = CustodyEvent.objects.get(person_id=rosa.person_id, kind="released")
        assert (event.detail, event.by) == ("moved_away", denise.actor)


def test_twice_is_refused(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        before = everything(c)
        with pytest.raises(custody.NotHeld):
            custody.release(person_id=rosa.person_id, reason="moved_away", by=denise.actor)
        assert everything(c) == before


def test_a_reason_from_the_list(c, rosa):
    with c.acting("denise") as denise:
        for reason in ("", "fed_up", "x" * 50):
            with pytest.raises(BadValue) as refused:
                custody.release(person_id=rosa.person_id, reason=reason, by=denise.actor)
            assert refused.value.field == "reason"
        assert "needs_met" in dict(terms.choices("release_reason"))


def test_not_while_a_referral_or_a_decision_is_open(c, rosa):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
        with pytest.raises(custody.SomethingOpen) as refused:
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        assert refused.value.facts["open"] == 1
        referrals.withdraw(referral=Referral.objects.get(pk=referral.pk), reason="mistake", by=denise.actor)
        with pytest.raises(custody.SomethingOpen):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        referrals.settle(
            referral=Referral.objects.get(pk=referral.pk), outcome="met_elsewhere", by=denise.actor
        )
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)


def test_only_a_person_releases_a_person(c, rosa):
    for actor in (system_actor(rosa.organization_id), link_actor(1, rosa.organization_id)):
        with c.acting("denise"), pytest.raises(NotAllowed):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=actor)


def test_a_stranger_releases_nobody(c, rosa):
    with c.acting("ines") as ines, pytest.raises(custody.NotHeld):
        custody.release(person_id=rosa.person_id, reason="needs_met", by=ines.actor)


def test_a_failure_leaves_them_held(c, rosa):
    def act():
        with c.acting("denise") as denise:
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)

    leaves_nothing(c, act)
    with c.acting("denise"):
        assert custody_of(rosa.person_id) is not None
