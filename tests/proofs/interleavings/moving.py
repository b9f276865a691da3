"""Deeds of a history that ask for people, hand them over, connect and part them, and put two files together."""

from __future__ import annotations

import random
from typing import Any

from warmhandoff.custody import merging, moves
from warmhandoff.custody.models import Custody, Handover, HandoverParty, Link
from warmhandoff.network.access import Member
from warmhandoff.network.models import Organization
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Participant, Person
from warmhandoff.referrals import actions as referrals

NOTHING = "nothing there"


def _one(r: random.Random, found: Any) -> Any:
    chosen = list(found.order_by("id"))
    return r.choice(chosen) if chosen else None


def _holder(r: random.Random, member: Member) -> Organization:
    """Whom one would ask: mostly the organization that holds most people, sometimes any."""
    name = "Eastgate Community Partners" if r.random() < 0.7 else "Harbor Reentry"
    return Organization.objects.get(name=name)


def request(w: Any, r: random.Random, member: Member) -> Any:
    held = Custody.objects.filter(organization_id=member.organization_id, until__isnull=True).values(
        "person_id"
    )
    files = Participant.objects.filter(organization_id=member.organization_id)
    file = _one(r, files.exclude(person_id__in=held) if r.random() < 0.9 else files)
    if file is None:
        return NOTHING
    return moves.request(
        file=file, asked=_holder(r, member), by=member.actor, membership=member.membership, note="."
    )


def ask_to_link(w: Any, r: random.Random, member: Member) -> Any:
    files = Participant.objects.filter(organization_id=member.organization_id)
    file, other = _one(r, files), _one(r, files)
    if file is None or other is None:
        return NOTHING
    return moves.ask_to_link(
        file=file, same_as=other, asked=_holder(r, member), proposed=r.choice(("either", "asker", "asked")),
        by=member.actor, membership=member.membership,
    )  # fmt: skip


def _agreed(r: random.Random, member: Member, file: Participant, recipient: int) -> Consent:
    asked = participants.Asked(
        recipients=[recipient], parts=["name", "reach", "need"], data_classes=["contact", "needs"],
        purpose="handover", refused=r.random() < 0.1,
    )  # fmt: skip
    return participants.record_consent(file=file, asked=asked, by=member.actor)


def offer(w: Any, r: random.Random, member: Member) -> Any:
    file = _one(r, Participant.objects.filter(organization_id=member.organization_id))
    to = r.choice([w.scene.cast.organizations[key] for key in ("valley", "harbor", "eastgate", "sunrow")])
    if file is None:
        return NOTHING
    return moves.offer(
        file=file,
        to=to,
        consent=_agreed(r, member, file, to.pk),
        by=member.actor,
        membership=member.membership,
    )


def answer(w: Any, r: random.Random, member: Member) -> Any:
    """Yes, mostly; as whoever was asked, or somebody else."""
    handover = _one(r, Handover.objects.filter(answer_due_at__isnull=False, state__in=("offered", "expired")))
    if handover is None:
        handover = _one(r, Handover.objects.filter(answer_due_at__isnull=False))
    if handover is None:
        return NOTHING
    if r.random() < 0.3:
        return moves.refuse(handover=handover, reason="not_now", by=member.actor)
    if handover.kind == "transfer":
        return referrals.take_on(handover=handover, by=member.actor)
    file = Participant.objects.filter(
        person_id=handover.person_id, organization_id=member.organization_id
    ).first()
    if file is None:
        return NOTHING
    consent = _agreed(r, member, file, handover.to_organization_id)
    if handover.kind == "request":
        return referrals.hand_over(handover=handover, consent=consent, by=member.actor)
    return moves.link(handover=handover, keeps=r.choice(("asker", "asked")), consent=consent, by=member.actor)


def take_back(w: Any, r: random.Random, member: Member) -> Any:
    party = _one(r, HandoverParty.objects.all())
    return moves.withdraw(party=party, by=member.actor) if party else NOTHING


def unlink(w: Any, r: random.Random, member: Member) -> Any:
    link = _one(r, Link.objects.filter(known_to__isnull=True)) or _one(r, Link.objects.all())
    if link is None:
        return NOTHING
    return (merging.unmerge if link.basis == "merge" else moves.unlink)(link=link, by=member.actor)


def merge(w: Any, r: random.Random, member: Member) -> Any:
    files = Participant.objects.filter(organization_id=member.organization_id)
    keep, other = _one(r, files), _one(r, files)
    if keep is None or other is None:
        return NOTHING
    assert Person.objects.filter(pk__in=(keep.person_id, other.person_id)).exists()
    return merging.merge(keep=keep, other=other, by=member.actor)


VERBS = {
    "request": (request, 6), "ask to link": (ask_to_link, 4), "offer": (offer, 4), "answer handover": (answer, 12),
    "take back": (take_back, 3), "unlink": (unlink, 4), "merge": (merge, 4),
}  # fmt: skip
