"""What a place says of its labor market: where wages are surveyed, how wage law divides it, its least wages, what it trains for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Locality:
    """Where a work address can lie. `within`: the code of what is around it, whose least wage holds there too."""

    code: str
    en: str
    es: str
    within: str = ""
    has_addresses: bool = True


@dataclass(frozen=True)
class Floor:
    """The least that an hour pays in a locality from a day on; no `industry`: in every one."""

    locality: str
    rate: Decimal
    valid_from: date
    source: str
    industry: str = ""
    valid_to: date | None = None
    verified_on: date | None = None


@dataclass(frozen=True)
class Sector:
    """What the place trains people for, as occupations by their numbers (SOC)."""

    slug: str
    en: str
    es: str
    occupations: tuple[str, ...]
    source: str
    verified_on: date | None = None


@dataclass(frozen=True)
class Labor:
    # Survey areas by their codes, the nearest first.
    wage_areas: tuple[str, ...] = ()
    localities: tuple[Locality, ...] = ()
    floors: tuple[Floor, ...] = ()
    sectors: tuple[Sector, ...] = ()


def read(raw: dict[str, Any]) -> Labor:
    """A place may say nothing of it. What is within or of a locality names one that stands above it in the file."""
    localities = tuple(Locality(**each) for each in raw.get("localities", ()))
    known: set[str] = {""}
    for each in localities:
        if each.within not in known or each.code in known:
            raise ValueError(f"labor_market.localities.{each.code} (once, within one that stands above it)")
        known.add(each.code)
    floors = tuple(Floor(**{**each, "rate": Decimal(each["rate"])}) for each in raw.get("wage_floors", ()))
    for floor in floors:
        if floor.locality not in known - {""} or not floor.source or floor.rate <= 0:
            raise ValueError(f"labor_market.wage_floors: {floor.locality}, {floor.valid_from}")
    return Labor(
        wage_areas=tuple(raw.get("wage_areas", ())),
        localities=localities,
        floors=floors,
        sectors=tuple(
            Sector(**{**each, "occupations": tuple(each["occupations"])}) for each in raw.get("sectors", ())
        ),
    )
