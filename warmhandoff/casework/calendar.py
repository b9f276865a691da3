"""What is planned, as calendars exchange it: iCalendar (RFC 5545) in a mail (RFC 5546, iTIP): a request, its update, its cancelation.

Each of these is of one thing: they say so. What tells of several at once is a publication, without anybody invited.

A calendar is seen by a family, or by an employer: an entry says "Appointment", when and at which address, and whom to call. No name
of a person, of an organization, of a program or of the network is in it, the product's own included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Protocol

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


class Planned(Protocol):
    """What has its hours. `sequence` has been raised with each change, so that an older mail never undoes a newer one."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def sequence(self) -> int: ...


@dataclass(frozen=True)
class Entry:
    """What an entry says, in the language of whose calendar it is for."""

    method: str
    summary: str
    description: str
    location: str
    attendee: str


def uid_of(planned: Planned) -> str:
    """The same for as long as it is this one, however often it is moved."""
    return f"{planned.code}@{_sender().rpartition('@')[2]}"


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def entry_of(planned: Planned, entry: Entry, *, stamped: datetime) -> str:
    """The text of one: a request, or a cancelation."""
    event = _event(planned, entry, stamped)
    attendee = vCalAddress(f"mailto:{entry.attendee}")
    # Nobody reads an answer to our mails: they call.
    attendee.params["rsvp"] = "FALSE"
    attendee.params["role"] = "REQ-PARTICIPANT"
    attendee.params["partstat"] = "NEEDS-ACTION"
    event.add("attendee", attendee, encode=False)
    return _calendar(entry.method, [event])


def publication_of(entries: Iterable[tuple[Planned, Entry]], *, stamped: datetime) -> str:
    """The text of several, each changed or called off by its own method."""
    return _calendar(PUBLISH, [_event(planned, entry, stamped) for planned, entry in entries])


def _event(planned: Planned, entry: Entry, stamped: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(planned))
    event.add("dtstamp", stamped.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", planned.starts_at.astimezone(UTC))
    event.add("dtend", planned.ends_at.astimezone(UTC))
    event.add("sequence", planned.sequence)
    event.add("status", "CANCELLED" if entry.method == CANCEL else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("organizer", vCalAddress(f"mailto:{_sender()}"))
    return event


def _calendar(method: str, events: Iterable[Event]) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text
