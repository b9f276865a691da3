"""The person takes their consent back: from that second nothing more flows."""

from __future__ import annotations

import pytest

from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Consent, Contact, FileEvent, Participant, Share
from warmhandoff.participants.own_page import OwnAccess, OwnLink
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral

YES = {"reply": actions.Reply("Vera")}


def stop(c, referral, who="denise"):
    with c.acting(who) as member:
        return actions.stop_sharing(consent=Consent.objects.get(pk=referral.consent_id), by=member.actor)


def own_link(c, file):
    with c.acting("denise") as denise:
        link = OwnLink.objects.create(
            kind=OwnLink.Kind.CARD,
            organization_id=file.organization_id,
            dies_at=clock.now() + own_links.CARD_LIVES,
        )
        OwnAccess.objects.create(
            link=link, file=file, organization_id=file.organization_id, person_id=file.person_id, given_by=denise.actor
        )  # fmt: skip
        return link


def test_what_they_were_told_they_know_and_nothing_more_is_shown(c, rosa, asked, do):
    do("vera", actions.accept, asked, **YES)
    with c.acting("vera"):
        assert Contact.objects.filter(file=rosa).exists()
    assert stop(c, asked) == 2, "contact and needs"
    with c.acting("vera"):
        assert not Contact.objects.filter(file=rosa).exists()
        assert Participant.objects.get().contact.name == "Rosa Mendoza"
        assert Referral.objects.get(pk=asked.pk).state == "accepted", "the service goes on"
    with c.acting("denise"):
        assert FileEvent.objects.filter(kind="consent_revoked").count() == 1


def test_what_nobody_answered_yet_is_taken_back(c, asked, do):
    stop(c, asked)
    with c.acting("denise") as denise:
        found = Referral.objects.get(pk=asked.pk)
        assert (found.state, found.end_reason) == ("withdrawn", "person_changed")
        assert [d.kind for d in duties_for(denise.membership)] == ["settle"]
    with pytest.raises(WrongState):
        do("vera", actions.accept, asked, **YES)


def test_twice_changes_nothing_more(c, asked, do):
    do("vera", actions.accept, asked, **YES)
    stop(c, asked)
    with c.acting("denise"):
        before = everything(c)
    assert stop(c, asked) == 0
    with c.acting("denise"):
        assert everything(c) == before


def test_nobody_else_stops_it(c, asked, do):
    with c.acting("denise"):
        consent = Consent.objects.get()
    do("vera", actions.accept, asked, **YES)
    for who in ("ines", "vera"):
        with c.acting(who) as member:
            assert actions.stop_sharing(consent=consent, by=member.actor) == 0
    with c.acting("denise"):
        assert Share.objects.filter(revoked_at=None).count() == 2


def test_a_late_yes_after_it_is_no_yes(c, asked, do, stands):
    from datetime import timedelta

    from warmhandoff.foundation import clock, timers

    later = MONDAY + timedelta(days=20)
    with clock.at(later):
        assert all(timers.fire(each) for each in timers.due(later))
    stop(c, asked)
    with c.acting("vera", later) as vera, pytest.raises(participants.ConsentMissing):
        actions.accept(referral=stands(asked), by=vera.actor, **YES)


def test_a_failure_leaves_it_shared(c, asked, do):
    leaves_nothing(c, lambda: stop(c, asked), every=3)


def test_whoever_holds_them_is_to_ask_what_is_next_where_somebody_else_stopped_it(c, rosa, asked, do):
    """A place serves them, and goes on; the person stopped the sharing themself."""
    do("vera", actions.accept, asked, **YES)

    def owed():
        with c.acting("denise") as denise:
            return sorted((d.kind, d.detail) for d in duties_for(denise.membership))

    assert owed() == [("await_contact", "")]
    link = own_link(c, rosa)
    for expected in (2, 0):
        with c.acting("denise") as denise:
            consent = Consent.objects.get(pk=asked.consent_id)
        with (
            clock.at(MONDAY),
            scoping.acting_as(
                participant_actor(link.pk, rosa.organization_id), classes=("contact", "needs", "narrative")
            ),
        ):
            herself = participant_actor(link.pk, rosa.organization_id)
            assert actions.stop_sharing(consent=consent, by=herself) == expected
        assert owed() == [("await_contact", ""), ("call", "stopped_sharing")], "once"
    with c.acting("denise") as denise:
        step = Duty.objects.get(kind="call", closed_at=None)
        custody.finish_step(duty=step, by=denise.actor)
    assert owed() == [("await_contact", "")]


def test_who_pressed_it_for_them_knows_it(c, asked, do):
    do("vera", actions.accept, asked, **YES)
    stop(c, asked)
    with c.acting("denise") as denise:
        assert [d.kind for d in duties_for(denise.membership)] == ["await_contact"]
