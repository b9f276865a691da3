"""Lists of services: by organization, filtered, and whether there is room. Says for each what it is based on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q, QuerySet

from warmhandoff.directory.capacity import has_room
from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.directory.models import Criterion, Location, Service, ServiceChange
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
    has_room: bool = False
    open_now: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.text.strip()
            or self.service_code
            or self.area
            or self.language
            or self.has_room
            or self.open_now
        )


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
    """The services that fit, in one statement. Each word must stand somewhere in what the service or its organization is called."""
    found = services()
    for word in sort_key(wanted.text).split():
        found = found.filter(Q(words_sort__contains=word) | Q(organization__name_sort__contains=word))
    if wanted.service_code:
        found = found.filter(service_code=wanted.service_code)
    if wanted.area:
        found = found.filter(_serves(wanted.area))
    if wanted.language:
        found = found.filter(languages__contains=[wanted.language])
    if wanted.has_room:
        found = found.filter(has_room(clock.today(current_place().zone)))
    if wanted.open_now:
        # By a list of numbers: as a join it would make the planner walk the services once a location.
        found = found.filter(pk__in=_open_now())
    return found


def _serves(area: str) -> Q:
    """It names this area; or names none and stands there; or stands nowhere in particular, so it is offered in all of them."""
    everywhere = Q(area="", place__in=("", current_place().name))
    return Q(serves__contains=[area]) | (Q(serves=[]) & (Q(area=area) | everywhere))


def _open_now() -> QuerySet[Location, int]:
    """Services with a place whose hours hold this moment; what closes at or before it opens closes on the next day."""
    local = current_place().local(clock.now())
    today, yesterday, now = local.weekday(), (local.weekday() - 1) % 7, local.time()
    overnight = Q(hours__closes__lte=F("hours__opens"))
    begun = Q(hours__weekday=today, hours__opens__lte=now) & (overnight | Q(hours__closes__gt=now))
    not_over = Q(hours__weekday=yesterday, hours__closes__gt=now) & overnight
    return (
        Location.objects.filter(begun | not_over, active=True).order_by().values_list("service_id", flat=True)
    )


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


def for_people_under(years: int) -> QuerySet[Service]:
    """Services that say themselves, by a criterion of age, that somebody younger than that may come."""
    of_age = Criterion.objects.filter(kind=Kind.AGE)
    young = of_age.filter(Q(at_least__isnull=True) | Q(at_least__lt=years))
    return (
        services()
        .filter(pk__in=young.values("service_id"))
        .exclude(pk__in=of_age.filter(at_least__gte=years).values("service_id"))
    )


def rules_of(service_ids: Collection[int]) -> Mapping[int, tuple[Rule, ...]]:
    """What each of these services asks for, in one statement; a service that asks nothing has no rules."""
    found: dict[int, list[Rule]] = defaultdict(list)
    rows = Criterion.objects.filter(service_id__among=service_ids).order_by("service_id", "position", "id")
    named = rows.values_list(
        "service_id", "kind", "values", "at_least", "at_most", "can_follow", "words_en", "words_es"
    )
    for service_id, kind, values, at_least, at_most, can_follow, words_en, words_es in named:
        rule = Rule(kind, tuple(values), at_least, at_most, can_follow, words_en, words_es)
        found[service_id].append(rule)
    return defaultdict(tuple, {pk: tuple(rules) for pk, rules in found.items()})


def new_among(service_ids: Collection[int]) -> set[int]:
    """Those of these services whose first description the network's office has yet to agree to, in one statement."""
    read = ServiceChange.objects.filter(service_id__among=service_ids, what=ServiceChange.FIRST)
    states = list(read.exclude(state=ServiceChange.State.DONE).order_by().values_list("service_id", "state"))
    agreed = {service_id for service_id, state in states if state == ServiceChange.State.APPROVED}
    return {service_id for service_id, _ in states} - agreed


def waiting_changes(organization_ids: Collection[int]) -> QuerySet[ServiceChange]:
    """Changes of these organizations that wait for a reviewer, the oldest first."""
    return (
        ServiceChange.objects.filter(
            state=ServiceChange.State.WAITING, service__organization_id__in=organization_ids
        )
        .select_related("service__organization")
        .order_by("made_at", "id")
    )


def full_until(service: Service) -> date | None:
    """The day until which there is no room, where it hasn't come."""
    until = service.full_until
    return until if until and until > clock.today(current_place().zone) else None
