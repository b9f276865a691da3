"""Corrections of what the receiver recorded: said right instead, or taken back. What was said stays, struck through.

Saying it right changes a day, a way or a reason. Taking back what brought a referral to where it stands leads it to where it stood
before, with the duties and clocks of both sides; a decision that waits because of it is needed no more. Where somebody has decided
since, or released the person, or asked anew, it stands: who holds the person has built on it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from warmhandoff.custody.protocol import PLAN
from warmhandoff.foundation import clock, duties, timers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Consent, Listing
from warmhandoff.referrals import reading
from warmhandoff.referrals.actions import ending, met, steps, waiting
from warmhandoff.referrals.models import AnswerLink, Disposition, Referral, ReferralEvent
from warmhandoff.referrals.states import (
    ACCEPTED,
    CHANNEL_WORDS,
    COMPLETED,
    CONTACTED,
    ENDED_EARLY,
    ENGAGED,
    OPEN,
    SENT,
    TAKES_BACK,
    UNDER_WAY,
)

Kind = ReferralEvent.Kind

# What can be said right, and the column of the referral that says the same.
SAID_AT = {CONTACTED: "contacted_at", ENGAGED: "engaged_at", COMPLETED: "ended_at", ENDED_EARLY: "ended_at"}
SAID_RIGHT = (Kind.ATTEMPTED, *SAID_AT)
TAKEN_BACK = (Kind.ATTEMPTED, *TAKES_BACK)
# In which order these happen.
FOLLOWS = {CONTACTED: 1, ENGAGED: 2, COMPLETED: 3, ENDED_EARLY: 3}


def can_take_back(event: ReferralEvent, referral: Referral) -> bool:
    """A try; or what brought the referral to where it stands: what something followed stands until that is taken back."""
    if event.kind == Kind.DECLINED and event.happened_at < referral.last_asked_at:
        return False  # they were asked once more after this no
    return event.kind == Kind.ATTEMPTED or (event.kind in TAKES_BACK and event.kind == referral.state)


@transaction.atomic
def correct(
    *, event: ReferralEvent, happened_at: datetime, detail: str, reason: str, by: Actor
) -> ReferralEvent:
    """It was another day, another way, or ended for another reason."""
    referral = _referral_of(event, reason, by=by)
    if event.kind not in SAID_RIGHT:
        raise NotYours()
    _require_words(event.kind, detail)
    place = current_place()
    same_day = place.day_of(happened_at) == place.day_of(event.happened_at)
    if same_day and detail == event.detail:
        raise BadValue("", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    moment = event.happened_at if same_day else steps.not_in_future(happened_at, referral)
    _require_in_order(referral, event, moment)
    correction = _supersede(event, event.kind, detail, moment, reason, by=by)
    if values := _the_same(referral, event, moment, detail):
        Referral.objects.filter(pk=referral.pk).update(**values)
    return correction


@transaction.atomic
def take_back(*, event: ReferralEvent, reason: str, by: Actor) -> Referral:
    """It never was. The referral stands again where it stood before; the other side hears it."""
    referral = _referral_of(event, reason, by=by)
    if event.kind not in TAKEN_BACK:
        raise NotYours()
    if event.kind == Kind.ATTEMPTED:
        _supersede(event, Kind.STRUCK, event.kind, event.happened_at, reason, by=by)
        return referral
    if not can_take_back(event, referral):
        raise WrongState("Something followed it.", mend="Take that back first, or correct the day.")
    ended = referral.state not in OPEN
    if ended:
        _require_free(referral)
    before = _stood_before(referral, event)
    # The correction first: without one the database lets no referral go back.
    _supersede(event, Kind.STRUCK, event.kind, event.happened_at, reason, by=by)
    Referral.objects.filter(pk=referral.pk).update(**steps.NOTHING_PUT_OFF | _as_it_was(before))
    referral = steps.moved(referral.pk)
    if ended:
        _open_again(referral, event, by=by)
    waiting.run(referral, _clocks_again(referral, event), by=by)
    steps.tell_sender(referral)
    return referral


def _referral_of(event: ReferralEvent, reason: str, *, by: Actor) -> Referral:
    """The referral, locked. Asked again then: of two at once, the second finds what the first did."""
    require_may_correct(event, reason, by=by)
    referral = steps.fresh(event.referral, "receiver", by=by)
    require_may_correct(event, reason, by=by)
    return referral


def _require_words(kind: str, detail: str) -> None:
    if kind in (Kind.ATTEMPTED, CONTACTED) and detail not in CHANNEL_WORDS:
        raise BadValue("channel", "Say how.", mend="Choose one of the listed ways.")
    if kind == ENDED_EARLY:
        steps.require_reason("end_reason", detail, "Say why it ended.")


def _require_in_order(referral: Referral, event: ReferralEvent, moment: datetime) -> None:
    """No start before the first contact, no end before the start."""
    if event.kind not in FOLLOWS:
        return
    place = current_place()
    for other in reading.standing_events(referral).filter(kind__in=FOLLOWS).exclude(pk=event.pk):
        later = (place.day_of(other.happened_at) - place.day_of(moment)).days
        if later * (FOLLOWS[other.kind] - FOLLOWS[event.kind]) < 0:
            raise BadValue(
                "happened_on",
                "Then what follows would come before it.",
                mend="Check the day, or correct the other one first.",
            )


def _the_same(referral: Referral, event: ReferralEvent, moment: datetime, detail: str) -> dict[str, object]:
    """What the referral says of it besides the event."""
    column = SAID_AT.get(event.kind)
    values: dict[str, object] = {column: moment} if column else {}
    if event.kind == ENGAGED and referral.contacted_at == event.happened_at:
        values["contacted_at"] = moment  # service began without a first contact of its own
    if event.kind == ENDED_EARLY:
        values["end_reason"] = detail
    return values


def _stood_before(referral: Referral, event: ReferralEvent) -> str:
    """The furthest of the states that what stands still leads to."""
    said = set(reading.standing_events(referral).exclude(pk=event.pk).values_list("kind", flat=True))
    return next(state for state in TAKES_BACK[event.kind] if state in said or state == SENT)


def _as_it_was(before: str) -> dict[str, object]:
    values: dict[str, object] = {
        "state": before, "stage": "", "ended_at": None, "end_reason": "", "end_detail": "", "full_until": None,
        "tell_person": True,
    }  # fmt: skip
    if before == SENT:
        values["answered_at"] = None
    if before in (SENT, ACCEPTED):
        values["contacted_at"] = None
    if before != ENGAGED:
        values["engaged_at"] = None
    return values


def _require_free(referral: Referral) -> None:
    """What has ended opens again only where nobody has built on its end."""
    if referral.state == "declined" and referral.is_transfer:
        raise WrongState("A transfer that was declined is over.", mend="Call whoever sent it, to ask again.")
    again = Referral.objects.filter(
        person_id=referral.person_id,
        service_id=referral.service_id,
        sender_id=referral.sender_id,
        state__in=OPEN,
    )
    if again.exists():
        raise WrongState("They were referred to this service anew meanwhile.", mend="Go on with that one.")
    if steps.holder_of(referral) is None:
        raise WrongState(
            "Nobody holds this person any more.", mend="Call whoever sent them, to take them in again."
        )


def _open_again(referral: Referral, event: ReferralEvent, *, by: Actor) -> None:
    """What its end had closed."""
    if referral.state == SENT:
        with on_behalf_of(referral.sender_id, because=steps.because_of(referral)):
            if not Consent.objects.get(pk=referral.consent_id).is_live(clock.now()):
                raise ConsentMissing()
    if event.kind != COMPLETED:
        ending.call_off_decision(referral, Disposition.Outcome.TAKEN_BACK, by=by)
    AnswerLink.objects.filter(referral=referral).update(dies_at=None)
    if referral.state in UNDER_WAY:
        Listing.objects.filter(
            person_id=referral.person_id,
            organization_id=referral.receiver_id,
            standing=Listing.Standing.CLOSED,
        ).update(standing=Listing.Standing.SERVED)
    with steps.holder_side(referral):
        met.no_longer_asked(referral, by=by)
        # "Decide what's next" was opened because nothing was left.
        planning = Duty.objects.filter(
            person_id=referral.person_id, kind=PLAN, opened_at__gte=event.recorded_at, subject_kind=""
        )
        duties.close(planning, how=Duty.Closed.SUPERSEDED, by=by)


def _clocks_again(referral: Referral, event: ReferralEvent) -> dict[str, timers.Due]:
    """The rungs that were called off with it, and those that were not climbed before. Nobody is scolded at once: what has passed
    meanwhile comes in the time of a next step.
    """
    now = clock.now()
    soon = current_place().deadline("next_step", now)
    ladder = waiting.ladder_now(referral)
    stood = timers.stood_since(steps.subject_of(referral), event.recorded_at)
    rungs = {rung.step: stood[rung.step] for rung in ladder if rung.step in stood}
    rungs |= waiting.not_climbed(referral, ladder, rungs)
    earliest = soon if any(due.at <= now for due in rungs.values()) else now
    return {step: timers.Due(due.organization_id, max(due.at, earliest)) for step, due in rungs.items()}


def _supersede(
    event: ReferralEvent, kind: str, detail: str, happened_at: datetime, reason: str, *, by: Actor
) -> ReferralEvent:
    correction = steps.happened(event.referral, kind, by=by, detail=detail, happened_at=happened_at)
    correction.supersedes, correction.reason = event, reason
    correction.save(force_insert=True)
    return correction
