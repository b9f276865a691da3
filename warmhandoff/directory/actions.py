"""Describing services. An organization says what it does; what public documents say of others is listed, and read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from warmhandoff.directory.access import require_own
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.actions import Listed
from warmhandoff.network.models import Organization

MOST_SEATS = 999


@dataclass(frozen=True)
class Told:
    """What an organization says about one of its services. `mailbox` is an address; empty: only people who sign in answer."""

    name: str
    service_code: str
    name_es: str = ""
    area: str = ""
    languages: Sequence[str] = ()
    mailbox: str = ""
    full_until: date | None = None
    seats: int | None = None
    requirement: str = ""


@transaction.atomic
def add_service(*, organization: Organization, told: Told, by: Actor) -> Service:
    """Put a service into the directory. Saying it is verifying it: the date is today's."""
    require_own(organization.pk, by)
    _check(told)
    _refuse_same_name(organization, told)
    return Service.objects.create(organization=organization, **_values(organization, told))


@transaction.atomic
def change_service(*, service: Service, told: Told, by: Actor) -> Service:
    """Say anew what a service is. What was asked of it before goes on."""
    require_own(service.organization_id, by)
    _check(told)
    _refuse_same_name(service.organization, told, besides=service)
    if not service.active:
        raise WrongState("This service is no longer in the directory.", mend="Add it again.")
    for name, value in _values(service.organization, told).items():
        setattr(service, name, value)
    service.save()
    return service


@transaction.atomic
def confirm_service(*, service: Service, by: Actor) -> None:
    """Everything about it is still true: verified today."""
    require_own(service.organization_id, by)
    Service.objects.filter(pk=service.pk, active=True).update(verified_on=clock.today(current_place().zone))


@transaction.atomic
def end_service(*, service: Service, by: Actor) -> None:
    """Take a service out of the directory. Nobody is asked for it any more; what was asked before goes on."""
    require_own(service.organization_id, by)
    if not Service.objects.filter(pk=service.pk, active=True).update(active=False):
        raise WrongState("This service was taken out already.")


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


def _values(organization: Organization, told: Told) -> dict[str, object]:
    return {
        "name": " ".join(told.name.split()),
        "name_es": " ".join(told.name_es.split()),
        "service_code": told.service_code,
        "area": told.area,
        "languages": sorted(set(told.languages)),
        "mailbox": _mailbox(organization, told.mailbox),
        "full_until": told.full_until,
        "seats": None if told.full_until else told.seats,
        "requirement": told.requirement,
        "verified_on": clock.today(current_place().zone),
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
    place = current_place()
    if not told.name.strip():
        raise BadValue("name", "The service needs a name.")
    if told.service_code not in {code for code, _ in terms.choices("service_code")}:
        raise BadValue("service_code", "There is no such kind of service.", mend="Choose one from the list.")
    if told.area and place.area(told.area) is None:
        raise BadValue("area", "There is no such area here.", mend="Choose one from the list.")
    if unknown := set(told.languages) - set(place.languages):
        raise BadValue("languages", f"We don't know the language {', '.join(sorted(unknown))}.")
    if told.requirement not in Service.Requirement.values:
        raise BadValue("requirement", "There is no such requirement.", mend="Choose one from the list.")
    if told.seats is not None and not 0 <= told.seats <= MOST_SEATS:
        raise BadValue(
            "seats",
            f"The seats are a number from 0 to {MOST_SEATS}.",
            mend="Leave it empty if nobody counts them.",
        )
    if told.full_until and told.full_until <= clock.today(place.zone):
        raise BadValue("full_until", "This day has passed.", mend="Leave it empty if there is room now.")
    _check_address(told.mailbox.strip())


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
