"""Brings organizations and services into the directory as public documents describe them: all or nothing, or the good rows.

A row is one service of one organization. Twice the same file changes nothing. What a member organization says about itself
is never touched: only organizations that are listed, and no members, come from here.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from warmhandoff.directory.actions import ToList, list_services
from warmhandoff.exchange.csv import importing
from warmhandoff.exchange.csv.table import Row, Trouble, read
from warmhandoff.foundation import scoping, terms
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import Listed, list_organization
from warmhandoff.network.models import Organization

LONGEST = {
    "organization": 200,
    "kind": 20,
    "service": 160,
    "service_code": 20,
    "place": 120,
    "source": 200,
}
COLUMNS = tuple(LONGEST)
# Evaluators serve no participant: nobody is referred to them, so they need neither a kind of service nor a place.
MAY_BE_EMPTY = {Organization.Kind.EVALUATOR: {"service_code", "place"}}


@dataclass(frozen=True)
class Done:
    """What an import came to, in the words it prints."""

    rows: int
    organizations: Counter[str]
    services: Counter[str]

    def __str__(self) -> str:
        lines = [
            f"{self.rows} rows read.",
            f"Organizations: {_counts(self.organizations)}.",
            f"Services: {_counts(self.services)}.",
        ]
        if members := self.organizations[Listed.LEFT_ALONE]:
            lines.append(f"Left alone, because they are members and describe themselves: {members}.")
        return "\n".join(lines)


def run(path: Path, *, keep_good: bool = False, errors: Path | None = None) -> int:
    """Import the file. 1 where anything is wrong: nothing is written then, or, with `keep_good`, all but the bad rows.

    `errors` is where the file is written once more, with what is wrong beside each row, to be mended and imported again.
    """
    table = read(path, COLUMNS, LONGEST)
    actor = operator_actor()
    with scoping.acting_as(actor, purpose="import"):
        tried = importing.attempt(table, IMPORTER, by=actor, keep_good=keep_good, write=True)
    for trouble in tried.troubles:
        print(trouble, file=sys.stderr)
    if tried.troubles and errors is not None and tried.errors_file:
        errors.write_bytes(tried.errors_file)
    if tried.is_written:
        print(Done(tried.rows, tried.counts["organizations"], tried.counts["services"]))
    if tried.troubles:
        print(_what_now(tried, errors), file=sys.stderr)
    return 1 if tried.troubles else 0


def _what_now(tried: importing.Tried, errors: Path | None) -> str:
    number = len(tried.troubles)
    wrong = "1 thing is wrong" if number == 1 else f"{number} things are wrong"
    where = errors if errors is not None and tried.errors_file else "the file"
    if tried.is_written:
        return f"{len(tried.bad_rows)} rows were left out: {wrong}. Mend {where} and import it again."
    return f"Nothing was written: {wrong}. Mend {where} and import it again."


# --- What is right ------------------------------------------------------------------------------------------------


def _check(rows: Sequence[Row]) -> Iterator[Trouble]:
    codes = [code for code, _ in terms.choices("service_code", "en")]
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        yield from _missing(row)
        yield from _unknown(row, codes)
        key = sort_key(row["organization"]), sort_key(row["service"])
        if all(key) and key in seen:
            yield _twice(row, seen[key])
        seen.setdefault(key, row)


def _missing(row: Row) -> Iterator[Trouble]:
    optional = MAY_BE_EMPTY.get(Organization.Kind(row["kind"]), set()) if _is_kind(row["kind"]) else set()
    for column in COLUMNS:
        if not row[column] and column not in optional:
            yield Trouble(row.number, column, "It is empty.", MENDS[column])


def _unknown(row: Row, codes: list[str]) -> Iterator[Trouble]:
    if row["kind"] and not _is_kind(row["kind"]):
        says = f"“{row['kind']}” is no kind of organization."
        yield Trouble(row.number, "kind", says, MENDS["kind"])
    if row["service_code"] and row["service_code"] not in codes:
        says = f"“{row['service_code']}” is no kind of service."
        yield Trouble(row.number, "service_code", says, f"Use one of: {', '.join(codes)}.")


def _twice(row: Row, before: Row) -> Trouble:
    if row.values == before.values:
        return Trouble(
            row.number, "the row", f"Row {before.number} says the same.", "Take one of the two away."
        )
    says = f"Row {before.number} has a service of the same name at this organization, told otherwise."
    return Trouble(row.number, "service", says, "Give each service its own name, or take one row away.")


def _is_kind(text: str) -> bool:
    return text in Organization.Kind.values


MENDS = {
    "organization": "Write the organization's name.",
    "kind": f"Use one of: {', '.join(Organization.Kind.values)}.",
    "service": "Write what it does, in a few words.",
    "service_code": "Write the code of the kind of service, such as HSG or WRK-TRN; only an evaluator needs none.",
    "place": "Write where it is offered; only an evaluator needs none.",
    "source": "Write which document says so.",
}


# --- Writing ------------------------------------------------------------------------------------------------------


def _write(rows: Sequence[Row], *, by: Actor, tell: importing.Tell) -> importing.Written:
    with (
        connection.cursor() as cursor
    ):  # two imports at once: the second waits, and then finds everything there
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('warmhandoff import partners'))")
    organizations: Counter[str] = Counter()
    listed: dict[str, Organization] = {}
    for key, theirs in _by_organization(rows).items():
        kinds = sorted({row["kind"] for row in theirs})
        first = theirs[0]
        listed[key], came_to = list_organization(
            name=first["organization"], kinds=kinds, source=first["source"], by=by
        )
        organizations[came_to] += 1
    services = list_services(told=[_told(row, listed) for row in rows], by=by, tell=tell)
    came = {row.number: str(each) for row, each in zip(rows, services, strict=True)}
    return importing.Written(came, {"organizations": organizations, "services": Counter(came.values())})


def _told(row: Row, listed: dict[str, Organization]) -> ToList:
    area = current_place().area_called(row["place"])
    return ToList(
        organization=listed[sort_key(row["organization"])],
        name=row["service"],
        service_code=row["service_code"],
        area=area.code if area else "",
        place=row["place"],
        source=row["source"],
    )


def _by_organization(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(sort_key(row["organization"]), []).append(row)
    return found


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{counted[each]} {each}" for each in (Listed.ADDED, Listed.CHANGED, Listed.UNCHANGED))


IMPORTER = importing.Importer(
    columns=COLUMNS, longest=LONGEST, check=_check, write=_write, label=("organization", "service")
)
