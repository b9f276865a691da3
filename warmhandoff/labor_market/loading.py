"""Filling the labor market from files: a survey's wages, and what the place's own file says. Twice the same changes nothing.

Callable with the tables of a migration, so that every installation begins with both.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from warmhandoff.foundation.codes import sort_key
from warmhandoff.jurisdictions.place import Place

# The columns of the survey's own files, by the names of our fields.
_PAY = {
    "mean": "h_mean",
    "p10": "h_pct10",
    "p25": "h_pct25",
    "median": "h_median",
    "p75": "h_pct75",
    "p90": "h_pct90",
}
# What the survey prints where it keeps a number back.
_KEPT_BACK = ("", "-", "*", "**", "#")


def load_wages(apps: Any, path: Path, *, as_of: date, source: str, using: str) -> int:
    """Occupations and their wages from a file with the survey's column names; returns how many wages are new."""
    occupation_table = apps.get_model("labor_market", "Occupation").objects.using(using)
    wage_model = apps.get_model("labor_market", "Wage")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    titles = {row["occ_code"]: row["occ_title"] for row in rows}
    occupation_table.bulk_create(
        [
            occupation_table.model(soc=soc, title=title, title_sort=sort_key(title))
            for soc, title in titles.items()
        ],
        ignore_conflicts=True,
    )
    by_soc = dict(occupation_table.values_list("soc", "pk"))
    before = wage_model.objects.using(using).count()
    wage_model.objects.using(using).bulk_create(
        [
            wage_model(
                occupation_id=by_soc[row["occ_code"]],
                area_code=row["area_code"],
                area=row["area_title"],
                as_of=as_of,
                employment=_number(row["tot_emp"]),
                source=source,
                **{field: _dollars(row[column]) for field, column in _PAY.items()},
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    return int(wage_model.objects.using(using).count()) - int(before)


def _dollars(said: str) -> Decimal | None:
    return None if said in _KEPT_BACK else Decimal(said)


def _number(said: str) -> int | None:
    return None if said in _KEPT_BACK else int(said)


def load_place(apps: Any, place: Place, *, using: str) -> None:
    """Localities, least wages and target sectors of a place's file. What stands already is left as it is."""
    localities = _load_localities(apps, place, using)
    floors = apps.get_model("labor_market", "WageFloor").objects.using(using)
    standing = set(floors.values_list("locality_id", "industry"))
    floors.bulk_create(
        [
            floors.model(
                locality_id=localities[each.locality],
                industry=each.industry,
                rate=each.rate,
                valid_from=each.valid_from,
                valid_to=each.valid_to,
                source=each.source,
                verified_on=each.verified_on,
            )
            for each in place.labor.floors
            if (localities[each.locality], each.industry) not in standing
        ]
    )
    _load_sectors(apps, place, using)


def _load_localities(apps: Any, place: Place, using: str) -> dict[str, int]:
    table = apps.get_model("labor_market", "Locality").objects.using(using)
    known: dict[str, int] = {}
    for position, each in enumerate(place.labor.localities):
        row, _made = table.get_or_create(
            code=each.code,
            defaults={
                "name": each.en,
                "name_es": each.es,
                "within_id": known.get(each.within),
                "position": position,
                "has_addresses": each.has_addresses,
            },
        )
        known[each.code] = row.pk
    return known


def _load_sectors(apps: Any, place: Place, using: str) -> None:
    sectors = apps.get_model("labor_market", "TargetSector").objects.using(using)
    occupations = apps.get_model("labor_market", "Occupation").objects.using(using)
    for position, each in enumerate(place.labor.sectors):
        said = {
            "name": each.en,
            "name_es": each.es,
            "position": position,
            "source": each.source,
            "verified_on": each.verified_on,
        }
        sector, made = sectors.get_or_create(slug=each.slug, defaults=said)
        if made:
            sector.occupations.set(occupations.filter(soc__in=each.occupations))
