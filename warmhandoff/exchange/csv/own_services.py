"""Brings an organization's own services in: as its lead would describe each of them on its page, under the same rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from warmhandoff.directory.actions import Told, add_service, change_service, said_of
from warmhandoff.directory.models import Service
from warmhandoff.exchange.csv import importing
from warmhandoff.exchange.csv.table import Row, Trouble
from warmhandoff.foundation import terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import Listed
from warmhandoff.network.models import Organization

LONGEST = {
    "service": 160,
    "service_es": 160,
    "service_code": 20,
    "area": 120,
    "languages": 40,
    "mailbox": 254,
    "about": 600,
}
COLUMNS = tuple(LONGEST)
# Columns that a file need not have: what it doesn't speak of stays as it is.
OPTIONAL = tuple(column for column in COLUMNS if column not in ("service", "service_code"))
# Each is saved with its history: more than an organization offers would keep everybody else waiting.
MOST = 500
NEEDED = {
    "service": "Write what it is called.",
    "service_code": "Write the code of the kind of service, such as HSG or WRK-TRN.",
}
# Which column an action's refusal is about.
COLUMN_OF = {"name": "service", "name_es": "service_es"}


def importer_for(organization: Organization) -> importing.Importer:
    return importing.Importer(
        columns=COLUMNS,
        longest=LONGEST,
        check=_check,
        write=partial(_write, organization=organization),
        label=("service",),
    )


def _check(rows: Sequence[Row]) -> Iterator[Trouble]:
    codes = {code for code, _ in terms.choices("service_code", "en")}
    seen: dict[str, int] = {}
    if len(rows) > MOST:
        says = f"It has more than {MOST} services."
        yield Trouble(0, "", says, "Split it into several files.", ends=True)
    for row in rows:
        for column, mend in NEEDED.items():
            if not row[column]:
                yield Trouble(row.number, column, "It is empty.", mend)
        if row["service_code"] and row["service_code"] not in codes:
            says = f"“{row['service_code']}” is no kind of service."
            yield Trouble(row.number, "service_code", says, f"Use one of: {', '.join(sorted(codes))}.")
        yield from _place_and_languages(row)
        first = seen.setdefault(sort_key(row["service"]), row.number)
        if first != row.number and row["service"]:
            says = f"Row {first} has a service of the same name."
            yield Trouble(
                row.number, "service", says, "Give each service its own name, or take one row away."
            )


def _place_and_languages(row: Row) -> Iterator[Trouble]:
    place = current_place()
    area = row.values.get("area", "")
    if area and not _area(area):
        known = ", ".join(area.en for area in place.areas)
        yield Trouble(row.number, "area", f"“{area}” is no area here.", f"Use one of: {known}.")
    unknown = [language for language in _languages(row) if language not in place.languages]
    if unknown:
        says = f"“{unknown[0]}” is no language here."
        yield Trouble(row.number, "languages", says, f"Write codes: {' '.join(place.languages)}.")


def _area(text: str) -> str:
    area = current_place().area_called(text) or current_place().area(text)
    return area.code if area else ""


def _languages(row: Row) -> list[str]:
    return row.values.get("languages", "").casefold().replace(",", " ").replace(";", " ").split()


def _write(
    rows: Sequence[Row], *, by: Actor, tell: importing.Tell, organization: Organization
) -> importing.Written:
    known = {
        service.name_sort: service
        for service in Service.objects.filter(organization=organization, active=True).select_related(
            "organization", "mailbox"
        )
    }
    came: dict[int, str] = {}
    troubles: list[Trouble] = []
    for done, row in enumerate(rows):
        tell(done)
        try:
            with transaction.atomic():
                came[row.number] = str(_put(row, known.get(sort_key(row["service"])), organization, by))
        except DomainError as error:
            column = COLUMN_OF.get(getattr(error, "field", ""), getattr(error, "field", "")) or "the row"
            troubles.append(Trouble(row.number, column, error.sentence, error.mend))
    return importing.Written(came, {"organizations": Counter(), "services": Counter(came.values())}, troubles)


def _put(row: Row, known: Service | None, organization: Organization, by: Actor) -> Listed:
    """What the file says of a service; what it doesn't speak of (room, requirements, cost, a column it lacks) stays."""
    said = _said(row)
    if known is None:
        add_service(organization=organization, told=Told(**said), by=by)
        return Listed.ADDED
    stands = said_of(known)
    if all(_plain(getattr(stands, name)) == value for name, value in said.items()):
        return Listed.UNCHANGED
    kept = {name: getattr(stands, name) for name in Told.__dataclass_fields__ if name not in said}
    change_service(service=known, told=Told(**kept, **said), by=by)
    return Listed.CHANGED


def _said(row: Row) -> dict[str, Any]:
    """The fields of a service that the file speaks of."""
    said: dict[str, Any] = {"service_code": row["service_code"]}
    for column, name in (("service", "name"), ("service_es", "name_es"), ("about", "about")):
        if column in row.values:
            said[name] = row[column]
    if "area" in row.values:
        said["area"] = _area(row["area"])
    if "languages" in row.values:
        said["languages"] = sorted(set(_languages(row)))
    if "mailbox" in row.values:
        said["mailbox"] = row["mailbox"].casefold()
    return said


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list | tuple) else value
