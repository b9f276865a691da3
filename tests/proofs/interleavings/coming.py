"""People come and go: away and covered, back early, caseloads handed over and confirmed, accounts opened again."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.custody import caseload
from warmhandoff.custody.caseload import CHECKS, Handed
from warmhandoff.foundation.duties import Owner
from warmhandoff.network import absence, actions
from warmhandoff.network.access import Member
from warmhandoff.network.models import Absence, Membership
from warmhandoff.network.reading import today


def _colleague(w: Any, r: random.Random, member: Member) -> Membership:
    """Mostly somebody of the same organization, now and then anybody."""
    everybody = list(w.scene.cast.members.values())
    here = [each for each in everybody if each.organization_id == member.organization_id]
    chosen = r.choice(here if r.random() < 0.85 else everybody)
    return Membership.objects.select_related("user").get(pk=chosen.pk)


def _live(r: random.Random) -> Absence | None:
    found = list(
        Absence.objects.filter(ended_at__isnull=True).select_related("membership__user").order_by("id")
    )
    return r.choice(found) if found else None


def say_away(w: Any, r: random.Random, member: Member) -> Any:
    first = today() + timedelta(days=r.choice((0, 0, 1, 5)))
    return absence.say_away(
        membership=member.membership if r.random() < 0.6 else _colleague(w, r, member),
        from_day=first,
        until_day=first + timedelta(days=r.choice((0, 3, 10, 95))),
        cover=_colleague(w, r, member) if r.random() < 0.7 else None,
        by=member.actor,
    )


def cover_by(w: Any, r: random.Random, member: Member) -> Any:
    found = _live(r)
    if found is None:
        return NOTHING
    return absence.cover_by(absence=found, cover=_colleague(w, r, member), by=member.actor)


def end_absence(w: Any, r: random.Random, member: Member) -> Any:
    found = _live(r)
    return absence.end(absence=found, by=member.actor) if found else NOTHING


def hand_over(w: Any, r: random.Random, member: Member) -> Any:
    """Many at once: of a colleague or of the queue, to one or to several."""
    here = member.organization_id
    queues = [each for each in w.scene.cast.queues.values() if each.organization_id == here]
    of = _colleague(w, r, member)
    owner = Owner(of.organization_id, membership_id=of.pk)
    if queues and r.random() < 0.3:
        owner = Owner(here, queue_id=queues[0].pk)
    held = list(caseload.caseload(owner).values_list("person_id", flat=True))
    people = r.sample(held, r.randint(1, len(held))) if held else []
    to = [_colleague(w, r, member), _colleague(w, r, member), *queues]
    handed = [Handed(each, r.choice(to), note=".", seen_to=(r.choice(CHECKS),)) for each in people]
    return caseload.give(people=handed, held_by=owner, by=member.actor) if handed else NOTHING


def confirm(w: Any, r: random.Random, member: Member) -> Any:
    codes = [each.code for each in caseload.waiting_for(member.membership)]
    if not codes:
        return NOTHING
    some = codes if r.random() < 0.6 else codes[:1]
    return caseload.confirm(codes=some, membership=member.membership, by=member.actor)


def open_again(w: Any, r: random.Random, member: Member) -> Any:
    """Somebody whose account was closed works here again: as another work, with nothing of before."""
    gone = Membership.objects.filter(state="ended", organization__state="active").select_related(
        "user", "organization"
    )
    chosen = gone.order_by("id").first()
    if chosen is None or chosen.organization_id != member.organization_id:
        return NOTHING
    return actions.add_member(
        user=chosen.user, organization=chosen.organization, role=chosen.role, by=member.actor
    )


VERBS = {
    "say away": (say_away, 5), "cover by": (cover_by, 3), "end absence": (end_absence, 2),
    "hand over caseload": (hand_over, 4), "confirm given": (confirm, 3), "open again": (open_again, 1),
}  # fmt: skip
