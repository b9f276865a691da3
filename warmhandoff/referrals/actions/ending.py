"""Unsuccessful ends, and the decision that each one opens with whoever holds the person."""

from __future__ import annotations

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import clock, duties, timers
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.reading import (
    navigators,
)
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Need, Participant
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import met, silence, steps
from warmhandoff.referrals.models import (
    Disposition,
    Referral,
)
from warmhandoff.referrals.states import SENT, UNDER_WAY


@transaction.atomic
def withdraw(*, referral: Referral, reason: str, by: Actor) -> Referral:
    """The sender, or the person through them, takes the question back."""
    steps.require_reason("withdraw_reason", reason, "Say why it is taken back.")
    referral = steps.move(referral, "withdraw", side="sender", by=by, ended_at=clock.now(), end_reason=reason)
    steps.record(referral, steps.Kind.WITHDRAWN, by=by, detail=reason)
    steps.settle_handover(referral, "withdraw")
    end_unsuccessfully(referral, by=by)
    return referral


@transaction.atomic
def expire(*, referral: Referral, by: Actor) -> Referral:
    """Nobody answered in time. Only the waiting ends here: a person decides what is next, and a late yes still counts until then."""
    if by.kind != Actor.Kind.SYSTEM:
        raise NotAllowed("Only the clock ends the waiting.", mend="Take the referral back instead.")
    referral = steps.move(referral, "expire", side="system", by=by, ended_at=clock.now())
    steps.record(referral, steps.Kind.EXPIRED, by=by)
    steps.settle_handover(referral, "expire")
    end_unsuccessfully(referral, by=by)
    return referral


@transaction.atomic
def receiver_closes(*, referral: Referral, by: Actor) -> Referral:
    """The receiving organization closed."""
    referral = steps.move(referral, "receiver_close", side="system", by=by, ended_at=clock.now())
    steps.record(referral, steps.Kind.RECEIVER_CLOSED, by=by)
    steps.settle_handover(referral, "withdraw")
    end_unsuccessfully(referral, by=by)
    return referral


def end_unsuccessfully(referral: Referral, *, by: Actor) -> None:
    """Close what waited, and open the decision with whoever holds the person at this moment."""
    with steps.wound_up(referral, by=by) as holder_id:
        if holder_id is None:
            raise DomainError("Nobody holds this person, which can't be.", mend="Tell the network's office.")
        duty = steps.open_for_holder(
            referral,
            p.SETTLE,
            steps.due_of("disposition", referral),
            by=by,
            holds_release=True,
        )
        Disposition.objects.create(
            referral=referral,
            person_id=referral.person_id,
            organization_id=holder_id,
            because=referral.state,
            duty=duty,
            opened_at=clock.now(),
        )
        steps.record(referral, steps.Kind.DISPOSITION_OPENED, by=by)
    steps.set_ladder(referral, p.WAITING_FOR_DECISION, clock.now(), again=True)


@transaction.atomic
def settle(
    *, referral: Referral, outcome: str, by: Actor, signed_off_by: Actor | None = None, note: str = ""
) -> Disposition:
    """Decide what is next after an unsuccessful end. Only a person does this."""
    if by.kind != Actor.Kind.MEMBER:
        raise NotAllowed("Only someone who works here can decide this.", mend="Ask whoever holds the person.")
    if outcome == Disposition.Outcome.NOT_ELIGIBLE and not _is_navigator(signed_off_by):
        raise BadValue("outcome", "This needs a navigator's sign-off.", mend="Ask the network's office.")
    if outcome not in Disposition.Outcome.to_choose():
        raise BadValue("outcome", "Choose what comes next.", mend="One of the listed.")
    # The referral before the person, as a late yes does: both tell the network's side, and would wait for one another.
    Referral.objects.select_for_update(no_key=True).filter(pk=referral.pk).first()
    custody.held(referral.person_id)
    disposition = (
        Disposition.objects.filter(referral=referral, settled_at__isnull=True).select_related("duty").first()
    )
    if disposition is None:
        raise WrongState("This was decided already.", mend="Open the person's page to see what.")
    changed = Disposition.objects.filter(pk=disposition.pk, settled_at__isnull=True).update(
        settled_at=clock.now(), settled_by=by, outcome=outcome, signed_off_by=signed_off_by
    )
    if not changed:
        raise WrongState()
    steps.record(referral, steps.Kind.SETTLED, by=by, detail=outcome)
    duties.close(Duty.objects.filter(pk=disposition.duty_id), how=Duty.Closed.DONE, by=by)
    timers.call_off(steps.subject_of(referral))
    # Where nobody answered, a late yes counted until now: from here on the link has its two weeks.
    steps.let_links_die(referral)
    if note.strip():
        file = Participant.objects.get(person_id=referral.person_id, organization_id=current_organization())
        participants.write_down(file=file, about=("disposition", disposition.pk), text=note, by=by)
    _close_need(referral, outcome, by=by)
    custody.point(referral.person_id, by=by)
    disposition.refresh_from_db()
    return disposition


def call_off_decision(referral: Referral, outcome: str, *, by: Actor) -> None:
    """The decision that was waiting is no longer needed. One that was made stands, and refuses what would undo it."""
    with steps.holder_side(referral):
        changed = Disposition.objects.filter(referral=referral, settled_at__isnull=True).update(
            settled_at=clock.now(), settled_by=by, outcome=outcome
        )
        if not changed:
            raise WrongState(
                "They have found another way meanwhile.", mend="Call whoever sent it if you still have room."
            )
        duties.close(
            duties.open_about(steps.subject_of(referral), p.SETTLE), how=Duty.Closed.NO_LONGER, by=by
        )


def _is_navigator(actor: Actor | None) -> bool:
    if actor is None or actor.kind != Actor.Kind.MEMBER or actor.subject_id is None:
        return False
    return navigators().filter(pk=actor.subject_id).exists()


def _close_need(referral: Referral, outcome: str, *, by: Actor) -> None:
    closes = {
        Disposition.Outcome.MET_ELSEWHERE: Need.Outcome.MET_ELSEWHERE,
        Disposition.Outcome.PERSON_STOPPED: Need.Outcome.NO_LONGER,
    }.get(Disposition.Outcome(outcome))
    if closes is None:
        return
    for need in met.open_needs(referral):
        participants.close_need(need=need, outcome=closes, by=by)


@transaction.atomic
def stop_sharing(*, consent: Consent, by: Actor) -> int:
    """The person takes their consent back: nothing more flows from this second; what nobody answered yet is withdrawn.

    Where a place serves them already, that goes on; whoever holds them is to ask them what is next.
    """
    # The referrals and the person before the consent, as an answer takes them: so neither waits for the other for ever.
    asked = Referral.objects.filter(consent=consent, state=SENT).order_by("id")
    unanswered = list(asked.select_for_update(no_key=True))
    served = Referral.objects.filter(consent=consent, state__in=UNDER_WAY).order_by("id").first()
    if served is not None:
        steps.holder_of(served)
    ended = participants.revoke_consent(consent=consent, by=by)
    for referral in unanswered:
        withdraw(referral=referral, reason="person_changed", by=by)
    if served is not None and ended:
        silence.ask_what_is_next(referral=served, by=by)
    return ended
