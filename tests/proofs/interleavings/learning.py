"""Training is planned, put off, begun and ended while whoever holds the person comes and goes: its day is always on somebody's list."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.network.access import Member
from warmhandoff.network.models import Organization
from warmhandoff.network.reading import today
from warmhandoff.programs.actions import training as verbs
from warmhandoff.programs.actions.training import Course
from warmhandoff.programs.models import Enrollment, Training
from warmhandoff.programs.states import TAKES_PART, TRAINING

ACTS = {
    "start": verbs.start_training,
    "complete": verbs.complete_training,
    "leave": verbs.leave_training,
    "call_off": verbs.call_off_training,
    "put_off": verbs.put_off_training,
}


def plan(w: Any, r: random.Random, member: Member) -> Any:
    found = list(Enrollment.objects.filter(state__in=TAKES_PART).order_by("id"))
    if not found:
        return NOTHING
    course = Course(Organization.objects.order_by("id")[0], f"Course {r.randrange(3)}", "occupational")
    begins = today() + timedelta(days=r.choice((0, 10, 100)))
    return verbs.plan_training(
        enrollment=r.choice(found[-4:]),
        course=course,
        planned_from=begins,
        planned_to=begins + timedelta(days=r.choice((1, 50))),
        by=member.actor,
    )


def go_on(w: Any, r: random.Random, member: Member) -> Any:
    """Any verb of the machine, mostly one that fits."""
    found = list(Training.objects.select_related("enrollment").order_by("id"))
    if not found:
        return NOTHING
    one = r.choice(found[-4:])
    fits = [*TRAINING.verbs(one.state, "provider"), *TRAINING.besides(one.state, "provider")]
    verb = r.choice(fits) if fits and r.random() < 0.9 else r.choice(list(ACTS))
    asked: dict[str, Any] = {"training": one, "by": member.actor}
    if verb in ("start", "complete", "leave"):
        asked["on"] = today()
    if verb in ("leave", "call_off"):
        asked["reason"] = "other"
    if verb == "put_off":
        asked |= {"planned_from": today(), "planned_to": today() + timedelta(days=r.choice((2, 60)))}
    return ACTS[verb](**asked)


VERBS = {"plan training": (plan, 1), "training": (go_on, 2)}
