"""Two files of one organization that were made for the same person: one is shown, and nothing of the other is lost.

Nothing is copied or moved but what is due: the other file's needs, notes, consents and history stay where they were written,
and its custody ends. Undoing brings back exactly what was.
"""

from __future__ import annotations

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Link
from warmhandoff.custody.moves import end_link
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.participants.models import Listing, Participant, Person


class HeldElsewhere(DomainError):
    code = "held_elsewhere"
    sentence = "Another organization holds one of the two."
    mend = "Ask them to connect the two instead."


@transaction.atomic
def merge(*, keep: Participant, other: Participant, by: Actor) -> Link:
    """Show `keep` for both from now on. Refused while something of the other is open that only it can settle."""
    here = current_organization()
    if keep.organization_id != here or other.organization_id != here or keep.person_id == other.person_id:
        raise NotYours()
    # Both, in an order that two who do the same at once have in common.
    people = {
        person.pk: person
        for person in Person.objects.select_for_update(no_key=True)
        .filter(pk__in=(keep.person_id, other.person_id))
        .order_by("pk")
    }
    _require_not_behind(keep)
    _require_not_behind(other)
    if custody.holds(other.person_id):
        if not custody.holds(keep.person_id):
            raise WrongState(
                "The file that is shown must be the one of whom you hold.",
                mend="Choose the other file to be shown."
                if people[keep.person_id].closed_at
                else HeldElsewhere.mend,
            )
        link = custody.stand_behind(
            person_id=other.person_id, kept_id=keep.person_id, basis=Link.Basis.MERGE, by=by
        )
        custody.note_merge(keep.person_id, by=by, undone=False)
        custody.point(keep.person_id, by=by)
        return link
    if people[other.person_id].closed_at is None:
        raise HeldElsewhere()
    Listing.objects.filter(file=other).update(standing=Listing.Standing.MERGED)
    link = Link.objects.create(
        basis=Link.Basis.MERGE,
        kept_id=keep.person_id,
        closed_id=other.person_id,
        organization_id=here,
        known_from=clock.now(),
        linked_by=by,
    )
    for file in (other, keep):
        custody.note_merge(file.person_id, by=by, undone=False)
    return link


def _require_not_behind(file: Participant) -> None:
    if Link.objects.filter(closed_id=file.person_id, known_to__isnull=True).exists():
        raise custody.StandsBehind()


@transaction.atomic
def unmerge(*, link: Link, by: Actor) -> None:
    """Two after all: each file is shown again, held by whom it was, with what was due for it."""
    if link.basis != Link.Basis.MERGE or link.organization_id != current_organization():
        raise NotYours()
    end_link(link, by=by)
    custody.note_merge(link.kept_id, by=by, undone=True)
    if link.custody_id is None:
        Listing.objects.filter(person_id=link.closed_id, organization_id=link.organization_id).update(
            standing=Listing.Standing.CLOSED
        )
        custody.note_merge(link.closed_id, by=by, undone=True)
        return
    custody.stand_alone(link, by=by)
    if custody.holds(link.kept_id):
        custody.point(link.kept_id, by=by)
