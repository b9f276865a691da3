"""Who holds whom, and what is due: for pages."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import Because, current_organization, on_behalf_of
from warmhandoff.network.models import Agreement, Membership, Organization


def custody_of(person_id: uuid.UUID) -> Custody | None:
    """This organization's open custody of a person, if it holds them."""
    return (
        Custody.objects.filter(
            person_id=person_id, organization_id=current_organization(), until__isnull=True
        )
        .select_related("next_step", "membership__user", "queue__lead__user", "organization")
        .first()
    )


def duties_for(membership: Membership) -> QuerySet[Duty]:
    """What one member owes: their own, and those of the queues they lead; first what is due first."""
    led = membership.leads.values("id")
    return Duty.objects.filter(
        Q(membership_id=membership.pk) | Q(queue_id__among=led),
        organization_id=membership.organization_id,
        closed_at__isnull=True,
    ).order_by("due_at", "id")


def duties_about(person_id: uuid.UUID) -> QuerySet[Duty]:
    return Duty.objects.filter(
        person_id=person_id, organization_id=current_organization(), closed_at__isnull=True
    ).order_by("due_at", "id")


def events_of(person_id: uuid.UUID) -> QuerySet[CustodyEvent]:
    return (
        CustodyEvent.objects.filter(person_id=person_id, organization_id=current_organization())
        .select_related("by")
        .order_by("-happened_at", "-id")
    )


def held_by(organization_id: int) -> QuerySet[Custody]:
    return Custody.objects.filter(organization_id=organization_id, until__isnull=True).order_by("since", "id")


def held_by_member(membership: Membership) -> QuerySet[Custody]:
    """Whom one member holds: what moves when their account is closed."""
    return held_by(membership.organization_id).filter(membership=membership)


def how_many_held(organization: Organization, agreement: Agreement) -> int:
    """How many people an organization holds, for whoever its agreement names: a number, and the asking is logged."""
    with on_behalf_of(organization.pk, because=Because("agreement", agreement.pk)):
        return held_by(organization.pk).count()


def taken_from(organization: Organization) -> int:
    """How many people of a closed organization this one took, because of their agreement."""
    return (
        Custody.objects.filter(
            organization_id=current_organization(),
            basis=Custody.Basis.ESCHEAT,
            agreement__organization=organization,
        )
        .values("person_id")
        .distinct()
        .count()
    )
