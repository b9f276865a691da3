"""Where a service is given: addresses, hours, how to get there and in. Takes effect at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction

from warmhandoff.directory.access import require_own
from warmhandoff.directory.models import Hours, Location, Service
from warmhandoff.directory.recording import record
from warmhandoff.directory.words import ACCESS
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place

MOST_PLACES = 12
_TEXTS = ("name", "address", "area", "phone", "getting_there", "getting_there_es")


@dataclass(frozen=True)
class Open:
    """Open on one day of the week, 0 is Monday. What closes at or before it opens closes on the next day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class ToldPlace:
    """What an organization says of one place of a service. No hours: it isn't known when it is open."""

    address: str
    name: str = ""
    area: str = ""
    phone: str = ""
    access: Sequence[str] = ()
    getting_there: str = ""
    getting_there_es: str = ""
    hours: Sequence[Open] = ()


@transaction.atomic
def add_place(*, service: Service, told: ToldPlace, by: Actor, signed_as: str = "") -> Location:
    require_own(service.organization_id, by)
    _check(told)
    if service.locations.filter(active=True).count() >= MOST_PLACES:
        raise BadValue("address", f"A service has at most {MOST_PLACES} places.", mend="Take one out first.")
    location = Location(service=service)
    _put(location, told)
    record(service, "place", lines=[("place", None, plain(location))], by=by, signed_as=signed_as)
    return location


@transaction.atomic
def change_place(*, location: Location, told: ToldPlace, by: Actor, signed_as: str = "") -> None:
    require_own(location.service.organization_id, by)
    _check(told)
    _lock(location)
    before = plain(location)
    _put(location, told)
    if before != (after := plain(location)):
        record(location.service, "place", lines=[("place", before, after)], by=by, signed_as=signed_as)


@transaction.atomic
def remove_place(*, location: Location, by: Actor, signed_as: str = "") -> None:
    """Take a place out. What it said stays in the service's history."""
    require_own(location.service.organization_id, by)
    before = plain(location)
    if not Location.objects.filter(pk=location.pk, active=True).update(active=False):
        raise WrongState("This place was taken out already.")
    record(location.service, "place", lines=[("place", before, None)], by=by, signed_as=signed_as)


def plain(location: Location) -> dict[str, Any]:
    """A place as plain values, for the history."""
    return {
        **{name: getattr(location, name) for name in _TEXTS},
        "access": list(location.access),
        "hours": [[h.weekday, f"{h.opens:%H:%M}", f"{h.closes:%H:%M}"] for h in location.hours.all()],
    }


def _lock(location: Location) -> None:
    if not Location.objects.select_for_update(of=("self",)).filter(pk=location.pk, active=True).exists():
        raise WrongState("This place was taken out.", mend="Add it again.")


def _put(location: Location, told: ToldPlace) -> None:
    for name in _TEXTS:
        setattr(location, name, " ".join(getattr(told, name).split()))
    location.access = sorted(set(told.access))
    location.save()
    location.hours.all().delete()
    Hours.objects.bulk_create(
        Hours(location=location, weekday=each.weekday, opens=each.opens, closes=each.closes)
        for each in sorted(told.hours, key=lambda each: (each.weekday, each.opens))
    )


def _check(told: ToldPlace) -> None:
    if not told.address.strip():
        raise BadValue("address", "The place needs an address.", mend="Write street and city, or “by phone”.")
    if told.area and current_place().area(told.area) is None:
        raise BadValue("area", "There is no such area here.", mend="Choose one from the list.")
    if set(told.access) - set(ACCESS):
        raise BadValue("access", "We don't know this kind of access.", mend="Choose from the list.")
    if any(not 0 <= each.weekday <= 6 for each in told.hours):
        raise BadValue("hours", "There is no such day of the week.", mend="Choose from Monday to Sunday.")
    starts = [(each.weekday, each.opens) for each in told.hours]
    if len(starts) != len(set(starts)):
        raise BadValue("hours", "The same hour is there twice.", mend="Take one of the two away.")
