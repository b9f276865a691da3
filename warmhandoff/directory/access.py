"""Who may read and describe which service. The directory is open to every member; only an organization describes itself."""

from __future__ import annotations

from warmhandoff.directory.models import Service
from warmhandoff.foundation.errors import NotAllowed, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.network.models import Organization


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
