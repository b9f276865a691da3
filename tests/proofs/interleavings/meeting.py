"""Appointments: agreed on, moved, called off, kept or missed, while whom they are with and whom they are for come and go."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.casework.actions import appointments as verbs
from warmhandoff.casework.actions.appointments import When
from warmhandoff.casework.models import Appointment
from warmhandoff.network.access import Member
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Participant

LENGTH = timedelta(minutes=30)


def _when(w: Any, r: random.Random) -> When:
    return When(w.now + timedelta(hours=r.choice((1, 2, 30, 100, 900, 2200))), LENGTH, how="phone")


def agree(w: Any, r: random.Random, member: Member) -> Any:
    files = list(Participant.objects.order_by("id"))
    colleagues = list(Membership.objects.filter(organization_id=member.organization_id).order_by("id"))
    if not files:
        return NOTHING
    file = files[w.hot % len(files)] if r.random() < 0.6 else r.choice(files)
    return verbs.make(
        file=file,
        when=_when(w, r),
        about="plan",
        with_=r.choice(colleagues),
        by=member.actor,
        by_mail=r.random() < 0.1,
    )


def go_on(w: Any, r: random.Random, member: Member) -> Any:
    found = list(Appointment.objects.select_related("file", "membership").order_by("id"))
    if not found:
        return NOTHING
    one = r.choice(found[-4:])
    verb = r.choice(("move", "cancel", "keep", "miss", "set_right"))
    asked: dict[str, Any] = {"appointment": one, "by": member.actor}
    if verb == "move":
        asked["when"] = _when(w, r)
    if verb == "cancel":
        asked["reason"] = "not_needed"
    if verb == "set_right":
        asked["reason"] = "mistyped"
    return getattr(verbs, verb)(**asked)


VERBS = {"agree": (agree, 4), "appointment": (go_on, 6)}
