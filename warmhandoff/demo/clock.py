"""The demo's clock: it goes forward alone, and whatever is due on the way happens in order, each thing at its own time.

Two ways to go on. `advance` tells history: it fires what fell due up to a moment, on a clock that only the teller sees.
`let_pass` moves the database's own clock, for everybody, as a press in the demo does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db import connection, transaction

from warmhandoff.demo.days import business_day
from warmhandoff.foundation import clock, scoping, timers
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.foundation.models import DatabaseMark, Timer
from warmhandoff.jurisdictions.place import current_place

MORNING = time(10, 40)  # when the demo begins: enough has happened today, and enough is still to do
LATEST_START = time(15, 30)


class NotADemo(DomainError):
    code = "not_a_demo"
    sentence = "This database was not made for a demo, so nothing is made up in it and its clock stays."
    mend = "Run: warmhandoff demo"


@dataclass(frozen=True)
class Passed:
    """Where the clock stands now, and how many timers fired on the way."""

    now: datetime
    fired: int


def is_demo() -> bool:
    """Whether this database was made by `warmhandoff demo`."""
    return DatabaseMark.objects.filter(kind="demo").exists()


def may_be_told() -> bool:
    """Only a demo's or a test's database honors another clock."""
    return DatabaseMark.objects.exists()


def now() -> datetime:
    """What time it is in the database, also outside of any context."""
    with scoping.acting_as(None, purpose="protocol"):
        return clock.now()


def opening_moment(moment: datetime) -> datetime:
    """When a demo that is made at `moment` begins: now, where it's a working day's middle, else the next such morning."""
    place = current_place()
    local = place.local(moment)
    if place.is_business_day(local.date()) and MORNING <= local.time() <= LATEST_START:
        return moment
    before = local.date() - timedelta(days=1) if local.time() < MORNING else local.date()
    return datetime.combine(business_day(before, 1), MORNING, place.zone).astimezone(UTC)


def open_here() -> None:
    """Mark this database as a demo and let its clock begin at a working day's morning: the owner alone can."""
    moment = clock.now()
    DatabaseMark.objects.using("owner").update_or_create(
        kind="demo", defaults={"clock_offset": opening_moment(moment) - moment, "marked_at": moment}
    )


# --- Telling the past ---------------------------------------------------------------------------------------------


def advance(to: datetime) -> int:
    """Fire what fell due up to `to`, in order, each at its own time. Returns how many did."""
    return _fire_until(to, clock.at)


# --- Letting time pass --------------------------------------------------------------------------------------------


def business_days_on(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` business days later; in the morning where mails would wait at that time."""
    place = current_place()
    local = place.local(moment)
    then = datetime.combine(business_day(local.date(), days), local.time(), place.zone).astimezone(UTC)
    if place.mails_go_out(then) != then:
        then = datetime.combine(place.day_of(then), MORNING, place.zone).astimezone(UTC)
    return then


@transaction.atomic
def let_pass(*, business_days: int = 0, by: timedelta = timedelta()) -> Passed:
    """Move the demo's clock on, for everybody; what falls due on the way happens at its own time."""
    began = now()
    target = business_days_on(began, business_days) if business_days else began + by
    if target <= began:
        raise BadValue("by", "The clock only moves forward.", mend="Choose how much time should pass.")

    @contextmanager
    def moved(to: datetime) -> Iterator[None]:
        _move(to)
        yield

    fired = _fire_until(target, moved)
    _move(target)
    return Passed(target, fired)


def _move(to: datetime) -> None:
    """Move the database's clock to `to`; what is past already stays where it is."""
    forward = max(to - now(), timedelta())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wh_move_clock(%s * interval '1 microsecond')", [forward // timedelta(microseconds=1)]
        )


def _fire_until(to: datetime, standing_at: Callable[[datetime], AbstractContextManager[None]]) -> int:
    """Fire timer after timer: what one of them sets or calls off counts for those after it."""
    fired, seen = 0, set[int]()
    while waiting := [each for each in timers.due(to, limit=len(seen) + 1) if each not in seen]:
        timer_id = waiting[0]
        seen.add(timer_id)  # somebody else may be firing it at this moment: don't wait for it for ever
        with standing_at(Timer.objects.values_list("due_at", flat=True).get(pk=timer_id)):
            fired += timers.fire(timer_id)
    return fired
