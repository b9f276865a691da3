"""How the directory says what it knows about a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils.translation import get_language, gettext

from warmhandoff.directory.capacity import Capacity, Standing, capacity_of
from warmhandoff.directory.eligibility import LANGUAGES, area_name
from warmhandoff.directory.models import Service
from warmhandoff.directory.reading import new_among
from warmhandoff.directory.words import verified
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization

__all__ = ["LANGUAGES", "Line", "Room", "area_choices", "cost_of", "kinds_of", "lines", "room_of", "where"]

# The kind and the icon of a chip. Only what is good is colored: nothing about room is late.
LOOKS = {
    Standing.OPEN: ("good", "check"),
    Standing.WAITLIST: ("", "schedule"),
    Standing.NOT_SAID: ("", "help_outline"),
    Standing.LAPSED: ("", "help_outline"),
    Standing.FULL: ("", "hourglass_empty"),
}


@dataclass(frozen=True)
class Room:
    """Whether there is room: words, the kind and icon of their chip, and since when somebody says so."""

    words: str
    kind: str
    icon: str
    capacity: Capacity

    @property
    def since(self) -> str:
        """`Said on Nov 20 by Vera Lindqvist`; what was said last where that has lapsed."""
        known = self.capacity
        if known.as_of is None:
            return ""
        said = {"said": known.said, "day": short_day(known.as_of), "who": known.said_by}
        if not known.is_known:
            return gettext("Last said: %(said)s") % said
        if known.said_by:
            return gettext("Said on %(day)s by %(who)s") % said
        return gettext("Said on %(day)s") % said


@dataclass(frozen=True)
class Line:
    """One service as the directory shows it."""

    service: Service
    name: str
    kind: str
    where: str
    languages: str
    room: Room | None
    requirements: list[str]
    cost: str
    says: str
    serves: str
    # What it says of itself first stands before the network's office has agreed to it.
    is_new: bool = False

    @property
    def verified(self) -> str:
        return verified(self.service)

    @property
    def is_listed(self) -> bool:
        """What public documents say: what they don't speak of nobody knows."""
        return self.service.organization.standing == Organization.Standing.LISTED

    @property
    def about(self) -> str:
        return " · ".join(filter(None, [self.kind, self.where, self.languages, self.cost]))


def spoken() -> str:
    return get_language() or "en"


def area_choices() -> list[tuple[str, str]]:
    return [(area.code, area.in_language(spoken())) for area in current_place().areas]


def kinds_of(organization: Organization) -> str:
    """`Community organization, employer`."""
    labels = [gettext(str(Organization.Kind(kind).label)) for kind in organization.kinds]
    said = ", ".join(labels)
    return said[:1].upper() + said[1:]


def room_of(service: Service, today: date | None = None) -> Room | None:
    """What is known of its room; nothing of organizations that are only listed."""
    if service.organization.standing == Organization.Standing.LISTED:
        return None
    known = capacity_of(service, today)
    return Room(known.words, *LOOKS[known.standing], known)


def where(service: Service) -> str:
    area = current_place().area(service.area)
    return service.place or (area.in_language(spoken()) if area else "")


def cost_of(service: Service) -> str:
    """`Free`, `Has a fee`; nothing where nobody said."""
    if not service.cost:
        return ""
    said = gettext(str(Service.Cost(service.cost).label))
    return said[:1].upper() + said[1:]


def lines(services: Iterable[Service]) -> list[Line]:
    kinds = dict(terms.choices("service_code"))
    today = clock.today(current_place().zone)
    found = list(services)
    prefetch_related_objects(found, "criteria")
    new = new_among([service.pk for service in found])
    return [
        Line(
            service=service,
            name=service.in_language(spoken()),
            kind=kinds.get(service.service_code, service.service_code),
            where=where(service),
            languages=", ".join(str(LANGUAGES.get(code, code)) for code in service.languages),
            room=room_of(service, today),
            requirements=[each.rule.asks for each in service.criteria.all()],
            cost=cost_of(service),
            says=service.about_in(spoken()),
            serves=", ".join(map(area_name, service.serves)),
            is_new=service.pk in new,
        )
        for service in found
    ]
