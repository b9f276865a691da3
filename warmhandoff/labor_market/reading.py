"""What may be paid at least, where and on which day; what an occupation pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.labor_market.models import Locality, Occupation, TargetSector, Wage, WageFloor

# Which row of a survey stands for all occupations together.
ALL_OCCUPATIONS = "00-0000"


class UnderTheFloor(BadValue):
    """A wage that the law of its place and day doesn't allow."""

    code = "under_the_floor"

    def __init__(self, floor: WageFloor, day: date) -> None:
        self.floor = floor
        super().__init__(
            "wage",
            _(
                "On %(day)s an hour in %(place)s pays at least %(rate)s, since %(since)s. Source: %(source)s%(verified)s."
            )
            % {
                "day": full_day(day),
                "place": floor.locality.name,
                "rate": dollars(floor.rate),
                "since": full_day(floor.valid_from),
                "source": floor.source,
                "verified": "" if floor.verified_on else _(" (not verified yet)"),
            },
            mend=_("Agree on at least this wage, or check where the work address lies."),
        )


class NoFloorKnown(BadValue):
    """Nobody wrote down what the law asks there on that day: no wage can be held against it."""

    code = "no_floor_known"

    def __init__(self, locality: Locality, day: date) -> None:
        super().__init__(
            "wage",
            _("No least wage is written down for %(place)s on %(day)s.")
            % {"place": locality.name, "day": full_day(day)},
            mend=_("Ask the network administrator to write it down, with its source."),
        )


def dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def locality_or_404(code: str) -> Locality:
    found = Locality.objects.filter(code=code).first()
    if found is None:
        raise NotYours()
    return found


def addresses() -> QuerySet[Locality]:
    """Where a work address can lie."""
    return Locality.objects.filter(has_addresses=True)


def around(locality: Locality) -> list[Locality]:
    """The locality and whatever it lies within: the least wage of each holds there."""
    by_id = {each.pk: each for each in Locality.objects.all()}
    found, at = [], by_id.get(locality.pk)
    while at is not None:
        found.append(at)
        at = by_id.get(at.within_id) if at.within_id else None
    return found


def floor_at(locality: Locality, day: date, *, industry: str = "") -> WageFloor | None:
    """The highest least wage that holds at a work address on that day; None where nobody wrote one down."""
    floors = WageFloor.objects.in_force_on(day).filter(
        locality__in=around(locality), industry__in={"", industry}
    )
    return floors.select_related("locality").order_by("-rate", "-id").first()


def check_wage(rate: Decimal, *, locality: Locality, day: date, industry: str = "") -> WageFloor:
    """The floor that this wage stands on; refused where it is under it."""
    floor = floor_at(locality, day, industry=industry)
    if floor is None:
        raise NoFloorKnown(locality, day)
    if rate < floor.rate:
        raise UnderTheFloor(floor, day)
    return floor


def floors() -> QuerySet[WageFloor]:
    """All of them, by place, the newest first."""
    return WageFloor.objects.select_related("locality").order_by(
        "locality__position", "industry", "-valid_from"
    )


# --- Occupations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pays:
    """An occupation with what it pays in the nearest survey area that says so."""

    occupation: Occupation
    wage: Wage | None
    sectors: tuple[TargetSector, ...] = ()


def occupation_or_404(soc: str) -> Occupation:
    found = Occupation.objects.filter(soc=soc).first()
    if found is None:
        raise NotYours()
    return found


def occupations(search: str = "", *, sector: str = "") -> QuerySet[Occupation]:
    """Those people work in (no groups of them), by their title or number."""
    found = Occupation.objects.exclude(soc__endswith="000").exclude(soc=ALL_OCCUPATIONS)
    if sector:
        found = found.filter(sectors__slug=sector)
    for word in sort_key(search).split():
        found = (
            found.filter(soc__startswith=word)
            if word[0].isdigit()
            else found.filter(title_sort__contains=word)
        )
    return found


def wages_of(occupation: Occupation) -> list[Wage]:
    """What it pays, newest survey of each of the place's areas, the nearest first."""
    areas = current_place().labor.wage_areas
    newest: dict[str, Wage] = {}
    for wage in occupation.wages.filter(area_code__in=areas).order_by("-as_of"):
        newest.setdefault(wage.area_code, wage)
    return [newest[area] for area in areas if area in newest]


def with_pay(found: Iterable[Occupation]) -> list[Pays]:
    """The same occupations with what they pay nearest by, in two statements."""
    listed = list(found)
    areas = current_place().labor.wage_areas
    best: dict[int, Wage] = {}
    for wage in Wage.objects.filter(occupation__in=listed, area_code__in=areas).order_by("-as_of"):
        has = best.get(wage.occupation_id)
        if wage.median is not None and (
            has is None or areas.index(wage.area_code) < areas.index(has.area_code)
        ):
            best[wage.occupation_id] = wage
    return [Pays(each, best.get(each.pk)) for each in listed]


def sectors() -> QuerySet[TargetSector]:
    return TargetSector.objects.prefetch_related("occupations")
