"""Describing services. An organization says what it does; what public documents say of others is listed, and read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from warmhandoff.directory.access import require_own
from warmhandoff.directory.actions import reviewing
from warmhandoff.directory.actions.checking import check_criteria
from warmhandoff.directory.actions.room import MOST_SEATS, check_room, said_of_room, say_room
from warmhandoff.directory.eligibility import Rule
from warmhandoff.directory.models import Room, Service, ServiceChange
from warmhandoff.directory.recording import AT_ONCE, Line, differences, record, said_as, value_of
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, ContactPoint, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import Listed
from warmhandoff.network.models import Organization

__all__ = [
    "MOST_SEATS",
    "Told",
    "add_service",
    "change_service",
    "confirm_service",
    "end_service",
    "list_service",
]


@dataclass(frozen=True)
class Told:
    """What an organization says about one of its services. `mailbox` is an address; empty: only people who sign in answer.

    Of the room nothing is said where `room`, `seats` and `full_until` are empty.
    """

    name: str
    service_code: str
    name_es: str = ""
    about: str = ""
    about_es: str = ""
    area: str = ""
    serves: Sequence[str] = ()
    languages: Sequence[str] = ()
    mailbox: str = ""
    criteria: Sequence[Rule] = ()
    cost: str = ""
    cost_note: str = ""
    room: str = ""
    full_until: date | None = None
    seats: int | None = None

    @property
    def says_room(self) -> str:
        """The room that is said, also where only seats or a day are."""
        if self.room:
            return self.room
        if self.full_until is not None or self.seats == 0:
            return Room.FULL
        return Room.OPEN if self.seats is not None else ""

    @property
    def says_seats(self) -> int | None:
        return self.seats if self.says_room == Room.OPEN else None


@transaction.atomic
def add_service(*, organization: Organization, told: Told, by: Actor, signed_as: str = "") -> Service:
    """Put a service into the directory. Saying it is verifying it: the date is today's."""
    require_own(organization.pk, by)
    _check(told)
    _refuse_same_name(organization, told)
    service = Service(organization=organization)
    reviewing.put(service, _wanted(service, told))
    _verify(service, by, signed_as)
    reviewing.introduce(service, by=by, signed_as=signed_as)
    _say_room(service, told, by, signed_as)
    return service


@transaction.atomic
def change_service(*, service: Service, told: Told, by: Actor, signed_as: str = "") -> ServiceChange | None:
    """Say anew what a service is. What was asked of it before goes on.

    Returns the change that waits for a reviewer, where one does; all else stands as of now. What waited before is replaced.
    """
    require_own(service.organization_id, by)
    _lock(service)
    if not service.active:
        raise WrongState("This service is no longer in the directory.", mend="Add it again.")
    _check(told)
    _refuse_same_name(service.organization, told, besides=service)
    reviewing.mended(service, by=by)
    wanted = _wanted(service, told)
    lines = differences(service, wanted)
    substance = [line for line in lines if line[0] not in AT_ONCE]
    is_read, is_new = reviewing.needs_review(service, by), reviewing.is_new(service)
    waits = substance if is_read and not is_new else []
    at_once = [line for line in lines if line not in waits]
    if at_once:
        reviewing.put(service, _only(wanted, at_once))
        record(service, "changed", lines=at_once, by=by, signed_as=signed_as)
    waiting = None
    if not is_new:
        waiting = reviewing.propose(service, waits, _only(wanted, waits), by=by, signed_as=signed_as)
    elif substance and is_read:
        reviewing.introduce(service, by=by, signed_as=signed_as)
    if waiting is None:
        _verify(service, by, signed_as)
    _say_room(service, told, by, signed_as)
    return waiting


@transaction.atomic
def confirm_service(*, service: Service, by: Actor, signed_as: str = "") -> None:
    """Everything about it is still true: verified today, its room with it."""
    require_own(service.organization_id, by)
    _lock(service)
    if not service.active:
        raise WrongState("This service is no longer in the directory.", mend="Add it again.")
    _verify(service, by, signed_as)
    record(service, "confirmed", by=by, signed_as=signed_as)
    today = clock.today(current_place().zone)
    if service.room and (service.full_until is None or service.full_until > today):
        say_room(
            service=service, room=service.room, seats=service.seats, full_until=service.full_until,
            by=by, signed_as=signed_as,
        )  # fmt: skip


@transaction.atomic
def end_service(*, service: Service, by: Actor) -> None:
    """Take a service out of the directory. Nobody is asked for it any more; what was asked before goes on."""
    require_own(service.organization_id, by)
    if not Service.objects.filter(pk=service.pk, active=True).update(active=False):
        raise WrongState("This service was taken out already.")
    reviewing.take_back(service, by=by)
    record(service, "ended", by=by)
    reviewing.mended(service, how=Duty.Closed.NO_LONGER, by=by)
    said_of_room(service, how=Duty.Closed.NO_LONGER, by=by)


@transaction.atomic
def list_service(
    *, organization: Organization, name: str, service_code: str, area: str, place: str, source: str, by: Actor
) -> Listed:
    """List what public documents say that an organization does. Never touches what a member says about itself."""
    if organization.standing != Organization.Standing.LISTED:
        return Listed.LEFT_ALONE
    said = {"service_code": service_code, "area": area, "place": place, "source": source}
    known = Service.objects.filter(organization=organization, name_sort=sort_key(name), active=True).first()
    if known is None:
        Service.objects.create(organization=organization, name=name, **said)
        return Listed.ADDED
    if all(getattr(known, field) == value for field, value in said.items()):
        return Listed.UNCHANGED
    Service.objects.filter(pk=known.pk).update(**said)
    return Listed.CHANGED


def said_of(service: Service) -> Told:
    """What an organization last said of its service, with what waits for a reviewer: where a form begins."""
    waiting = reviewing.waiting_of(service)
    said = {name: value_of(service, name) for name in (*reviewing.SUBSTANCE, *AT_ONCE)}
    if waiting is not None:
        said |= {name: after for name, _, after in waiting.lines}
    said["criteria"] = [Rule(**{**rule, "values": tuple(rule["values"])}) for rule in said["criteria"]]
    return Told(**said)


def _lock(service: Service) -> None:
    """Two who change it at once come one after the other, and the second sees what the first left."""
    fresh = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    for field in Service._meta.concrete_fields:
        setattr(service, field.attname, getattr(fresh, field.attname))


def _verify(service: Service, by: Actor, signed_as: str) -> None:
    service.verified_on = clock.today(current_place().zone)
    service.verified_by = said_as(by, signed_as)
    service.save(update_fields=["verified_on", "verified_by"])


def _say_room(service: Service, told: Told, by: Actor, signed_as: str) -> None:
    if room := told.says_room:
        say_room(
            service=service, room=room, seats=told.says_seats, full_until=told.full_until,
            by=by, signed_as=signed_as,
        )  # fmt: skip


def _wanted(service: Service, told: Told) -> dict[str, Any]:
    """What a service should say, as plain values; the mailbox as the number of its contact point too."""
    mailbox = _mailbox(service.organization, told.mailbox)
    return {
        "name": " ".join(told.name.split()),
        "name_es": " ".join(told.name_es.split()),
        "about": told.about.strip(),
        "about_es": told.about_es.strip(),
        "service_code": told.service_code,
        "area": told.area,
        "serves": sorted(set(told.serves)),
        "languages": sorted(set(told.languages)),
        "mailbox": mailbox.value if mailbox else "",
        "mailbox_id": mailbox.pk if mailbox else None,
        "criteria": [{**asdict(rule), "values": list(rule.values)} for rule in told.criteria],
        "cost": told.cost,
        "cost_note": " ".join(told.cost_note.split()),
    }


def _only(wanted: dict[str, Any], lines: Sequence[Line]) -> dict[str, Any]:
    names = {name for name, _, _ in lines}
    return {
        name: value
        for name, value in wanted.items()
        if name in names or (name == "mailbox_id" and "mailbox" in names)
    }


def _mailbox(organization: Organization, address: str) -> ContactPoint | None:
    address = address.strip().lower()
    if not address:
        return None
    mails = ContactPoint.objects.filter(organization_id=organization.pk, channel=ContactPoint.Channel.EMAIL)
    return mails.filter(value=address).first() or ContactPoint.objects.create(
        organization_id=organization.pk, channel=ContactPoint.Channel.EMAIL, value=address
    )


def _check(told: Told) -> None:
    if not told.name.strip():
        raise BadValue(
            "name", "The service needs a name.", mend="Write it as you would say it to a colleague."
        )
    if told.service_code not in {code for code, _ in terms.choices("service_code")}:
        raise BadValue("service_code", "There is no such kind of service.", mend="Choose one from the list.")
    _check_areas(told)
    if unknown := set(told.languages) - set(current_place().languages):
        raise BadValue(
            "languages",
            f"We don't know the language {', '.join(sorted(unknown))}.",
            mend="Choose from the list.",
        )
    if told.cost and told.cost not in Service.Cost.values:
        raise BadValue("cost", "It is free or has a fee.", mend="Choose one, or leave it empty.")
    check_criteria(told.criteria)
    if room := told.says_room:
        check_room(room, told.says_seats, told.full_until)
    _check_address(told.mailbox.strip())


def _check_areas(told: Told) -> None:
    place = current_place()
    for name, codes in (("area", [told.area] if told.area else []), ("serves", told.serves)):
        if any(place.area(code) is None for code in codes):
            raise BadValue(name, "There is no such area here.", mend="Choose one from the list.")


def _check_address(address: str) -> None:
    try:
        if address:
            validate_email(address)
    except ValidationError:
        raise BadValue(
            "mailbox", "This is not a mail address.", mend="It looks like name@organization.org."
        ) from None


def _refuse_same_name(organization: Organization, told: Told, besides: Service | None = None) -> None:
    same = Service.objects.filter(organization=organization, name_sort=sort_key(told.name), active=True)
    if (same.exclude(pk=besides.pk) if besides else same).exists():
        raise BadValue(
            "name",
            "Your organization has a service with this name already.",
            mend="Change that one, or give this one a name of its own.",
        )
