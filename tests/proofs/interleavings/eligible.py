"""What is shown of people, and what is passed over by two: duties about them that others than their holder have."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.network.access import Member
from warmhandoff.network.reading import today
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.models import Program, Waiver


def _anybody(r: random.Random) -> Participant | None:
    """Of the own organization's files: that of another one can't be read here."""
    found = list(Participant.objects.order_by("id"))
    return r.choice(found) if found else None


def verify(w: Any, r: random.Random, member: Member) -> Any:
    file = _anybody(r)
    if file is None:
        return NOTHING
    shown = r.choice(("of_age", "justice_history", "behavioral_health"))
    said = verbs.Said(
        r.random() < 0.8, r.choice(("self", "document")), today() - timedelta(days=r.choice((0, 170)))
    )
    return verbs.verify(file=file, shown=shown, said=said, by=member.actor)


def ask_waiver(w: Any, r: random.Random, member: Member) -> Any:
    file = _anybody(r)
    if file is None:
        return NOTHING
    return verbs.ask_waiver(
        file=file,
        program=Program.objects.get(slug="sector"),
        criterion=r.choice(("justice", "health", "adult")),
        reason="safety",
        lapses_on=today() + timedelta(days=r.choice((30, 400))),
        why=".",
        by=member.actor,
    )


def decide_waiver(w: Any, r: random.Random, member: Member) -> Any:
    found = list(Waiver.objects.select_related("file", "program").order_by("id"))
    if not found:
        return NOTHING
    return verbs.decide_waiver(waiver=r.choice(found), granted=r.random() < 0.5, by=member.actor)


VERBS = {"verify": (verify, 3), "ask waiver": (ask_waiver, 3), "decide waiver": (decide_waiver, 3)}
