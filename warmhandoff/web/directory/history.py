"""Who changed what of a service, as sentences, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.directory.capacity import Capacity, Standing
from warmhandoff.directory.eligibility import Rule, area_name, language_name
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.directory.words import WEEKDAYS
from warmhandoff.foundation import terms
from warmhandoff.web.directory.places import span

FIELDS: dict[str, str | Promise] = {
    "name": _("Name in English"), "name_es": _("Name in Spanish"), "about": _("What it is"),
    "about_es": _("What it is, in Spanish"), "service_code": _("Kind of help"), "area": _("Where it stands"),
    "serves": _("Whose areas it serves"), "mailbox": _("Mailbox for referrals"), "criteria": _("Whom it is for"),
    "languages": _("Languages"), "cost": _("What it costs"), "cost_note": _("About the fee"), "place": _("Place"),
}  # fmt: skip
WHAT: dict[str, str | Promise] = {
    "added": _("Put into the directory"), "confirmed": _("Confirmed: still true"),
    "ended": _("Taken out of the directory"), "place": _("Changed a place"), "changed": _("Changed"),
}  # fmt: skip
STATES: dict[str, str | Promise] = {
    ServiceChange.State.WAITING: _("Waits for the network's office"),
    ServiceChange.State.APPROVED: _("Approved"),
    ServiceChange.State.SENT_BACK: _("Sent back"),
    ServiceChange.State.REPLACED: _("Replaced by a newer change"),
}


@dataclass(frozen=True)
class Difference:
    """One field: what it said, and what it says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    at: datetime
    words: str
    who: str
    state: str
    note: str
    differences: list[Difference]


def history_of(service: Service, changes: list[ServiceChange]) -> list[Entry]:
    """Changes and statements of room in one story, newest first."""
    entries = [entry_of(each) for each in changes]
    for said in service.statements.all()[:30]:
        words = gettext("Room: %(room)s") % {"room": _room(said.room, said.seats, said.full_until)}
        entries.append(Entry(said.said_at, words, said.said_by, "", "", []))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def entry_of(change: ServiceChange) -> Entry:
    return Entry(
        at=change.made_at,
        words=str(WHAT.get(change.what, change.what)),
        who=change.said_by,
        state=str(STATES.get(change.state, "")),
        note=change.note,
        # A first description is what the page shows anyway.
        differences=[] if change.what == ServiceChange.FIRST else differences_of(change),
    )


def differences_of(change: ServiceChange) -> list[Difference]:
    return [
        Difference(str(FIELDS.get(name, name)), said(name, before), said(name, after))
        for name, before, after in change.lines
    ]


def _room(room: str, seats: int | None, full_until: Any) -> str:
    return Capacity(Standing(room), room, seats, full_until).said


def said(name: str, value: Any) -> str:
    """A plain value of the history in words."""
    if value in (None, "", []):
        return gettext("nothing")
    if name == "criteria":
        return " ".join(Rule(**{**rule, "values": tuple(rule["values"])}).asks for rule in value)
    if name == "service_code":
        return terms.word("service_code", value)
    if name == "area":
        return area_name(value)
    if name == "cost":
        return gettext(str(Service.Cost(value).label))
    if name in ("serves", "languages"):
        names = map(area_name if name == "serves" else language_name, value)
        return ", ".join(names)
    return _place(value) if name == "place" else str(value)


def _place(value: dict[str, Any]) -> str:
    hours = [
        f"{WEEKDAYS[day]} {span(time.fromisoformat(opens), time.fromisoformat(closes))}"
        for day, opens, closes in value["hours"]
    ]
    return ", ".join(filter(None, [value["address"], value["name"], value["phone"], *hours]))
