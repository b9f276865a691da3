"""Many services that public documents speak of, in one go: what is new is added, what is told otherwise is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from warmhandoff.directory.models import Service
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.models import Actor
from warmhandoff.network.actions import Listed
from warmhandoff.network.models import Organization

TOLD = ("service_code", "area", "place", "source")
AT_ONCE = 2000


@dataclass(frozen=True)
class ToList:
    """One service of one listed organization, as a document tells it."""

    organization: Organization
    name: str
    service_code: str
    area: str
    place: str
    source: str


@transaction.atomic
def list_services(*, told: Sequence[ToList], by: Actor, tell: Callable[[int], None]) -> list[Listed]:
    """What came of each, in the order given. A member is left alone: it describes itself. `tell` hears how many are done."""
    known = _known({each.organization.pk for each in told})
    came: list[Listed] = []
    added: list[Service] = []
    changed: list[Service] = []
    for each in told:
        service = known.get((each.organization.pk, sort_key(each.name)))
        if each.organization.standing != Organization.Standing.LISTED:
            came.append(Listed.LEFT_ALONE)
        elif service is None:
            came.append(Listed.ADDED)
            added.append(_made(each))
        elif all(getattr(service, name) == getattr(each, name) for name in TOLD):
            came.append(Listed.UNCHANGED)
        else:
            came.append(Listed.CHANGED)
            for name in TOLD:
                setattr(service, name, getattr(each, name))
            changed.append(service)
    done = len(told) - len(added) - len(changed)
    for batch in _batches(added):
        Service.objects.bulk_create(batch)
        tell(done := done + len(batch))
    for batch in _batches(changed):
        Service.objects.bulk_update(batch, TOLD)
        tell(done := done + len(batch))
    return came


def _batches(services: list[Service]) -> Iterator[list[Service]]:
    return (services[first : first + AT_ONCE] for first in range(0, len(services), AT_ONCE))


def _known(organizations: set[int]) -> dict[tuple[int, str], Service]:
    found = Service.objects.filter(organization_id__in=organizations, active=True).order_by("-id")
    return {(service.organization_id, service.name_sort): service for service in found}


def _made(each: ToList) -> Service:
    """As saving would make it: in bulk no row is saved by itself."""
    plain = sort_key(each.name)
    service = Service(organization=each.organization, name=each.name, name_sort=plain, words_sort=plain)
    for name in TOLD:
        setattr(service, name, getattr(each, name))
    return service
