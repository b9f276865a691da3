"""Time: the machine's clock, the database's, and the calendar of the place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import connection

from warmhandoff.cli.deployment.findings import Finding, error, ok, warning
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import DatabaseMark
from warmhandoff.jurisdictions.place import PlaceError, current_place

NOTICEABLE, TOO_MUCH = timedelta(seconds=2), timedelta(seconds=30)
MOVED: Final = timedelta(seconds=1)
CALENDAR_AHEAD: Final = timedelta(days=90)


def examine() -> Iterator[Finding]:
    yield _clocks()
    yield _unmoved()
    yield from _place()


def _clocks() -> Finding:
    """The answer's way takes time too: what counts is how far the database's time lies outside of ours around it."""
    with connection.cursor() as cursor:
        before = clock.now()
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
        after = clock.now()
    apart = max(before - theirs, theirs - after, timedelta())
    if apart <= NOTICEABLE:
        return ok("clock", "This machine and the database agree on the time.")
    says = f"This machine and the database are {apart.total_seconds():,.0f} s apart."
    mend = "Let both follow a time server (timedatectl set-ntp true)."
    return error("clock", says, mend) if apart > TOO_MUCH else warning("clock", says, mend)


def _unmoved() -> Finding:
    mark = DatabaseMark.objects.order_by("kind").first()
    if mark is not None:
        return error(
            "clock",
            f"This is a {mark.kind} database: its people are made up and its clock can be moved.",
            "Begin with an empty database: warmhandoff migrate, then warmhandoff begin.",
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_now() - now()")
        moved = cursor.fetchone()[0]
    if abs(moved) > MOVED:
        return error("clock", f"The database's clock is moved by {moved}.", "Run: warmhandoff migrate")
    return ok("clock", "The database's clock is not moved.")


def _place() -> Iterator[Finding]:
    try:
        place = current_place()
    except PlaceError as trouble:
        yield error("place", str(trouble), "Mend the file, or set WARMHANDOFF_PLACE.")
        return
    local = place.local(clock.now())
    yield ok("place", f"{place.name}: there it is {local:%A, %B %-d, %H:%M} ({place.zone.key}).")
    if place.calendar_until - local.date() < CALENDAR_AHEAD:
        yield warning(
            "place",
            f"Its closed days are listed until {place.calendar_until:%B %-d, %Y}.",
            "Install a newer version, or add the coming year's to the place's file.",
        )
