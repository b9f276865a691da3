"""Who may read and describe which service. The directory is open to every member; only an organization describes itself."""

from __future__ import annotations

from warmhandoff.directory.models import Location, Service, ServiceChange
from warmhandoff.foundation.errors import NotAllowed, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import agreement_of


def service_or_404(code: str) -> Service:
    """A service that the directory shows."""
    service = (
        Service.objects.filter(code=code, active=True, organization__state=Organization.State.ACTIVE)
        .select_related("organization", "mailbox")
        .first()
    )
    if service is None:
        raise NotYours()
    return service


def own_service_or_404(code: str, organization_id: int) -> Service:
    """A service of one's own organization, to change it."""
    service = service_or_404(code)
    if service.organization_id != organization_id:
        raise NotYours()
    return service


def require_own(organization_id: int, by: Actor) -> None:
    """The table is open, so the action itself refuses whoever describes another organization."""
    if by.kind != Actor.Kind.OPERATOR and by.organization_id != organization_id:
        raise NotAllowed(
            "Only the organization itself describes its services.", mend="Tell its lead what should change."
        )


def own_place_or_404(code: str, service: Service) -> Location:
    """A place of this service, which one may change."""
    location = Location.objects.filter(code=code, service=service, active=True).first()
    if location is None:
        raise NotYours()
    location.service = service
    return location


def change_or_404(code: str, organization_id: int) -> ServiceChange:
    """A change that waits, or waited, for this organization's word: it reviews whoever's agreement names its queue."""
    change = (
        ServiceChange.objects.filter(code=code)
        .exclude(state=ServiceChange.State.DONE)
        .select_related("service__organization")
        .first()
    )
    if change is None or not reviews(organization_id, change.service.organization_id):
        raise NotYours()
    return change


def reviews(organization_id: int, whose_id: int) -> bool:
    agreement = agreement_of(whose_id)
    return agreement is not None and agreement.escheat_queue.organization_id == organization_id


def require_reviewer(whose_id: int, by: Actor) -> None:
    """Only the office that the organization's agreement names decides on its words."""
    if (
        by.kind != Actor.Kind.MEMBER
        or by.organization_id is None
        or not reviews(by.organization_id, whose_id)
    ):
        raise NotAllowed(
            "Only the network's office decides on this.", mend="It finds the change on its Today."
        )
