"""Closing an account or an organization: whom it held is held by someone else in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.custody import caseload
from warmhandoff.custody.caseload import Handed
from warmhandoff.custody.models import Custody
from warmhandoff.custody.protocol import CALL
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import Because, acting_as, current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import absence
from warmhandoff.network import actions as network
from warmhandoff.network.models import Agreement, Membership, Organization, Queue
from warmhandoff.network.reading import (
    agreement_of,
    can_lead,
    queue_of,
)
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant, Person
from warmhandoff.referrals.actions import ending, steps
from warmhandoff.referrals.models import (
    Disposition,
    Referral,
)
from warmhandoff.referrals.states import OPEN


class LastLead(DomainError):
    code = "last_lead"
    sentence = "This is the last lead, and people are in the queue."
    mend = "Appoint another lead first."


class NoAgreement(DomainError):
    code = "no_agreement"
    sentence = "This organization has signed no agreement that names who takes its people."
    mend = "Record its agreement first."


@transaction.atomic
def close_membership(
    *,
    membership: Membership,
    by: Actor,
    handed: Sequence[Handed] = (),
    others_to: Membership | None = None,
) -> int:
    """End someone's work here. Whom they held is held by somebody else in this transaction. Returns how many.

    `handed` says who goes where from now on, with what; whoever is not named there goes to `others_to`, or to the organization's
    own queue. So does whom somebody gave them while this was decided.
    """
    absence.arrange(membership.organization_id)
    for queue in membership.leads.all():
        able = [each.user.name for each in can_lead(membership.organization_id) if each.pk != membership.pk]
        raise LastLead(
            f"{membership.user.name} is the lead of “{queue.name}”, which answers for people.",
            mend=f"First appoint {' or '.join(able)} to lead “{queue.name}”."
            if able
            else f"First invite a colleague in the role of lead, and appoint them to lead “{queue.name}”.",
        )
    if by.kind == Actor.Kind.MEMBER and by.subject_id == membership.pk:
        raise WrongState("You can't close your own account.", mend="Ask another lead to close it.")
    if membership.organization_id != current_organization():
        raise NotYours("That colleague doesn't work here.", mend="Choose someone from the list.")
    rest = others_to or queue_of(membership.organization_id)
    if rest == membership:
        raise BadValue("everyone", "Their account is being closed.", mend="Choose somebody else.")
    # Whoever acts on one of these people is waited for; whom somebody gave them meanwhile is found the second time.
    held_by = Owner(membership.organization_id, membership_id=membership.pk)
    moved = len(caseload.give(people=handed, held_by=held_by, by=by)) + _hand_on(membership, rest, by=by)
    network.end_membership(membership=membership, by=by)
    return moved + _hand_on(membership, rest, by=by)


def _hand_on(membership: Membership, rest: Membership | Queue, *, by: Actor) -> int:
    """Everybody whom a member still holds, and everything they owe, to `rest`."""
    theirs = Custody.objects.filter(membership=membership, until__isnull=True)
    moved = 0
    for person_id in theirs.order_by("person_id").values_list("person_id", flat=True):
        if custody.held(person_id).membership_id == membership.pk:
            custody.assign(person_id=person_id, to=rest, by=by)
            moved += 1
    caseload.close_of(membership, by=by)
    is_member = isinstance(rest, Membership)
    Duty.objects.filter(
        organization_id=membership.organization_id, membership_id=membership.pk, closed_at__isnull=True
    ).update(membership_id=rest.pk if is_member else None, queue_id=None if is_member else rest.pk)
    return moved


@dataclass(frozen=True)
class Closed:
    """What closing an organization came to."""

    people: int
    queue: str
    organization: str
    lead: str
    referrals_received: int


@transaction.atomic
def close_organization(*, organization: Organization, by: Actor) -> Closed:
    """Close an organization. Its people are held, in this transaction, by the queue that its agreement names.

    Acted by the network's office, which the agreement names. What others serve goes on; what was asked of it ends, and the
    senders decide what is next.
    """
    agreement = agreement_of(organization.pk)
    if agreement is None or agreement.escheat_queue.lead is None:
        raise NoAgreement()
    taker = agreement.escheat_queue
    because = Because("agreement", agreement.pk)
    if taker.organization_id != current_organization():
        raise WrongState(f"Only {taker.organization.name} can close this organization.", mend="Ask them.")
    absence.arrange(organization.pk)
    # Whoever closes an organization may read no person; the move itself must carry over how to reach them and what is open.
    with acting_as(by, purpose="escheat", classes=("contact", "needs")):
        asked = _end_what_was_asked(organization, because, by=by)
        people = _hand_to_taker(organization, agreement, because, by=by)
        # And what somebody sent until the moment at which it closed.
        asked += _end_what_was_asked(organization, because, by=by)
    return Closed(
        people=people,
        queue=taker.name,
        organization=taker.organization.name,
        lead=taker.lead.user.name if taker.lead else "",
        referrals_received=asked,
    )


def _end_what_was_asked(organization: Organization, because: Because, *, by: Actor) -> int:
    with on_behalf_of(organization.pk, because=because):
        asked = Referral.objects.filter(receiver=organization, state__in=OPEN).order_by("id")
        found = list(asked.select_for_update(no_key=True))
        for referral in found:
            ending.receiver_closes(referral=referral, by=by)
    return len(found)


def _hand_to_taker(organization: Organization, agreement: Agreement, because: Because, *, by: Actor) -> int:
    # The people first: whoever acts on one of them is waited for. Then the organization: nobody is taken in any more.
    _hold_still(organization, because)
    if not Organization.objects.filter(pk=organization.pk, state=Organization.State.ACTIVE).update(
        state=Organization.State.CLOSED, closed_at=clock.now()
    ):
        raise WrongState("This organization was closed already.")
    people = _hold_still(organization, because)
    for person_id in people:
        _escheat(person_id, organization, agreement, because, by=by)
    with on_behalf_of(organization.pk, because=because):
        duties.close(
            Duty.objects.filter(organization_id=organization.pk, closed_at__isnull=True),
            how=Duty.Closed.MOVED,
            by=by,
        )
        Membership.objects.filter(organization=organization, state=Membership.State.ACTIVE).update(
            state=Membership.State.ENDED, ended_at=clock.now()
        )
        absence.end_all(organization.pk, by=by)
    return len(people)


def _hold_still(organization: Organization, because: Because) -> list[uuid.UUID]:
    """Whom the organization holds, locked until this transaction has ended."""
    with on_behalf_of(organization.pk, because=because):
        held = Custody.objects.filter(organization=organization, until__isnull=True)
        people = Person.objects.filter(pk__in=held.values("person_id")).order_by("pk")
        return list(people.select_for_update(no_key=True).values_list("pk", flat=True))


def _escheat(
    person_id: uuid.UUID, closing: Organization, agreement: Agreement, because: Because, *, by: Actor
) -> None:
    """One person of a closed organization: contact, next step, and the open referrals' service, stage and dates. No more."""
    taker = agreement.escheat_queue
    holder = Owner(taker.organization_id, queue_id=taker.pk)
    with on_behalf_of(closing.pk, because=because):
        source = Participant.objects.get(person_id=person_id, organization=closing)
        share = participants.share_by_agreement(file=source, agreement=agreement)
        step = custody.held(person_id).next_step
        mine = list(Referral.objects.filter(person_id=person_id))
        for referral in mine:
            steps.follow_to_holder(referral, taker.organization_id)
        waiting = list(Disposition.objects.filter(person_id=person_id, settled_at__isnull=True))
        since = custody.let_go(
            person_id=person_id, kind="escheated_out", to_organization_id=taker.organization_id, by=by
        )
    participants.receive(
        source_file_id=source.pk,
        person_id=person_id,
        shares=[share],
        parts=("reach",),
        need_code="",
        note_about=("", 0),
        standing=Listing.Standing.HELD,
        origin=Participant.Origin.ESCHEAT,
        by=by,
    )
    soon = current_place().deadline("next_step", clock.now())
    first = duties.open_duty(
        owner=holder,
        kind=CALL,
        due_at=min(max(step.due_at, clock.now()), soon),
        by=by,
        person_id=person_id,
        detail=closing.code,  # why they are here, for whoever calls them
    )
    custody.take_over(
        person_id=person_id,
        holder=holder,
        step=first,
        agreement=agreement,
        from_organization_id=closing.pk,
        by=by,
        since=since,
    )
    for referral in mine:
        steps.wait_on(referral, by=by)
    for disposition in waiting:
        steps.carry_disposition(disposition, holder, because=because, by=by)
    custody.point(person_id, by=by)
