"""Steps that the verbs share: the compare-and-swap, the event, both sides' duties, the ladder, who is told.

Whoever acts, acts as their own organization; the other side's rows are changed on its behalf, because of the referral that
names both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import cast

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody, Handover
from warmhandoff.custody.protocol import CALL, LONGEST_WAIT_DAYS
from warmhandoff.custody.states import HANDOVER
from warmhandoff.foundation import clock, duties, messages, terms, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty, Timer
from warmhandoff.foundation.scoping import Because, current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import (
    has_active_lead,
    queue_of,
)
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing
from warmhandoff.referrals import notices, pace
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.models import (
    AnswerLink,
    Disposition,
    Referral,
    ReferralEvent,
    ReferralNote,
    ReferralRead,
    Stall,
)
from warmhandoff.referrals.reading import who_answers
from warmhandoff.referrals.states import ACCEPTED, ENGAGED, EXPIRED, OPEN, REFERRAL, SENT, UNDER_WAY

Kind = ReferralEvent.Kind


def mail_link(referral: Referral, link: AnswerLink, notice: type[messages.Notice]) -> None:
    messages.send(
        notice,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=("answer_link", link.pk),
        sender_organization_id=referral.sender_id,
    )


def mark_seen(referral: Referral, *, by: Actor) -> bool:
    if not is_first_seen(referral):
        return False
    record(referral, Kind.SEEN, by=by)
    return True


def is_first_seen(referral: Referral) -> bool:
    unseen = Referral.objects.filter(pk=referral.pk, seen_at__isnull=True)
    if not unseen.update(seen_at=clock.now()):
        return False
    timers.call_off(subject_of(referral), *(rung.step for rung in p.WAITING_TO_BE_SEEN))
    return True


def classes_shared(need_code: str, parts: Sequence[str]) -> set[str]:
    """The data classes that a referral for this need, with these parts, shows after a yes."""
    classes = {"contact", participants.class_of_need(need_code)}
    return classes | {"narrative"} if "note" in parts else classes


def wait_on(referral: Referral, *, by: Actor) -> None:
    """Who took a person over waits for what is still open for them, unless it is theirs to do."""
    # What is put off is looked at again by whoever holds the person, also where they are the receiver themselves.
    if referral.state in OPEN and (
        referral.receiver_id != current_organization() or referral.waits_for in ("hold", "review")
    ):
        kind, due_at, max_days = awaited_by_holder(referral)
        open_for_holder(referral, kind, due_at, by=by, max_days=max_days)


def awaited_by_holder(referral: Referral) -> tuple[str, datetime, int]:
    """What the holder waits for now: kind of duty, date, and how far ahead it may be at most."""
    if referral.question_due_at is not None:
        return p.ANSWER_QUESTION, referral.question_due_at, LONGEST_WAIT_DAYS
    if referral.held_until is not None:
        kind = p.REVIEW_HOLD if referral.hold_side == "sender" else p.AWAIT_HOLD
        return kind, referral.held_until, p.LONGEST_PUT_OFF_DAYS
    if referral.review_due_at is not None:
        return p.AWAIT_REVIEW, referral.review_due_at, p.LONGEST_PUT_OFF_DAYS
    if referral.state == SENT:
        return p.AWAIT_ANSWER, referral.answer_due_at, LONGEST_WAIT_DAYS
    if referral.state == ACCEPTED and referral.contact_due_at is not None:
        return p.AWAIT_CONTACT, referral.contact_due_at, LONGEST_WAIT_DAYS
    # What has begun is followed from now on: the date of a first contact that was made is no date any more.
    after = "engaged" if referral.state == ENGAGED else "start"
    return p.FOLLOW, due_of(after, referral), LONGEST_WAIT_DAYS


def follow_to_holder(referral: Referral, holder_id: int) -> None:
    """Whoever holds the person now sees the stage of what is still open for them."""
    if (
        referral.state in OPEN
        or Disposition.objects.filter(referral=referral, settled_at__isnull=True).exists()
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT wh_follow_to_holder(%s, %s)", [referral.pk, holder_id])


def carry_disposition(disposition: Disposition, holder: Owner, *, because: Because, by: Actor) -> None:
    """An open decision goes where the person went, with a duty of its own there."""
    referral = Referral.objects.select_related("service").get(pk=disposition.referral_id)
    duty = duties.open_duty(
        owner=holder,
        kind=p.SETTLE,
        due_at=due_of("disposition", referral),
        by=by,
        person_id=disposition.person_id,
        subject=(p.SUBJECT, disposition.referral_id),
        holds_release=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wh_carry_disposition(%s, %s, %s, %s)", [disposition.pk, duty.pk, because.kind, because.id]
        )
    # Whoever holds them now has the same time for it.
    set_ladder(referral, p.WAITING_FOR_DECISION, clock.now(), again=True)


def holder_for(by: Actor, organization_id: int) -> Owner:
    """The member who said yes; for a yes by mail, the organization's queue."""
    if by.kind == Actor.Kind.MEMBER and by.organization_id == organization_id:
        return Owner(organization_id, membership_id=by.subject_id)
    return Owner(organization_id, queue_id=queue_of(organization_id).pk)


# With its next state a referral waits for nothing besides any more.
NOTHING_PUT_OFF: dict[str, object] = {
    "stands_since": None,
    "question_due_at": None,
    "held_at": None,
    "held_until": None,
    "hold_reason": "",
    "hold_side": "",
    "waitlisted_at": None,
    "review_due_at": None,
    "list_position": None,
    "stalled_at": None,
}


def owner_at_receiver(referral: Referral, by: Actor) -> Owner:
    """Whom it was given to there; else who says yes, and before a yes the queue."""
    given_to = referral.receiver_membership
    if given_to is not None and given_to.is_active:
        return Owner(referral.receiver_id, membership_id=given_to.pk)
    if referral.state == SENT:
        return Owner(referral.receiver_id, queue_id=queue_of(referral.receiver_id).pk)
    return holder_for(by, referral.receiver_id)


def move(referral: Referral, verb: str, *, side: str, by: Actor, **values: object) -> Referral:
    """The compare-and-swap: one of two at once wins, the other is told that it moved on."""
    # The database itself says whether the network's office may, and the clock.
    if side in ("sender", "receiver"):
        _require_side(referral, side, by=by)
    transition = REFERRAL.require(verb, referral.state, side)
    # From the very state that was looked at: a yes that expired meanwhile is another verb's work, with a decision to undo.
    looked_at: dict[str, object] = {"state": referral.state}
    if verb == "expire":
        # A clock that stopped meanwhile, or was set anew, has not run out.
        looked_at |= {
            name: getattr(referral, name) for name in ("question_due_at", "held_until", "review_due_at")
        }
    same = Q(pk=referral.pk)
    for name, value in looked_at.items():
        same &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    if not Referral.objects.filter(same).update(
        **{"state": transition.target, "stage": "", **NOTHING_PUT_OFF, **values}
    ):
        raise WrongState()
    if side == "receiver" and referral.state in UNDER_WAY:
        heard_of(referral)
    return moved(referral.pk)


def heard_of(referral: Referral) -> None:
    """The receiver has said how it goes: they are asked no more."""
    asked = Stall.objects.filter(referral_id=referral.pk, answered_at__isnull=True)
    asked.filter(organization_id=current_organization()).update(answered_at=clock.now())


def moved(pk: int) -> Referral:
    """The referral as a verb goes on with it: its sides, who holds the person, whether the receiver has a lead.

    Asking who holds the person locks them, as `holder_of` does, so that the answer stays true until the verb has ended.
    """
    return (
        Referral.objects.select_related(
            "service", "sender", "receiver", "sender_membership", "receiver_membership"
        )
        .annotate(
            held_by=Func(F("pk"), function="wh_referral_holder", output_field=BigIntegerField()),
            has_lead=Exists(
                Queue.objects.filter(
                    organization_id=OuterRef("receiver_id"), lead__state=Membership.State.ACTIVE
                )
            ),
        )
        .get(pk=pk)
    )


def fresh(referral: Referral, side: str, *, by: Actor) -> Referral:
    """The referral as it stands now, for a side of it to add to; whoever moves it on waits for us."""
    _require_side(referral, side, by=by)
    return Referral.objects.select_for_update(no_key=True).get(pk=referral.pk)


def _require_side(referral: Referral, side: str, *, by: Actor) -> None:
    """Only a side of the referral acts on it, and a link for its own referral alone.

    Who took the person over stands in for the sender: what waits for the sender waits for them.
    """
    here = current_organization()
    if by.kind == Actor.Kind.LINK and not _is_link_of(by, referral):
        raise NotYours()
    if by.kind == Actor.Kind.MAILBOX and not _is_asked_of(by, referral):
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


def _is_asked_of(by: Actor, referral: Referral) -> bool:
    """A mailbox answers for what it was asked about, and nothing else."""
    return Stall.objects.filter(referral_id=referral.pk, link__mailbox_id=by.subject_id).exists()


def require_party(referral: Referral, *, by: Actor) -> None:
    """Whoever takes part in it, and a link for its own referral alone."""
    if by.kind == Actor.Kind.LINK and not _is_link_of(by, referral):
        raise NotYours()
    here = current_organization()
    if here not in (referral.sender_id, referral.receiver_id) and not custody.holds(referral.person_id):
        raise NotYours()


def side_here(referral: Referral) -> str:
    """Which side acts: the receiver, or the sender and whoever stands in for them."""
    return "receiver" if current_organization() == referral.receiver_id else "sender"


def require_reason(vocabulary: str, reason: str, sentence: str) -> None:
    if not is_known(vocabulary, reason, parent=""):
        raise BadValue("reason", sentence, mend="Choose the reason that is nearest.")


def is_known(vocabulary: str, code: str, parent: str) -> bool:
    return terms.is_in_force(vocabulary, code, parent=parent)


def because_of(referral: Referral) -> Because:
    return Because("referral", referral.pk)


def subject_of(referral: Referral) -> tuple[str, int]:
    return (p.SUBJECT, referral.pk)


def not_in_future(happened_at: datetime | None, referral: Referral | None = None) -> datetime:
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


def seen_by_now(referral: Referral, last_seen_on: date | None) -> date | None:
    """The day on which the receiver last saw them: not in the future, and not before the yes."""
    if last_seen_on is None:
        return None
    place = current_place()
    if last_seen_on > place.day_of(clock.now()):
        raise BadValue(
            "last_seen_on", gettext("This day is still to come."), mend=gettext("Give a day up to today.")
        )
    if last_seen_on < place.day_of(referral.answered_at or referral.sent_at):
        raise BadValue(
            "last_seen_on", gettext("You hadn’t said yes by then."), mend=gettext("Check the day.")
        )
    return last_seen_on


def note(referral: Referral, text: str, kind: str, *, by: Actor) -> ReferralNote:
    """What one side writes to the other. Whoever writes has read what was written before.

    After a yes it may name the person, and is read only by who reads how to reach them.
    """
    written = ReferralNote.objects.create(
        referral=referral,
        organization_id=current_organization(),
        text=text.strip(),
        kind=kind,
        may_name=referral.state in UNDER_WAY,
        written_by=by,
        written_at=clock.now(),
    )
    mark_read(referral, by=by)
    return written


def mark_read(referral: Referral, *, by: Actor) -> None:
    """This organization has read what the other side wrote, up to now."""
    ReferralRead.objects.bulk_create(
        [ReferralRead(referral=referral, organization_id=current_organization(), by=by, read_at=clock.now())],
        update_conflicts=True,
        unique_fields=["organization", "referral"],
        update_fields=["read_at", "by"],
    )


def record(
    referral: Referral,
    kind: str,
    *,
    by: Actor,
    detail: str = "",
    happened_at: datetime | None = None,
    due_at: datetime | None = None,
    last_seen_on: date | None = None,
) -> ReferralEvent:
    event = happened(referral, kind, by=by, detail=detail, happened_at=happened_at)
    event.due_at, event.last_seen_on = due_at, last_seen_on
    event.save(force_insert=True)
    return event


def happened(
    referral: Referral, kind: str, *, by: Actor, detail: str = "", happened_at: datetime | None = None
) -> ReferralEvent:
    """An event, not written yet."""
    return ReferralEvent(
        referral=referral,
        kind=kind,
        organization_id=current_organization(),
        detail=detail,
        by=by,
        happened_at=not_in_future(happened_at),
    )


def holder_of(referral: Referral) -> int | None:
    """The organization that holds the person of a referral that the context takes part in."""
    if hasattr(referral, "held_by"):
        return cast("int | None", referral.held_by)  # told with the move; the person is locked since
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_referral_holder(%s)", [referral.pk])
        holder: int | None = cursor.fetchone()[0]
    return holder


@contextmanager
def holder_side(referral: Referral) -> Iterator[int | None]:
    """Act as whoever holds the person, who takes part in the referral; None where nobody does (the person is released)."""
    holder = holder_of(referral)
    if holder is None:
        yield None
        return
    with on_behalf_of(holder, because=because_of(referral)):
        yield holder


def open_for_holder(
    referral: Referral,
    kind: str,
    due_at: datetime,
    *,
    by: Actor,
    holds_release: bool = True,
    held: Custody | None = None,
    max_days: int = LONGEST_WAIT_DAYS,
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
        subject=subject_of(referral),
        holds_release=holds_release,
        max_days=max_days,
    )
    custody.point(referral.person_id, by=by, custody=held)
    return duty


PUT_OFF = (p.REVIEW_HOLD, p.AWAIT_HOLD)
HOLDER_WAITS = (
    p.AWAIT_ANSWER, p.AWAIT_CONTACT, p.DECIDE_CONTACT, p.FOLLOW, p.ANSWER_QUESTION, p.MAIL_FAILED, p.AWAIT_REVIEW, *PUT_OFF,
    CALL,  # to tell the person that we are still asking
)  # fmt: skip
RECEIVER_WAITS = (p.ANSWER, p.FIRST_CONTACT, p.ENGAGE, p.STILL_ENGAGED, p.AWAIT_REPLY, p.REVIEW, *PUT_OFF)


def wait_for(
    referral: Referral,
    kind: str,
    due_at: datetime,
    holder_id: int | None,
    *,
    by: Actor,
    held: Custody | None = None,
    max_days: int = LONGEST_WAIT_DAYS,
) -> None:
    """What the holder waits for now, instead of what they waited for before. Nothing where the receiver holds the person.

    `held` is the holder's custody, where the verb has read it since the person was locked.
    """
    if holder_id is None or holder_id == referral.receiver_id:
        return
    with on_behalf_of(holder_id, because=because_of(referral)):
        duties.close(duties.open_about(subject_of(referral), *HOLDER_WAITS), how=Duty.Closed.DONE, by=by)
        open_for_holder(referral, kind, due_at, by=by, held=held, max_days=max_days)


def receiver_duty(
    referral: Referral,
    kind: str,
    due_at: datetime,
    holder_id: int | None,
    *,
    by: Actor,
    max_days: int = LONGEST_WAIT_DAYS,
) -> None:
    """What the receiver owes now, where someone there signs in; elsewhere the link and the timers carry it.

    Before their yes it names nobody: someone whom they know already must not be recognized.
    """
    _close_receiver_duties(referral, by=by)
    has_lead = getattr(referral, "has_lead", None)  # told with the move
    if not (has_active_lead(referral.receiver_id) if has_lead is None else has_lead):
        return
    holds = holder_id == referral.receiver_id
    duties.open_duty(
        owner=owner_at_receiver(referral, by),
        kind=kind,
        due_at=due_at,
        by=by,
        person_id=None if referral.state == SENT and not holds else referral.person_id,
        subject=subject_of(referral),
        holds_release=holds,
        max_days=max_days,
    )
    if holds:
        custody.point(referral.person_id, by=by)


def _close_receiver_duties(referral: Referral, *, by: Actor) -> None:
    duties.close(duties.open_about(subject_of(referral), *RECEIVER_WAITS), how=Duty.Closed.DONE, by=by)


@contextmanager
def wound_up(referral: Referral, *, by: Actor) -> Iterator[int | None]:
    """The loop is over: nobody waits for it any more, its timers are called off, its link dies in two weeks.

    Inside, one acts as whoever holds the person, for what comes after; None where nobody does (the person is released).
    """
    timers.call_off(subject_of(referral))
    if referral.state != EXPIRED:
        let_links_die(referral)
    with on_behalf_of(referral.receiver_id, because=because_of(referral)):
        if referral.state == EXPIRED:
            # A late yes still counts, so the answer is still theirs to give.
            waited = duties.open_about(subject_of(referral), p.AWAIT_REPLY, p.REVIEW, *PUT_OFF)
            waited.filter(person_id__isnull=True).update(kind=p.ANSWER)
        else:
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
    with holder_side(referral) as holder_id:
        duties.close(duties.open_about(subject_of(referral), *HOLDER_WAITS), how=Duty.Closed.DONE, by=by)
        yield holder_id


def let_links_die(referral: Referral) -> None:
    AnswerLink.objects.filter(referral=referral, dies_at__isnull=True).update(
        dies_at=clock.now() + timedelta(days=p.LINK_LIVES_AFTER_END_DAYS)
    )


def settle_handover(referral: Referral, verb: str) -> None:
    if referral.handover_id is None:
        return
    transition = HANDOVER.of(verb)
    Handover.objects.filter(pk=referral.handover_id, state__in=transition.sources).update(
        state=transition.target, settled_at=clock.now()
    )


def set_ladder(
    referral: Referral,
    ladder: Sequence[p.Rung],
    since: datetime,
    *,
    at_least: datetime | None = None,
    is_new: bool = False,
    again: bool = False,
    besides: Sequence[Timer] = (),
) -> None:
    """Set the timers of this ladder, and call off those that waited before. `again`: it may have been climbed before.

    `besides`: timers about something else, set where they don't wait already.
    """
    steps, numbers = {}, pace.of_referral(referral)
    for rung in ladder:
        due_at = numbers.due_of_rung(rung, since)
        steps[rung.step] = timers.Due(who_climbs(rung, referral), max(due_at, at_least or due_at))
    timers.set_timers(subject_of(referral), steps, is_new=is_new, again=again, besides=besides)


def who_climbs(rung: p.Rung, referral: Referral) -> int:
    """For which organization the timer acts."""
    asked = "mailbox" in rung.tells or "receivers_lead" in rung.tells
    return referral.receiver_id if asked else referral.sender_id


def due_of(name: str, referral: Referral) -> datetime:
    """The end of a wait of this referral that begins now, by what the network says for its service."""
    return pace.of_referral(referral).due(name, clock.now())


def tell_sender(referral: Referral, notice: type[messages.Notice] = notices.AnswerHeard) -> None:
    """Tell whoever holds the person now, for the sender's side."""
    tell(who_answers(referral), referral, notice)


def tell(told: Membership | None, referral: Referral, notice: type[messages.Notice]) -> None:
    """Tell someone of the sender's side what the receiver said."""
    if told is not None and told.mail_id is not None:
        messages.send(
            notice,
            to=told.mail_id,
            organization_id=told.organization_id,
            subject=(p.SUBJECT, referral.pk),
            sender_organization_id=referral.receiver_id,
        )
