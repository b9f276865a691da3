"""Closing someone's account, and an organization: nobody is lost, in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.standing import everything, leaves_nothing
from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.caseload import Handed
from warmhandoff.custody.models import Custody, Handover
from warmhandoff.custody.reading import custody_of, duties_for
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Membership, Organization, Queue
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Contact, Listing, Narrative, Need, Participant, Reach, Share
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Disposition, Referral

YES = {"reply": actions.Reply("Vera")}


def close(c, who="adam", organization="eastgate", at=None):
    with c.acting(who, at) as member:
        return actions.close_organization(organization=c.organizations[organization], by=member.actor)


# --- An account ---------------------------------------------------------------------------------------------------


def test_whom_they_held_is_held_by_their_organizations_queue(c, rosa, mailed):
    with c.acting("marcus") as marcus:
        assert actions.close_membership(membership=c.members["denise"], by=marcus.actor) == 1
        assert custody_of(rosa.person_id).queue == c.queues["eastgate"]
        assert [d.kind for d in duties_for(marcus.membership)] == ["await_answer"]
        assert Membership.objects.get(pk=c.members["denise"].pk).state == "ended"
        assert Listing.objects.get().queue_id == c.queues["eastgate"].pk
        with pytest.raises(WrongState):
            actions.close_membership(membership=c.members["denise"], by=marcus.actor)


def test_each_goes_to_whom_was_named_and_the_rest_to_one(c, rosa, mailed):
    with c.acting("denise") as denise:
        andre = cast.take_in(denise, cast.told("Andre", "Wells"))
    with c.acting("marcus") as marcus:
        denise = c.members["denise"]
        with pytest.raises(BadValue):
            actions.close_membership(membership=denise, others_to=denise, by=marcus.actor)
        with pytest.raises(custody.CannotHold):
            actions.close_membership(membership=denise, others_to=c.members["tavo"], by=marcus.actor)
        with pytest.raises(NotYours):
            actions.close_membership(membership=denise, others_to=c.members["ines"], by=marcus.actor)
    with c.acting("marcus") as marcus:
        named = [Handed(rosa.person_id, marcus.membership)]
        assert actions.close_membership(membership=c.members["denise"], handed=named, by=marcus.actor) == 2
        assert custody_of(rosa.person_id).membership_id == marcus.membership.pk
        assert custody_of(andre.person_id).queue_id == c.queues["eastgate"].pk
        assert not Duty.objects.filter(membership_id=c.members["denise"].pk, closed_at__isnull=True).exists()


def test_what_they_owed_without_holding_anybody_goes_there_too(c, asked, do):
    do("vera", actions.accept, asked, **YES)
    from warmhandoff.network import actions as network
    from warmhandoff.network.models import User

    with c.acting("vera") as vera:
        user = User.objects.create_user("new@valley.example", "New Lead", cast.PASSWORD)
        new = network.add_member(user=user, organization=c.organizations["valley"], role="lead")
        network.appoint_lead(organization=c.organizations["valley"], membership=new, by=vera.actor)
        c.members["new"] = new
    with c.acting("new") as lead:
        assert actions.close_membership(membership=c.members["vera"], by=lead.actor) == 0
        assert [d.kind for d in duties_for(lead.membership)] == ["first_contact"]


def test_the_last_lead_stays_until_another_is_appointed(c, rosa):
    with c.acting("denise") as denise:
        before = everything(c)
        with pytest.raises(actions.LastLead) as refused:
            actions.close_membership(membership=c.members["marcus"], by=denise.actor)
        assert (
            "Marcus Webb" in refused.value.sentence
            and "Eastgate Community Partners queue" in refused.value.mend
        )
        assert everything(c) == before


def test_nobody_closes_an_account_of_another_organization_or_their_own(c, rosa):
    for who in ("ines", "adam"):
        with c.acting(who) as member, pytest.raises(NotYours):
            actions.close_membership(membership=c.members["denise"], by=member.actor)
    with c.acting("denise") as denise, pytest.raises(WrongState):
        actions.close_membership(membership=c.members["denise"], by=denise.actor)


def test_a_failure_leaves_them_at_work(c, rosa, mailed):
    def act():
        with c.acting("marcus") as marcus:
            actions.close_membership(membership=c.members["denise"], by=marcus.actor)

    leaves_nothing(c, act)


# --- An organization ----------------------------------------------------------------------------------------------


@pytest.fixture
def everyone(c, rosa, do):
    """Twenty people of Eastgate in every situation, and one whom Eastgate serves for Harbor."""
    people = {"rosa": rosa}
    with c.acting("denise") as denise:
        for n in range(16):
            people[f"p{n}"] = cast.take_in(denise, cast.told(f"Person{n}"))
        for name in ("asked", "served", "declined"):
            people[name] = cast.take_in(denise, cast.told(name.title()), needs=("WRK-TRN", "SUD"))
        participants.write_down(file=rosa, about=("file", rosa.pk), text="Private.", by=denise.actor)
        sent = {
            name: cast.refer(people[name], c.services["carpentry"], denise)
            for name in ("asked", "served", "declined")
        }
    do("vera", actions.accept, sent["served"], **YES)
    do("vera", actions.decline, sent["declined"], reason="full", detail="full_open")
    return people, sent


def test_all_are_held_by_the_queue_that_the_agreement_names(c, everyone):
    _people, sent = everyone
    closed = close(c)
    assert (closed.people, closed.queue, closed.lead) == (20, c.queues["office"].name, "Luz Ortega")
    with c.acting("luz") as luz:
        assert Custody.objects.filter(queue=c.queues["office"], until=None, basis="escheat").count() == 20
        kinds = sorted(d.kind for d in duties_for(luz.membership))
        assert kinds.count("call") == 20, "somebody calls each of them"
        assert [k for k in kinds if k != "call"] == ["await_answer", "await_contact", "settle"]
        assert Listing.objects.filter(standing="held").count() == 20
        assert Disposition.objects.get().referral_id == sent["declined"].pk
        # By agreement: how to reach them, and no more.
        assert Contact.objects.filter(organization_id=luz.organization_id).count() == 20
        assert Reach.objects.filter(organization_id=luz.organization_id).exists()
        assert not Need.objects.exists() and not Narrative.objects.exists()
        assert set(Share.objects.values_list("basis", "data_class")) == {("escheat", "contact")}
        assert Referral.objects.get(pk=sent["asked"].pk).state == "sent", "what others were asked goes on"
        actions.settle(referral=Referral.objects.get(pk=sent["declined"].pk), outcome="stays", by=luz.actor)
        actions.withdraw(
            referral=Referral.objects.get(pk=sent["asked"].pk), reason="found_other", by=luz.actor
        )
    with c.acting("denise"):
        assert (
            not Custody.objects.filter(until=None).exists()
            and not Duty.objects.filter(closed_at=None).exists()
        )
    assert Organization.objects.get(pk=c.organizations["eastgate"].pk).state == "closed"
    assert not Membership.objects.filter(organization=c.organizations["eastgate"], state="active").exists()


def test_what_was_asked_of_it_is_decided_by_who_asked(c):
    with c.acting("ines") as ines:
        lee = cast.take_in(ines, cast.told("Lee", "Park"))
        ana = cast.take_in(ines, cast.told("Ana", "Park"))
        waiting = cast.refer(lee, c.services["carpentry"], ines)
        taken = cast.refer(ana, c.services["carpentry"], ines, mode="transfer")
    with c.acting("vera") as vera:
        actions.accept(referral=Referral.objects.get(pk=taken.pk), by=vera.actor, **YES)
    closed = close(c, organization="valley")
    assert (closed.people, closed.referrals_received) == (1, 2)
    with c.acting("ines") as ines:
        assert Referral.objects.get(pk=waiting.pk).state == "receiver_closed"
        assert [d.kind for d in duties_for(ines.membership)] == ["settle"]
        assert (
            Listing.objects.get(person_id=lee.person_id).next_due_at
            == duties_for(ines.membership).get().due_at
        )
    with c.acting("luz") as luz:
        assert custody_of(ana.person_id).queue == c.queues["office"]
        assert sorted(d.kind for d in duties_for(luz.membership)) == ["call", "settle"]


def test_only_whom_the_agreement_names_closes_it(c, everyone):
    for who in ("denise", "ines"):
        with c.acting(who) as member:
            before = everything(c)
            with pytest.raises(WrongState, match="Network Office"):
                actions.close_organization(organization=c.organizations["eastgate"], by=member.actor)
            assert everything(c) == before


def test_not_without_an_agreement_or_a_queue_that_answers(c, everyone):
    with c.acting("adam") as adam, pytest.raises(actions.NoAgreement):
        actions.close_organization(organization=c.organizations["office"], by=adam.actor)
    Queue.objects.filter(pk=c.queues["office"].pk).update(lead=None)
    with c.acting("adam") as adam, pytest.raises(actions.NoAgreement):
        actions.close_organization(organization=c.organizations["eastgate"], by=adam.actor)


def test_twice_is_refused(c, rosa):
    close(c)
    with pytest.raises(WrongState, match="closed already"):
        close(c)


def test_the_closed_organization_does_nothing_any_more(c, rosa, asked, do):
    close(c)
    with c.acting("denise") as denise:
        with pytest.raises(custody.NotHeld):
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        with pytest.raises(custody.CannotHold):
            cast.take_in(denise, cast.told("New"))
    do("vera", actions.accept, asked, **YES)
    with c.acting("luz") as luz:
        assert "await_contact" in [d.kind for d in duties_for(luz.membership)], (
            "the answer comes to who holds them now"
        )


def test_the_answer_to_what_it_asked_is_not_lost(c, asked):
    from warmhandoff.foundation import clock, timers

    close(c)
    later = MONDAY + timedelta(days=20)
    with clock.at(later):
        assert all(timers.fire(each) for each in timers.due(later))
    with c.acting("luz", later) as luz:
        assert Referral.objects.get(pk=asked.pk).state == "expired"
        assert "settle" in [d.kind for d in duties_for(luz.membership)]


def test_what_has_begun_is_followed_from_then_on(c, asked, do):
    do("vera", actions.accept, asked, **YES)
    do("vera", actions.engage, asked, at=MONDAY + timedelta(days=1))
    later = MONDAY + timedelta(days=15)  # long after the first contact was due
    close(c, at=later)
    with c.acting("luz", later) as luz:
        follow = duties_for(luz.membership).get(kind="follow_service")
        assert follow.due_at > later


def test_whom_the_office_knows_already_is_one_person_there(c, rosa, do):
    """The office had served her: one file, now as the holder."""
    from warmhandoff.directory.models import Service

    with c.acting("luz"):
        help_desk = Service.objects.create(
            organization=c.organizations["office"],
            name="Help desk",
            service_code="WRK-TRN",
            mailbox=c.services["solar"].mailbox,
        )
    with c.acting("denise") as denise:
        c.services["desk"] = help_desk
        referral = cast.refer(rosa, help_desk, denise)
    do("luz", actions.accept, referral, reply=actions.Reply("Luz"))
    close(c)
    with c.acting("luz"):
        assert Participant.objects.count() == 1
        assert Listing.objects.get().standing == "held"
        assert custody_of(rosa.person_id).queue == c.queues["office"]
        assert Need.objects.exists(), "what it had been told by consent"


def test_a_failure_leaves_it_open(c, rosa, mailed, do):
    with c.acting("denise") as denise:
        declined = cast.refer(rosa, c.services["carpentry"], denise)
    do("vera", actions.decline, declined, reason="full", detail="full_open")
    leaves_nothing(c, lambda: close(c), every=5)


def test_a_question_that_nobody_is_left_to_answer_is_refused(c, rosa, asked, do):
    """Whoever was asked took the person over, and the sender closed: there is no other side any more."""
    with c.acting("denise") as denise:
        told = participants.Asked(
            recipients=[c.organizations["valley"].pk], parts=["name", "reach", "need"],
            data_classes=["contact", "needs"], purpose="handover",
        )  # fmt: skip
        consent = participants.record_consent(file=rosa, asked=told, by=denise.actor)
        moves.offer(
            file=rosa, to=c.organizations["valley"], consent=consent, by=denise.actor, membership=denise.membership
        )  # fmt: skip
    with c.acting("vera") as vera:
        actions.take_on(handover=Handover.objects.get(answer_due_at__isnull=False), by=vera.actor)
    do("vera", actions.ask, asked, text="While somebody is there: which bus do they take?")
    close(c)
    before = everything(c)
    with pytest.raises(
        WrongState, match="Eastgate Community Partners has closed, and the person is with you"
    ):
        do("vera", actions.ask, asked, text="And now?")
    assert everything(c) == before
    do("vera", actions.accept, asked, **YES)
