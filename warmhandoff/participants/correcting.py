"""Corrections: what was written down wrongly is superseded with a reason, by who wrote it or a lead. Nothing is overwritten.

The reason is a code: what was wrong, and not a sentence about somebody. What is struck stays readable, struck through; lists,
needs and whoever counts leave it out. The database refuses what these verbs refuse (migration 0012).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import Actor, EventBase
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants import actions
from warmhandoff.participants.actions import Told
from warmhandoff.participants.models import FileEvent, Narrative, Need, Participant


class Reason(TextChoices):
    """What was wrong."""

    WRONG_DAY = "wrong_day"
    WRONG_WAY = "wrong_way"
    WRONG_OUTCOME = "wrong_outcome"
    WRONG_PERSON = "wrong_person"
    MISTYPED = "mistyped"
    MISTAKE = "mistake"


CONTACTED, NEED_OPENED, STRUCK = FileEvent.Kind.CONTACTED, FileEvent.Kind.NEED_OPENED, FileEvent.Kind.STRUCK


def may_correct(author_id: int, *, by: Actor) -> bool:
    """Whoever wrote it down, or a lead of the same organization."""
    if by.pk == author_id:
        return True
    if by.kind != Actor.Kind.MEMBER:
        return False
    role = Membership.objects.filter(
        pk=by.subject_id or 0, organization_id=current_organization(), state=Membership.State.ACTIVE
    ).values_list("role", flat=True)
    return any(may(each, Permission.CORRECT) for each in role)


def require_may_correct(event: EventBase, reason: str, *, by: Actor) -> None:
    """Raises where `by` may not correct this event, or it was corrected before."""
    if event.organization_id != current_organization():  # type: ignore[attr-defined]
        raise NotYours()
    _require_may(event.by_id, reason, by=by)
    if type(event).objects.filter(supersedes_id=event.pk).exists():  # type: ignore[attr-defined]
        raise WrongState(
            "This was corrected before.", mend="Open the page again and correct what stands now."
        )


def _require_may(author_id: int, reason: str, *, by: Actor) -> None:
    if reason not in Reason.values:
        raise BadValue("reason", "Say what was wrong.", mend="Choose the reason that is nearest.")
    if not may_correct(author_id, by=by):
        raise NotAllowed("Only who wrote it down, or a lead, can correct this.", mend="Ask your lead.")


@transaction.atomic
def correct_contact_event(
    *, event: FileEvent, how: str, reached: bool, happened_at: datetime, reason: str, by: Actor
) -> FileEvent:
    """A contact was another day, another way, or ended otherwise than it says: say it right."""
    if event.kind != CONTACTED:
        raise NotYours()
    require_may_correct(event, reason, by=by)
    detail = f"{how}:{'reached' if reached else 'tried'}"
    same_day = current_place().day_of(happened_at) == current_place().day_of(event.happened_at)
    if detail == event.detail and same_day:
        raise BadValue("", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    return _supersede(event, CONTACTED, detail, event.happened_at if same_day else happened_at, reason, by=by)


@transaction.atomic
def strike(*, event: FileEvent, reason: str, by: Actor) -> FileEvent:
    """A contact that never was, or was with somebody else. What was noted with it goes too."""
    if event.kind != CONTACTED:
        raise NotYours()
    require_may_correct(event, reason, by=by)
    struck = _supersede(event, STRUCK, CONTACTED, event.happened_at, reason, by=by)
    for note in Narrative.standing.filter(about_kind="file_event", about_id__in=chain_of(event)):
        # Of another colleague's note that this role doesn't read, nothing is known here: the struck contact hides it.
        _rewrite(note, "", reason, by=by)
    return struck


@transaction.atomic
def strike_need(*, need: Need, reason: str, by: Actor) -> FileEvent:
    """A need that was never one: it is closed as a mistake, and nobody counts it."""
    event = FileEvent.objects.filter(
        file_id=need.file_id, kind=NEED_OPENED, subject_kind="need", subject_id=need.pk
    ).first()
    if event is None:
        raise WrongState("This need came with a referral.", mend="Close it, and say how it ended.")
    require_may_correct(event, reason, by=by)
    changed = Need.objects.filter(pk=need.pk, closed_on__isnull=True).update(
        closed_on=clock.today(current_place().zone), outcome=Need.Outcome.MISTAKE
    )
    if not changed:
        raise WrongState("This need is closed already.", mend="Open the page again.")
    return _supersede(event, STRUCK, NEED_OPENED, event.happened_at, reason, by=by)


@transaction.atomic
def correct_note(*, note: Narrative, text: str, reason: str, by: Actor) -> Narrative:
    """A note is said better; or, with no text, it should never have stood here."""
    if note.organization_id != current_organization():
        raise NotYours()
    _require_may(note.written_by_id, reason, by=by)
    if Narrative.objects.filter(supersedes_id=note.pk).exists():
        raise WrongState(
            "This was corrected before.", mend="Open the page again and correct what stands now."
        )
    if text.strip() == note.text:
        raise BadValue("text", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    return _rewrite(note, text, reason, by=by)


@transaction.atomic
def correct_contact(*, file: Participant, told: Told, by: Actor) -> None:
    """A name or a birth date was mistyped. The trigger keeps what stood there, as it does with every change."""
    actions.write_contact(file, told)
    _event(file, FileEvent.Kind.CONTACT_CORRECTED, reason=Reason.MISTYPED, by=by).save(force_insert=True)


@transaction.atomic
def hand_out(*, file: Participant, language: str, by: Actor) -> FileEvent:
    """The person is given their file: an event of it, in this language."""
    return actions.write_event(file, FileEvent.Kind.HANDED_OUT, by=by, detail=language)


def chain_of(event: FileEvent) -> list[int]:
    """An event and what it corrected, back to the first."""
    chain: list[int] = []
    at: FileEvent | None = event
    while at is not None:
        chain.append(at.pk)
        at = FileEvent.objects.filter(pk=at.supersedes_id).first() if at.supersedes_id else None
    return chain


def _rewrite(note: Narrative, text: str, reason: str, *, by: Actor) -> Narrative:
    return Narrative.objects.create(
        file_id=note.file_id,
        organization_id=note.organization_id,
        about_kind=note.about_kind,
        about_id=note.about_id,
        text=text.strip(),
        written_by=by,
        supersedes=note,
        reason=reason,
    )


def _supersede(
    event: FileEvent, kind: str, detail: str, happened_at: datetime, reason: str, *, by: Actor
) -> FileEvent:
    if happened_at > clock.now():
        raise BadValue("happened_on", "This can't have happened yet.", mend="Give a day up to today.")
    correction = FileEvent(
        file_id=event.file_id,
        organization_id=event.organization_id,
        person_id=event.person_id,
        kind=kind,
        detail=detail,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        by=by,
        happened_at=happened_at,
        supersedes=event,
        reason=reason,
    )
    correction.save(force_insert=True)
    return correction


def _event(file: Participant, kind: str, *, reason: str, by: Actor) -> FileEvent:
    return FileEvent(
        file=file,
        organization_id=file.organization_id,
        person_id=file.person_id,
        kind=kind,
        reason=reason,
        by=by,
        happened_at=clock.now(),
    )
