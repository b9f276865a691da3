"""Groups: people join and leave, meetings are planned, moved and called off, two say at once who came, and all of it ends."""

from __future__ import annotations

import random
from datetime import time, timedelta
from typing import Any

from tests.proofs.interleavings.careless import NOTHING
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.access import Member
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import today
from warmhandoff.network.roles import Role
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import attendance, groups, meetings
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    Contract,
    CurriculumVersion,
    Enrollment,
    Meeting,
)
from warmhandoff.programs.reading.attendance import sheet_or_404
from warmhandoff.programs.scheduling import Slot
from warmhandoff.programs.states import TAKES_PART

# Short groups on every weekday, so that meetings come and go within a history.
DAILY = tuple(Slot(weekday, time(9), 60) for weekday in range(5))
SESSIONS = 4


def _one(r: random.Random, found: Any) -> Any:
    chosen = list(found.order_by("-id")[:4])
    return r.choice(chosen) if chosen else None


def open_group(w: Any, r: random.Random, member: Member) -> Any:
    contract = Contract.objects.filter(provider_id=member.organization_id).first()
    if contract is None or Cohort.objects.filter(ended_on=None).count() >= 2:
        return NOTHING
    return opened(member, contract, name=f"Group {r.randrange(10**6)}")


def opened(member: Member, contract: Contract, *, name: str = "Every day") -> Cohort:
    """A group of few, with a few of its sessions planned for the next days."""
    made = groups.open_group(
        contract=contract,
        version=CurriculumVersion.objects.get(curriculum__slug="cbi"),
        name=name,
        room="Room 2",
        starts_on=today(),
        sizes=groups.Sizes(1, 3),
        slots=DAILY,
        facilitators=[member.membership],
        by=member.actor,
    )
    day = today()
    for session in list(made.version.sessions.all()[:SESSIONS]):
        day = current_place().day_of(current_place().business_days_after(current_place().start_of(day), 1))
        meetings.plan(cohort=made, session=session, on=day, begins=time(9), by=member.actor)
    return made


def join(w: Any, r: random.Random, member: Member) -> Any:
    cohort = _one(r, Cohort.objects.all())
    one = _one(r, Enrollment.objects.filter(state__in=TAKES_PART))
    if cohort is None or one is None:
        return NOTHING
    on = today() if r.random() < 0.6 else None
    return groups.join(cohort=cohort, enrollment=one, by=member.actor, on=on)


def leave(w: Any, r: random.Random, member: Member) -> Any:
    found = _one(r, CohortMember.objects.all())
    if found is None:
        return NOTHING
    on = r.choice((None, None, today(), today() - timedelta(days=1), found.joined_on))
    return groups.leave(member=found, why="left_program", by=member.actor, on=on)


def keep_apart(w: Any, r: random.Random, member: Member) -> Any:
    """By a lead: nobody else may, and the page asks for that before."""
    files = list(Participant.objects.order_by("id"))
    if len(files) < 2 or member.membership.role != Role.LEAD:
        return NOTHING
    one, other = r.sample(files, 2)
    return groups.keep_apart(one=one, other=other, by=member.actor)


def take(w: Any, r: random.Random, member: Member) -> Any:
    """Who came, of all or of some; mostly of a meeting that has begun, now and then otherwise than was said before."""
    late = Meeting.objects.filter(starts_at__lte=clock.now() + timedelta(hours=1))
    meeting = _one(r, late if r.random() < 0.9 else Meeting.objects.all())
    if meeting is None:
        return NOTHING
    expected = list(sheet_or_404(meeting.code).expected)
    marks = (Said(), Said("late"), Said("absent", "sick"), Said("absent", "sick"))
    said = {key: r.choice(marks) for key in expected if r.random() < 0.9}
    if r.random() < 0.15 and expected:
        return attendance.came_by_code(
            meeting=meeting, member=CohortMember.objects.get(pk=expected[0][0]), by=member.actor
        )
    reason = r.choice(("", "wrong_outcome"))
    return attendance.take(meeting=meeting, said=said, by=member.actor, reason=reason)


def change(w: Any, r: random.Random, member: Member) -> Any:
    """A meeting is moved, pushed on with all that follow, called off, or led by somebody else."""
    meeting = _one(r, Meeting.objects.all() if r.random() < 0.2 else Meeting.objects.filter(state="planned"))
    if meeting is None:
        return NOTHING
    verb = r.choice(("move", "move", "push_on", "cancel", "cover"))
    asked: dict[str, Any] = {"meeting": meeting, "by": member.actor}
    if verb == "cover":
        here = list(Membership.objects.filter(organization_id=member.organization_id).order_by("id"))
        asked["membership"] = r.choice(here)
    else:
        asked["why"] = "weather"
    if verb == "move":
        asked |= {
            "on": today() + timedelta(days=r.choice((1, 2, 4, 7))),
            "begins": time(r.choice((8, 9, 15))),
        }
    return getattr(meetings, verb)(**asked)


def make_up(w: Any, r: random.Random, member: Member) -> Any:
    belongs = _one(r, CohortMember.objects.select_related("cohort__version"))
    if belongs is None:
        return NOTHING
    meeting = _one(r, Meeting.objects.filter(make_up=True))
    if meeting is None:
        on = today() + timedelta(days=r.choice((1, 3)))
        return meetings.plan_make_up(cohort=belongs.cohort, on=on, begins=time(13), by=member.actor)
    session = belongs.cohort.version.sessions.first()
    return meetings.ask_to_make_up(meeting=meeting, member=belongs, session=session, by=member.actor)


def manage(w: Any, r: random.Random, member: Member) -> Any:
    """Another size, other people who lead it, its end."""
    cohort = _one(r, Cohort.objects.all())
    if cohort is None:
        return NOTHING
    what = r.choice(("size", "staff", "end"))
    if what == "size":
        sizes = groups.Sizes(1, r.choice((1, 2, 5)))
        return groups.change_group(cohort=cohort, sizes=sizes, by=member.actor)
    if what == "staff":
        here = list(Membership.objects.filter(organization_id=member.organization_id).order_by("id"))
        return groups.staff(cohort=cohort, facilitators=[r.choice(here)], by=member.actor)
    return groups.end_group(cohort=cohort, by=member.actor)


VERBS = {
    "open group": (open_group, 2), "join group": (join, 6), "leave group": (leave, 3), "keep apart": (keep_apart, 1),
    "say who came": (take, 8), "change meeting": (change, 5), "make up": (make_up, 2), "manage group": (manage, 2),
}  # fmt: skip
