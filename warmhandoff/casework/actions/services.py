"""Recording what was given: to one person, to many at once; and saying it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from warmhandoff.casework.models import ServiceGiven
from warmhandoff.casework.reading.services import given_on
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant

VOCABULARY = "service_given"
# Recorded with its session, and so never made of another service, or into one.
COACHING = "coaching"
MOST = Decimal(999)
# What is counted in hours has no more than a day's.
MOST_HOURS = Decimal(24)


@dataclass(frozen=True)
class Gave:
    """What was given: code, how many units of it, on which day, by whom."""

    code: str
    staff: Membership
    on: date
    units: Decimal = Decimal(1)


@transaction.atomic
def give(*, file: Participant, gave: Gave, by: Actor) -> ServiceGiven:
    """One service to one person."""
    return give_many(files=[file], gave=gave, by=by)[0]


@transaction.atomic
def give_many(
    *, files: Sequence[Participant], gave: Gave, by: Actor, again: bool = True
) -> list[ServiceGiven]:
    """The same service to many people, all or none. Without `again` whoever was given it that day already is left out."""
    if not files:
        raise BadValue("files", "Nobody is chosen.", mend="Choose at least one person.")
    _require_valid(gave)
    for file in files:
        if file.organization_id != current_organization():
            raise NotYours()
        _require_after_opening(file, gave.on)
    have = set() if again else set(given_on(gave.on, gave.code).values_list("file_id", flat=True))
    rows = [_row(file, gave, by) for file in dict.fromkeys(files) if file.pk not in have]
    return ServiceGiven.objects.bulk_create(rows)


@transaction.atomic
def correct(*, service: ServiceGiven, gave: Gave, reason: str, by: Actor) -> ServiceGiven:
    """It was something else, more, less, another day's or another colleague's: say it right."""
    require_may_correct(service, reason, by=by)
    _require_stands(service)
    _require_valid(gave, same_code=service.code)
    said = (service.code, service.units, service.on, service.staff_id)
    if said == (gave.code, gave.units, gave.on, gave.staff.pk):
        raise BadValue("", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    if service.code == COACHING and gave.code != service.code:
        raise WrongState("This was a coaching session.", mend="Take it back, and record what it was.")
    row = _row(service.file, gave, by)
    _require_after_opening(service.file, row.on)
    return _supersede(service, row, reason)


@transaction.atomic
def strike(*, service: ServiceGiven, reason: str, by: Actor) -> ServiceGiven:
    """It never was, or was somebody else's."""
    require_may_correct(service, reason, by=by)
    _require_stands(service)
    row = _row(service.file, Gave(service.code, service.staff, service.on, service.units), by)
    row.struck = True
    return _supersede(service, row, reason)


def hours(minutes: int) -> Decimal:
    """Minutes as hours, as they are counted."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _supersede(service: ServiceGiven, row: ServiceGiven, reason: str) -> ServiceGiven:
    row.supersedes, row.reason = service, reason
    row.save(force_insert=True)
    return row


def _require_stands(service: ServiceGiven) -> None:
    if service.struck:
        raise WrongState("This was taken back before.", mend="Record it anew.")


def _require_valid(gave: Gave, same_code: str = "") -> None:
    term = terms.known().get((VOCABULARY, gave.code))
    if term is None or not (gave.code == same_code or terms.is_in_force(VOCABULARY, gave.code)):
        raise BadValue("code", "There is no such service.", mend="Choose one from the list.")
    most = MOST_HOURS if term.parent == "hour" else MOST
    if not 0 < gave.units <= most:
        raise BadValue(
            "units", f"This can't be: more than 0, and at most {most}.", mend="Change how much it was."
        )
    if gave.on > clock.today(current_place().zone):
        raise BadValue("on", "This can't have happened yet.", mend="Give a day up to today.")
    if gave.staff.organization_id != current_organization():
        raise NotYours()


def _require_after_opening(file: Participant, on: date) -> None:
    if on < current_place().day_of(file.opened_at):
        raise BadValue("on", "That day we did not know them yet.", mend="Give a day since they came to you.")


def _row(file: Participant, gave: Gave, by: Actor) -> ServiceGiven:
    moment = clock.now()
    return ServiceGiven(
        file=file,
        organization_id=file.organization_id,
        code=gave.code,
        data_class=terms.known()[VOCABULARY, gave.code].data_class,
        units=gave.units,
        on=gave.on,
        staff=gave.staff,
        by=by,
        happened_at=min(moment, current_place().end_of(gave.on)),
    )
