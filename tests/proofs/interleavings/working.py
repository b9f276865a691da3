"""Paid work: planned, agreed to, begun and ended, its hours handed in, sent back, said right and approved, by a supervisor's link too."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from tests.programs.paid_work import worksite
from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.employers.models import EmployerContact
from warmhandoff.foundation import clock
from warmhandoff.foundation.mail_links import token_of
from warmhandoff.network.access import Member
from warmhandoff.network.reading import today
from warmhandoff.programs.actions import hours as weeks
from warmhandoff.programs.actions import work as verbs
from warmhandoff.programs.models import Enrollment, PaidWork, Timesheet, WorksiteLink
from warmhandoff.programs.states import PAID_WORK, TAKES_PART

ACTS = {
    "start": verbs.start_work,
    "complete": verbs.complete_work,
    "leave": verbs.leave_work,
    "call_off": verbs.call_off_work,
}


def _one(r: random.Random, found: Any) -> Any:
    chosen = list(found.order_by("-id")[:3])
    return r.choice(chosen) if chosen else None


def _monday() -> Any:
    return today() - timedelta(days=today().weekday())


def plan(w: Any, r: random.Random, member: Member) -> Any:
    one = _one(r, Enrollment.objects.filter(state__in=TAKES_PART))
    if one is None:
        return NOTHING
    contact = EmployerContact.objects.filter(organization_id=member.organization_id).first()
    site = contact.employer.sites.first() if contact else None
    if contact is None or site is None:
        site, contact = worksite(member, name=f"Works {member.organization_id}")
    return verbs.plan_work(
        enrollment=one,
        place=verbs.Place(site, site.employer, contact, "pwe"),
        planned=verbs.Planned(today(), today() + timedelta(days=60), 100),
        hourly=Decimal("19.50"),
        by=member.actor,
    )


def go_on(w: Any, r: random.Random, member: Member) -> Any:
    """Any verb of the machine, mostly one that fits; what the person says to the introduction; another wage."""
    one = _one(r, PaidWork.objects.select_related("enrollment"))
    if one is None:
        return NOTHING
    chance = r.random()
    if chance < 0.35:
        agrees = r.random() < 0.8
        name = "Jo" if agrees else ""
        return verbs.introduce(work=one, agrees=agrees, how="spoken", name=name, by=member.actor)
    if chance < 0.45:
        on = today() + timedelta(days=r.choice((-7, 0, 7)))
        return verbs.pay(work=one, hourly=Decimal("21.00"), valid_from=on, by=member.actor)
    fits = PAID_WORK.verbs(one.state, "provider")
    verb = r.choice(fits) if fits and r.random() < 0.9 else r.choice(list(ACTS))
    asked: dict[str, Any] = {"work": one, "by": member.actor}
    if verb != "call_off":
        asked["on"] = today() - timedelta(days=r.choice((0, 0, 1)))
    if verb in ("leave", "call_off"):
        asked["reason"] = "other"
    return ACTS[verb](**asked)


def hand_in(w: Any, r: random.Random, member: Member) -> Any:
    """The hours of this week or the last, mostly within a day's 24; or said right."""
    one = _one(r, PaidWork.objects.filter(state__in=("under_way", "completed", "left")))
    if one is None or one.started_on is None:
        return NOTHING
    week = _monday() - timedelta(days=r.choice((0, 0, 7)))
    days = [week + timedelta(days=n) for n in range(7)]
    worked = [Decimal(r.choice((4, 8, 13)) if one.started_on <= day <= today() else 0) for day in days]
    stands = Timesheet.objects.filter(work=one, week=week).order_by("-id").first()
    if stands is not None and r.random() < 0.8:
        return weeks.correct_hours(sheet=stands, hours=worked, reason="wrong", by=member.actor)
    return weeks.write_hours(work=one, week=week, hours=worked, by=member.actor)


def answer(w: Any, r: random.Random, member: Member) -> Any:
    """Somebody here has seen the signed paper."""
    sheet = _one(r, Timesheet.objects.select_related("work"))
    return weeks.approve(sheet=sheet, by=member.actor) if sheet else NOTHING


def pressed(w: Any, r: random.Random) -> Any:
    """What the supervisor presses: right or not right, mostly of the newest week; and the form's key."""
    kept = w.at_worksites
    if kept and r.random() < 0.35:
        return kept[-1 - r.randrange(min(4, len(kept)))]
    what = r.choice(("approve", "approve", "send_back"))
    kept.append((what, r.randrange(3), str(uuid.UUID(int=r.getrandbits(128), version=4))))
    return kept[-1]


def press(w: Any, what: str, which: int, key: str) -> str:
    """By the link, through the page's own view."""
    link = WorksiteLink.objects.order_by("-id").first()
    rows = w.ledger.owner.execute("SELECT code FROM programs_timesheet ORDER BY id DESC LIMIT 3").fetchall()
    if link is None or not rows:
        return NOTHING
    code = rows[which % len(rows)][0]
    page = "right" if what == "approve" else "not-right"
    with clock.at(w.now):
        client = Client(raise_request_exception=False)
        answer = client.post(f"/w/{token_of(link)}/{page}/{code}/", {"form_key": key, "reason": "hours"})
    if answer.status_code == 500:
        raise answer.exc_info[1] if answer.exc_info else AssertionError(answer.content[:300])
    if answer.status_code == 503:
        return "rolled back"
    return "" if answer.status_code == 302 else f"page {answer.status_code}"


VERBS = {
    "plan work": (plan, 2), "work": (go_on, 5), "hand in hours": (hand_in, 4), "approve hours": (answer, 2),
}  # fmt: skip
