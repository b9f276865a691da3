"""Handing a caseload over: many people, to one colleague or several, each by `assign`, with a note and what is seen to already.

Some can go today and the rest tomorrow: whoever isn't named stays. Each receiver gets one duty for all that one colleague gave
them, and says of each person, or of all, that they have them. Who holds them doesn't wait for that.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody, Given
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import NoLead, covered_by, has_active_lead, today
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Person
from warmhandoff.participants.reading import file_of

SUBJECT = "given"
CONFIRM = "confirm_given"

duties.name({CONFIRM: duties.Kind(_("People given to you by a colleague"))})

# What is worth asking before somebody else has them; what isn't seen to yet is the receiver's to see to.
CHECKS = ("told", "appointment", "papers", "referrals")

duties.name({CONFIRM: duties.Kind(_("Say whether what was handed to you is seen to"))})


@dataclass(frozen=True)
class Handed:
    """One person of a caseload: to whom they go, and with what."""

    person_id: uuid.UUID
    to: Membership | Queue
    note: str = ""
    seen_to: tuple[str, ...] = ()

    @property
    def owner(self) -> Owner:
        if isinstance(self.to, Membership):
            return Owner(self.to.organization_id, membership_id=self.to.pk)
        return Owner(self.to.organization_id, queue_id=self.to.pk)


def caseload(owner: Owner) -> QuerySet[Custody]:
    """Whom one member, or a queue, holds: first whose next step is due first."""
    holder = Q(membership_id=owner.membership_id or 0) | Q(queue_id=owner.queue_id or 0)
    return (
        Custody.objects.filter(holder, organization_id=owner.organization_id, until__isnull=True)
        .select_related("next_step")
        .order_by("next_step__due_at", "id")
    )


@transaction.atomic
def give(*, people: Sequence[Handed], held_by: Owner, by: Actor) -> list[Given]:
    """Give people of one caseload to colleagues. Whom `held_by` doesn't hold any more is left where they are by now."""
    if held_by.organization_id != current_organization():
        raise NotYours()
    for each in people:
        _require_may_go(each, held_by)
    # All at once and in one order: of two who hand over at the same time, the second waits, and finds what the first left.
    named = [each.person_id for each in people]
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk"))
    still = set(caseload(held_by).filter(person_id__in=named).values_list("person_id", flat=True))
    given = [
        _give(each, by=by)
        for each in sorted(people, key=lambda one: one.person_id)
        if each.person_id in still
    ]
    waiting = {custody.owner_of(each.custody) for each in given if each.confirmed_at is None}
    for owner in sorted(waiting, key=lambda one: (one.membership_id or 0, one.queue_id or 0)):
        _ask_to_confirm(owner, by=by)
    return given


def _require_may_go(each: Handed, held_by: Owner) -> None:
    unknown = set(each.seen_to) - set(CHECKS)
    if unknown:
        raise BadValue("seen_to", "There is no such thing to see to.", mend="Open the page again.")
    if each.owner == held_by:
        raise BadValue("to", "They hold them already.", mend="Choose somebody else.")
    if isinstance(each.to, Queue) and not has_active_lead(each.to.organization_id):
        raise NoLead()


def _give(each: Handed, *, by: Actor) -> Given:
    fresh = custody.assign(person_id=each.person_id, to=each.to, by=by)
    # What somebody gives to themselves, or to the queue they answer for, they needn't confirm.
    receiver = each.to.lead_id if isinstance(each.to, Queue) else each.to.pk
    own = by.kind == Actor.Kind.MEMBER and by.subject_id == receiver
    given = Given.objects.create(
        organization_id=fresh.organization_id,
        person_id=each.person_id,
        custody=fresh,
        seen_to=[check for check in CHECKS if check in each.seen_to],
        given_by=by,
        given_at=clock.now(),
        confirmed_by=by if own else None,
        confirmed_at=clock.now() if own else None,
    )
    file = file_of(each.person_id)
    if file is not None:
        participants.write_down(file=file, about=("custody", fresh.pk), text=each.note, by=by)
    return given


def _ask_to_confirm(owner: Owner, *, by: Actor) -> None:
    """One duty for all that one colleague gave another."""
    waits = duties.open_about((SUBJECT, by.pk), CONFIRM)
    if not waits.filter(membership_id=owner.membership_id, queue_id=owner.queue_id).exists():
        duties.open_duty(
            owner=owner,
            kind=CONFIRM,
            due_at=current_place().deadline("next_step", clock.now()),
            by=by,
            subject=(SUBJECT, by.pk),
        )


# --- The receiver -------------------------------------------------------------------------------------------------


def waiting_for(membership: Membership) -> QuerySet[Given]:
    """Who was given to a member, to the queue they lead, or to whom they cover, and nobody has said that they have them."""
    return (
        Given.objects.filter(
            _received(membership, "custody__"),
            organization_id=membership.organization_id,
            confirmed_at__isnull=True,
            custody__until__isnull=True,
        )
        .select_related("custody__next_step", "custody__queue", "given_by")
        .order_by("given_at", "id")
    )


def _received(membership: Membership, prefix: str = "") -> Q:
    people = [membership.pk, *covered_by(membership, today()).values_list("membership_id", flat=True)]
    led = Queue.objects.filter(organization_id=membership.organization_id, lead_id__in=people)
    return Q(**{f"{prefix}membership_id__in": people}) | Q(
        **{f"{prefix}queue_id__in": led.values_list("pk", flat=True)}
    )


@transaction.atomic
def confirm(*, codes: Iterable[str], membership: Membership, by: Actor) -> int:
    """They have them, whoever of these waits for them. Returns how many; a second press finds none."""
    named = set(codes)
    mine = waiting_for(membership).filter(code__in=named)
    number = Given.objects.filter(pk__in=mine.values("pk"), confirmed_at__isnull=True).update(
        confirmed_by=by, confirmed_at=clock.now()
    )
    _close_confirmed(membership, by=by)
    return number


def _close_confirmed(membership: Membership, *, by: Actor) -> None:
    """Where nobody is left to be confirmed, that was it: what was given went on to others, too."""
    left = {
        (each.given_by_id, each.custody.membership_id, each.custody.queue_id)
        for each in waiting_for(membership)
    }
    asked = Duty.objects.filter(
        _received(membership),
        organization_id=membership.organization_id,
        subject_kind=SUBJECT,
        kind=CONFIRM,
        closed_at__isnull=True,
    )
    done = [duty.pk for duty in asked if (duty.subject_id, duty.membership_id, duty.queue_id) not in left]
    duties.close(Duty.objects.filter(pk__in=done), how=Duty.Closed.DONE, by=by)


def close_of(membership: Membership, *, by: Actor) -> None:
    """Whoever leaves confirms nothing any more: the people go on to others with all that is open."""
    asked = Duty.objects.filter(
        organization_id=membership.organization_id, membership_id=membership.pk, kind=CONFIRM
    )
    duties.close(asked, how=Duty.Closed.NO_LONGER, by=by)
