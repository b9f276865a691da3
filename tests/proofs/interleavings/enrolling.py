"""Who asks to take part, waits, gets a place and leaves: places of which two can't have the last, and referrals that close with it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests import cast
from tests.programs import paid_work
from tests.proofs.interleavings import gathering
from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.casework.actions import plan as plans
from warmhandoff.network.access import Member
from warmhandoff.network.reading import today
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.actions import groups
from warmhandoff.programs.models import Contract, Enrollment
from warmhandoff.programs.states import ENROLLMENT, ENROLLMENT_TAKES_BACK, TAKES_PART
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import UNDER_WAY

PROVIDERS = ("eastgate", "harbor", "valley")


def deliver(c: cast.Cast) -> None:
    """Each of them delivers a program with few places. At Eastgate two have begun: Ana, who works, and Eva, who has a plan."""
    for provider in PROVIDERS:
        cast.program(c, provider=provider, slots=4 if provider == "eastgate" else 2)
    with c.acting("denise") as denise:
        ana, eva = (
            cast.enrolled(c, denise, file=cast.take_in(denise, cast.told(name)), on=date(2026, 11, 2))
            for name in ("Ana", "Eva")
        )
        paid_work.written(paid_work.begun(c, denise, enrollment=ana), denise)
        plan = plans.begin_plan(file=eva.file, review_on=today() + timedelta(days=9), by=denise.actor)
        plans.set_goal(plan=plan, domain="work", words="A job.", outcomes=["job_started"], by=denise.actor)
        group = gathering.opened(denise, Contract.objects.get(provider_id=denise.organization_id))
        for one in (ana, eva):
            groups.join(cohort=group, enrollment=one, by=denise.actor)


def apply(w: Any, r: random.Random, member: Member) -> Any:
    files = list(Participant.objects.order_by("id"))
    contracts = list(Contract.objects.order_by("id"))
    if not files:
        return NOTHING
    file = files[w.hot % len(files)] if r.random() < 0.6 else r.choice(files)
    led = Referral.objects.filter(
        person_id=file.person_id, receiver_id=member.organization_id, state__in=UNDER_WAY
    )
    ours = [one for one in contracts if one.provider_id == member.organization_id]
    return verbs.apply(
        file=file,
        contract=r.choice(ours) if ours and r.random() < 0.9 else r.choice(contracts),
        referral=led.order_by("id").first() if r.random() < 0.9 else None,
        by=member.actor,
    )


def go_on(w: Any, r: random.Random, member: Member) -> Any:
    """Any verb of the machine, mostly one that fits."""
    found = list(Enrollment.objects.select_related("file", "contract", "referral").order_by("id"))
    if not found:
        return NOTHING
    one = r.choice(found[-4:])
    fits = [*ENROLLMENT.verbs(one.state, "provider"), *ENROLLMENT.besides(one.state, "provider")]
    verb = r.choice(fits) if fits and r.random() < 0.9 else r.choice([t.verb for t in ENROLLMENT.transitions])
    asked: dict[str, Any] = {"enrollment": one, "by": member.actor}
    if verb in ("enroll", "agree_again"):
        asked["consent"] = cast.agreed_to(one.file, one.contract, member)
    if verb in ("waitlist", "keep_waiting"):
        asked["review_on"] = today() + timedelta(days=r.choice((1, 10, 40, 100)))
    if verb == "exit":
        asked["reason"] = r.choice(("work", "chose_to_stop", "no_place", verbs.NO_SERVICE))
    return getattr(verbs, verb)(**asked)


def take_back(w: Any, r: random.Random, member: Member) -> Any:
    """What was said last was a mistake: mostly by whoever may say so, of what has just been said."""
    found = list(Enrollment.objects.filter(state__in=ENROLLMENT_TAKES_BACK).order_by("-id")[:4])
    if not found:
        return NOTHING
    return verbs.take_back(enrollment=r.choice(found), reason="mistake", by=member.actor)


def serve(w: Any, r: random.Random, member: Member) -> Any:
    found = list(Enrollment.objects.filter(state__in=TAKES_PART).order_by("id"))
    if not found:
        return NOTHING
    return verbs.were_served(files=[one.file_id for one in found], on=today(), by=member.actor)


VERBS = {
    "apply": (apply, 5),
    "enrollment": (go_on, 14),
    "take back enrollment": (take_back, 3),
    "serve": (serve, 1),
}
