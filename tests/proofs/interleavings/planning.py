"""Plans: begun, aimed, looked at again and ended with scores, while whoever has one is given away, released and comes back."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.casework.actions import plan as verbs
from warmhandoff.casework.models import HopedOutcome, Plan
from warmhandoff.network.access import Member
from warmhandoff.network.reading import today


def begin(w: Any, r: random.Random, member: Member) -> Any:
    file = w.file(r, organization_id=member.organization_id)
    if file is None:
        return NOTHING
    return verbs.begin_plan(
        file=file, review_on=today() + timedelta(days=r.choice((1, 20, 80))), by=member.actor
    )


def go_on(w: Any, r: random.Random, member: Member) -> Any:
    found = list(Plan.objects.select_related("file").order_by("-id")[:3])
    if not found:
        return NOTHING
    plan, verb = r.choice(found), r.choice(("aim", "aim", "review", "end", "end"))
    if verb == "aim":
        return verbs.set_goal(
            plan=plan, domain="work", words="A job.", outcomes=["job_started"], by=member.actor
        )
    if verb == "review":
        return verbs.review_plan(
            plan=plan, review_on=today() + timedelta(days=r.choice((1, 30))), by=member.actor
        )
    hoped = HopedOutcome.objects.filter(goal__plan=plan)
    return verbs.end_plan(plan=plan, scores={one.pk: "partly" for one in hoped}, by=member.actor)


VERBS = {"begin plan": (begin, 2), "plan": (go_on, 5)}
