"""How the directory says where a service is given, when it is open, and how to get there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from warmhandoff.directory.models import Hours, Location, Service
from warmhandoff.directory.words import ACCESS, WEEKDAYS
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place


@dataclass(frozen=True)
class Place:
    """One location as it is shown. `hours`: a day or a run of days, and its hours."""

    location: Location
    area: str
    access: str
    getting_there: str
    hours: list[tuple[str, str]]
    is_open_now: bool


def places_of(service: Service) -> list[Place]:
    found = service.locations.filter(active=True).prefetch_related("hours").order_by("id")
    return [_place(each) for each in found]


def _place(location: Location) -> Place:
    spanish = (get_language() or "en").startswith("es")
    area = current_place().area(location.area)
    hours = list(location.hours.all())
    return Place(
        location=location,
        area=area.in_language(get_language() or "en") if area else "",
        access=" · ".join(str(ACCESS.get(code, code)) for code in location.access),
        getting_there=(location.getting_there_es if spanish else "") or location.getting_there,
        hours=_week(hours),
        is_open_now=is_open(hours, current_place().local(clock.now())),
    )


def is_open(hours: list[Hours], local: datetime) -> bool:
    """Whether one of the hours holds this moment; what closes at or before it opens closes on the next day."""
    today, yesterday, now = local.weekday(), (local.weekday() - 1) % 7, local.time()
    for each in hours:
        overnight = each.closes <= each.opens
        if each.weekday == today and each.opens <= now and (overnight or now < each.closes):
            return True
        if overnight and each.weekday == yesterday and now < each.closes:
            return True
    return False


def _week(hours: list[Hours]) -> list[tuple[str, str]]:
    """`Monday to Friday: 9 am to 5 pm`: days that follow one another with the same hours stand together."""
    if not hours:
        return []
    said = {
        number: ", ".join(span(each.opens, each.closes) for each in hours if each.weekday == number)
        for number in range(7)
    }
    runs: list[list[int]] = []
    for number in range(7):
        if runs and said[number] == said[runs[-1][-1]]:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [(_days(run), said[run[0]] or gettext("closed")) for run in runs]


def _days(run: list[int]) -> str:
    first, last = str(WEEKDAYS[run[0]]), str(WEEKDAYS[run[-1]])
    if len(run) == 1:
        return capfirst(first)
    return capfirst(gettext("%(first)s to %(last)s") % {"first": first, "last": last})


def span(opens: time, closes: time) -> str:
    """`9 am to 5 pm`; from midnight to midnight is day and night."""
    if opens == closes:
        return gettext("day and night") if opens == time(0) else _from_to(opens, closes)
    return _from_to(opens, closes)


def _from_to(opens: time, closes: time) -> str:
    day = clock.now().replace(hour=0, minute=0)
    first, last = (dates.hour(day + timedelta(hours=t.hour, minutes=t.minute)) for t in (opens, closes))
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}
