"""Lists of services: by organization, filtered, and whether there is room. Says for each what it is based on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.codes import sort_key
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization


@dataclass(frozen=True)
class Wanted:
    """What someone looks for; what is empty doesn't narrow."""

    text: str = ""
    service_code: str = ""
    area: str = ""
    language: str = ""

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.service_code or self.area or self.language)


@dataclass
class Entry:
    """One organization of the directory with its services."""

    organization: Organization
    services: list[Service] = field(default_factory=list)

    @property
    def is_listed_only(self) -> bool:
        return self.organization.standing == Organization.Standing.LISTED


def services() -> QuerySet[Service]:
    """Everything that the directory shows."""
    return (
        Service.objects.filter(active=True, organization__state=Organization.State.ACTIVE)
        .select_related("organization")
        .order_by("organization__name_sort", "organization_id", "name_sort", "id")
    )


def find(wanted: Wanted) -> QuerySet[Service]:
    """The services that fit. A service that names no area is offered in all of them."""
    found = services()
    if text := sort_key(wanted.text):
        found = found.filter(
            Q(name_sort__contains=text)
            | Q(organization__name_sort__contains=text)
            | Q(name_es__icontains=wanted.text.strip())
        )
    if wanted.service_code:
        found = found.filter(service_code=wanted.service_code)
    if wanted.area:
        found = found.filter(Q(area=wanted.area) | Q(area="", place__in=("", current_place().name)))
    if wanted.language:
        found = found.filter(languages__contains=[wanted.language])
    return found


def by_organization(found: Iterable[Service]) -> list[Entry]:
    """The same services, an entry an organization, in their order."""
    entries: list[Entry] = []
    for service in found:
        if not entries or entries[-1].organization.pk != service.organization_id:
            entries.append(Entry(service.organization))
        entries[-1].services.append(service)
    return entries


def services_of(organization_id: int) -> QuerySet[Service]:
    return services().filter(organization_id=organization_id).select_related("mailbox")


def full_until(service: Service) -> date | None:
    """The day until which there is no room, where it hasn't passed."""
    until = service.full_until
    return until if until and until >= clock.today(current_place().zone) else None
