"""The verbs of a referral, from sent to settled.

Each is one transaction: the compare-and-swap of the state, the event, the duties of both sides, custody where it moves, the
shares and the messages. Whoever acts, acts as their own organization; the other side's rows are changed on its behalf,
because of the referral that names both.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists
from django.utils.translation import gettext

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody, Handover
from warmhandoff.custody.protocol import CALL, LONGEST_WAIT_DAYS
from warmhandoff.custody.states import HANDOVER
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, duties, messages, terms, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import Because, acting_as, current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Agreement, Membership, Organization, Queue
from warmhandoff.network.reading import (
    agreement_of,
    can_lead,
    has_active_lead,
    led_queue_of,
    navigators,
    queue_of,
)
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Contact, Listing, Need, Participant, Person, Reach, Share
from warmhandoff.referrals import links, notices
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.models import (
    AnswerLink,
    Disposition,
    Referral,
    ReferralEvent,
    ReferralNote,
)
from warmhandoff.referrals.states import ACCEPTED, CHANNEL_WORDS, EXPIRED, OPEN, REFERRAL, SENT, UNDER_WAY

Kind = ReferralEvent.Kind


class AlreadyAsked(DomainError):
    code = "already_asked"
    sentence = "This person already has an open referral to this service."
    mend = "Open it from their page."


class CannotTransfer(DomainError):
    code = "cannot_transfer"
    sentence = "This organization has no one who answers for its queue, so it can't take someone over."
    mend = "Refer instead: you go on holding the person."


class CannotReceive(DomainError):
    code = "cannot_receive"
    sentence = "This service can't be asked here."
    mend = "Call them, or choose another one."


class NotLostYet(DomainError):
    code = "not_lost_yet"
    sentence = "It is too early to call this contact lost."
    status = 422


@dataclass(frozen=True)
class Reply:
    """What the receiver says with a yes: who will call, and by when (a business day; the place's default if none)."""

    caller_name: str
    contact_by: date | None = None


# --- Sending ------------------------------------------------------------------------------------------------------


@transaction.atomic
def send(
    *,
    file: Participant,
    service: Service,
    need: Need,
    consent: Consent,
    by: Actor,
    membership: Membership,
    mode: str = Referral.Mode.REFER,
    note: str = "",
    alternatives: Sequence[int] = (),
    re_referred_from: Referral | None = None,
) -> Referral:
    """Ask a service to serve someone. Custody stays here; with a transfer it moves when, and only when, they accept."""
    held = custody.held(file.person_id)
    if need.file_id != file.pk or membership.organization_id != file.organization_id:
        raise NotYours()
    _require_can_receive(service, mode)
    _require_consent(consent, file, service, need)
    if Referral.objects.filter(person_id=file.person_id, service=service, state__in=OPEN).exists():
        raise AlreadyAsked()
    contact = Contact.objects.get(file=file)
    now = clock.now()
    referral = Referral.objects.create(
        person_id=file.person_id,
        mode=mode,
        sender_id=file.organization_id,
        sender_membership=membership,
        sender_file=file,
        receiver_id=service.organization_id,
        service=service,
        handover=_offer(file, service) if mode == Referral.Mode.TRANSFER else None,
        consent=consent,
        re_referred_from=re_referred_from,
        need_code=need.code,
        language=contact.language,
        area=contact.area,
        availability=contact.availability,
        parts=list(consent.parts),
        alternatives=list(alternatives),
        sent_at=now,
        answer_due_at=current_place().deadline("answer", now),
    )
    _event(referral, Kind.SENT, by=by)
    if "note" in referral.parts:
        participants.write_down(file=file, about=(p.SUBJECT, referral.pk), text=note, by=by)
    custody.close_planning(file.person_id, by=by)
    _open_for_holder(referral, p.AWAIT_ANSWER, referral.answer_due_at, by=by, held=held)
    _ask_receiver(referral, by=by)
    _climb(referral, p.WAITING_FOR_ANSWER, now, is_new=True)
    if re_referred_from is not None:
        settle(referral=re_referred_from, outcome=Disposition.Outcome.RE_REFERRED, by=by)
    return referral


def _require_consent(consent: Consent, file: Participant, service: Service, need: Need) -> None:
    """Their own consent, as it stands now, that names the receiver and every class that it would show after a yes."""
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    covered = classes_shared(need.code, consent.parts) <= set(consent.data_classes)
    if (
        consent.file_id != file.pk
        or not consent.is_live(clock.now())
        or service.organization_id not in consent.recipients
        or not covered
    ):
        raise participants.ConsentMissing()


def _require_can_receive(service: Service, mode: str) -> None:
    organization = service.organization
    reachable = service.mailbox_id is not None or has_active_lead(organization.pk)
    member = organization.is_active and organization.standing == Organization.Standing.MEMBER
    if not (service.active and member and reachable) or organization.pk == current_organization():
        raise CannotReceive()
    if mode == Referral.Mode.TRANSFER and not has_active_lead(organization.pk):
        raise CannotTransfer()


def _offer(file: Participant, service: Service) -> Handover:
    return Handover.objects.create(
        person_id=file.person_id,
        kind=Handover.Kind.TRANSFER,
        from_organization_id=file.organization_id,
        to_organization_id=service.organization_id,
        to_queue=queue_of(service.organization_id),
        offered_at=clock.now(),
    )


def _ask_receiver(referral: Referral, *, by: Actor) -> None:
    """The receiver's duty (where someone there signs in) and the mail with the link (where there is a mailbox)."""
    with on_behalf_of(referral.receiver_id, because=_because(referral)):
        queue = led_queue_of(referral.receiver_id)
        if queue is not None:
            duties.open_duty(
                owner=Owner(referral.receiver_id, queue_id=queue.pk),
                kind=p.ANSWER,
                due_at=referral.answer_due_at,
                by=by,
                subject=_subject(referral),
            )
    if referral.service.mailbox_id is not None:
        link = AnswerLink.objects.create(
            referral=referral,
            organization_id=referral.receiver_id,
            mailbox_id=referral.service.mailbox_id,
            made_at=clock.now(),
        )
        _mail_link(referral, link, notices.ReferralReceived)


def _mail_link(referral: Referral, link: AnswerLink, notice: type[messages.Notice]) -> None:
    messages.send(
        notice,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=("answer_link", link.pk),
        sender_organization_id=referral.sender_id,
    )


@transaction.atomic
def fresh_link(*, link: AnswerLink) -> None:
    """Send a fresh link to the same mailbox: for whoever holds an old one. Dead links stay dead."""
    if link.revoked_at is not None or (link.dies_at is not None and link.dies_at <= clock.now()):
        raise WrongState(
            "This referral is over, so there is no new link for it.", mend="Call whoever sent it to you."
        )
    _mail_link(link.referral, links.renew(link), notices.FreshLink)


# --- The receiver's answer ----------------------------------------------------------------------------------------


@transaction.atomic
def see(*, referral: Referral, by: Actor) -> bool:
    """Someone there has it: an act, never an opening. True the first time."""
    referral = _fresh(referral, "receiver", by=by)
    if referral.state not in (*OPEN, EXPIRED):
        raise WrongState()
    return _mark_seen(referral, by=by)


def _mark_seen(referral: Referral, *, by: Actor) -> bool:
    if not _is_first_seen(referral):
        return False
    _event(referral, Kind.SEEN, by=by)
    return True


def _is_first_seen(referral: Referral) -> bool:
    unseen = Referral.objects.filter(pk=referral.pk, seen_at__isnull=True)
    return bool(unseen.update(seen_at=clock.now()))


@transaction.atomic
def accept(*, referral: Referral, reply: Reply, by: Actor) -> Referral:
    """Yes: they serve the person. With a transfer, custody moves in this same transaction."""
    now = clock.now()
    late = referral.state == EXPIRED
    contact_due = _contact_due(reply, now)
    caller = reply.caller_name.strip()
    if not caller:
        raise BadValue("caller_name", "Say who will call.", mend="A first name is enough.")
    referral = _move(
        referral,
        "accept",
        side="receiver",
        answered_at=now,
        caller_name=caller,
        contact_due_at=contact_due,
        ended_at=None,
        by=by,
    )
    _answered(referral, Kind.ACCEPTED, by=by)
    if late:
        _unsettle(referral, by=by)
    holder_id = holder_of(referral)
    with on_behalf_of(referral.sender_id, because=_because(referral)):
        shares = _share(referral)
        if not referral.is_transfer:
            _await(referral, p.AWAIT_CONTACT, contact_due, holder_id, by=by)
    file = _receive(referral, shares, by=by)
    if referral.is_transfer:
        _take_over(referral, file, contact_due, by=by)
    else:
        _receiver_duty(referral, p.FIRST_CONTACT, contact_due, holder_id, by=by)
    _climb(referral, p.WAITING_FOR_CONTACT, now, at_least=contact_due)
    _tell_sender(referral)
    return referral


def _answered(referral: Referral, kind: str, *, by: Actor, detail: str = "") -> None:
    """Whoever answers has seen it: both events, where nobody had said so before."""
    events = [_happened(referral, kind, by=by, detail=detail)]
    if referral.seen_at is None and _is_first_seen(referral):
        events.insert(0, _happened(referral, Kind.SEEN, by=by))
    ReferralEvent.objects.bulk_create(events)


def _contact_due(reply: Reply, now: datetime) -> datetime:
    place = current_place()
    latest = place.deadline("first_contact", now)
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


def _share(referral: Referral) -> list[Share]:
    """What the consent covers, shared by the sender."""
    return participants.share(
        consent=Consent.objects.get(pk=referral.consent_id),
        recipient_id=referral.receiver_id,
        classes=classes_shared(referral.need_code, referral.parts),
        about=_subject(referral),
    )


def _receive(referral: Referral, shares: Sequence[Share], *, by: Actor) -> Participant:
    """Make the receiver's own file of exactly what the shares show."""
    return participants.receive(
        source_file_id=referral.sender_file_id,
        person_id=referral.person_id,
        shares=shares,
        parts=referral.parts,
        need_code=referral.need_code,
        note_about=_subject(referral),
        standing=Listing.Standing.SERVED,
        origin=Participant.Origin.REFERRAL,
        by=by,
    )


def classes_shared(need_code: str, parts: Sequence[str]) -> set[str]:
    """The data classes that a referral for this need, with these parts, shows after a yes."""
    classes = {"contact", participants.class_of_need(need_code)}
    return classes | {"narrative"} if "note" in parts else classes


def _take_over(referral: Referral, file: Participant, contact_due: datetime, *, by: Actor) -> None:
    handover = Handover.objects.get(referral=referral)
    HANDOVER.require("accept", handover.state, "receiver")
    settled = Handover.objects.filter(pk=handover.pk, state=handover.state).update(
        state=HANDOVER.of("accept").target, settled_at=clock.now()
    )
    if not settled:
        raise WrongState()
    with on_behalf_of(referral.sender_id, because=_because(referral)):
        custody.held(
            referral.person_id
        )  # before looking at what else is open for them: nothing of it changes any more
        open_referrals = list(
            Referral.objects.filter(person_id=referral.person_id, sender_id=referral.sender_id).exclude(
                pk=referral.pk
            )
        )
        for other in open_referrals:
            _follow_to_holder(other, referral.receiver_id)
        waiting = list(Disposition.objects.filter(person_id=referral.person_id, settled_at__isnull=True))
        custody.let_go(
            person_id=referral.person_id, kind="moved_out", to_organization_id=referral.receiver_id, by=by
        )
    holder = _holder_for(by, referral.receiver_id)
    step = duties.open_duty(
        owner=holder, kind=p.FIRST_CONTACT, due_at=contact_due, by=by, person_id=referral.person_id, subject=_subject(referral),
        holds_release=True,
    )  # fmt: skip
    duties.close(duties.open_about(_subject(referral), p.ANSWER), how=Duty.Closed.DONE, by=by)
    custody.take_over(
        person_id=referral.person_id,
        holder=holder,
        step=step,
        handover=handover,
        from_organization_id=referral.sender_id,
        by=by,
    )
    for other in open_referrals:
        _wait_on(other, by=by)
    for disposition in waiting:
        _carry_disposition(disposition, holder, because=_because(referral), by=by)
    custody.point(referral.person_id, by=by)


def _wait_on(referral: Referral, *, by: Actor) -> None:
    """Who took a person over waits for what is still open for them, unless it is theirs to do."""
    if referral.state in OPEN and referral.receiver_id != current_organization():
        kind = {SENT: p.AWAIT_ANSWER, ACCEPTED: p.AWAIT_CONTACT}.get(referral.state, p.FOLLOW)
        _open_for_holder(referral, kind, referral.contact_due_at or referral.answer_due_at, by=by)


def _follow_to_holder(referral: Referral, holder_id: int) -> None:
    """Whoever holds the person now sees the stage of what is still open for them."""
    if (
        referral.state in OPEN
        or Disposition.objects.filter(referral=referral, settled_at__isnull=True).exists()
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT wh_follow_to_holder(%s, %s)", [referral.pk, holder_id])


def _carry_disposition(disposition: Disposition, holder: Owner, *, because: Because, by: Actor) -> None:
    """An open decision goes where the person went, with a duty of its own there."""
    duty = duties.open_duty(
        owner=holder,
        kind=p.SETTLE,
        due_at=current_place().deadline("disposition", clock.now()),
        by=by,
        person_id=disposition.person_id,
        subject=(p.SUBJECT, disposition.referral_id),
        holds_release=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wh_carry_disposition(%s, %s, %s, %s)", [disposition.pk, duty.pk, because.kind, because.id]
        )


def _holder_for(by: Actor, organization_id: int) -> Owner:
    """The member who said yes; for a yes by mail, the organization's queue."""
    if by.kind == Actor.Kind.MEMBER and by.organization_id == organization_id:
        return Owner(organization_id, membership_id=by.subject_id)
    return Owner(organization_id, queue_id=queue_of(organization_id).pk)


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
    _require_reason("decline_reason", reason, "Say why in one tap.")
    if detail and not _is_known("decline_reason", detail, parent=reason):
        raise BadValue("detail", "This doesn't belong to that reason.", mend="Choose from its own list.")
    if detail == "full_until" and full_until is None:
        raise BadValue("full_until", "Say until when you are full.", mend="Or choose “Full, no date yet”.")
    now = clock.now()
    referral = _move(
        referral, "decline", side="receiver", answered_at=now, ended_at=now, end_reason=reason, end_detail=detail,
        full_until=full_until, tell_person=tell_person, by=by,
    )  # fmt: skip
    _answered(referral, Kind.DECLINED, by=by, detail=detail or reason)
    _settle_handover(referral, "decline")
    _end(referral, by=by)
    _tell_sender(referral)
    return referral


@transaction.atomic
def ask(*, referral: Referral, text: str, by: Actor) -> ReferralNote:
    """A question before the answer. The sender owes the reply; the date of the answer stands."""
    referral = _fresh(referral, "receiver", by=by)
    if referral.state not in OPEN:
        raise WrongState()
    if not text.strip():
        raise BadValue("question", "Write your question.", mend="One sentence is enough.")
    _mark_seen(referral, by=by)
    note = _note(referral, text, by=by)
    _event(referral, Kind.ASKED, by=by)
    with _holder_side(referral) as holder_id:
        if holder_id is not None:
            _open_for_holder(
                referral, p.ANSWER_QUESTION, current_place().deadline("answer", clock.now()), by=by
            )
    _tell_sender(referral, notices.QuestionAsked)
    return note


@transaction.atomic
def answer_question(*, referral: Referral, text: str, by: Actor) -> ReferralNote:
    """The sender's reply; the receiver gets a fresh link."""
    referral = _fresh(referral, "sender", by=by)
    if not text.strip():
        raise BadValue("reply", "Write your reply.", mend="One sentence is enough.")
    if referral.state not in (*OPEN, EXPIRED) or not _question_waits(referral):
        raise WrongState("No question waits for a reply.", mend="Open the referral to see what was said.")
    note = _note(referral, text, by=by)
    _event(referral, Kind.ANSWERED_QUESTION, by=by)
    duties.close(duties.open_about(_subject(referral), p.ANSWER_QUESTION), how=Duty.Closed.DONE, by=by)
    if custody.holds(referral.person_id):
        custody.point(referral.person_id, by=by)
    for link in AnswerLink.objects.filter(referral=referral, revoked_at__isnull=True):
        _mail_link(referral, links.renew(link), notices.QuestionAnswered)
    return note


def _question_waits(referral: Referral) -> bool:
    """Whether the last word between the two was a question."""
    words = ReferralEvent.objects.filter(referral=referral, kind__in=(Kind.ASKED, Kind.ANSWERED_QUESTION))
    return words.order_by("-id").values_list("kind", flat=True).first() == Kind.ASKED


def _note(referral: Referral, text: str, *, by: Actor) -> ReferralNote:
    return ReferralNote.objects.create(
        referral=referral,
        organization_id=current_organization(),
        text=text.strip(),
        written_by=by,
        written_at=clock.now(),
    )


# --- After a yes --------------------------------------------------------------------------------------------------


@transaction.atomic
def attempt(
    *, referral: Referral, channel: str, by: Actor, happened_at: datetime | None = None
) -> ReferralEvent:
    """A try to reach the person that didn't."""
    referral = _fresh(referral, "receiver", by=by)
    if referral.state not in UNDER_WAY:
        raise WrongState()
    moment = _past(happened_at, referral)
    return _event(referral, Kind.ATTEMPTED, by=by, detail=channel, happened_at=moment)


@transaction.atomic
def record_contact(
    *, referral: Referral, channel: str, by: Actor, happened_at: datetime | None = None
) -> Referral:
    """They have talked with each other, both ways."""
    moment = _past(happened_at, referral)
    referral = _move(referral, "record_contact", side="receiver", by=by, contacted_at=moment)
    _event(referral, Kind.CONTACTED, by=by, detail=channel, happened_at=moment)
    timers.call_off(_subject(referral))
    due = current_place().deadline("start", clock.now())
    holder_id = holder_of(referral)
    _receiver_duty(referral, p.ENGAGE, due, holder_id, by=by)
    _await(referral, p.FOLLOW, due, holder_id, by=by)
    return referral


@transaction.atomic
def engage(*, referral: Referral, by: Actor, happened_at: datetime | None = None) -> Referral:
    """Service has begun."""
    moment = _past(happened_at, referral)
    referral = _move(
        referral,
        "engage",
        side="receiver",
        by=by,
        engaged_at=moment,
        contacted_at=referral.contacted_at or moment,
    )
    _event(referral, Kind.ENGAGED, by=by, happened_at=moment)
    timers.call_off(_subject(referral))
    due = _check_due(clock.now())
    holder_id = holder_of(referral)
    _receiver_duty(referral, p.STILL_ENGAGED, due, holder_id, by=by)
    _await(referral, p.FOLLOW, due, holder_id, by=by)
    return referral


def _check_due(now: datetime) -> datetime:
    """When to ask whether service still goes on: a season of holidays must not carry it past the longest wait (P2)."""
    place = current_place()
    day = place.day_of(now) + timedelta(days=LONGEST_WAIT_DAYS)
    while not place.is_business_day(day):
        day -= timedelta(days=1)
    return min(place.deadline("engaged_check", now), place.end_of(day))


@transaction.atomic
def complete(*, referral: Referral, by: Actor, happened_at: datetime | None = None) -> Referral:
    """The service was completed. The holder decides with the person what is next."""
    moment = _past(happened_at, referral)
    referral = _move(referral, "complete", side="receiver", by=by, ended_at=moment)
    _event(referral, Kind.COMPLETED, by=by, happened_at=moment)
    with _wound_up(referral, by=by) as holder_id:
        if holder_id is not None:
            custody.point(referral.person_id, by=by, custody=custody.still_held(referral.person_id))
    _tell_sender(referral)
    return referral


@transaction.atomic
def end_early(*, referral: Referral, reason: str, by: Actor, happened_at: datetime | None = None) -> Referral:
    """It ended before it was completed."""
    _require_reason("end_reason", reason, "Say why it ended.")
    moment = _past(happened_at, referral)
    referral = _move(referral, "end_early", side="receiver", by=by, ended_at=moment, end_reason=reason)
    _event(referral, Kind.ENDED_EARLY, by=by, detail=reason, happened_at=moment)
    _end(referral, by=by)
    _tell_sender(referral)
    return referral


@transaction.atomic
def lose_contact(*, referral: Referral, by: Actor) -> Referral:
    """They could not be reached: only after enough tries, over enough days, by enough ways."""
    missing = why_not_lost(referral)
    if missing:
        raise NotLostYet(mend=" ".join(missing))
    referral = _move(referral, "lose_contact", side="receiver", by=by, ended_at=clock.now())
    _event(referral, Kind.LOST_CONTACT, by=by)
    _end(referral, by=by)
    _tell_sender(referral)
    return referral


def why_not_lost(referral: Referral) -> list[str]:
    """What is missing before this contact may be called lost: sentences, all at once; empty where nothing is."""
    tries = list(ReferralEvent.objects.filter(referral=referral, kind=Kind.ATTEMPTED).order_by("happened_at"))
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


@transaction.atomic
def withdraw(*, referral: Referral, reason: str, by: Actor) -> Referral:
    """The sender, or the person through them, takes the question back."""
    _require_reason("withdraw_reason", reason, "Say why it is taken back.")
    referral = _move(referral, "withdraw", side="sender", by=by, ended_at=clock.now(), end_reason=reason)
    _event(referral, Kind.WITHDRAWN, by=by, detail=reason)
    _settle_handover(referral, "withdraw")
    _end(referral, by=by)
    return referral


@transaction.atomic
def expire(*, referral: Referral, by: Actor) -> Referral:
    """Nobody answered in time. Only the waiting ends here: a person decides what is next, and a late yes still counts until then."""
    if by.kind != Actor.Kind.SYSTEM:
        raise NotAllowed("Only the clock ends the waiting.", mend="Take the referral back instead.")
    referral = _move(referral, "expire", side="system", by=by, ended_at=clock.now())
    _event(referral, Kind.EXPIRED, by=by)
    _settle_handover(referral, "expire")
    _end(referral, by=by)
    return referral


@transaction.atomic
def receiver_closes(*, referral: Referral, by: Actor) -> Referral:
    """The receiving organization closed."""
    referral = _move(referral, "receiver_close", side="system", by=by, ended_at=clock.now())
    _event(referral, Kind.RECEIVER_CLOSED, by=by)
    _settle_handover(referral, "withdraw")
    _end(referral, by=by)
    return referral


# --- What comes after an unsuccessful end ------------------------------------------------------------------------


def _end(referral: Referral, *, by: Actor) -> None:
    """Close what waited, and open the decision with whoever holds the person at this moment."""
    with _wound_up(referral, by=by) as holder_id:
        if holder_id is None:
            raise DomainError("Nobody holds this person, which can't be.", mend="Tell the network's office.")
        duty = _open_for_holder(
            referral,
            p.SETTLE,
            current_place().deadline("disposition", clock.now()),
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
        _event(referral, Kind.DISPOSITION_OPENED, by=by)


@transaction.atomic
def settle(
    *, referral: Referral, outcome: str, by: Actor, signed_off_by: Actor | None = None, note: str = ""
) -> Disposition:
    """Decide what is next after an unsuccessful end. Only a person does this."""
    if by.kind != Actor.Kind.MEMBER:
        raise NotAllowed("Only someone who works here can decide this.", mend="Ask whoever holds the person.")
    if outcome == Disposition.Outcome.NOT_ELIGIBLE and not _is_navigator(signed_off_by):
        raise BadValue("outcome", "This needs a navigator's sign-off.", mend="Ask the network's office.")
    if outcome not in Disposition.Outcome.values or outcome == Disposition.Outcome.LATE_YES:
        raise BadValue("outcome", "Choose what comes next.", mend="One of the listed.")
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
    _event(referral, Kind.SETTLED, by=by, detail=outcome)
    duties.close(Duty.objects.filter(pk=disposition.duty_id), how=Duty.Closed.DONE, by=by)
    # Where nobody answered, a late yes counted until now: from here on the link has its two weeks.
    _let_links_die(referral)
    if note.strip():
        file = Participant.objects.get(person_id=referral.person_id, organization_id=current_organization())
        participants.write_down(file=file, about=("disposition", disposition.pk), text=note, by=by)
    _close_need(referral, outcome, by=by)
    custody.point(referral.person_id, by=by)
    disposition.refresh_from_db()
    return disposition


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
    for need in Need.objects.filter(
        file__person_id=referral.person_id,
        organization_id=current_organization(),
        code=referral.need_code,
        closed_on__isnull=True,
    ):
        participants.close_need(need=need, outcome=closes, by=by)


def _unsettle(referral: Referral, *, by: Actor) -> None:
    """A late yes: the decision that was waiting is no longer needed. One that was made stands, and refuses the yes."""
    with _holder_side(referral):
        changed = Disposition.objects.filter(referral=referral, settled_at__isnull=True).update(
            settled_at=clock.now(), settled_by=by, outcome=Disposition.Outcome.LATE_YES
        )
        if not changed:
            raise WrongState(
                "They have found another way meanwhile.", mend="Call whoever sent it if you still have room."
            )
        _event(referral, Kind.SETTLED, by=by, detail=Disposition.Outcome.LATE_YES)
        duties.close(duties.open_about(_subject(referral), p.SETTLE), how=Duty.Closed.NO_LONGER, by=by)


@transaction.atomic
def mail_failed(*, referral: Referral, by: Actor) -> None:
    """The mail could not be delivered after every try: whoever holds the person must call."""
    if referral.state not in OPEN:
        return
    with _holder_side(referral) as holder_id:
        told_already = duties.open_about(_subject(referral), p.MAIL_FAILED).exists()
        if holder_id is not None and not told_already:
            _open_for_holder(
                referral, p.MAIL_FAILED, current_place().deadline("next_step", clock.now()), by=by
            )


@transaction.atomic
def mailbox_is_wrong(*, link: AnswerLink, by: Actor) -> bool:
    """The mail reached someone it wasn't meant for: the link stops, and whoever holds the person must call. True the first time."""
    if not links.revoke(link):
        return False
    mail_failed(referral=Referral.objects.get(pk=link.referral_id), by=by)
    return True


# --- Shared steps -------------------------------------------------------------------------------------------------


def _move(referral: Referral, verb: str, *, side: str, by: Actor, **values: object) -> Referral:
    """The compare-and-swap: one of two at once wins, the other is told that it moved on."""
    if side != "system":
        _require_side(referral, side, by=by)
    transition = REFERRAL.require(verb, referral.state, side)
    # From the very state that was looked at: a yes that expired meanwhile is another verb's work, with a decision to undo.
    if not Referral.objects.filter(pk=referral.pk, state=referral.state).update(
        state=transition.target, **values
    ):
        raise WrongState()
    return Referral.objects.select_related("service", "sender", "receiver", "sender_membership").get(
        pk=referral.pk
    )


def _fresh(referral: Referral, side: str, *, by: Actor) -> Referral:
    """The referral as it stands now, for a side of it to add to; whoever moves it on waits for us."""
    _require_side(referral, side, by=by)
    return Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)


def _require_side(referral: Referral, side: str, *, by: Actor) -> None:
    """Only a side of the referral acts on it, and a link for its own referral alone.

    Who took the person over stands in for the sender: what waits for the sender waits for them.
    """
    here = current_organization()
    if (
        by.kind == Actor.Kind.LINK
        and not AnswerLink.objects.filter(
            pk=by.subject_id, referral_id=referral.pk, revoked_at__isnull=True
        ).exists()
    ):
        raise NotYours()
    if here == {"sender": referral.sender_id, "receiver": referral.receiver_id}[side]:
        return
    if side == "sender" and here != referral.receiver_id and custody.holds(referral.person_id):
        return
    if here not in (referral.sender_id, referral.receiver_id):
        raise NotYours()
    raise WrongState("This is for the other side to do.", mend="Ask them a question instead.")


def _is_link_of(by: Actor, referral: Referral) -> bool:
    links_of = AnswerLink.objects.filter(referral_id=referral.pk, revoked_at__isnull=True)
    return by.subject_id is not None and links_of.filter(pk=by.subject_id).exists()


def _require_reason(vocabulary: str, reason: str, sentence: str) -> None:
    if not _is_known(vocabulary, reason, parent=""):
        raise BadValue("reason", sentence, mend="Choose the reason that is nearest.")


def _is_known(vocabulary: str, code: str, parent: str) -> bool:
    return terms.in_force(vocabulary).filter(code=code, parent=parent).exists()


def _because(referral: Referral) -> Because:
    return Because("referral", referral.pk)


def _subject(referral: Referral) -> tuple[str, int]:
    return (p.SUBJECT, referral.pk)


def _past(happened_at: datetime | None, referral: Referral | None = None) -> datetime:
    """When it happened: not in the future, and not on a day before the yes that it follows."""
    now, place = clock.now(), current_place()
    if happened_at is None:
        return now
    if happened_at > now:
        raise BadValue("happened_on", "This can't have happened yet.", mend="Give a day up to today.")
    if referral is not None and place.day_of(happened_at) < place.day_of(
        referral.answered_at or referral.sent_at
    ):
        raise BadValue("happened_on", "They hadn't said yes by then.", mend="Check the day.")
    return happened_at


def _event(
    referral: Referral, kind: str, *, by: Actor, detail: str = "", happened_at: datetime | None = None
) -> ReferralEvent:
    event = _happened(referral, kind, by=by, detail=detail, happened_at=happened_at)
    event.save(force_insert=True)
    return event


def _happened(
    referral: Referral, kind: str, *, by: Actor, detail: str = "", happened_at: datetime | None = None
) -> ReferralEvent:
    """An event, not written yet."""
    return ReferralEvent(
        referral=referral,
        kind=kind,
        organization_id=current_organization(),
        detail=detail,
        by=by,
        happened_at=_past(happened_at),
    )


def holder_of(referral: Referral) -> int | None:
    """The organization that holds the person of a referral that the context takes part in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_referral_holder(%s)", [referral.pk])
        holder: int | None = cursor.fetchone()[0]
    return holder


@contextmanager
def _holder_side(referral: Referral) -> Iterator[int | None]:
    """Act as whoever holds the person, who takes part in the referral; None where nobody does (the person is released)."""
    holder = holder_of(referral)
    if holder is None:
        yield None
        return
    with on_behalf_of(holder, because=_because(referral)):
        yield holder


def _open_for_holder(
    referral: Referral,
    kind: str,
    due_at: datetime,
    *,
    by: Actor,
    holds_release: bool = True,
    held: Custody | None = None,
) -> Duty:
    """A duty of whoever holds the person, as the holding organization; and the next step follows.

    The person is locked already: the verb asked who holds them.
    """
    held = held or custody.still_held(referral.person_id)
    duty = duties.open_duty(
        owner=custody.owner_of(held),
        kind=kind,
        due_at=due_at,
        by=by,
        person_id=referral.person_id,
        subject=_subject(referral),
        holds_release=holds_release,
    )
    custody.point(referral.person_id, by=by, custody=held)
    return duty


HOLDER_WAITS = (p.AWAIT_ANSWER, p.AWAIT_CONTACT, p.FOLLOW, p.ANSWER_QUESTION, p.MAIL_FAILED)
RECEIVER_WAITS = (p.ANSWER, p.FIRST_CONTACT, p.ENGAGE, p.STILL_ENGAGED)


def _await(referral: Referral, kind: str, due_at: datetime, holder_id: int | None, *, by: Actor) -> None:
    """What the holder waits for now, instead of what they waited for before. Nothing where the receiver holds the person."""
    if holder_id is None or holder_id == referral.receiver_id:
        return
    with on_behalf_of(holder_id, because=_because(referral)):
        duties.close(duties.open_about(_subject(referral), *HOLDER_WAITS), how=Duty.Closed.DONE, by=by)
        _open_for_holder(referral, kind, due_at, by=by)


def _receiver_duty(
    referral: Referral, kind: str, due_at: datetime, holder_id: int | None, *, by: Actor
) -> None:
    """What the receiver owes now, where someone there signs in; elsewhere the link and the timers carry it."""
    _close_receiver_duties(referral, by=by)
    if not has_active_lead(referral.receiver_id):
        return
    holds = holder_id == referral.receiver_id
    duties.open_duty(
        owner=_holder_for(by, referral.receiver_id),
        kind=kind,
        due_at=due_at,
        by=by,
        person_id=referral.person_id,
        subject=_subject(referral),
        holds_release=holds,
    )
    if holds:
        custody.point(referral.person_id, by=by)


def _close_receiver_duties(referral: Referral, *, by: Actor) -> None:
    duties.close(duties.open_about(_subject(referral), *RECEIVER_WAITS), how=Duty.Closed.DONE, by=by)


@contextmanager
def _wound_up(referral: Referral, *, by: Actor) -> Iterator[int | None]:
    """The loop is over: nobody waits for it any more, its timers are called off, its link dies in two weeks.

    Inside, one acts as whoever holds the person, for what comes after; None where nobody does (the person is released).
    """
    timers.call_off(_subject(referral))
    if referral.state != EXPIRED:
        _let_links_die(referral)
    with on_behalf_of(referral.receiver_id, because=_because(referral)):
        if referral.state != EXPIRED:
            _close_receiver_duties(referral, by=by)
        still_served = Referral.objects.filter(
            person_id=referral.person_id, receiver_id=referral.receiver_id, state__in=UNDER_WAY
        )
        Listing.objects.filter(
            ~Exists(still_served),
            person_id=referral.person_id,
            organization_id=referral.receiver_id,
            standing=Listing.Standing.SERVED,
        ).update(standing=Listing.Standing.CLOSED)
    with _holder_side(referral) as holder_id:
        duties.close(duties.open_about(_subject(referral), *HOLDER_WAITS), how=Duty.Closed.DONE, by=by)
        yield holder_id


def _let_links_die(referral: Referral) -> None:
    AnswerLink.objects.filter(referral=referral, dies_at__isnull=True).update(
        dies_at=clock.now() + timedelta(days=p.LINK_LIVES_AFTER_END_DAYS)
    )


def _settle_handover(referral: Referral, verb: str) -> None:
    if referral.handover_id is None:
        return
    transition = HANDOVER.of(verb)
    Handover.objects.filter(pk=referral.handover_id, state__in=transition.sources).update(
        state=transition.target, settled_at=clock.now()
    )


def _climb(
    referral: Referral,
    ladder: Sequence[p.Rung],
    since: datetime,
    *,
    at_least: datetime | None = None,
    is_new: bool = False,
) -> None:
    """Set the timers of this ladder, and call off those that waited before."""
    place = current_place()
    steps = {}
    for rung in ladder:
        asked = "mailbox" in rung.tells or "receivers_lead" in rung.tells
        due_at = place.deadline(rung.after, since)
        steps[rung.step] = timers.Due(
            referral.receiver_id if asked else referral.sender_id, max(due_at, at_least or due_at)
        )
    timers.set_timers(_subject(referral), steps, is_new=is_new)


def _tell_sender(referral: Referral, notice: type[messages.Notice] = notices.AnswerHeard) -> None:
    """Tell whoever sent it; where they no longer work there, whoever answers for the person now."""
    told = _who_is_told(referral)
    if told is not None and told.mail_id is not None:
        messages.send(
            notice,
            to=told.mail_id,
            organization_id=told.organization_id,
            subject=(p.SUBJECT, referral.pk),
            sender_organization_id=referral.receiver_id,
        )


def _who_is_told(referral: Referral) -> Membership | None:
    sender = referral.sender_membership
    if sender.is_active:
        return sender
    holder = holder_of(referral)
    return queue_of(holder).lead if holder is not None and has_active_lead(holder) else None


# --- Closing ------------------------------------------------------------------------------------------------------


class LastLead(DomainError):
    code = "last_lead"
    sentence = "This is the last lead, and people are in the queue."
    mend = "Appoint another lead first."


class NoAgreement(DomainError):
    code = "no_agreement"
    sentence = "This organization has signed no agreement that names who takes its people."
    mend = "Record its agreement first."


@transaction.atomic
def close_membership(*, membership: Membership, by: Actor) -> int:
    """End someone's work here. Whom they held is held by the organization's own queue, in this transaction. Returns how many."""
    for queue in membership.leads.all():
        able = [each.user.name for each in can_lead(membership.organization_id) if each.pk != membership.pk]
        raise LastLead(
            f"{membership.user.name} is the lead of “{queue.name}”, which answers for people.",
            mend=f"First appoint {' or '.join(able)} to lead “{queue.name}”."
            if able
            else f"First invite a colleague in the role of lead, and appoint them to lead “{queue.name}”.",
        )
    if by.kind == Actor.Kind.MEMBER and by.subject_id == membership.pk:
        raise WrongState("You can't close your own account.", mend="Ask another lead to close it.")
    if membership.organization_id != current_organization():
        raise NotYours("That colleague doesn't work here.", mend="Choose someone from the list.")
    queue = queue_of(membership.organization_id)
    # Whoever acts on one of these people is waited for; whom somebody gave them meanwhile is found the second time.
    moved = _hand_to_queue(membership, queue, by=by)
    if not Membership.objects.filter(pk=membership.pk, state=Membership.State.ACTIVE).update(
        state=Membership.State.ENDED, ended_at=clock.now()
    ):
        raise WrongState("This account was closed already.")
    return moved + _hand_to_queue(membership, queue, by=by)


def _hand_to_queue(membership: Membership, queue: Queue, *, by: Actor) -> int:
    """Everybody whom a member holds, and everything they owe, to their organization's queue."""
    theirs = Custody.objects.filter(membership=membership, until__isnull=True)
    moved = 0
    for person_id in theirs.order_by("person_id").values_list("person_id", flat=True):
        if custody.held(person_id).membership_id == membership.pk:
            custody.assign(person_id=person_id, to=queue, by=by)
            moved += 1
    Duty.objects.filter(
        organization_id=membership.organization_id, membership_id=membership.pk, closed_at__isnull=True
    ).update(membership_id=None, queue_id=queue.pk)
    return moved


@dataclass(frozen=True)
class Closed:
    """What closing an organization came to."""

    people: int
    queue: str
    organization: str
    lead: str
    referrals_received: int


@transaction.atomic
def close_organization(*, organization: Organization, by: Actor) -> Closed:
    """Close an organization. Its people are held, in this transaction, by the queue that its agreement names.

    Acted by the network's office, which the agreement names. What others serve goes on; what was asked of it ends, and the
    senders decide what is next.
    """
    agreement = agreement_of(organization.pk)
    if agreement is None or agreement.escheat_queue.lead is None:
        raise NoAgreement()
    taker = agreement.escheat_queue
    because = Because("agreement", agreement.pk)
    if taker.organization_id != current_organization():
        raise WrongState(f"Only {taker.organization.name} can close this organization.", mend="Ask them.")
    # Whoever closes an organization may read no person; the move itself must carry over how to reach them and what is open.
    with acting_as(by, purpose="escheat", classes=("contact", "needs")):
        asked = _end_what_was_asked(organization, because, by=by)
        people = _hand_to_taker(organization, agreement, because, by=by)
    return Closed(
        people=people,
        queue=taker.name,
        organization=taker.organization.name,
        lead=taker.lead.user.name if taker.lead else "",
        referrals_received=asked,
    )


def _end_what_was_asked(organization: Organization, because: Because, *, by: Actor) -> int:
    with on_behalf_of(organization.pk, because=because):
        asked = Referral.objects.filter(receiver=organization, state__in=OPEN).order_by("id")
        found = list(asked.select_for_update(no_key=True))
        for referral in found:
            receiver_closes(referral=referral, by=by)
    return len(found)


def _hand_to_taker(organization: Organization, agreement: Agreement, because: Because, *, by: Actor) -> int:
    # The people first: whoever acts on one of them is waited for. Then the organization: nobody is taken in any more.
    _hold_still(organization, because)
    if not Organization.objects.filter(pk=organization.pk, state=Organization.State.ACTIVE).update(
        state=Organization.State.CLOSED, closed_at=clock.now()
    ):
        raise WrongState("This organization was closed already.")
    people = _hold_still(organization, because)
    for person_id in people:
        _escheat(person_id, organization, agreement, because, by=by)
    with on_behalf_of(organization.pk, because=because):
        duties.close(
            Duty.objects.filter(organization_id=organization.pk, closed_at__isnull=True),
            how=Duty.Closed.MOVED,
            by=by,
        )
        Membership.objects.filter(organization=organization, state=Membership.State.ACTIVE).update(
            state=Membership.State.ENDED, ended_at=clock.now()
        )
    return len(people)


def _hold_still(organization: Organization, because: Because) -> list[uuid.UUID]:
    """Whom the organization holds, locked until this transaction has ended."""
    with on_behalf_of(organization.pk, because=because):
        held = Custody.objects.filter(organization=organization, until__isnull=True)
        people = Person.objects.filter(pk__in=held.values("person_id")).order_by("pk")
        return list(people.select_for_update(no_key=True).values_list("pk", flat=True))


def _escheat(
    person_id: uuid.UUID, closing: Organization, agreement: Agreement, because: Because, *, by: Actor
) -> None:
    """One person of a closed organization: contact, next step, and the open referrals' service, stage and dates. No more."""
    taker = agreement.escheat_queue
    holder = Owner(taker.organization_id, queue_id=taker.pk)
    with on_behalf_of(closing.pk, because=because):
        source = Participant.objects.get(person_id=person_id, organization=closing)
        share = participants.share_by_agreement(file=source, agreement=agreement)
        step = custody.held(person_id).next_step
        mine = list(Referral.objects.filter(person_id=person_id))
        for referral in mine:
            _follow_to_holder(referral, taker.organization_id)
        waiting = list(Disposition.objects.filter(person_id=person_id, settled_at__isnull=True))
        custody.let_go(
            person_id=person_id, kind="escheated_out", to_organization_id=taker.organization_id, by=by
        )
    participants.receive(
        source_file_id=source.pk,
        person_id=person_id,
        shares=[share],
        parts=("reach",),
        need_code="",
        note_about=("", 0),
        standing=Listing.Standing.HELD,
        origin=Participant.Origin.ESCHEAT,
        by=by,
    )
    soon = current_place().deadline("next_step", clock.now())
    first = duties.open_duty(
        owner=holder,
        kind=CALL,
        due_at=min(max(step.due_at, clock.now()), soon),
        by=by,
        person_id=person_id,
    )
    custody.take_over(
        person_id=person_id,
        holder=holder,
        step=first,
        agreement=agreement,
        from_organization_id=closing.pk,
        by=by,
    )
    for referral in mine:
        _wait_on(referral, by=by)
    for disposition in waiting:
        _carry_disposition(disposition, holder, because=because, by=by)
    custody.point(person_id, by=by)


# --- Consent taken back -------------------------------------------------------------------------------------------


@transaction.atomic
def stop_sharing(*, consent: Consent, by: Actor) -> int:
    """The person takes their consent back: nothing more flows from this second; what nobody answered yet is withdrawn."""
    ended = participants.revoke_consent(consent=consent, by=by)
    for referral in Referral.objects.filter(consent=consent, state=SENT):
        withdraw(referral=referral, reason="person_changed", by=by)
    return ended
