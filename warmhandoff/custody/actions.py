"""The verbs of custody. Each keeps P1 and P2 by itself; the database proves it at commit.

The next step of a person is the duty of theirs that is due first. Verbs open and close duties and then call `point`: where
nothing is left to do, it opens "decide what's next", so that nobody can be left without a date.

A verb begins by asking who holds the person, which locks the person until its transaction has ended: of two at once, the
second finds what the first left.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from warmhandoff.custody.models import Custody, CustodyEvent, Handover, HandoverParty, Link
from warmhandoff.custody.protocol import (
    AFTER_INTAKE,
    APPOINTMENT,
    CALL,
    GOES_ALONG,
    LONGEST_WAIT_DAYS,
    NEXT_STEP_KINDS,
    PLAN,
)
from warmhandoff.custody.states import HANDOVER, OFFERED
from warmhandoff.foundation import clock, duties, terms, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, DomainError, NotAllowed, NotYours
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Agreement, Membership, Queue
from warmhandoff.network.reading import queue_of
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Listing, Participant, Person
from warmhandoff.participants.reading import file_of


class TooYoung(DomainError):
    code = "under_18"
    sentence = "This version keeps no file on people under 18."
    mend = "Give them the named warm contact, and go with them."
    status = 422


class NotHeld(DomainError):
    code = "not_held"
    sentence = "Your organization doesn't hold this person now."
    mend = "Ask the navigator who does."


class SomethingOpen(DomainError):
    code = "something_open"
    sentence = "Something is still open for this person, so they can't be released yet."
    mend = "Settle what is open first."


class AlreadyHeld(DomainError):
    code = "already_held"
    sentence = "This person is open with you already."
    mend = "Open their page."


class StandsBehind(DomainError):
    code = "stands_behind"
    sentence = "This file is linked with another one of the same person."
    mend = "Open the page of who holds them, or end the link first."


class CannotHold(DomainError):
    code = "cannot_hold"
    sentence = "They can't hold people here."
    mend = "Choose a case manager or a lead who works here."


@transaction.atomic
def take_in(
    *,
    told: participants.Told,
    reach: Sequence[participants.Way],
    needs: Sequence[str],
    holder: Owner,
    by: Actor,
    is_adult: bool,
    next_step: str = "",
    due_at: datetime | None = None,
    again: Participant | None = None,
) -> Participant:
    """Take someone in: their file, their holder and their next step, in one transaction.

    `again` is the file of someone who was released and comes back: the same person, the same file.
    """
    if not is_adult or is_under_18(told):
        raise TooYoung()
    _require_answers(holder)
    if again is not None:
        file = _reopen(again, told=told, reach=reach, needs=needs, by=by)
    else:
        file = participants.open_file(told=told, reach=reach, needs=needs, by=by)
    kind = next_step or (AFTER_INTAKE if needs else PLAN)
    duty = _open_step(
        owner=holder,
        person_id=file.person_id,
        kind=kind,
        by=by,
        due_at=due_at or current_place().deadline("next_step", clock.now()),
    )
    _open_custody(person_id=file.person_id, holder=holder, basis=Custody.Basis.INTAKE, step=duty, by=by)
    _event(
        file.person_id,
        CustodyEvent.Kind.TAKEN_IN,
        by=by,
        membership_id=holder.membership_id,
        detail=kind,
        due_at=duty.due_at,
    )
    return file


def is_under_18(told: participants.Told) -> bool:
    return told.birth_date is not None and participants.is_under_age(told.birth_date)


def _reopen(
    file: Participant,
    *,
    told: participants.Told,
    reach: Sequence[participants.Way],
    needs: Sequence[str],
    by: Actor,
) -> Participant:
    if file.organization_id != current_organization():
        raise NotYours()
    if Link.objects.filter(closed_id=file.person_id, known_to__isnull=True).exists():
        raise StandsBehind()
    if (
        Person.objects.filter(pk=file.person_id, closed_at__isnull=False).update(
            closed_at=None, close_reason=""
        )
        != 1
    ):
        raise AlreadyHeld()
    participants.change_contact(file=file, told=told, by=by)
    participants.add_new_ways(file=file, reach=reach, language=told.language)
    participants.write_event(file, "taken_in_again", by=by)
    for code in needs:
        participants.open_need(file=file, code=code, by=by)
    participants.list_file(file, standing=Listing.Standing.HELD)
    return file


# --- The holder and the next step ---------------------------------------------------------------------------------


def held(person_id: uuid.UUID) -> Custody:
    """This organization's open custody of a person, to be acted on: whoever else acts on them waits for us."""
    Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    return still_held(person_id)


def still_held(person_id: uuid.UUID) -> Custody:
    """The same, where this transaction has locked the person before: by `held`, or by asking who holds them."""
    custody = (
        Custody.objects.filter(
            person_id=person_id, organization_id=current_organization(), until__isnull=True
        )
        .select_related("next_step")
        .first()
    )
    if custody is None:
        raise NotHeld()
    return custody


def holds(person_id: uuid.UUID) -> bool:
    return Custody.objects.filter(
        person_id=person_id, organization_id=current_organization(), until__isnull=True
    ).exists()


def owner_of(custody: Custody) -> Owner:
    return Owner(custody.organization_id, custody.membership_id, custody.queue_id)


def _require_answers(holder: Owner) -> None:
    """The holder is a member of this organization whose role includes it, or its queue with a lead; and stays so meanwhile."""
    if holder.organization_id != current_organization():
        raise NotYours("That colleague doesn't work here.", mend="Choose someone from the list.")
    function, who = (
        ("wh_led", holder.queue_id) if holder.membership_id is None else ("wh_answers", holder.membership_id)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [who, holder.organization_id])
        if not cursor.fetchone()[0]:
            raise CannotHold()
    if holder.membership_id is not None:
        role = Membership.objects.values_list("role", flat=True).get(pk=holder.membership_id)
        if not may(role, Permission.RELEASE):
            raise CannotHold()


@transaction.atomic
def add_step(
    *,
    person_id: uuid.UUID,
    kind: str,
    due_at: datetime,
    by: Actor,
    note: str = "",
    instead_of: Duty | None = None,
) -> Duty:
    """Agree on a next step with a date; `instead_of` names the one that it replaces."""
    custody = held(person_id)
    if instead_of is not None:
        _require_next_step(instead_of)
        _close_steps(
            Duty.objects.filter(pk=instead_of.pk, person_id=person_id), how=Duty.Closed.SUPERSEDED, by=by
        )
    if kind != PLAN:
        # "Decide what's next" is done by deciding.
        _close_steps(Duty.objects.filter(person_id=person_id, kind=PLAN), how=Duty.Closed.DONE, by=by)
    duty = _open_step(owner=owner_of(custody), person_id=person_id, kind=kind, due_at=due_at, by=by)
    file = file_of(person_id)
    if file is not None:
        participants.write_down(file=file, about=("duty", duty.pk), text=note, by=by)
    _event(person_id, CustodyEvent.Kind.NEXT_STEP_SET, by=by, detail=kind, due_at=due_at, custody=custody)
    point(person_id, by=by, custody=custody)
    return duty


@transaction.atomic
def finish_step(*, duty: Duty, by: Actor) -> None:
    """A next step is done. What is due next becomes the next step."""
    if duty.organization_id != current_organization() or duty.person_id is None:
        raise NotYours()
    _require_next_step(duty)
    custody = held(duty.person_id)
    if _close_steps(Duty.objects.filter(pk=duty.pk), how=Duty.Closed.DONE, by=by):
        _event(duty.person_id, CustodyEvent.Kind.NEXT_STEP_DONE, by=by, detail=duty.kind, custody=custody)
        point(duty.person_id, by=by, custody=custody)


def _require_next_step(duty: Duty) -> None:
    """What a referral waits for is done by what happens to it, and not by a tick."""
    if duty.holds_release or duty.kind not in NEXT_STEP_KINDS:
        raise BadValue("duty", "This one is settled on its own page.", mend="Open it from Today.")


def point(person_id: uuid.UUID, *, by: Actor, custody: Custody | None = None) -> None:
    """Let the next step be what is due first; where nothing is, open "decide what's next".

    `custody` is the person's open custody, where the verb has it already.
    """
    custody = custody or held(person_id)
    if not _point_at_first(custody):
        due_at = current_place().deadline("next_step", clock.now())
        _open_step(owner=owner_of(custody), person_id=person_id, kind=PLAN, due_at=due_at, by=by)
        _point_at_first(custody)


def _point_at_first(custody: Custody) -> bool:
    """Point custody and list at the duty that is due first, where they don't yet; False where nothing is open."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH step AS (
                SELECT id, due_at FROM foundation_duty
                 WHERE person_id = %(person)s AND organization_id = %(organization)s AND closed_at IS NULL
                   AND subject_kind <> 'handover'
                 ORDER BY due_at, id LIMIT 1
            ), pointed AS (
                UPDATE custody_custody c SET next_step_id = step.id FROM step
                 WHERE c.id = %(custody)s AND c.next_step_id <> step.id RETURNING step.due_at
            ), listed AS (
                UPDATE participants_listing l SET next_due_at = pointed.due_at FROM pointed
                 WHERE l.person_id = %(person)s AND l.organization_id = %(organization)s
            )
            SELECT id FROM step
            """,
            {
                "person": custody.person_id,
                "organization": custody.organization_id,
                "custody": custody.pk,
            },
        )
        return cursor.fetchone() is not None


def close_planning(person_id: uuid.UUID, *, by: Actor, kinds: Sequence[str] = (AFTER_INTAKE, PLAN)) -> None:
    """Finding a place and deciding what's next are done once a place was asked; deciding alone, once a date was agreed on."""
    _close_steps(
        Duty.objects.filter(person_id=person_id, organization_id=current_organization(), kind__in=kinds),
        how=Duty.Closed.DONE,
        by=by,
    )


def _open_step(*, owner: Owner, person_id: uuid.UUID, kind: str, due_at: datetime, by: Actor) -> Duty:
    if kind not in NEXT_STEP_KINDS:
        raise BadValue("next_step", "There is no such next step.", mend="Choose one from the list.")
    now = clock.now()
    if due_at <= now:
        raise BadValue("due", "The next step's date has passed.", mend="Choose today or a later day.")
    if due_at > now + timedelta(days=LONGEST_WAIT_DAYS + 1):
        raise BadValue(
            "due", f"A next step is at most {LONGEST_WAIT_DAYS} days ahead.", mend="Choose an earlier day."
        )
    return duties.open_duty(owner=owner, kind=kind, due_at=due_at, by=by, person_id=person_id)


def _close_steps(steps: QuerySet[Duty], *, how: str, by: Actor) -> int:
    return duties.close(steps.filter(organization_id=current_organization()), how=how, by=by)


def _open_custody(
    *,
    person_id: uuid.UUID,
    holder: Owner,
    basis: str,
    step: Duty,
    by: Actor,
    handover: Handover | None = None,
    agreement: Agreement | None = None,
    since: datetime | None = None,
) -> Custody:
    custody = Custody.objects.create(
        person_id=person_id,
        organization_id=holder.organization_id,
        membership_id=holder.membership_id,
        queue_id=holder.queue_id,
        basis=basis,
        handover=handover,
        agreement=agreement,
        next_step=step,
        since=since or clock.now(),
        opened_by=by,
    )
    Listing.objects.filter(person_id=person_id, organization_id=holder.organization_id).update(
        standing=Listing.Standing.HELD,
        membership_id=holder.membership_id,
        queue_id=holder.queue_id,
        next_due_at=step.due_at,
    )
    return custody


def end_custody(custody: Custody) -> datetime:
    """End a row, and say when; whoever calls opens the next, or releases. Someone else having ended it is a lost race.

    Whoever began before the row did, and had to wait for it, ends it no earlier than it began.
    """
    moment = max(clock.now(), custody.since)
    if Custody.objects.filter(pk=custody.pk, until__isnull=True).update(until=moment) != 1:
        raise NotHeld()
    return moment


# --- Within one organization --------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, person_id: uuid.UUID, to: Membership | Queue, by: Actor) -> Custody:
    """Give a person to a colleague, or to the organization's queue: at once, with everything that is open."""
    custody = held(person_id)
    holder = (
        Owner(to.organization_id, membership_id=to.pk)
        if isinstance(to, Membership)
        else Owner(to.organization_id, queue_id=to.pk)
    )
    _require_answers(holder)
    if owner_of(custody) == holder:
        return custody
    since = end_custody(custody)
    move_duties(person_id, holder)
    fresh = _open_custody(
        person_id=person_id, holder=holder, basis=Custody.Basis.ASSIGNMENT, step=custody.next_step, by=by,
        since=since,
    )  # fmt: skip
    _event(person_id, CustodyEvent.Kind.ASSIGNED, by=by, membership_id=holder.membership_id, custody=fresh)
    return fresh


def move_duties(person_id: uuid.UUID, owner: Owner) -> None:
    """What is open for a person here goes to their new holder; an appointment stays with whom it was made."""
    Duty.objects.filter(
        person_id=person_id, organization_id=owner.organization_id, closed_at__isnull=True
    ).exclude(kind=APPOINTMENT).update(membership_id=owner.membership_id, queue_id=owner.queue_id)


# --- Across organizations -----------------------------------------------------------------------------------------


def let_go(*, person_id: uuid.UUID, kind: str, to_organization_id: int, by: Actor) -> datetime:
    """The giving side of a move, as the giving organization: its custody ends, its duties for the person are moved away.

    Says when: the taking side's custody begins at that moment.
    """
    custody = held(person_id)
    end_asking(person_id)
    since = end_custody(custody)
    ours = Duty.objects.filter(
        person_id=person_id, organization_id=custody.organization_id, closed_at__isnull=True
    )
    # They may still come to us on that day: whoever expects them goes on being told.
    ours.filter(kind=APPOINTMENT).update(holds_release=False)
    _close_steps(ours.exclude(kind=APPOINTMENT), how=Duty.Closed.MOVED, by=by)
    Listing.objects.filter(person_id=person_id, organization_id=custody.organization_id).update(
        standing=Listing.Standing.CLOSED, membership_id=None, queue_id=None, next_due_at=None
    )
    _event(person_id, kind, by=by, other_organization_id=to_organization_id, custody=custody)
    return since


def end_asking(person_id: uuid.UUID) -> None:
    """Whom we no longer hold is neither asked of us nor asked for by us: what waits for an answer is taken back."""
    waiting = HandoverParty.objects.filter(
        organization_id=current_organization(), person_id=person_id, state=OFFERED
    )
    for party in waiting:
        if party.side == HandoverParty.Side.ASKER:
            take_back(party)
        else:
            Handover.objects.filter(pk=party.handover_id, state=OFFERED).update(
                state=HANDOVER.of("withdraw").target, settled_at=clock.now(), reason="moved_on"
            )
        timers.call_off((HANDOVER.name, party.handover_id))


def take_back(party: HandoverParty, how: str = "withdraw") -> bool:
    """End what this organization asked for, whoever it went to: the asker may not see the row itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_end_asking(%s, %s)", [party.handover_id, HANDOVER.of(how).target])
        return bool(cursor.fetchone()[0])


def take_over(
    *,
    person_id: uuid.UUID,
    holder: Owner,
    step: Duty,
    from_organization_id: int,
    by: Actor,
    since: datetime,
    handover: Handover | None = None,
    agreement: Agreement | None = None,
) -> Custody:
    """The taking side of a move, as the taking organization, with the next step it begins with."""
    basis = Custody.Basis.HANDOVER if handover else Custody.Basis.ESCHEAT
    custody = _open_custody(
        person_id=person_id,
        holder=holder,
        basis=basis,
        step=step,
        by=by,
        handover=handover,
        agreement=agreement,
        since=since,
    )
    kind = CustodyEvent.Kind.MOVED_IN if handover else CustodyEvent.Kind.ESCHEATED_IN
    _event(
        person_id,
        kind,
        by=by,
        other_organization_id=from_organization_id,
        custody=custody,
        membership_id=holder.membership_id,
    )
    return custody


# --- Release ------------------------------------------------------------------------------------------------------


@transaction.atomic
def release(*, person_id: uuid.UUID, reason: str, by: Actor) -> None:
    """End custody, with the reason. Refused while something of this person holds them. Only a person decides it."""
    if by.kind != Actor.Kind.MEMBER:
        raise NotAllowed("Only someone who works here can release a person.", mend="Ask whoever holds them.")
    custody = held(person_id)
    if not terms.is_in_force("release_reason", reason):
        raise BadValue("reason", "Say why they are released.", mend="Choose the reason that is nearest.")
    open_things = list(
        Duty.objects.filter(person_id=person_id, holds_release=True, closed_at__isnull=True).order_by(
            "due_at", "id"
        )
    )
    if open_things:
        raise SomethingOpen(open=len(open_things))
    end_asking(person_id)
    _close_steps(Duty.objects.filter(person_id=person_id), how=Duty.Closed.NO_LONGER, by=by)
    end_custody(custody)
    Person.objects.filter(pk=person_id, closed_at__isnull=True).update(
        closed_at=clock.now(), close_reason=reason
    )
    Listing.objects.filter(person_id=person_id, organization_id=custody.organization_id).update(
        standing=Listing.Standing.CLOSED, membership_id=None, queue_id=None, next_due_at=None
    )
    _event(person_id, CustodyEvent.Kind.RELEASED, by=by, detail=reason, custody=custody)


def _event(
    person_id: uuid.UUID,
    kind: str,
    *,
    by: Actor,
    detail: str = "",
    due_at: datetime | None = None,
    membership_id: int | None = None,
    other_organization_id: int | None = None,
    custody: Custody | None = None,
) -> None:
    CustodyEvent.objects.create(
        person_id=person_id,
        organization_id=current_organization(),
        custody=custody,
        kind=kind,
        detail=detail,
        due_at=due_at,
        membership_id=membership_id,
        other_organization_id=other_organization_id,
        by=by,
        happened_at=clock.now(),
    )


# --- Two persons who are one human --------------------------------------------------------------------------------


def stand_behind(
    *,
    person_id: uuid.UUID,
    kept_id: uuid.UUID,
    basis: str,
    by: Actor,
    handover: Handover | None = None,
    other_organization_id: int | None = None,
) -> Link:
    """Close a person whom this organization holds behind another one. Refused while something of theirs is open.

    Of a merge the next steps go to the kept person's holder, who is this organization too, and so does what they carry on paper
    (`GOES_ALONG`); of a working link they are over.
    """
    custody = held(person_id)
    open_things = Duty.objects.filter(person_id=person_id, holds_release=True, closed_at__isnull=True)
    if basis == Link.Basis.MERGE:
        open_things = open_things.exclude(subject_kind__in=GOES_ALONG)
    if waiting := open_things.filter(organization_id=custody.organization_id).count():
        raise SomethingOpen(
            "Something is open for them that only their own file can settle.",
            mend="Settle it first, or go on holding them by this file.",
            open=waiting,
        )
    end_asking(person_id)
    end_custody(custody)
    steps = Duty.objects.filter(
        person_id=person_id, organization_id=custody.organization_id, closed_at__isnull=True
    )
    link = Link.objects.create(
        basis=basis,
        kept_id=kept_id,
        closed_id=person_id,
        organization_id=custody.organization_id,
        handover=handover,
        custody=custody,
        moved_duties=list(steps.values_list("pk", flat=True)) if basis == Link.Basis.MERGE else [],
        known_from=clock.now(),
        linked_by=by,
    )
    if basis == Link.Basis.MERGE:
        kept = owner_of(still_held(kept_id))
        steps.update(person_id=kept_id, membership_id=kept.membership_id, queue_id=kept.queue_id)
    else:
        _close_steps(steps, how=Duty.Closed.MOVED, by=by)
    Person.objects.filter(pk=person_id, closed_at__isnull=True).update(
        closed_at=clock.now(), close_reason=Link.CLOSED_AS[Link.Basis(basis)]
    )
    merged = basis == Link.Basis.MERGE
    Listing.objects.filter(person_id=person_id, organization_id=custody.organization_id).update(
        standing=Listing.Standing.MERGED if merged else Listing.Standing.CLOSED,
        membership_id=None,
        queue_id=None,
        next_due_at=None,
    )
    _event(
        person_id,
        CustodyEvent.Kind.MERGED if merged else CustodyEvent.Kind.LINKED,
        by=by,
        custody=custody,
        other_organization_id=other_organization_id,
    )
    return link


def stand_alone(link: Link, *, by: Actor) -> Custody:
    """The closed person of a link that has ended is open again, with a next step, held by whoever held them before."""
    ended = Custody.objects.get(pk=link.custody_id or 0)
    Person.objects.select_for_update(no_key=True).filter(pk=link.closed_id).first()
    holder = _who_answers_now(ended)
    if (
        Person.objects.filter(pk=link.closed_id, closed_at__isnull=False).update(
            closed_at=None, close_reason=""
        )
        != 1
    ):
        raise AlreadyHeld()
    merged = link.basis == Link.Basis.MERGE
    step = _steps_back(link, holder) if merged else None
    if step is None:
        due_at = current_place().deadline("next_step", clock.now())
        kind = PLAN if merged else CALL
        step = _open_step(owner=holder, person_id=link.closed_id, kind=kind, due_at=due_at, by=by)
    fresh = _open_custody(
        person_id=link.closed_id, holder=holder, basis=Custody.Basis.UNLINKING, step=step, by=by
    )
    kind = CustodyEvent.Kind.UNMERGED if merged else CustodyEvent.Kind.UNLINKED
    _event(link.closed_id, kind, by=by, custody=fresh, membership_id=holder.membership_id, due_at=step.due_at)
    return fresh


def note_merge(person_id: uuid.UUID, *, by: Actor, undone: bool) -> None:
    """A merge, told by a file whose custody it doesn't change: the one that is shown, and one that had been released before."""
    _event(person_id, CustodyEvent.Kind.UNMERGED if undone else CustodyEvent.Kind.MERGED, by=by)


def _who_answers_now(ended: Custody) -> Owner:
    """Whoever held them; the organization's queue, where they no longer can."""
    holder = owner_of(ended)
    try:
        _require_answers(holder)
    except CannotHold:
        holder = Owner(ended.organization_id, queue_id=queue_of(ended.organization_id).pk)
        _require_answers(holder)
    return holder


def _steps_back(link: Link, holder: Owner) -> Duty | None:
    """What a merge had moved and is still open goes back to whom it was for; the first of it, if any."""
    moved = Duty.objects.filter(
        pk__in=link.moved_duties,
        person_id=link.kept_id,
        organization_id=holder.organization_id,
        closed_at__isnull=True,
    )
    back = list(moved.order_by("due_at", "id").values_list("pk", flat=True))
    moved.update(person_id=link.closed_id, membership_id=holder.membership_id, queue_id=holder.queue_id)
    return Duty.objects.filter(pk__in=back).order_by("due_at", "id").first()
