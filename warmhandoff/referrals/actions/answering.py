"""What the receiver says: seen, yes, no, a question. With a transfer, custody moves with the yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody, Handover
from warmhandoff.custody.states import HANDOVER
from warmhandoff.foundation import clock, duties, together
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Listing, Participant, Share
from warmhandoff.referrals import notices
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import ending, second_look, stalling, steps, waiting
from warmhandoff.referrals.models import (
    Disposition,
    Referral,
    ReferralEvent,
    ReferralNote,
)
from warmhandoff.referrals.reading import who_answers
from warmhandoff.referrals.states import EXPIRED, OPEN, REFERRAL, SENT


@dataclass(frozen=True)
class Reply:
    """What the receiver says with a yes: who will call, and by when (a business day; the place's default if none)."""

    caller_name: str
    contact_by: date | None = None


@transaction.atomic
def see(*, referral: Referral, by: Actor) -> bool:
    """Someone there has it: an act, never an opening. True the first time."""
    referral = steps.fresh(referral, "receiver", by=by)
    if referral.state not in (*OPEN, EXPIRED):
        raise WrongState()
    return steps.mark_seen(referral, by=by)


@transaction.atomic
def accept(*, referral: Referral, reply: Reply, by: Actor) -> Referral:
    """Yes: they serve the person. With a transfer, custody moves in this same transaction."""
    now = clock.now()
    late, unseen = referral.state == EXPIRED, referral.seen_at is None
    contact_due = _contact_due(reply, referral, now)
    caller = reply.caller_name.strip()
    if not caller:
        raise BadValue("caller_name", "Say who will call.", mend="A first name is enough.")
    referral = steps.move(
        referral,
        "accept",
        side="receiver",
        answered_at=now,
        seen_at=Coalesce("seen_at", now),
        caller_name=caller,
        contact_due_at=contact_due,
        ended_at=None,
        by=by,
    )
    _answered(referral, steps.Kind.ACCEPTED, unseen=unseen, by=by)
    if late:
        _after_all(referral, by=by)
    holder_id = steps.holder_of(referral)
    with on_behalf_of(referral.sender_id, because=steps.because_of(referral)):
        consents, held = together.read(
            Consent.objects.filter(pk=referral.consent_id),
            Custody.objects.filter(
                person_id=referral.person_id, organization_id=referral.sender_id, until__isnull=True
            ),
        )
        shares = _share(referral, consents[0])
        if not referral.is_transfer:
            steps.wait_for(
                referral, p.AWAIT_CONTACT, contact_due, holder_id, by=by, held=held[0] if held else None
            )
    file = _receive(referral, shares, by=by)
    if referral.is_transfer:
        _take_over(referral, file, contact_due, by=by)
    else:
        steps.receiver_duty(referral, p.FIRST_CONTACT, contact_due, holder_id, by=by)
    weekly = stalling.weekly_question(referral.receiver_id)
    steps.set_ladder(referral, p.WAITING_FOR_CONTACT, now, at_least=contact_due, again=late, besides=[weekly])
    steps.tell_sender(referral)
    return referral


def _answered(referral: Referral, kind: str, *, unseen: bool, by: Actor, detail: str = "") -> None:
    """Whoever answers has seen it: both events, where nobody had said so before (`unseen`, and nobody meanwhile)."""
    events = [steps.happened(referral, kind, by=by, detail=detail)]
    if unseen and referral.seen_at == referral.answered_at:
        events.insert(0, steps.happened(referral, steps.Kind.SEEN, by=by))
    ReferralEvent.objects.bulk_create(events)


def _contact_due(reply: Reply, referral: Referral, now: datetime) -> datetime:
    place = current_place()
    latest = steps.due_of("first_contact", referral)
    if reply.contact_by is None:
        return latest
    due = place.end_of(reply.contact_by)
    if due <= now or due > latest:
        raise BadValue(
            "contact_by",
            f"Choose a day from today to {place.day_of(latest):%A, %B %-d}.",
            mend="That is the network's promise.",
        )
    return due


def _share(referral: Referral, consent: Consent) -> list[Share]:
    """What the consent covers, shared by the sender."""
    return participants.share(
        consent=consent,
        recipient_id=referral.receiver_id,
        classes=steps.classes_shared(referral.need_code, referral.parts),
        about=steps.subject_of(referral),
    )


def _receive(referral: Referral, shares: Sequence[Share], *, by: Actor) -> Participant:
    """Make the receiver's own file of exactly what the shares show."""
    return participants.receive(
        source_file_id=referral.sender_file_id,
        person_id=referral.person_id,
        shares=shares,
        parts=referral.parts,
        need_code=referral.need_code,
        note_about=steps.subject_of(referral),
        standing=Listing.Standing.SERVED,
        origin=Participant.Origin.REFERRAL,
        by=by,
    )


def _take_over(referral: Referral, file: Participant, contact_due: datetime, *, by: Actor) -> None:
    handover = Handover.objects.get(referral=referral)
    HANDOVER.require("accept", handover.state, "asked")
    settled = Handover.objects.filter(pk=handover.pk, state=handover.state).update(
        state=HANDOVER.of("accept").target, settled_at=clock.now()
    )
    if not settled:
        raise WrongState()
    with on_behalf_of(referral.sender_id, because=steps.because_of(referral)):
        custody.held(
            referral.person_id
        )  # before looking at what else is open for them: nothing of it changes any more
        open_referrals = list(
            Referral.objects.filter(person_id=referral.person_id, sender_id=referral.sender_id).exclude(
                pk=referral.pk
            )
        )
        for other in open_referrals:
            steps.follow_to_holder(other, referral.receiver_id)
        waiting = list(Disposition.objects.filter(person_id=referral.person_id, settled_at__isnull=True))
        since = custody.let_go(
            person_id=referral.person_id, kind="moved_out", to_organization_id=referral.receiver_id, by=by
        )
    holder = steps.holder_for(by, referral.receiver_id)
    step = duties.open_duty(
        owner=holder, kind=p.FIRST_CONTACT, due_at=contact_due, by=by, person_id=referral.person_id, subject=steps.subject_of(referral),
        holds_release=True,
    )  # fmt: skip
    duties.close(duties.open_about(steps.subject_of(referral), p.ANSWER), how=Duty.Closed.DONE, by=by)
    custody.take_over(
        person_id=referral.person_id,
        holder=holder,
        step=step,
        handover=handover,
        from_organization_id=referral.sender_id,
        by=by,
        since=since,
    )
    referral.held_by = referral.receiver_id  # type: ignore[attr-defined]  # told with the move, and moved since
    for other in open_referrals:
        steps.wait_on(other, by=by)
    for disposition in waiting:
        steps.carry_disposition(disposition, holder, because=steps.because_of(referral), by=by)
    custody.point(referral.person_id, by=by)


@transaction.atomic
def decline(
    *,
    referral: Referral,
    reason: str,
    detail: str = "",
    full_until: date | None = None,
    tell_person: bool = True,
    by: Actor,
) -> Referral:
    """No, with the reason in two levels. The holder decides what is next."""
    steps.require_reason("decline_reason", reason, "Say why in one tap.")
    if detail and not steps.is_known("decline_reason", detail, parent=reason):
        raise BadValue("detail", "This doesn't belong to that reason.", mend="Choose from its own list.")
    if detail == "full_until" and full_until is None:
        raise BadValue("full_until", "Say until when you are full.", mend="Or choose “Full, no date yet”.")
    now, unseen = clock.now(), referral.seen_at is None
    referral = steps.move(
        referral, "decline", side="receiver", answered_at=now, seen_at=Coalesce("seen_at", now), ended_at=now,
        end_reason=reason, end_detail=detail, full_until=full_until, tell_person=tell_person, by=by,
    )  # fmt: skip
    _answered(referral, steps.Kind.DECLINED, unseen=unseen, by=by, detail=detail or reason)
    steps.settle_handover(referral, "decline")
    ending.end_unsuccessfully(referral, by=by)
    second_look.look_where_wanted(referral, by=by)
    steps.tell_sender(referral)
    return referral


@transaction.atomic
def ask(*, referral: Referral, text: str, by: Actor) -> ReferralNote:
    """A question. Before the answer, the receiver's clock stands from now on, and the sender's runs.

    Asked again before the reply, it is one more thing to answer, by the same day.
    """
    referral = steps.fresh(referral, "receiver", by=by)
    REFERRAL.require_beside("ask", referral.state, "receiver")
    if not text.strip():
        raise BadValue("question", "Write your question.", mend="One sentence is enough.")
    hears = who_answers(referral)
    if hears is None:
        raise WrongState(
            f"{referral.sender.name} has closed, and the person is with you: nobody is left to ask.",
            mend="Ask the person themself, or the network's office.",
        )
    steps.mark_seen(referral, by=by)
    note = steps.note(referral, text, ReferralNote.Kind.QUESTION, by=by)
    if referral.state == SENT and not referral.waits_for:
        due_at = waiting.stand_for_reply(referral, by=by)
    else:
        due_at = referral.question_due_at or steps.due_of("question", referral)
        _owe_reply(referral, due_at, by=by)
    steps.record(referral, steps.Kind.ASKED, by=by, due_at=due_at)
    steps.tell(hears, referral, notices.QuestionAsked)
    return note


def _owe_reply(referral: Referral, due_at: datetime, *, by: Actor) -> None:
    """The holder's duty to reply, where there isn't one yet; no clock stands for it."""
    with steps.holder_side(referral) as holder_id:
        waits = duties.open_about(steps.subject_of(referral), p.ANSWER_QUESTION)
        if holder_id is not None and not waits.filter(organization_id=holder_id).exists():
            steps.open_for_holder(referral, p.ANSWER_QUESTION, due_at, by=by)


@transaction.atomic
def answer_question(*, referral: Referral, text: str, by: Actor) -> ReferralNote:
    """The sender's reply; the receiver gets a fresh link, and their clock goes on with what was left."""
    referral = steps.fresh(referral, "sender", by=by)
    if not text.strip():
        raise BadValue("reply", "Write your reply.", mend="One sentence is enough.")
    if referral.state not in (*OPEN, EXPIRED) or not _question_waits(referral):
        raise WrongState("No question waits for a reply.", mend="Open the referral to see what was said.")
    note = steps.note(referral, text, ReferralNote.Kind.REPLY, by=by)
    steps.record(referral, steps.Kind.ANSWERED_QUESTION, by=by)
    if referral.question_due_at is not None:
        waiting.go_on(referral, by=by)
    else:
        with steps.holder_side(referral) as holder_id:
            replied = duties.open_about(steps.subject_of(referral), p.ANSWER_QUESTION)
            duties.close(replied, how=Duty.Closed.DONE, by=by)
            if holder_id is not None:
                custody.point(referral.person_id, by=by)
    waiting.mail_links(referral, notices.QuestionAnswered)
    return note


def _question_waits(referral: Referral) -> bool:
    """Whether the last word between the two was a question."""
    words = ReferralEvent.objects.filter(
        referral=referral, kind__in=(steps.Kind.ASKED, steps.Kind.ANSWERED_QUESTION)
    )
    return words.order_by("-id").values_list("kind", flat=True).first() == steps.Kind.ASKED


def _after_all(referral: Referral, *, by: Actor) -> None:
    """A late yes: the decision that was waiting is no longer needed. One that was made stands, and refuses the yes."""
    ending.call_off_decision(referral, Disposition.Outcome.LATE_YES, by=by)
    with steps.holder_side(referral):
        steps.record(referral, steps.Kind.SETTLED, by=by, detail=Disposition.Outcome.LATE_YES)
