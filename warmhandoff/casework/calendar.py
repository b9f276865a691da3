"""An appointment as calendars exchange it: iCalendar (RFC 5545) in a mail (RFC 5546, iTIP): a request, its update, its cancelation.

A calendar is seen by a family, or by an employer: an entry says "Appointment", when and at which address, and whom to call. No name
of a person, of an organization, of a program or of the network is in it, the product's own included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from warmhandoff.casework.models import Appointment

REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True)
class Entry:
    """What an entry says, in the language of whose calendar it is for."""

    method: str
    summary: str
    description: str
    location: str
    attendee: str


def uid_of(appointment: Appointment) -> str:
    """The same for as long as it is this appointment, however often it is moved."""
    return f"{appointment.code}@{_sender().rpartition('@')[2]}"


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def entry_of(appointment: Appointment, entry: Entry, *, stamped: datetime) -> str:
    """The text of it. `sequence` has been raised with each change, so that an older mail never undoes a newer one."""
    event = Event()
    event.add("uid", uid_of(appointment))
    event.add("dtstamp", stamped.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("sequence", appointment.sequence)
    event.add("status", "CANCELLED" if entry.method == CANCEL else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    if entry.location:
        event.add("location", entry.location)
    event.add("organizer", vCalAddress(f"mailto:{_sender()}"))
    attendee = vCalAddress(f"mailto:{entry.attendee}")
    # Nobody reads an answer to our mails: they call.
    attendee.params["rsvp"] = "FALSE"
    attendee.params["role"] = "REQ-PARTICIPANT"
    attendee.params["partstat"] = "NEEDS-ACTION"
    event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text
