"""The loop, from intake to the end, at the level of actions, as the app's own login."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from warmhandoff.custody.models import Custody
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation import promises, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.clock import at
from warmhandoff.participants.models import Contact, Listing, Participant, Reach
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

LINK_CLASSES = ("contact", "needs", "narrative")


def as_link(referral: Referral, moment=MONDAY):
    link = AnswerLink.objects.get(referral_id=referral.pk)
    actor = link_actor(link.pk, link.organization_id)
    return at(moment), scoping.acting_as(actor, classes=LINK_CLASSES), actor


def test_a_referral_is_answered_by_mail_and_completed(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["solar"], denise)
        assert [d.kind for d in duties_for(denise.membership)] == ["await_answer"]
    frozen, acting, actor = as_link(referral)
    with frozen, acting:
        seen = Referral.objects.get(pk=referral.pk)
        assert not Contact.objects.filter(file_id=referral.sender_file_id).exists()
        actions.accept(referral=seen, reply=actions.Reply("Jo"), by=actor)
        own = Participant.objects.get(person_id=file.person_id, organization_id=seen.receiver_id)
        assert own.contact.name == "Rosa Mendoza"
        assert Reach.objects.get(file=own).contact_point.value == "555-0123"
    with c.acting("denise") as denise:
        assert custody_of(file.person_id).membership_id == denise.membership.pk
        assert [d.kind for d in duties_for(denise.membership)] == ["await_contact"]
    later = MONDAY + timedelta(days=1)
    frozen, acting, actor = as_link(referral, later)
    with frozen, acting:
        for verb, more in (("record_contact", {"channel": "text"}), ("engage", {}), ("complete", {})):
            getattr(actions, verb)(referral=Referral.objects.get(pk=referral.pk), by=actor, **more)
    with c.acting("denise", later) as denise:
        assert Referral.objects.get(pk=referral.pk).state == "completed"
        assert [d.kind for d in duties_for(denise.membership)] == ["ask_met"]
    assert not [f for f in promises.run() if f.broken]


def test_a_transfer_moves_custody_at_acceptance_and_not_before(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["carpentry"], denise, mode="transfer")
        assert custody_of(file.person_id).organization_id == denise.organization_id
    with c.acting("vera") as vera:
        actions.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=actions.Reply("Vera"), by=vera.actor
        )
        assert custody_of(file.person_id).membership_id == vera.membership.pk
        assert [d.kind for d in duties_for(vera.membership)] == ["first_contact"]
    with c.acting("denise") as denise:
        assert custody_of(file.person_id) is None
        assert not list(duties_for(denise.membership))
    assert not [f for f in promises.run() if f.broken]


def test_a_decline_opens_a_decision_and_a_second_organization_accepts(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        first = cast.refer(file, c.services["solar"], denise)
    frozen, acting, actor = as_link(first)
    with frozen, acting:
        actions.decline(
            referral=Referral.objects.get(pk=first.pk), reason="full", detail="full_open", by=actor
        )
    with c.acting("denise") as denise:
        assert [d.kind for d in duties_for(denise.membership)] == ["settle"]
        second = cast.refer(
            file, c.services["carpentry"], denise, re_referred_from=Referral.objects.get(pk=first.pk)
        )
        assert Disposition.objects.get(referral=first).outcome == "re_referred"
    with c.acting("vera") as vera:
        actions.accept(
            referral=Referral.objects.get(pk=second.pk), reply=actions.Reply("Vera"), by=vera.actor
        )
    assert not [f for f in promises.run() if f.broken]


def test_closing_an_organization_loses_nobody(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        files = [cast.take_in(denise, cast.told(f"Person{n}")) for n in range(20)]
        accepted = cast.refer(files[0], c.services["solar"], denise)
        waiting = cast.refer(files[1], c.services["solar"], denise)
        declined = cast.refer(files[2], c.services["solar"], denise)
    with c.acting("ines") as ines:
        theirs = cast.take_in(ines)
    for referral, verb, more in (
        (accepted, "accept", {"reply": actions.Reply("Jo")}),
        (declined, "decline", {"reason": "full", "detail": "full_open"}),
    ):
        frozen, acting, actor = as_link(referral)
        with frozen, acting:
            getattr(actions, verb)(referral=Referral.objects.get(pk=referral.pk), by=actor, **more)
    with c.acting("adam") as adam:
        closed = actions.close_organization(organization=c.organizations["eastgate"], by=adam.actor)
    assert closed.people == 20
    with c.acting("luz") as luz:
        assert Custody.objects.filter(until__isnull=True, queue=c.queues["office"]).count() == 20
        assert Listing.objects.filter(standing="held").count() == 20
        kinds = sorted(d.kind for d in duties_for(luz.membership))
        assert (
            kinds.count("settle") == 1
            and kinds.count("await_contact") == 1
            and kinds.count("await_answer") == 1
        )
    frozen, acting, actor = as_link(waiting)
    with frozen, acting:
        actions.accept(referral=Referral.objects.get(pk=waiting.pk), reply=actions.Reply("Jo"), by=actor)
    with c.acting("ines"):
        assert custody_of(theirs.person_id) is not None
    assert not [f for f in promises.run() if f.broken]


def test_silence_expires_and_a_late_yes_counts_until_it_is_settled(the_cast):
    from warmhandoff.foundation import timers

    c = the_cast
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, c.services["solar"], denise)
    later = MONDAY + timedelta(days=20)
    with at(later):
        fired = [timers.fire(timer_id) for timer_id in timers.due(later)]
    assert fired == [True] * 7
    with c.acting("denise", later) as denise:
        assert Referral.objects.get(pk=referral.pk).state == "expired"
        assert "settle" in [d.kind for d in duties_for(denise.membership)]
    frozen, acting, actor = as_link(referral, later)
    with frozen, acting:
        actions.accept(referral=Referral.objects.get(pk=referral.pk), reply=actions.Reply("Jo"), by=actor)
    with c.acting("denise", later) as denise:
        assert Disposition.objects.get(referral=referral).outcome == "late_yes"
        assert [d.kind for d in duties_for(denise.membership)] == ["await_contact"]
    assert not [f for f in promises.run() if f.broken]
