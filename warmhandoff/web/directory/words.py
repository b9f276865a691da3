"""How the directory says what it knows about a service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from warmhandoff.directory.models import Service
from warmhandoff.directory.reading import full_until
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization

LANGUAGES = {"en": gettext_lazy("English"), "es": gettext_lazy("Spanish")}
ASKS_FOR = {
    Service.Requirement.DIPLOMA: gettext_lazy("Asks for a high-school diploma or its equivalent"),
    Service.Requirement.PHOTO_ID: gettext_lazy("Asks for a photo ID"),
    Service.Requirement.DRIVER_LICENSE: gettext_lazy("Asks for a driver's license"),
    Service.Requirement.WOMEN: gettext_lazy("For women"),
    Service.Requirement.YOUNG_ADULT: gettext_lazy("For people aged 18 to 25"),
}


@dataclass(frozen=True)
class Room:
    """Whether there is room: words, and the kind and icon of their chip."""

    words: str
    kind: str
    icon: str


@dataclass(frozen=True)
class Line:
    """One service as the directory shows it."""

    service: Service
    name: str
    kind: str
    where: str
    languages: str
    room: Room | None
    requirement: str

    @property
    def about(self) -> str:
        return " · ".join(filter(None, [self.kind, self.where, self.languages]))


def spoken() -> str:
    return get_language() or "en"


def area_choices() -> list[tuple[str, str]]:
    return [(area.code, area.in_language(spoken())) for area in current_place().areas]


def kinds_of(organization: Organization) -> str:
    """`Community organization, employer`."""
    labels = [gettext(str(Organization.Kind(kind).label)) for kind in organization.kinds]
    said = ", ".join(labels)
    return said[:1].upper() + said[1:]


def room_of(service: Service) -> Room | None:
    """What is known of its room; nothing of organizations that are only listed, and nothing where nobody said."""
    if service.organization.standing == Organization.Standing.LISTED:
        return None
    until = full_until(service)
    if until:
        return Room(gettext("Full until %(day)s") % {"day": dates.short_day(until)}, "", "hourglass_empty")
    if service.seats == 0:
        return Room(gettext("No seats now"), "", "hourglass_empty")
    if service.seats:
        seats = ngettext("Open, %(number)s seat", "Open, %(number)s seats", service.seats)
        return Room(seats % {"number": service.seats}, "good", "check")
    return Room(gettext("Open"), "good", "check")


def where(service: Service) -> str:
    area = current_place().area(service.area)
    return service.place or (area.in_language(spoken()) if area else "")


def lines(services: Iterable[Service]) -> list[Line]:
    kinds = dict(terms.choices("service_code"))
    return [
        Line(
            service=service,
            name=service.in_language(spoken()),
            kind=kinds.get(service.service_code, service.service_code),
            where=where(service),
            languages=", ".join(str(LANGUAGES.get(code, code)) for code in service.languages),
            room=room_of(service),
            requirement=str(ASKS_FOR.get(Service.Requirement(service.requirement), "")),
        )
        for service in services
    ]
