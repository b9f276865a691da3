"""Who fits a need: services with their reasons, best first. No score: room, then area, then language, then the name.

A reason is a sentence somebody can check. What isn't known is said as not known; a requirement is asked of the person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext, ngettext

from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization, Queue
from warmhandoff.participants.models import Contact
from warmhandoff.participants.reading import has_diploma
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import area_words
from warmhandoff.referrals.states import OPEN, STAFF_WORDS, UNSUCCESSFUL

ROOM_GOES_STALE_AFTER = timedelta(days=30)
YOUNG_ADULT = range(18, 26)


class Standing(StrEnum):
    FITS = "fits"
    ASK_FIRST = "ask_first"
    NO_WORD = "no_word"
    FULL = "full"
    NOT_ELIGIBLE = "not_eligible"
    ASKED_ALREADY = "asked_already"
    NOT_HERE = "not_here"


ASKABLE = (Standing.FITS, Standing.ASK_FIRST, Standing.NO_WORD, Standing.FULL)
# Requirements that only the person can say something about. A photo ID can be had later.
TO_ASK_ABOUT = (
    Service.Requirement.DIPLOMA,
    Service.Requirement.DRIVER_LICENSE,
    Service.Requirement.WOMEN,
    Service.Requirement.YOUNG_ADULT,
)


@dataclass(frozen=True)
class Reason:
    """`speaks` is for it (True), against it (False), or worth knowing (None)."""

    speaks: bool | None
    words: str


@dataclass(frozen=True)
class Offer:
    """One service for one person's need."""

    service: Service
    standing: Standing
    chip: str
    reasons: Sequence[Reason]
    named_at_the_start: bool
    has_lead: bool
    order: tuple[object, ...]

    @property
    def can_be_asked(self) -> bool:
        return self.standing in ASKABLE


def offers_for(*, contact: Contact, need_code: str, named: Collection[int] = ()) -> list[Offer]:
    """Every service for this kind of need, best first; those that can't be asked come last, each with why."""
    services = (
        Service.objects.filter(
            service_code=need_code, active=True, organization__state=Organization.State.ACTIVE
        )
        .select_related("organization")
        .order_by("name_sort", "id")
    )
    led = set(
        Queue.objects.filter(lead__state=Membership.State.ACTIVE).values_list("organization_id", flat=True)
    )
    asked = set(
        Referral.objects.filter(
            sender_id=current_organization(), person_id=contact.file.person_id, state__in=OPEN
        ).values_list("service_id", flat=True)
    )
    before = _asked_before(contact)
    diploma = (
        has_diploma(contact.file_id)
        if any(s.requirement == Service.Requirement.DIPLOMA for s in services)
        else None
    )
    found = [
        _offer(
            s,
            contact,
            has_lead=s.organization_id in led,
            asked=s.pk in asked,
            named=s.pk in named,
            before=before.get(s.pk, ""),
            diploma=diploma,
        )
        for s in services
    ]
    return sorted(found, key=lambda offer: offer.order)


def _asked_before(contact: Contact) -> dict[int, str]:
    """What came of it where this person was referred there before, by service: the latest."""
    ended = Referral.objects.filter(
        sender_id=current_organization(), person_id=contact.file.person_id, state__in=UNSUCCESSFUL
    ).order_by("sent_at", "id")
    return dict(ended.values_list("service_id", "state"))


def _offer(
    service: Service,
    contact: Contact,
    *,
    has_lead: bool,
    asked: bool,
    named: bool,
    before: str,
    diploma: bool | None,
) -> Offer:
    today = clock.today(current_place().zone)
    against = _why_not(service, contact, has_lead=has_lead, asked=asked, today=today, diploma=diploma)
    standing, chip = against[0] if against else _room(service, today, diploma)
    reasons = [Reason(False, words) for words in (against[1] if against else ())]
    if standing in ASKABLE:
        reasons += [*_room_reasons(service, today), *_person_reasons(service, contact, diploma)]
        if before:
            reasons.append(Reason(None, gettext("Asked before: %(state)s") % {"state": STAFF_WORDS[before]}))
    near = bool(contact.area) and service.area == contact.area
    speaks = contact.language in service.languages
    order = (
        standing not in ASKABLE, not named, bool(before), ASKABLE.index(standing) if standing in ASKABLE else 0,
        not near, not speaks, service.organization.name_sort, service.name_sort, service.pk,
    )  # fmt: skip
    return Offer(service, standing, chip, reasons, named, has_lead, order)


def _why_not(
    service: Service, contact: Contact, *, has_lead: bool, asked: bool, today: date, diploma: bool | None
) -> tuple[tuple[Standing, str], list[str]] | None:
    organization = service.organization
    not_here = (Standing.NOT_HERE, gettext("Can't be asked here"))
    if organization.pk == current_organization():
        return not_here, [gettext("This is your own organization. Serve them yourself.")]
    if organization.standing != Organization.Standing.MEMBER:
        return not_here, [gettext("Listed in the directory only. Call them.")]
    if service.mailbox_id is None and not has_lead:
        return not_here, [gettext("They have given no mailbox, and nobody there signs in. Call them.")]
    if asked:
        words = gettext("You have asked them for this person, and it is still open.")
        return (Standing.ASKED_ALREADY, gettext("Asked already")), [words]
    if service.requirement == Service.Requirement.DIPLOMA and diploma is False:
        words = gettext("Needs a high-school diploma or its equivalent. They don’t have one yet.")
        return (Standing.NOT_ELIGIBLE, gettext("Not eligible")), [words]
    age = _age(contact.birth_date, today)
    if service.requirement == Service.Requirement.YOUNG_ADULT and age is not None and age not in YOUNG_ADULT:
        words = gettext("For people aged 18 to 25. They are %(age)s.") % {"age": age}
        return (Standing.NOT_ELIGIBLE, gettext("Not eligible")), [words]
    return None


def _room(service: Service, today: date, diploma: bool | None = None) -> tuple[Standing, str]:
    if service.full_until is not None and service.full_until > today:
        return Standing.FULL, gettext("Full until %(day)s") % {"day": short_day(service.full_until)}
    if service.seats == 0:
        return Standing.FULL, gettext("Full, no date yet")
    if service.seats is None:
        return Standing.NO_WORD, gettext("Room not known")
    if service.requirement in TO_ASK_ABOUT and not _is_met(service, diploma):
        return Standing.ASK_FIRST, gettext("Has a requirement")
    words = ngettext("Fits, %(n)s seat", "Fits, %(n)s seats", service.seats) % {"n": service.seats}
    return Standing.FITS, words


def _room_reasons(service: Service, today: date) -> list[Reason]:
    standing, _ = _room(service, today)
    if standing is Standing.FULL:
        return [Reason(None, gettext("You can still ask: they may say from when."))]
    if standing is Standing.NO_WORD:
        return [Reason(None, gettext("Nobody has said whether there is room."))]
    if service.verified_on is None:
        return [Reason(None, gettext("Nobody has confirmed the seats yet."))]
    days = (today - service.verified_on).days
    if service.verified_on < today - ROOM_GOES_STALE_AFTER:
        said = gettext("Room confirmed on %(day)s: long ago.") % {"day": short_day(service.verified_on)}
        return [Reason(None, said)]
    if days <= 0:
        return [Reason(True, gettext("Room confirmed today"))]
    said = ngettext("Room confirmed %(n)s day ago", "Room confirmed %(n)s days ago", days) % {"n": days}
    return [Reason(True, said)]


def _is_met(service: Service, diploma: bool | None) -> bool:
    return service.requirement == Service.Requirement.DIPLOMA and diploma is True


def _person_reasons(service: Service, contact: Contact, diploma: bool | None) -> list[Reason]:
    return [*_area(service, contact), *_language(service, contact), *_requirement(service, diploma)]


def _area(service: Service, contact: Contact) -> list[Reason]:
    if not service.area:
        return []
    words = area_words(service.area)
    if not contact.area:
        return [Reason(None, gettext("In the area %(area)s; theirs isn't known") % {"area": words})]
    if contact.area == service.area:
        return [Reason(True, gettext("In their area: %(area)s") % {"area": words})]
    return [Reason(None, gettext("In another area: %(area)s") % {"area": words})]


def _language(service: Service, contact: Contact) -> list[Reason]:
    names = {"en": gettext("English"), "es": gettext("Spanish")}
    name = names.get(contact.language, contact.language)
    if contact.language in service.languages:
        return [Reason(True, gettext("Speaks %(language)s") % {"language": name})]
    if service.languages:
        return [Reason(None, gettext("Doesn't say that it speaks %(language)s") % {"language": name})]
    return []


def _requirement(service: Service, diploma: bool | None) -> list[Reason]:
    if _is_met(service, diploma):
        return [Reason(True, gettext("They have the high-school diploma that it needs"))]
    needs = {
        Service.Requirement.DIPLOMA: gettext("Needs: a high-school diploma or its equivalent. Ask them."),
        Service.Requirement.PHOTO_ID: gettext("Needs: a photo ID. It can be added later."),
        Service.Requirement.DRIVER_LICENSE: gettext("Needs: a driver's license. Ask them."),
        Service.Requirement.WOMEN: gettext("For women. Ask them."),
        Service.Requirement.YOUNG_ADULT: gettext("For people aged 18 to 25. Ask them."),
    }
    words = needs.get(Service.Requirement(service.requirement)) if service.requirement else None
    return [Reason(None, words)] if words else []


def _age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
