"""What has stalled: said yes to and not begun, or begun, and for longer than the last rung of its ladder nobody has said how it goes.

An organization is asked about all of it in one mail a week. What it answers is an event like any other; a promise of what is next
has a date, and what is promised has not stalled before that date has passed by as much as the ladder goes on after its first rung.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, QuerySet

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import ContactPoint
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import led_queue_of
from warmhandoff.participants.models import Listing, Share
from warmhandoff.participants.reading import names_of
from warmhandoff.referrals import pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.models import (
    AnswerLink,
    Referral,
    ReferralEvent,
    ReferralParty,
    Stall,
    StallLink,
)
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, UNDER_WAY

Kind = ReferralEvent.Kind
# What timers and messages are about: an organization that is asked; the link in a mail; its code.
ASKED, LINK, LINK_CODE = "stalls", "stall_link", "stall_link_code"
# Steps of its timers: the weekly mails, and the end of the time to answer.
ASK, UNANSWERED = "ask_stalled", "stalled_unanswered"
# Since when it stands as it stands.
BEGAN = {ACCEPTED: "answered_at", CONTACTED: "contacted_at", ENGAGED: "engaged_at"}
# With these the receiver said how it goes.
WORDS = (Kind.STAGE, Kind.RESUMED, Kind.CONFIRMED)
# The ladder whose last rung is waited for. Without a first contact too: it hasn't begun.
LADDERS = {ACCEPTED: p.WAITING_FOR_START, CONTACTED: p.WAITING_FOR_START, ENGAGED: p.STILL_THERE}


@dataclass(frozen=True)
class Stalled:
    """One referral that stands still, since the last word about it."""

    referral: Referral
    since: datetime


def stalled_here() -> list[Stalled]:
    """What this organization serves, or said it would, and has not said a word about for too long; the longest first."""
    under_way = Referral.objects.filter(
        receiver_id=current_organization(),
        ended_at__isnull=True,
        state__in=UNDER_WAY,
        held_until__isnull=True,
    ).select_related("service__mailbox")
    found = list(under_way.order_by("id"))
    words = _newest_words([referral.pk for referral in found])
    now = clock.now()
    stalled = []
    for referral in found:
        since, at = _stalls(referral, words.get(referral.pk))
        if at < now:
            stalled.append(Stalled(referral, since))
    return sorted(stalled, key=lambda each: (each.since, each.referral.pk))


def _newest_words(referral_ids: Collection[int]) -> dict[int, ReferralEvent]:
    said = ReferralEvent.objects.filter(
        referral_id__in=referral_ids, kind__in=WORDS, superseded_by__isnull=True
    )
    return {event.referral_id: event for event in said.order_by("recorded_at", "id")}


def _stalls(referral: Referral, word: ReferralEvent | None) -> tuple[datetime, datetime]:
    """Since when there is no word, and when that is too long."""
    began: datetime = getattr(referral, BEGAN[referral.state])
    ladder, here = LADDERS[referral.state], pace.of(referral.service)
    first, last = ladder[0].after, ladder[-1].after
    if word is None or word.recorded_at < began:
        return began, here.due(last, began)
    if word.due_at is None:
        return word.recorded_at, here.due(last, word.recorded_at)
    # What is next was promised for a day: from there on, as after the ladder's first rung.
    said_at = word.recorded_at
    return said_at, word.due_at + (here.due(last, said_at) - here.due(first, said_at))


# --- When they are asked ------------------------------------------------------------------------------------------


def next_asking(now: datetime) -> datetime:
    """The next morning on which organizations are asked: the place's weekday, or the first business day after it."""
    place = current_place()
    today = place.day_of(now)
    days = (today + timedelta(days=n) for n in range(-7, 15))
    mornings = (
        place.start_of(business_day_from(day)) for day in days if day.weekday() == place.stalls.asks_on
    )
    return next(morning for morning in mornings if morning > now)


def business_day_from(day: date) -> date:
    place = current_place()
    while not place.is_business_day(day):
        day += timedelta(days=1)
    return day


# --- Whom to ask --------------------------------------------------------------------------------------------------


def mailboxes_of(stalled: Iterable[Stalled]) -> dict[int | None, list[Stalled]]:
    """By the mailbox that answers for it: the service's own, else the lead's; None where nobody can be written to."""
    not_theirs = _not_theirs()
    queue = led_queue_of(current_organization() or 0)
    lead = ContactPoint.objects.filter(pk=queue.lead.mail_id or 0).first() if queue and queue.lead else None
    found: dict[int | None, list[Stalled]] = {}
    for each in stalled:
        asked = (each.referral.service.mailbox, lead)
        usable = [point.pk for point in asked if point and _is_usable(point) and point.pk not in not_theirs]
        found.setdefault(usable[0] if usable else None, []).append(each)
    return found


def _is_usable(point: ContactPoint) -> bool:
    return point.stopped_at is None and point.channel == ContactPoint.Channel.EMAIL


def _not_theirs() -> set[int]:
    """Mailboxes that told us that they aren't this organization's."""
    here = current_organization()
    revoked = [
        set(
            kind.objects.filter(organization_id=here, revoked_at__isnull=False).values_list(
                "mailbox", flat=True
            )
        )
        for kind in (AnswerLink, StallLink)
    ]
    return set().union(*revoked)


# --- What was asked, and what is said -----------------------------------------------------------------------------


def asked_here(link: StallLink | None = None) -> QuerySet[Stall]:
    """What this organization was asked about and has not answered; behind a link, what that very mailbox was asked."""
    asked = Stall.objects.filter(
        organization_id=current_organization(),
        answered_at__isnull=True,
        referral__state=F("state"),
        referral__held_until__isnull=True,
    )
    if link is not None:
        asked = asked.filter(link=link)
    return asked.select_related("referral__service", "referral__sender", "referral__receiver").order_by(
        "since", "id"
    )


def answered_lately(link: StallLink | None = None) -> QuerySet[Stall]:
    """What was answered since it was asked about last, the newest first."""
    answered = Stall.objects.filter(
        organization_id=current_organization(), answered_at__gte=clock.now() - timedelta(days=7)
    )
    if link is not None:
        answered = answered.filter(link=link, answered_at__gte=link.mailed_at)
    return answered.select_related("referral__service", "referral__sender", "referral__receiver").order_by(
        "-answered_at", "-id"
    )


def last_words(referral_ids: Collection[int]) -> dict[int, ReferralEvent]:
    """How each of them goes, as was said last; also that it ended."""
    said = ReferralEvent.objects.filter(
        referral_id__in=referral_ids,
        kind__in=(*WORDS, Kind.ENDED_EARLY, Kind.LOST_CONTACT),
        superseded_by__isnull=True,
    )
    found = said.select_related("organization").order_by("recorded_at", "id")
    return {event.referral_id: event for event in found}


def shown_names(referrals: Iterable[Referral]) -> dict[int, Listing]:
    """Who each is about, by the referral's id: only where what the person agreed to still stands."""
    people = {referral.pk: referral.person_id for referral in referrals}
    shared = Share.objects.filter(
        recipient_id=current_organization(),
        data_class="contact",
        about_kind=p.SUBJECT,
        about_id__in=list(people),
        revoked_at__isnull=True,
        until__gt=clock.now(),
    )
    still = set(people) & set(shared.values_list("about_id", flat=True))
    names = names_of([people[pk] for pk in still])
    return {pk: names[people[pk]] for pk in still if people[pk] in names}


# --- For the network's office -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unanswered:
    """One organization that has not said how it goes: the referrals by code, and since when the longest stands still."""

    organization: Organization
    codes: list[str]
    asked_at: datetime
    since: datetime


def unanswered() -> list[Unanswered]:
    """What nobody has answered in time, by organization, the most first: by the office's own rows, which name nobody."""
    asked = {
        row.referral_id: row
        for row in Stall.objects.filter(answered_at__isnull=True, due_at__lte=clock.now())
    }
    rows = ReferralParty.objects.filter(
        organization_id=current_organization(), side=ReferralParty.Side.NETWORK, referral_id__in=list(asked)
    ).select_related("other_organization")
    found: dict[int, list[ReferralParty]] = {}
    for row in rows.exclude(waits_for="hold").order_by("since", "id"):
        if asked[row.referral_id].state == row.state:
            found.setdefault(row.other_organization_id, []).append(row)
    told = [
        Unanswered(
            organization=theirs[0].other_organization,
            codes=[row.code for row in theirs],
            asked_at=min(asked[row.referral_id].asked_at for row in theirs),
            since=min(asked[row.referral_id].since for row in theirs),
        )
        for theirs in found.values()
    ]
    return sorted(told, key=lambda each: (-len(each.codes), each.since, each.organization.pk))
