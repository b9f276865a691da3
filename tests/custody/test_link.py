"""A working link: the person agreed, the holders agree who keeps them, the other custody ends; and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Custody, CustodyEvent, Handover, Link
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import FileEvent, Listing, Need, Participant, Person
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

SOON = MONDAY + timedelta(hours=1)
LATER = MONDAY + timedelta(hours=2)
EVEN_LATER = MONDAY + timedelta(hours=3)


@pytest.fixture
def rosa(c, rosa):
    """Denise of Eastgate holds her; Valley served her once."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    with c.acting("denise") as denise:
        referrals.withdraw(referral=Referral.objects.get(), reason="mistake", by=denise.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=denise.actor)
    return rosa


@pytest.fixture
def rosie(c):
    """The same human walked into Valley, where nobody knew her; Vera holds her."""
    with c.acting("vera") as vera:
        return cast.take_in(vera, cast.told("Rosie"))


@pytest.fixture
def ask(c, rosa, rosie):
    def act(proposed="either"):
        with c.acting("vera", SOON) as vera:
            known = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
            return moves.ask_to_link(
                file=rosie, same_as=known, asked=c.organizations["eastgate"], proposed=proposed,
                by=vera.actor, membership=vera.membership,
            )  # fmt: skip

    return act


def agreed(c, rosa, **more):
    with c.acting("denise", SOON) as denise:
        asked = participants.Asked(
            recipients=[c.organizations["valley"].pk],
            parts=[],
            data_classes=["contact"],
            purpose="link",
            **more,
        )
        return participants.record_consent(file=rosa, asked=asked, by=denise.actor)


def yes(c, consent, keeps="asked", who="denise"):
    with c.acting(who, LATER) as member:
        return moves.link(handover=Handover.objects.get(), keeps=keeps, consent=consent, by=member.actor)


@pytest.fixture
def linked(c, rosa, rosie, ask):
    ask()
    return yes(c, agreed(c, rosa))


def person(c, who, person_id):
    with c.acting(who, LATER):
        return Person.objects.get(pk=person_id)


def test_one_goes_on_holding_them_and_the_others_custody_ends(c, rosa, rosie, linked):
    assert (linked.kept_id, linked.closed_id) == (rosa.person_id, rosie.person_id)
    assert linked.organization_id == c.organizations["valley"].pk
    closed = person(c, "vera", rosie.person_id)
    assert (closed.closed_at, closed.close_reason) == (LATER, "linked")
    assert person(c, "denise", rosa.person_id).closed_at is None
    with c.acting("vera", LATER):
        assert not custody.holds(rosie.person_id)
        assert not Duty.objects.filter(closed_at__isnull=True, person_id=rosie.person_id).exists()
        assert Listing.objects.get(file=rosie).standing == "closed"
        event = CustodyEvent.objects.get(kind="linked")
        assert (event.person_id, event.other_organization_id) == (
            rosie.person_id,
            c.organizations["eastgate"].pk,
        )
    with c.acting("denise", LATER):
        assert custody.holds(rosa.person_id)
        assert CustodyEvent.objects.get(kind="kept").person_id == rosa.person_id


def test_both_files_stay_and_what_was_written_keeps_its_person(c, rosa, rosie, linked):
    with c.acting("vera", LATER):
        assert Need.objects.filter(file=rosie).exists()
        assert set(FileEvent.objects.filter(file=rosie).values_list("person_id", flat=True)) == {
            rosie.person_id
        }
    with c.acting("denise", LATER):
        assert set(FileEvent.objects.filter(file=rosa).values_list("person_id", flat=True)) == {
            rosa.person_id
        }
        assert not Participant.objects.filter(person_id=rosie.person_id).exists(), "their file stays theirs"


def test_the_asker_may_be_the_one_to_keep_them(c, rosa, rosie, ask):
    ask(proposed="asker")
    consent = agreed(c, rosa)
    with pytest.raises(BadValue):
        yes(c, consent, keeps="asked")
    link = yes(c, consent, keeps="asker")
    assert (link.kept_id, link.closed_id) == (rosie.person_id, rosa.person_id)
    with c.acting("denise", LATER):
        assert not custody.holds(rosa.person_id)
        assert CustodyEvent.objects.get(kind="linked").person_id == rosa.person_id
    with c.acting("vera", LATER):
        assert custody.holds(rosie.person_id)


def test_not_without_the_persons_consent(c, rosa, rosie, ask):
    ask()
    with pytest.raises(participants.ConsentMissing):
        yes(c, agreed(c, rosa, refused=True))
    with c.acting("vera", LATER):
        assert custody.holds(rosie.person_id)


def test_not_while_the_side_that_lets_go_has_something_open(c, rosa, rosie, ask):
    ask()
    with c.acting("vera", SOON) as vera:
        cast.refer(rosie, c.services["solar"], vera)
    consent = agreed(c, rosa)
    with pytest.raises(moves.OtherSideOpen):
        yes(c, consent, keeps="asked")
    assert yes(c, consent, keeps="asker").kept_id == rosie.person_id


def test_only_the_holder_agrees_and_once(c, rosa, rosie, ask):
    ask()
    consent = agreed(c, rosa)
    with c.acting("vera", LATER) as vera, pytest.raises(NotYours):
        moves.link(handover=Handover.objects.get(), keeps="asker", consent=consent, by=vera.actor)
    with c.acting("denise", LATER) as denise:
        handover = Handover.objects.get()
        moves.link(handover=handover, keeps="asked", consent=consent, by=denise.actor)
        with pytest.raises(WrongState):
            moves.link(handover=handover, keeps="asked", consent=consent, by=denise.actor)
    with c.acting("ines", LATER) as ines, pytest.raises(NotYours):
        moves.link(handover=handover, keeps="asked", consent=consent, by=ines.actor)


def test_who_keeps_must_be_said(c, rosa, ask):
    ask()
    with pytest.raises(BadValue):
        yes(c, agreed(c, rosa), keeps="either")


def test_one_does_not_link_whom_one_holds_both_or_does_not_hold(c, rosa, rosie):
    with c.acting("vera", SOON) as vera:
        other = cast.take_in(vera, cast.told("Rosita"))
        known = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        for file, same_as, refusal in ((rosie, other, WrongState), (known, rosie, custody.NotHeld)):
            with pytest.raises(refusal):
                moves.ask_to_link(
                    file=file, same_as=same_as, asked=c.organizations["eastgate"], by=vera.actor,
                    membership=vera.membership,
                )  # fmt: skip


def test_who_stands_behind_another_is_not_taken_in_anew_or_referred(c, rosie, linked):
    with c.acting("vera", EVEN_LATER) as vera:
        with pytest.raises(custody.StandsBehind):
            custody.take_in(
                told=cast.told("Rosie"), reach=[], needs=(), by=vera.actor, is_adult=True, again=rosie,
                holder=custody.Owner(vera.organization_id, membership_id=vera.membership.pk),
            )  # fmt: skip
        with pytest.raises(custody.NotHeld):
            cast.refer(rosie, c.services["solar"], vera)


# --- Unlinking ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["vera", "denise"])
def test_either_side_ends_it_and_whoever_had_them_has_them_again(c, rosa, rosie, linked, who):
    with c.acting(who, EVEN_LATER) as member:
        moves.unlink(link=Link.objects.get(), by=member.actor)
    with c.acting("vera", EVEN_LATER) as vera:
        held = Custody.objects.get(person_id=rosie.person_id, until__isnull=True)
        assert (held.basis, held.membership_id, held.next_step.kind) == (
            "unlinking",
            vera.membership.pk,
            "call",
        )
        again = Person.objects.get(pk=rosie.person_id)
        assert (again.closed_at, again.close_reason) == (None, "")
        assert Listing.objects.get(file=rosie).standing == "held"
        assert Link.objects.get().known_to == EVEN_LATER
        assert CustodyEvent.objects.filter(kind="unlinked").count() == 1
        custody.assign(person_id=rosie.person_id, to=c.queues["valley"], by=vera.actor)
    with c.acting("denise", EVEN_LATER):
        assert custody.holds(rosa.person_id)
        assert CustodyEvent.objects.filter(kind="unlinked").count() == 1


def test_it_ends_once(c, linked):
    with c.acting("vera", EVEN_LATER) as vera:
        link = Link.objects.get()
        moves.unlink(link=link, by=vera.actor)
        with pytest.raises(WrongState):
            moves.unlink(link=link, by=vera.actor)


def test_a_stranger_neither_sees_nor_ends_it(c, linked):
    with c.acting("ines", EVEN_LATER) as ines:
        assert not Link.objects.exists()
        with pytest.raises(NotYours):
            moves.unlink(link=linked, by=ines.actor)


def test_where_nobody_of_then_can_hold_them_the_queue_does(c, rosie, rosa, ask):
    with c.acting("vera") as vera:
        from warmhandoff.network.models import Membership, User

        user = User.objects.create_user("new@valley.example", "New Person", "x")
        new = Membership.objects.create(
            user=user, organization=c.organizations["valley"], role="case_manager"
        )
        custody.assign(person_id=rosie.person_id, to=new, by=vera.actor)
    ask()
    yes(c, agreed(c, rosa))
    with c.acting("vera", EVEN_LATER) as vera:
        referrals.close_membership(membership=new, by=vera.actor)
        moves.unlink(link=Link.objects.get(), by=vera.actor)
        assert Custody.objects.get(person_id=rosie.person_id, until__isnull=True).queue == c.queues["valley"]


def test_it_may_be_linked_again(c, rosa, rosie, linked, ask):
    with c.acting("vera", EVEN_LATER) as vera:
        moves.unlink(link=Link.objects.get(), by=vera.actor)
        known = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        moves.ask_to_link(
            file=rosie,
            same_as=known,
            asked=c.organizations["eastgate"],
            by=vera.actor,
            membership=vera.membership,
        )
    consent = agreed(c, rosa)
    with c.acting("denise", EVEN_LATER) as denise:
        moves.link(
            handover=Handover.objects.get(state="offered"), keeps="asker", consent=consent, by=denise.actor
        )
        assert not custody.holds(rosa.person_id)
    with c.acting("vera", EVEN_LATER):
        assert custody.holds(rosie.person_id), "this time whoever asked keeps the person"
        assert sorted(each.known_to is None for each in Link.objects.all()) == [False, True]


def test_after_the_kept_one_was_released_unlinking_brings_back_the_other(c, rosa, rosie, linked):
    with c.acting("denise", EVEN_LATER) as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    with c.acting("vera", EVEN_LATER) as vera:
        moves.unlink(link=Link.objects.get(), by=vera.actor)
        assert custody.holds(rosie.person_id)


def test_a_failure_leaves_it_as_it_was(c, rosa, rosie, ask):
    ask()
    consent = agreed(c, rosa)
    leaves_nothing(c, lambda: yes(c, consent), at=LATER, every=2)
    yes(c, consent)

    def unlink():
        with c.acting("denise", EVEN_LATER) as denise:
            moves.unlink(link=Link.objects.get(), by=denise.actor)

    leaves_nothing(c, unlink, at=EVEN_LATER, every=2)
