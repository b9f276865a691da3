"""Who holds whom, and what is due: for pages."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from warmhandoff.custody.models import Custody, CustodyEvent
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.models import Membership


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
    led = list(membership.leads.values_list("id", flat=True))
    return Duty.objects.filter(
        Q(membership_id=membership.pk) | Q(queue_id__in=led),
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
