"""Saying whether there is room. Takes effect at once, and holds until it lapses."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from warmhandoff.directory.access import require_own
from warmhandoff.directory.capacity import asked_again_on
from warmhandoff.directory.models import CapacityStatement, Room, Service
from warmhandoff.directory.protocol import ASK_AGAIN, SAY_ROOM, SAY_ROOM_WITHIN, SERVICE, STATEMENT
from warmhandoff.directory.recording import said_as
from warmhandoff.foundation import clock, duties, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import led_queue_of

MOST_SEATS = 999
FURTHEST = timedelta(days=730)


@transaction.atomic
def say_room(
    *,
    service: Service,
    room: str,
    by: Actor,
    seats: int | None = None,
    full_until: date | None = None,
    signed_as: str = "",
) -> CapacityStatement:
    """State a service's room as of today. The newest statement counts, whoever made it."""
    require_own(service.organization_id, by)
    check_room(room, seats, full_until)
    if not Service.objects.select_for_update(of=("self",)).filter(pk=service.pk, active=True).exists():
        raise WrongState("This service is no longer in the directory.", mend="Add it again.")
    today = clock.today(current_place().zone)
    before = service.statements.first()
    said = {"room": room, "seats": seats, "full_until": full_until}
    name = said_as(by, signed_as)
    statement = CapacityStatement.objects.create(service=service, as_of=today, said_by=name, by=by, **said)
    for field, value in {**said, "room_as_of": today, "room_said_by": name}.items():
        setattr(service, field, value)
    service.save(update_fields=[*said, "room_as_of", "room_said_by"])
    if before is not None:
        timers.call_off((STATEMENT, before.pk))
    asks = timers.Due(service.organization_id, _morning_of(asked_again_on(today)))
    timers.set_timers((STATEMENT, statement.pk), {ASK_AGAIN: asks}, is_new=True)
    said_of_room(service, how=Duty.Closed.DONE, by=by)
    return statement


@transaction.atomic
def ask_the_lead(*, service: Service, by: Actor) -> None:
    """Where no mail can ask whether it is still true, whoever leads the organization's queue has it on their Today. Once."""
    queue, about = led_queue_of(service.organization_id), (SERVICE, service.pk)
    if queue is None or not service.active or duties.open_about(about, SAY_ROOM).exists():
        return
    duties.open_duty(
        owner=Owner(service.organization_id, queue_id=queue.pk),
        kind=SAY_ROOM,
        due_at=current_place().deadline(SAY_ROOM_WITHIN, clock.now()),
        by=by,
        subject=about,
        detail=service.code,
    )


def said_of_room(service: Service, *, how: str, by: Actor) -> None:
    """Nobody owes a word about its room any more."""
    duties.close(duties.open_about((SERVICE, service.pk), SAY_ROOM), how=how, by=by)


def check_room(room: str, seats: int | None, full_until: date | None) -> None:
    today = clock.today(current_place().zone)
    if room not in Room.values:
        raise BadValue("room", "Say whether there is room.", mend="There is room, waitlist only, or full.")
    if seats is not None and (room != Room.OPEN or not 0 < seats <= MOST_SEATS):
        raise BadValue(
            "seats",
            f"Seats are a number from 1 to {MOST_SEATS}, where there is room.",
            mend="Leave it empty if nobody counts them.",
        )
    if full_until is not None and room != Room.FULL:
        raise BadValue("full_until", "Only what is full is full until a day.", mend="Leave the day empty.")
    if full_until is not None and full_until <= today:
        raise BadValue("full_until", "This day has passed.", mend="Leave it empty if there is room now.")
    if full_until is not None and full_until > today + FURTHEST:
        raise BadValue("full_until", "This day is more than two years away.", mend="Look at the year.")


def _morning_of(day: date) -> datetime:
    place = current_place()
    return datetime.combine(day, place.opens, place.zone)
