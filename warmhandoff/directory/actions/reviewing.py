"""Changes of substance: proposed by the organization, decided by a reviewer. The old words stand until then.

Before a first description nothing stood: it stands at once, so that nobody waits for a new service, and the directory says that
the office has not agreed to it yet. Until it has, whatever changes stands at once too, and the whole is what is read.

The reviewer is the office whose queue the organization's agreement names. Where no agreement names one that somebody answers
for, nobody could decide, so nothing waits: the change stands, and is kept like every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.directory.access import require_own, require_reviewer
from warmhandoff.directory.actions import mailing
from warmhandoff.directory.models import Criterion, Service, ServiceChange
from warmhandoff.directory.protocol import CHANGE, MEND, MEND_WITHIN, REVIEW, REVIEW_WITHIN, SERVICE
from warmhandoff.directory.reading import new_among
from warmhandoff.directory.recording import SUBSTANCE, Line, first_words, record, said_as
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import Because, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Agreement, Membership
from warmhandoff.network.reading import agreement_of, has_active_lead, led_queue_of

__all__ = [
    "SUBSTANCE",
    "approve",
    "introduce",
    "is_new",
    "mended",
    "needs_review",
    "propose",
    "put",
    "send_back",
    "take_back",
    "waiting_of",
]

State = ServiceChange.State
ASKS_A_REVIEWER = (Actor.Kind.MEMBER, Actor.Kind.MAILBOX)


def needs_review(service: Service, by: Actor) -> bool:
    return by.kind in ASKS_A_REVIEWER and _agreement(service) is not None


def waiting_of(service: Service) -> ServiceChange | None:
    return ServiceChange.objects.filter(service=service, state=State.WAITING).first()


def is_new(service: Service) -> bool:
    """Whether the office has yet to agree to what it says of itself first."""
    return service.pk in new_among([service.pk])


def introduce(service: Service, *, by: Actor, signed_as: str = "") -> None:
    """A first description: it stands, and the office reads it, in place of what it was to read before."""
    if not needs_review(service, by):
        record(service, ServiceChange.FIRST, by=by, signed_as=signed_as)
        return
    take_back(service, by=by)
    _let_wait(service, ServiceChange.FIRST, first_words(service), {}, by=by, signed_as=signed_as)


def propose(
    service: Service, lines: Sequence[Line], wanted: dict[str, Any], *, by: Actor, signed_as: str = ""
) -> ServiceChange | None:
    """Let a change wait for a reviewer, in place of what waited before; the very same change goes on waiting."""
    waiting = waiting_of(service)
    if waiting is not None and waiting.lines == [list(line) for line in lines]:
        return waiting
    take_back(service, by=by)
    if not lines:
        return None
    return _let_wait(service, "changed", lines, wanted, by=by, signed_as=signed_as)


def _let_wait(
    service: Service, what: str, lines: Sequence[Line], wanted: dict[str, Any], *, by: Actor, signed_as: str
) -> ServiceChange:
    """Keep what is to be read, and let the office owe its word."""
    change = record(
        service, what, lines=lines, by=by, signed_as=signed_as, state=State.WAITING, wanted=wanted
    )
    agreement = _agreement(service)
    if agreement is None:
        raise TypeError("Nothing waits where nobody decides.")
    queue = agreement.escheat_queue
    with on_behalf_of(queue.organization_id, because=Because("agreement", agreement.pk)):
        if what == ServiceChange.FIRST and _is_one_of_many(change):
            return change
        duties.open_duty(
            owner=Owner(queue.organization_id, queue_id=queue.pk),
            kind=REVIEW,
            due_at=current_place().deadline(REVIEW_WITHIN, clock.now()),
            by=by,
            subject=(CHANGE, change.pk),
            detail=change.code,
        )
    return change


def _is_one_of_many(change: ServiceChange) -> bool:
    """Whether the office has a line already for new services of this organization: a file of forty is one line, and not forty."""
    return _lines_of(_new_beside(change)).select_for_update().first() is not None


def _new_beside(change: ServiceChange) -> QuerySet[ServiceChange]:
    """The organization's other new services that wait to be read, as they were said."""
    waiting = ServiceChange.objects.filter(state=State.WAITING, what=ServiceChange.FIRST)
    return waiting.filter(service__organization_id=change.service.organization_id).exclude(pk=change.pk)


def _lines_of(changes: QuerySet[ServiceChange]) -> QuerySet[Duty]:
    ids = changes.order_by().values("pk")
    return Duty.objects.filter(kind=REVIEW, subject_kind=CHANGE, subject_id__in=ids, closed_at__isnull=True)


def take_back(service: Service, *, by: Actor) -> None:
    """What waits for a reviewer no longer does: something newer was said."""
    require_own(service.organization_id, by)
    waiting, agreement = waiting_of(service), _agreement(service)
    if waiting is None or not _decide(waiting, State.REPLACED, by):
        return
    if agreement is not None:
        with on_behalf_of(
            agreement.escheat_queue.organization_id, because=Because("agreement", agreement.pk)
        ):
            _close_duty(waiting, Duty.Closed.SUPERSEDED, by)


@transaction.atomic
def approve(*, change: ServiceChange, by: Actor) -> None:
    """Let the new words stand. They are true as of the day on which they were said."""
    service = Service.objects.select_for_update(of=("self",)).get(pk=change.service_id)
    require_reviewer(service.organization_id, by)
    if not service.active:
        raise WrongState(
            "This service was taken out of the directory meanwhile.", mend="Send the change back."
        )
    _refuse_taken_name(service, change)
    if not _decide(change, State.APPROVED, by):
        raise _decided_already()
    put(service, change.wanted)
    said_on = current_place().day_of(change.made_at)
    if service.verified_on is None or service.verified_on <= said_on:
        service.verified_on, service.verified_by = said_on, change.said_by
        service.save(update_fields=["verified_on", "verified_by"])
    _close_duty(change, Duty.Closed.DONE, by)


@transaction.atomic
def send_back(*, change: ServiceChange, note: str, by: Actor) -> None:
    """The old words go on standing; whoever wanted the new ones reads why."""
    require_reviewer(change.service.organization_id, by)
    note = " ".join(note.split())
    if not note:
        raise BadValue("note", "Say what should be otherwise.", mend="One sentence is enough; they read it.")
    if not _decide(change, State.SENT_BACK, by, note):
        raise _decided_already()
    _close_duty(change, Duty.Closed.DONE, by)
    mailing.tell_sent_back(change)
    _let_mend(change, by)


def _let_mend(change: ServiceChange, by: Actor) -> None:
    """Whoever wanted the words at their desk has the note on Today; whoever reads the mailbox has the mail."""
    organization_id = change.service.organization_id
    agreement, owner = agreement_of(organization_id), _mender(change)
    if agreement is None or owner is None:
        return
    with on_behalf_of(organization_id, because=Because("agreement", agreement.pk)):
        duties.open_duty(
            owner=owner,
            kind=MEND,
            due_at=current_place().deadline(MEND_WITHIN, clock.now()),
            by=by,
            subject=(SERVICE, change.service_id),
            detail=change.service.code,
        )


def _mender(change: ServiceChange) -> Owner | None:
    """Who wanted it at their desk, or who leads their queue where they have left."""
    if change.by.kind != Actor.Kind.MEMBER or change.by.subject_id is None:
        return None
    organization_id = change.service.organization_id
    wanted = Membership.objects.filter(pk=change.by.subject_id, state=Membership.State.ACTIVE).first()
    if wanted is not None:
        return Owner(organization_id, membership_id=wanted.pk)
    queue = led_queue_of(organization_id)
    return Owner(organization_id, queue_id=queue.pk) if queue else None


def mended(service: Service, *, how: str = Duty.Closed.DONE, by: Actor) -> None:
    """Whoever had the note has said what they say now."""
    duties.close(duties.open_about((SERVICE, service.pk), MEND), how=how, by=by)


def put(service: Service, wanted: dict[str, Any]) -> None:
    """Let these values stand."""
    for name, value in wanted.items():
        if name not in ("criteria", "mailbox"):
            setattr(service, name, value)
    service.save()
    if "criteria" in wanted:
        service.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(service=service, position=position, **rule)
            for position, rule in enumerate(wanted["criteria"])
        )


def _agreement(service: Service) -> Agreement | None:
    """The agreement that names who reviews; none where nobody there answers."""
    agreement = agreement_of(service.organization_id)
    if agreement is None or not has_active_lead(agreement.escheat_queue.organization_id):
        return None
    return agreement


def _decide(change: ServiceChange, state: str, by: Actor, note: str = "") -> bool:
    """True for the first who decides."""
    decided = {
        "state": state,
        "decided_at": _now(),
        "decided_by": by,
        "decided_as": said_as(by),
        "note": note,
    }
    if not ServiceChange.objects.filter(pk=change.pk, state=State.WAITING).update(**decided):
        return False
    for name, value in decided.items():
        setattr(change, name, value)
    return True


def _now() -> datetime:
    return clock.now()


def _close_duty(change: ServiceChange, how: str, by: Actor) -> None:
    """The line is done; where it stands for more of the organization's new services, it goes on with the next, due as it was."""
    line = duties.open_about((CHANGE, change.pk), REVIEW).select_for_update().first()
    if line is None:
        return
    beside = _new_beside(change)
    own = _lines_of(beside).values_list("subject_id", flat=True)
    following = beside.exclude(pk__in=list(own)).order_by("made_at", "pk").first()
    if following is None:
        duties.close(Duty.objects.filter(pk=line.pk), how=how, by=by)
    else:
        Duty.objects.filter(pk=line.pk).update(subject_id=following.pk, detail=following.code)


def _refuse_taken_name(service: Service, change: ServiceChange) -> None:
    name = change.wanted.get("name")
    same = Service.objects.filter(organization_id=service.organization_id, active=True).exclude(pk=service.pk)
    if name and same.filter(name_sort=sort_key(name)).exists():
        raise WrongState(
            "Another service of this organization has this name by now.",
            mend="Send the change back and say so.",
        )


def _decided_already() -> WrongState:
    return WrongState(
        "This was decided already, or changed once more.", mend="Open the list of changes again."
    )
