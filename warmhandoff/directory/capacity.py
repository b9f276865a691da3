"""Whether a service has room: what was said, as of which day and by whom, and whether that still holds.

A word about room lapses: after so many days of the place (`[directory_in_days] room_holds`) it is no longer taken for true,
and neither is "full until" a day that has come. Then nobody knows, and the page says since when. Nothing is ever cleared by
a timer: lapsing is read, by whoever reads, on the day they read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext, ngettext

from warmhandoff.directory.models import Room, Service
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place


class Standing(StrEnum):
    """How it stands today. The order is the one in which one would rather ask."""

    OPEN = "open"
    WAITLIST = "waitlist"
    NOT_SAID = "not_said"
    LAPSED = "lapsed"
    FULL = "full"


@dataclass(frozen=True)
class Capacity:
    """What is known of a service's room on a day. `seats`, `full_until`: as they were said, also where that has lapsed."""

    standing: Standing
    room: str = ""
    seats: int | None = None
    full_until: date | None = None
    as_of: date | None = None
    said_by: str = ""
    days_ago: int | None = None

    @property
    def is_known(self) -> bool:
        return self.standing not in (Standing.NOT_SAID, Standing.LAPSED)

    @property
    def has_room(self) -> bool:
        return self.standing is Standing.OPEN

    @property
    def words(self) -> str:
        """`Open, 3 seats`, `Full until Mar 3`, `Room not confirmed since Nov 3`."""
        if self.standing is Standing.NOT_SAID:
            return gettext("Room not known")
        if self.standing is Standing.LAPSED and self.as_of is not None:
            return gettext("Room not confirmed since %(day)s") % {"day": short_day(self.as_of)}
        return self.said

    @property
    def said(self) -> str:
        """What was said last, whether it still holds or not."""
        if self.room == Room.FULL and self.full_until is not None:
            return gettext("Full until %(day)s") % {"day": short_day(self.full_until)}
        if self.room == Room.OPEN and self.seats is not None:
            seats = ngettext("Open, %(number)s seat", "Open, %(number)s seats", self.seats)
            return seats % {"number": self.seats}
        return {
            Room.OPEN: gettext("Open"),
            Room.WAITLIST: gettext("Waitlist only"),
            Room.FULL: gettext("Full, no date yet"),
        }.get(Room(self.room), "")


def capacity_of(service: Service, today: date | None = None) -> Capacity:
    """How a service's room stands today, from what it carries of the last statement."""
    today = today or clock.today(current_place().zone)
    if not service.room or service.room_as_of is None:
        return Capacity(Standing.NOT_SAID)
    lapsed = service.room_as_of < _holds_since(today) or (
        service.full_until is not None and service.full_until <= today
    )
    return Capacity(
        standing=Standing.LAPSED if lapsed else Standing(service.room),
        room=service.room,
        seats=service.seats,
        full_until=service.full_until,
        as_of=service.room_as_of,
        said_by=service.room_said_by,
        days_ago=(today - service.room_as_of).days,
    )


def has_room(today: date) -> Q:
    """The services that said they have room, and whose word still holds."""
    return Q(room=Room.OPEN, room_as_of__gte=_holds_since(today))


def asked_again_on(as_of: date) -> date:
    """The day on which the mailbox is asked whether a word of that day is still true."""
    days = current_place().directory
    return as_of + timedelta(days=days.room_holds - days.asks_again_before)


def _holds_since(today: date) -> date:
    """A word of this day or later still holds."""
    return today - timedelta(days=current_place().directory.room_holds)
