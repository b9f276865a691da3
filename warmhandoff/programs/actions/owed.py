"""Who owes what a program asks about somebody."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from warmhandoff.custody import actions as custody
from warmhandoff.custody.actions import NotHeld
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import queue_of
from warmhandoff.participants.models import Participant, Person
from warmhandoff.programs.models import CohortMember
from warmhandoff.programs.protocol import MISSED_TWICE
from warmhandoff.programs.reading.attendance import MISSED_SUBJECT


def holder_here(file: Participant) -> Custody | None:
    """The open custody of this file's person, where we hold them; the person is locked either way until the verb has ended."""
    try:
        return custody.held(file.person_id)
    except NotHeld:
        return None


def lock(people: Collection[uuid.UUID]) -> None:
    """Whoever else acts on them waits for us. In one order, so that two who lock several never wait for each other."""
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))


def holders_here(people: Collection[uuid.UUID]) -> dict[uuid.UUID, Custody]:
    """The same of several people at once, in one order; without those whom we don't hold."""
    lock(people)
    found = Custody.objects.filter(
        person_id__in=people, organization_id=current_organization(), until__isnull=True
    )
    return {one.person_id: one for one in found.select_related("next_step")}


def owner_for(held: Custody | None, *, by: Actor) -> Owner:
    """Their holder, where that is us; else whoever acts, where they work here; else our queue."""
    if held is not None:
        return custody.owner_of(held)
    here = current_organization()
    works_here = by.kind == Actor.Kind.MEMBER and by.organization_id == here
    if (
        works_here
        and Membership.objects.filter(pk=by.subject_id or 0, state=Membership.State.ACTIVE).exists()
    ):
        return Owner(here, membership_id=by.subject_id)
    return Owner(here, queue_id=queue_of(here).pk)


def off_the_list(member: CohortMember, *, by: Actor) -> None:
    """Nobody is to talk with them any more about the meetings that they missed."""
    owed = duties.open_about((MISSED_SUBJECT, member.pk), MISSED_TWICE)
    if not owed.exists():
        return
    held = holder_here(member.file)
    if duties.close(owed, how=Duty.Closed.DONE, by=by) and held is not None:
        custody.point(member.file.person_id, by=by, custody=held)
