"""Who holds whom, and what is due: for pages."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from warmhandoff.custody.models import Custody, CustodyEvent, Handover, HandoverNote, HandoverParty, Link
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import Because, current_organization, on_behalf_of
from warmhandoff.network.models import Agreement, Membership, Organization
from warmhandoff.network.reading import absences_on, here_or_cover, today
from warmhandoff.network.reading import duties_for as duties_for  # what somebody owes, beside whom they hold


def custody_of(person_id: uuid.UUID) -> Custody | None:
    """This organization's open custody of a person, if it holds them; with whether whoever sees to it is away today."""
    away = absences_on(today()).filter(
        Q(membership_id=OuterRef("membership_id")) | Q(membership_id=OuterRef("queue__lead_id"))
    )
    return (
        Custody.objects.filter(
            person_id=person_id, organization_id=current_organization(), until__isnull=True
        )
        .select_related("next_step", "membership__user", "queue__lead__user", "organization")
        .annotate(holder_is_away=Exists(away))
        .first()
    )


def sees_to(custody: Custody) -> Membership | None:
    """Whoever holds them, or leads the queue that does; also while they are away."""
    return custody.membership or (custody.queue.lead if custody.queue else None)


def who_sees_to(person_id: uuid.UUID) -> Membership | None:
    """Who is told about someone whom this organization holds: their holder or whoever leads the queue; while away, their cover."""
    custody = custody_of(person_id)
    holder = sees_to(custody) if custody else None
    if custody is None or holder is None or not custody.holder_is_away:  # type: ignore[attr-defined]  # `custody_of`
        return holder
    return here_or_cover(holder)


def duties_about(person_id: uuid.UUID, organization_id: int | None = None) -> QuerySet[Duty]:
    """What is open about someone here; `organization_id` where it is asked before anybody acts."""
    return Duty.objects.filter(
        person_id=person_id, organization_id=organization_id or current_organization(), closed_at__isnull=True
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


# --- What is asked about people, and who stands behind whom -------------------------------------------------------


def asked_about(person_id: uuid.UUID) -> QuerySet[HandoverParty]:
    """What was asked or offered about someone, as this organization may know it; newest first."""
    return (
        HandoverParty.objects.filter(person_id=person_id, organization_id=current_organization())
        .select_related("other_organization")
        .order_by("-asked_at", "-id")
    )


def parties_of(handover_ids: set[int]) -> dict[int, HandoverParty]:
    """This organization's row of each of these handovers."""
    found = HandoverParty.objects.filter(
        organization_id=current_organization(), handover_id__in=handover_ids
    ).select_related("other_organization")
    return {party.handover_id: party for party in found}


def party_or_404(code: str) -> HandoverParty:
    party = (
        HandoverParty.objects.filter(code=code, organization_id=current_organization())
        .select_related("other_organization")
        .first()
    )
    if party is None:
        raise NotYours()
    return party


def handover_of(party: HandoverParty) -> Handover:
    """The handover itself, for whoever was asked: they may see it whole."""
    handover = Handover.objects.filter(pk=party.handover_id).select_related("asked_by__user").first()
    if handover is None:
        raise NotYours()
    return handover


def notes_on(party: HandoverParty) -> QuerySet[HandoverNote]:
    """What was written with it; nothing for who doesn't read the narrative class."""
    return HandoverNote.objects.filter(handover_id=party.handover_id).order_by("written_at", "id")


def links_of(person_id: uuid.UUID) -> QuerySet[Link]:
    """The live links that someone stands in, as the kept one or behind another."""
    return (
        Link.objects.filter(Q(kept_id=person_id) | Q(closed_id=person_id), known_to__isnull=True)
        .select_related("organization")
        .order_by("known_from", "id")
    )


def shown_instead(person_id: uuid.UUID) -> uuid.UUID | None:
    """The person whose file is shown for this one's, where the two were put together here."""
    return (
        Link.objects.filter(
            closed_id=person_id,
            known_to__isnull=True,
            basis=Link.Basis.MERGE,
            organization_id=current_organization(),
        )
        .values_list("kept_id", flat=True)
        .first()
    )


def put_away_behind(person_id: uuid.UUID) -> list[uuid.UUID]:
    """The persons whose files this organization has put away for this one's, those behind them too; the first one first."""
    found: list[uuid.UUID] = []
    behind = [person_id]
    while behind:
        merged = Link.objects.filter(
            kept_id__in=behind,
            known_to__isnull=True,
            basis=Link.Basis.MERGE,
            organization_id=current_organization(),
        )
        behind = list(merged.order_by("known_from", "id").values_list("closed_id", flat=True))
        found += behind
    return found
