"""What follows a yes: tries, the first contact, service begun, completed or ended early, contact lost."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Reach
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals import reading
from warmhandoff.referrals.actions import ending, met, steps
from warmhandoff.referrals.models import (
    Referral,
    ReferralEvent,
)
from warmhandoff.referrals.states import CHANNEL_WORDS, UNDER_WAY


class NotLostYet(DomainError):
    code = "not_lost_yet"
    sentence = "It is too early to call this contact lost."
    status = 422


@transaction.atomic
def attempt(
    *, referral: Referral, channel: str, by: Actor, happened_at: datetime | None = None
) -> ReferralEvent:
    """A try to reach the person that didn't."""
    referral = steps.fresh(referral, "receiver", by=by)
    if referral.state not in UNDER_WAY:
        raise WrongState()
    moment = steps.not_in_future(happened_at, referral)
    return steps.record(referral, steps.Kind.ATTEMPTED, by=by, detail=channel, happened_at=moment)


@transaction.atomic
def record_contact(
    *, referral: Referral, channel: str, by: Actor, happened_at: datetime | None = None
) -> Referral:
    """They have talked with each other, both ways."""
    moment = steps.not_in_future(happened_at, referral)
    referral = steps.move(referral, "record_contact", side="receiver", by=by, contacted_at=moment)
    steps.record(referral, steps.Kind.CONTACTED, by=by, detail=channel, happened_at=moment)
    steps.set_ladder(referral, p.WAITING_FOR_START, clock.now(), again=True)
    due = steps.due_of("start", referral)
    holder_id = steps.holder_of(referral)
    steps.receiver_duty(referral, p.ENGAGE, due, holder_id, by=by)
    steps.wait_for(referral, p.FOLLOW, due, holder_id, by=by)
    return referral


@transaction.atomic
def engage(*, referral: Referral, by: Actor, happened_at: datetime | None = None) -> Referral:
    """Service has begun."""
    moment = steps.not_in_future(happened_at, referral)
    referral = steps.move(
        referral,
        "engage",
        side="receiver",
        by=by,
        engaged_at=moment,
        contacted_at=referral.contacted_at or moment,
    )
    steps.record(referral, steps.Kind.ENGAGED, by=by, happened_at=moment)
    steps.set_ladder(referral, p.STILL_THERE, clock.now(), again=True)
    due = steps.due_of("engaged", referral)
    holder_id = steps.holder_of(referral)
    steps.receiver_duty(referral, p.STILL_ENGAGED, due, holder_id, by=by)
    steps.wait_for(referral, p.FOLLOW, due, holder_id, by=by)
    return referral


@transaction.atomic
def complete(
    *, referral: Referral, by: Actor, happened_at: datetime | None = None, detail: str = ""
) -> Referral:
    """The service was completed. The holder asks the person whether the need is met, and decides with them what is next.

    `detail`: WITH_A_PLACE where they have only begun what they were referred to.
    """
    moment = steps.not_in_future(happened_at, referral)
    referral = steps.move(referral, "complete", side="receiver", by=by, ended_at=moment, end_detail=detail)
    steps.record(referral, steps.Kind.COMPLETED, by=by, detail=detail, happened_at=moment)
    with steps.wound_up(referral, by=by) as holder_id:
        if holder_id is not None:
            held = custody.still_held(referral.person_id)
            met.ask_whether_met(referral, held, by=by)
            custody.point(referral.person_id, by=by, custody=held)
    steps.tell_sender(referral)
    return referral


@transaction.atomic
def end_early(
    *,
    referral: Referral,
    reason: str,
    by: Actor,
    happened_at: datetime | None = None,
    last_seen_on: date | None = None,
) -> Referral:
    """It ended before it was completed."""
    steps.require_reason("end_reason", reason, "Say why it ended.")
    moment = steps.not_in_future(happened_at, referral)
    seen_on = steps.seen_by_now(referral, last_seen_on)
    referral = steps.move(referral, "end_early", side="receiver", by=by, ended_at=moment, end_reason=reason)
    steps.record(
        referral, steps.Kind.ENDED_EARLY, by=by, detail=reason, happened_at=moment, last_seen_on=seen_on
    )
    ending.end_unsuccessfully(referral, by=by)
    steps.tell_sender(referral)
    return referral


@transaction.atomic
def lose_contact(*, referral: Referral, by: Actor, last_seen_on: date | None = None) -> Referral:
    """They could not be reached: only after enough tries, over enough days, by enough ways."""
    missing = why_not_lost(referral)
    if missing:
        raise NotLostYet(mend=" ".join(missing))
    seen_on = steps.seen_by_now(referral, last_seen_on)
    referral = steps.move(referral, "lose_contact", side="receiver", by=by, ended_at=clock.now())
    steps.record(referral, steps.Kind.LOST_CONTACT, by=by, last_seen_on=seen_on)
    ending.end_unsuccessfully(referral, by=by)
    steps.tell_sender(referral)
    return referral


def why_not_lost(referral: Referral) -> list[str]:
    """What is missing before this contact may be called lost: sentences, all at once; empty where nothing is."""
    tries = list(reading.standing_events(referral).filter(kind=steps.Kind.ATTEMPTED).order_by("happened_at"))
    place = current_place()
    missing = []
    if len(tries) < p.LOST_AFTER_ATTEMPTS:
        missing.append(
            gettext("%(done)s of %(needed)s tries are written down.")
            % {"done": len(tries), "needed": p.LOST_AFTER_ATTEMPTS}
        )
    days = (
        place.business_days_between(place.day_of(tries[0].happened_at), place.day_of(clock.now()))
        if tries
        else 0
    )
    if days < p.LOST_AFTER_BUSINESS_DAYS:
        missing.append(
            gettext("%(done)s of %(needed)s business days have passed since the first try.")
            % {"done": days, "needed": p.LOST_AFTER_BUSINESS_DAYS}
        )
    allowed = _channels_allowed(referral)
    untried = sorted(allowed - {event.detail for event in tries})
    if untried:
        words = ", ".join(str(CHANNEL_WORDS.get(channel, channel)) for channel in untried)
        missing.append(gettext("Not tried yet: %(ways)s.") % {"ways": words})
    return missing


def _channels_allowed(referral: Referral) -> set[str]:
    return set(
        Reach.objects.filter(
            file__person_id=referral.person_id,
            file__organization_id=current_organization(),
            contact_point__stopped_at__isnull=True,
        ).values_list("contact_point__channel", flat=True)
    )
