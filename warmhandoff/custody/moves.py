"""Asking for a person, or to be connected over one; saying no; taking it back; two persons who turn out to be one human.

The database writes each side's row and duty with the handover (migration 0005), so whoever asks acts for nobody else, and need
not know whom they ask. A yes that moves somebody with what is open for them lives where that is known: in `referrals`.
"""

from __future__ import annotations

import uuid

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from warmhandoff.custody import actions as custody
from warmhandoff.custody import notices
from warmhandoff.custody.models import Handover, HandoverNote, HandoverParty, Link
from warmhandoff.custody.protocol import ASKING_EXPIRES
from warmhandoff.custody.states import HANDOVER, OFFERED
from warmhandoff.foundation import clock, messages, terms, timers
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Message
from warmhandoff.foundation.scoping import Because, current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import here_or_cover, lead_now, led_queue_of
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.identity.elsewhere import NotAsked
from warmhandoff.participants.models import Consent, Participant

SUBJECT = HANDOVER.name
# The answer to the network's office that follows from an offer to somebody else; nobody chooses it.
OFFERED_ELSEWHERE = "offered_elsewhere"


class AskedAlready(DomainError):
    code = "asked_already"
    sentence = "They have been asked already, and have not answered yet."
    mend = "Wait for their answer, or take the question back."


class CannotTakeOver(DomainError):
    code = "cannot_take_over"
    sentence = "Nobody there answers for the people's queue, so they can't take anybody over."
    mend = "Appoint a lead first, or refer the person to them instead."


class NobodyToAsk(DomainError):
    code = "nobody_to_ask"
    sentence = "No partner is left to ask about this person."
    mend = "Whoever knew them has answered, or no longer holds them. Go on with them here."


class OtherSideOpen(DomainError):
    code = "other_side_open"
    sentence = "The other organization still has something open for them, so it can't let them go yet."
    mend = "Let that organization go on holding them, or ask it to settle what is open first."


# --- Asking -------------------------------------------------------------------------------------------------------


@transaction.atomic
def request(
    *, file: Participant, asked: Organization, by: Actor, membership: Membership, note: str = ""
) -> HandoverParty:
    """Ask whoever holds someone on whom we have a file to hand them over to us. The holder decides."""
    _require_own(file, membership)
    if custody.holds(file.person_id):
        raise custody.AlreadyHeld()
    _require_elsewhere(asked)
    return _ask(
        Handover(kind=Handover.Kind.REQUEST, person_id=file.person_id, from_organization=asked),
        by=by,
        membership=membership,
        note=note,
    )


def _require_elsewhere(asked: Organization) -> None:
    """Whoever is asked holds them, and is another organization: it may have moved since the page was opened."""
    if asked.pk == current_organization():
        raise WrongState(
            "Your organization doesn't hold them.", mend="Open the person again to see who does."
        )


@transaction.atomic
def ask_to_link(
    *,
    file: Participant,
    same_as: Participant,
    asked: Organization,
    by: Actor,
    membership: Membership,
    proposed: str = Handover.Keeper.EITHER,
    note: str = "",
) -> HandoverParty:
    """Someone whom we hold is the same human as one whom another organization holds: ask them to connect the two.

    `file` is on the one we hold, `same_as` our file on the other.
    """
    _require_own(file, membership)
    _require_own(same_as, membership)
    custody.held(file.person_id)
    _require_keeper(proposed)
    if same_as.person_id == file.person_id or custody.holds(same_as.person_id):
        raise WrongState("Your organization holds both.", mend="Put the two files together instead.")
    _require_elsewhere(asked)
    handover = Handover(
        kind=Handover.Kind.WORKING_LINK,
        person_id=same_as.person_id,
        other_person_id=file.person_id,
        from_organization=asked,
        proposed=proposed,
    )
    return _ask(handover, by=by, membership=membership, note=note)


@transaction.atomic
def request_known(*, file: Participant, by: Actor, membership: Membership, note: str = "") -> HandoverParty:
    """A partner knows this person (the look said so, after their yes): ask that partner to connect, whoever it is.

    Who keeps the person is left to the partner. They hear who asks; we hear who they are with their yes, and not before.
    """
    _require_own(file, membership)
    custody.held(file.person_id)
    _require_asked_once(file.person_id)
    try:
        party = ask_whoever_holds("wh_ask_known", file.pk, by=by, membership=membership, note=note)
    except DatabaseError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "wh_look_asked":
            raise
        raise NotAsked() from error
    if party is None:
        raise NobodyToAsk()
    return party


def ask_whoever_holds(
    function: str, about: int, *, by: Actor, membership: Membership, note: str
) -> HandoverParty | None:
    """Ask someone whom we may not know: the owner's function finds them, and gives the number of our own row; None where it can't.

    No mail now: the moment at which it is queued would tell whom we asked. It stands on their Today, and their lead is written
    to with the next round (`tell_unnamed`).
    """
    _require_may_hold(membership)
    queue = led_queue_of(current_organization())
    if queue is None:
        raise CannotTakeOver()
    now, place = clock.now(), current_place()
    dates = place.deadline("answer", now), place.deadline("answer_expires", now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s, %s, %s, %s)", [about, membership.pk, queue.pk, *dates])
        made = cursor.fetchone()[0]
    return None if made is None else _asked(made, by=by, note=note, tell=False)


@transaction.atomic
def offer(
    *,
    file: Participant,
    to: Organization,
    consent: Consent,
    by: Actor,
    membership: Membership,
    note: str = "",
) -> HandoverParty:
    """Offer someone whom we hold to another organization, as a whole: they move when, and only when, it accepts."""
    _require_own(file, membership)
    custody.held(file.person_id)
    if to.pk == current_organization() or not to.is_active:
        raise NotYours()
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if consent.file_id != file.pk or not consent.is_live(clock.now()) or to.pk not in consent.recipients:
        raise ConsentMissing()
    handover = Handover(
        kind=Handover.Kind.TRANSFER,
        person_id=file.person_id,
        from_organization_id=current_organization(),
        to_organization=to,
        consent=consent,
    )
    party = _ask(handover, by=by, membership=membership, note=note)
    for asked in questions_of_the_office(file.person_id).select_related("handover"):
        refuse(handover=asked.handover, reason=OFFERED_ELSEWHERE, by=by)
    return party


def questions_of_the_office(person_id: uuid.UUID) -> QuerySet[HandoverParty]:
    """What the network's office asks us about someone, whom it sees waiting by code, and we have not answered."""
    return HandoverParty.objects.filter(
        organization_id=current_organization(),
        person_id=person_id,
        side=HandoverParty.Side.ASKED,
        state=OFFERED,
        kind=Handover.Kind.REQUEST,
        handover__unnamed=True,
    )


def _require_own(file: Participant, membership: Membership) -> None:
    here = current_organization()
    if file.organization_id != here or membership.organization_id != here:
        raise NotYours()


def _require_may_hold(membership: Membership) -> None:
    if not may(membership.role, Permission.RELEASE):
        raise NotAllowed("Only someone who can hold people here asks for them.", mend="Ask your lead.")


def _require_keeper(proposed: str) -> None:
    if proposed not in Handover.Keeper.values:
        raise BadValue("proposed", "Say who should go on holding them.", mend="Or leave it to them.")


def _ask(handover: Handover, *, by: Actor, membership: Membership, note: str) -> HandoverParty:
    here, now, place = current_organization(), clock.now(), current_place()
    _require_may_hold(membership)
    if handover.kind != Handover.Kind.TRANSFER:
        handover.to_organization_id = here
    queue = led_queue_of(handover.to_organization_id)
    if queue is None:
        raise CannotTakeOver()
    _require_asked_once(handover.other_person_id or handover.person_id)
    handover.to_queue, handover.asked_by, handover.offered_at = queue, membership, now
    handover.answer_due_at = place.deadline("answer", now)
    handover.expires_at = place.deadline("answer_expires", now)
    handover.save(force_insert=True)
    return _asked(handover.pk, by=by, note=note, tell=True)


def _require_asked_once(person_id: uuid.UUID) -> None:
    """One question at a time about one person; the database has the last word where two ask at once."""
    waiting = HandoverParty.objects.filter(
        organization_id=current_organization(),
        side=HandoverParty.Side.ASKER,
        person_id=person_id,
        state=OFFERED,
    )
    if waiting.exists():
        raise AskedAlready()


def _asked(handover_id: int, *, by: Actor, note: str, tell: bool) -> HandoverParty:
    """What follows in our own name: the note, the timer, and a mail where we may know to whom."""
    party = party_of(handover_id)
    if note.strip():
        HandoverNote.objects.create(
            handover_id=handover_id,
            organization_id=party.organization_id,
            text=note.strip(),
            written_by=by,
            written_at=clock.now(),
        )
    expires_at = current_place().deadline("answer_expires", party.asked_at)
    # In the asker's name: a timer is open to all, and must not tell whom somebody asked.
    due = timers.Due(party.organization_id, expires_at)
    timers.set_timers((SUBJECT, handover_id), {ASKING_EXPIRES: due}, is_new=True)
    if tell and party.other_organization_id is not None:
        _tell_lead(party)
    return party


def party_of(handover_id: int) -> HandoverParty:
    """Our own row of a handover."""
    return HandoverParty.objects.get(handover_id=handover_id, organization_id=current_organization())


def _tell_lead(party: HandoverParty) -> None:
    """A mail to whoever answers for the other organization's queue. Whom it is about stands behind the sign-in."""
    lead = lead_now(party.other_organization_id or 0)
    if lead is not None and lead.mail_id is not None:
        messages.send(
            notices.HandoverAsked,
            to=lead.mail_id,
            organization_id=lead.organization_id,
            subject=(SUBJECT, party.handover_id),
            sender_organization_id=party.organization_id,
        )


def tell_unnamed() -> bool:
    """As an organization that was asked and is not named to whoever asked: mail our lead once about what is new. True where we did."""
    here = current_organization()
    newest = notices.unnamed_questions(here).order_by("-asked_at").values_list("asked_at", flat=True).first()
    queue, lead = led_queue_of(here), lead_now(here)
    if newest is None or queue is None or lead is None or lead.mail_id is None:
        return False
    if Message.objects.filter(
        organization_id=here, notice=notices.PartnerAsks.name, queued_at__gte=newest
    ).exists():
        return False
    messages.send(notices.PartnerAsks, to=lead.mail_id, organization_id=here, subject=("queue", queue.pk))
    return True


# --- No, taken back, no answer ------------------------------------------------------------------------------------


@transaction.atomic
def refuse(*, handover: Handover, reason: str, by: Actor) -> Handover:
    """No, with its reason. Everything stays as it is."""
    if not terms.is_in_force("refusal_reason", reason):
        raise BadValue("reason", "Say why in one tap.", mend="Choose the reason that is nearest.")
    handover = answered(handover, "decline", reason=reason)
    tell_asker(handover)
    return handover


def answered(handover: Handover, verb: str, **values: object) -> Handover:
    """The compare-and-swap of an answer, by whoever was asked."""
    if side_of(handover) != HandoverParty.Side.ASKED:
        raise WrongState("This is for the other side to answer.", mend="Wait, or take the question back.")
    transition = HANDOVER.require(verb, handover.state, "asked")
    if not Handover.objects.filter(pk=handover.pk, state=handover.state).update(
        state=transition.target, settled_at=clock.now(), **values
    ):
        raise WrongState()
    timers.call_off((SUBJECT, handover.pk))
    return Handover.objects.select_related("asked_by").get(pk=handover.pk)


def side_of(handover: Handover) -> str:
    """Which side of a handover that was asked for we are; who is none has nothing here."""
    here = current_organization()
    if handover.answer_due_at is None or here not in (
        handover.from_organization_id,
        handover.to_organization_id,
    ):
        raise NotYours()
    asks = handover.from_organization_id if _is_transfer(handover) else handover.to_organization_id
    return HandoverParty.Side.ASKER if here == asks else HandoverParty.Side.ASKED


def _is_transfer(handover: Handover) -> bool:
    return handover.kind == Handover.Kind.TRANSFER


def tell_asker(handover: Handover) -> None:
    """Tell whoever asked what was said: who said it only where they may know."""
    if handover.asked_by is not None:
        _tell_answer(handover.asked_by, handover.pk)


def _tell_answer(asker: Membership, handover_id: int) -> None:
    """While they are away, their cover; where they left, whoever answers for their organization's queue."""
    told = here_or_cover(asker) if asker.is_active else lead_now(asker.organization_id)
    if told is not None and told.mail_id is not None:
        messages.send(
            notices.HandoverAnswered,
            to=told.mail_id,
            organization_id=told.organization_id,
            subject=(SUBJECT, handover_id),
        )


@transaction.atomic
def withdraw(*, party: HandoverParty, by: Actor) -> None:
    """Take back what we asked. Nobody has moved."""
    if party.organization_id != current_organization():
        raise NotYours()
    if party.side != HandoverParty.Side.ASKER:
        raise WrongState("This is for the other side to take back.", mend="Say yes or no instead.")
    HANDOVER.require("withdraw", party.state, "asker")
    if not custody.take_back(party):
        raise WrongState()
    timers.call_off((SUBJECT, party.handover_id))


@transaction.atomic
def expire(*, party: HandoverParty, by: Actor) -> bool:
    """Nobody answered: the waiting ends on both sides, and whoever asked hears of it. True where it did."""
    if not custody.take_back(party, "expire"):
        return False
    membership = asker_of(party)
    if membership is not None:
        _tell_answer(membership, party.handover_id)
    return True


def asker_of(party: HandoverParty) -> Membership | None:
    """Who asked, as their own organization knows: by the duty that was opened for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT membership_id FROM foundation_duty WHERE subject_kind = %s AND subject_id = %s"
            " AND organization_id = %s AND kind = 'await_handover'",
            [SUBJECT, party.handover_id, party.organization_id],
        )
        row = cursor.fetchone()
    return Membership.objects.filter(pk=row[0]).first() if row and row[0] else None


# --- Yes to a link; and its end -----------------------------------------------------------------------------------


@transaction.atomic
def link(*, handover: Handover, keeps: str, consent: Consent, by: Actor) -> Link:
    """Yes, it is the same human: `keeps` goes on holding them, the other's custody ends, in this transaction.

    Both files stay; events and facts keep the person they were written with.
    """
    if handover.kind != Handover.Kind.WORKING_LINK or side_of(handover) != HandoverParty.Side.ASKED:
        raise NotYours()
    if keeps not in (Handover.Keeper.ASKER, Handover.Keeper.ASKED):
        raise BadValue("keeps", "Say who goes on holding them.", mend="Choose one of the two.")
    if handover.proposed not in (Handover.Keeper.EITHER, keeps):
        raise BadValue(
            "keeps", "They asked for it the other way round.", mend="Say no, and call them to agree."
        )
    custody.held(handover.person_id)
    require_consent(handover, consent)
    handover = answered(handover, "accept", keeps=keeps, consent=consent)
    because = Because("handover", handover.pk)
    asker, asked = handover.to_organization_id, handover.from_organization_id
    with on_behalf_of(asker, because=because):
        custody.held(handover.other_person_id)  # type: ignore[arg-type]
    goes = asker if keeps == Handover.Keeper.ASKED else asked
    closed, kept = handover.other_person_id, handover.person_id
    if keeps == Handover.Keeper.ASKER:
        closed, kept = kept, closed
    try:
        with on_behalf_of(goes, because=because):
            made = custody.stand_behind(
                person_id=closed,  # type: ignore[arg-type]
                kept_id=kept,
                basis=Link.Basis.AGREED,
                handover=handover,
                other_organization_id=asked if goes == asker else asker,
                by=by,
            )
    except custody.SomethingOpen as waits:
        if goes == asked:
            raise
        raise OtherSideOpen() from waits
    tell_asker(handover)
    return made


def require_consent(handover: Handover, consent: Consent) -> None:
    """The holder has written down that the person agrees to this organization, and it stands now."""
    consent = Consent.objects.select_for_update(no_key=True).select_related("file").get(pk=consent.pk)
    if (
        consent.file.person_id != handover.person_id
        or consent.file.organization_id != handover.from_organization_id
        or not consent.is_live(clock.now())
        or handover.to_organization_id not in consent.recipients
    ):
        raise ConsentMissing()


@transaction.atomic
def unlink(*, link: Link, by: Actor) -> None:
    """They are two after all, or no longer want it: the closed one is open again with whoever had them, and a next step."""
    here = current_organization()
    if link.basis != Link.Basis.AGREED or (here != link.organization_id and not custody.holds(link.kept_id)):
        raise NotYours()
    if not Organization.objects.filter(pk=link.organization_id, state=Organization.State.ACTIVE).exists():
        raise WrongState(
            "The organization that had them has closed.", mend="Go on holding them, or take them in anew."
        )
    end_link(link, by=by)
    with on_behalf_of(link.organization_id, because=Because("link", link.pk)):
        custody.stand_alone(link, by=by)


def end_link(link: Link, *, by: Actor) -> None:
    if not Link.objects.filter(pk=link.pk, known_to__isnull=True).update(
        known_to=clock.now(), unlinked_by=by
    ):
        raise WrongState()
