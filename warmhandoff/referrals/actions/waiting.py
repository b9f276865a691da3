"""What a referral waits for besides its state: a reply, the end of a hold, the next look at a waitlist. Each has its date.

While a reply or a hold is waited for, the state's own clock stands; what was left of it, in office hours, is left when it goes on.
A waitlist is another clock: it runs to the day of the next look, and when nobody looks it climbs a ladder of its own.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.mail_links import renew
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import notices, pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import steps
from warmhandoff.referrals.models import AnswerLink, Referral
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, OPEN, REFERRAL, SENT

LONGEST_LIST = 999


@transaction.atomic
def hold(*, referral: Referral, until: date, reason: str, by: Actor) -> Referral:
    """Put it off until a day: everybody's clock stands, and goes on by itself on that day. Said again, it moves the day."""
    side = steps.side_here(referral)
    referral = steps.fresh(referral, side, by=by)
    REFERRAL.require_beside("hold", referral.state, side)
    _require_free_to_hold(referral, side)
    steps.require_reason("hold_reason", reason, "Say why it is put off.")
    until_at = _day_ahead(until, "hold", field="until")
    now = clock.now()
    Referral.objects.filter(pk=referral.pk).update(
        stands_since=referral.stands_since or now,
        held_at=now,
        held_until=until_at,
        hold_reason=reason,
        hold_side=side,
    )
    ours = referral.receiver_id if side == "receiver" else referral.sender_id
    timers.set_timers(steps.subject_of(referral), {p.HOLD_ENDS: timers.Due(ours, until_at)}, again=True)
    steps.record(referral, steps.Kind.HELD, by=by, detail=reason, due_at=until_at)
    referral = steps.moved(referral.pk)
    _both_wait(referral, p.REVIEW_HOLD if side == "receiver" else p.AWAIT_HOLD, until_at, by=by)
    _tell_the_other(referral, side)
    return referral


def _require_free_to_hold(referral: Referral, side: str) -> None:
    if referral.waits_for == "reply":
        raise WrongState("A question waits for its reply.", mend="Answer the question first.")
    if referral.waits_for == "review":
        raise WrongState(
            "It is on a waitlist, and looked at again on its day.", mend="Write to them instead."
        )
    if referral.held_until is not None and referral.hold_side != side:
        raise WrongState("The other side has put it off.", mend="Write to them instead.")
    if side == "sender" and steps.holder_of(referral) == referral.receiver_id:
        raise WrongState("They hold the person now, so it is theirs to put off.", mend="Write to them.")


@transaction.atomic
def resume(*, referral: Referral, by: Actor) -> Referral:
    """The hold is over: on its day by itself, or earlier by the side that put it off. Every clock goes on with what was left."""
    itself = by.kind == Actor.Kind.SYSTEM
    side = referral.hold_side if itself and referral.hold_side else steps.side_here(referral)
    referral = steps.fresh(referral, side, by=by)
    if referral.state not in OPEN or referral.held_until is None:
        raise WrongState()
    if referral.hold_side != side:
        raise WrongState("The other side has put it off.", mend="Write to them instead.")
    if itself and referral.held_until > clock.now():
        raise WrongState()
    steps.record(referral, steps.Kind.RESUMED, by=by, detail="by_itself" if itself else "")
    referral = go_on(referral, by=by)
    if side == "sender" or itself:
        mail_links(referral, notices.HoldOver)
    if side == "receiver" and not itself:
        steps.tell_sender(referral)
    return referral


@transaction.atomic
def waitlist(*, referral: Referral, review_on: date, position: int | None = None, by: Actor) -> Referral:
    """We have it, but we are full: on our list, and we look again by that day. Said again, it is the next look."""
    referral = steps.fresh(referral, "receiver", by=by)
    REFERRAL.require_beside("waitlist", referral.state, "receiver")
    if position is not None and not 0 < position <= LONGEST_LIST:
        raise BadValue(
            "position", "This is no place on a list.", mend="Give a number from 1, or leave it out."
        )
    review_at = _day_ahead(review_on, "waitlist", field="review_on")
    steps.mark_seen(referral, by=by)
    Referral.objects.filter(pk=referral.pk).update(
        **steps.NOTHING_PUT_OFF
        | {
            "waitlisted_at": clock.now(),
            "review_due_at": review_at,
            "list_position": position,
            # Until then the list is their answer.
            "answer_due_at": review_at,
        }
    )
    detail = "" if position is None else str(position)
    steps.record(referral, steps.Kind.WAITLISTED, by=by, detail=detail, due_at=review_at)
    referral = steps.moved(referral.pk)
    steps.set_ladder(referral, p.WAITING_FOR_REVIEW, _morning_of(review_at), again=True)
    _both_wait(referral, p.REVIEW, review_at, by=by)
    steps.tell_sender(referral)
    return referral


def _morning_of(moment: datetime) -> datetime:
    """From when a look is late: the day itself is the day to look."""
    place = current_place()
    return place.start_of(place.day_of(moment))


def _day_ahead(day: date, what: str, *, field: str) -> datetime:
    """The end of a day after today, within the place's limit."""
    place, now = current_place(), clock.now()
    if day <= place.day_of(now):
        raise BadValue(field, "Choose a day after today.", mend="The next business day is soon enough.")
    latest = place.latest_day(what, now)
    if day > latest:
        raise BadValue(
            field,
            "That is too far ahead.",
            mend=f"Choose a day up to {latest:%A, %B %-d}, and look again then.",
        )
    return place.end_of(day)


def _both_wait(referral: Referral, kind: str, due_at: datetime, *, by: Actor) -> None:
    """The receiver's duty of this kind, and what the holder waits for meanwhile."""
    holder_id = steps.holder_of(referral)
    with on_behalf_of(referral.receiver_id, because=steps.because_of(referral)):
        steps.receiver_duty(referral, kind, due_at, holder_id, by=by, max_days=p.LONGEST_PUT_OFF_DAYS)
    awaited, at, max_days = steps.awaited_by_holder(referral)
    steps.wait_for(referral, awaited, at, holder_id, by=by, max_days=max_days)


# --- Clocks that stand, and go on -------------------------------------------------------------------------------


def stand_for_reply(referral: Referral, *, by: Actor) -> datetime:
    """A question stands: the receiver's clock stops, the sender's begins. By when they owe the reply."""
    now = clock.now()
    due_at = steps.due_of("question", referral)
    Referral.objects.filter(pk=referral.pk).update(stands_since=now, question_due_at=due_at)
    referral = steps.moved(referral.pk)
    steps.set_ladder(referral, p.WAITING_FOR_REPLY, now, again=True)
    holder_id = steps.holder_of(referral)
    steps.receiver_duty(referral, p.AWAIT_REPLY, due_at, holder_id, by=by)
    steps.wait_for(referral, p.ANSWER_QUESTION, due_at, holder_id, by=by)
    return due_at


def go_on(referral: Referral, *, by: Actor) -> Referral:
    """Nothing is waited for besides any more: the state's clock goes on with what was left, for both sides."""
    stopped, now, place = referral.stands_since, clock.now(), current_place()
    if stopped is None:
        raise WrongState()

    def later(due: datetime) -> datetime:
        return place.goes_on(due, stopped=stopped, now=now)

    values = dict(steps.NOTHING_PUT_OFF)
    if referral.state == SENT:
        values["answer_due_at"] = later(referral.answer_due_at)
    elif referral.state == ACCEPTED and referral.contact_due_at is not None:
        values["contact_due_at"] = later(referral.contact_due_at)
    Referral.objects.filter(pk=referral.pk).update(**values)
    referral = steps.moved(referral.pk)
    ladder = ladder_now(referral)
    stood = {
        step: timers.Due(due.organization_id, later(due.at))
        for step, due in timers.stood_since(steps.subject_of(referral), stopped).items()
        if p.RUNGS.get(step) in ladder
    }
    missing = not_climbed(referral, ladder, stood)
    stood |= {step: timers.Due(due.organization_id, later(due.at)) for step, due in missing.items()}
    run(referral, stood, by=by)
    return referral


def ladder_now(referral: Referral) -> tuple[p.Rung, ...]:
    """What is climbed while nobody does anything, as it stands now."""
    if referral.waits_for:
        return p.LADDERS[referral.waits_for]
    climbed = p.CLIMBED_IN.get(referral.state, ())
    if referral.seen_at is not None:
        return tuple(rung for rung in climbed if rung not in p.WAITING_TO_BE_SEEN)
    return climbed


def not_climbed(referral: Referral, ladder: Sequence[p.Rung], known: Container[str]) -> dict[str, timers.Due]:
    """Rungs of this ladder that neither fired nor stand among those `known`: by when they were promised."""
    steps_of = [rung.step for rung in ladder]
    fired = Timer.objects.filter(
        subject_kind=p.SUBJECT, subject_id=referral.pk, step__in=steps_of, called_off_at__isnull=True, fired_at__isnull=False
    ).values_list("step", flat=True)  # fmt: skip
    left = [rung for rung in ladder if rung.step not in known and rung.step not in set(fired)]
    if not left:
        return {}
    numbers, since = pace.of(referral.service), began_to_wait(referral)
    return {
        rung.step: timers.Due(steps.who_climbs(rung, referral), numbers.due_of_rung(rung, since))
        for rung in left
    }


def began_to_wait(referral: Referral) -> datetime:
    """Since when it waits for what it waits for now."""
    began = {ACCEPTED: referral.answered_at, CONTACTED: referral.contacted_at, ENGAGED: referral.engaged_at}
    return began.get(referral.state) or referral.last_asked_at


@transaction.atomic
def clock_again(*, referral: Referral) -> None:
    """Somebody has said how it goes: it has not stalled, and from now on it is waited anew, on both sides' dates."""
    Referral.objects.filter(pk=referral.pk, stalled_at__isnull=False).update(stalled_at=None)
    if not referral.waits_for:
        steps.set_ladder(referral, p.CLIMBED_IN.get(referral.state, ()), clock.now(), again=True)


def run(referral: Referral, rungs: Mapping[str, timers.Due], *, by: Actor) -> None:
    """Let the state's clock run: these rungs, and both sides' duties."""
    timers.set_timers(steps.subject_of(referral), rungs, again=True)
    _both_go_on(referral, by=by)


def _both_go_on(referral: Referral, *, by: Actor) -> None:
    holder_id = steps.holder_of(referral)
    kind, due_at = _owed_by_receiver(referral)
    with on_behalf_of(referral.receiver_id, because=steps.because_of(referral)):
        steps.receiver_duty(referral, kind, due_at, holder_id, by=by)
    awaited, at, max_days = steps.awaited_by_holder(referral)
    steps.wait_for(referral, awaited, at, holder_id, by=by, max_days=max_days)


def _owed_by_receiver(referral: Referral) -> tuple[str, datetime]:
    if referral.state == SENT:
        return p.ANSWER, referral.answer_due_at
    if referral.state == ACCEPTED and referral.contact_due_at is not None:
        return p.FIRST_CONTACT, referral.contact_due_at
    if referral.state == CONTACTED:
        return p.ENGAGE, steps.due_of("start", referral)
    return p.STILL_ENGAGED, steps.due_of("engaged", referral)


@transaction.atomic
def last_rung_again(*, referral: Referral) -> None:
    """A clock that ran out while it was being stopped or set anew goes on to run: nobody waits without an end."""
    referral = Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)
    if referral.state != SENT:
        return
    since = referral.stands_since or referral.last_asked_at
    if referral.review_due_at is not None:
        since = _morning_of(referral.review_due_at)
    ladder = ladder_now(referral)
    if not ladder:
        return
    rung = ladder[-1]
    soon = current_place().deadline("next_step", clock.now())
    due_at = max(pace.of(referral.service).due_of_rung(rung, since), soon)
    timers.set_again(
        steps.subject_of(referral), rung.step, timers.Due(steps.who_climbs(rung, referral), due_at)
    )


# --- Who is told ------------------------------------------------------------------------------------------------


def _tell_the_other(referral: Referral, side: str) -> None:
    if side == "receiver":
        steps.tell_sender(referral)
    else:
        mail_links(referral, notices.PutOff)


def mail_links(referral: Referral, notice: type[notices.LinkNotice]) -> None:
    """A fresh link to each mailbox that has one."""
    for link in AnswerLink.objects.filter(referral=referral, revoked_at__isnull=True):
        steps.mail_link(referral, renew(link), notice)
