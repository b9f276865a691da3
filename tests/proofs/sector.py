"""A row in each policied table of casework, programs and employers: somebody who takes part, and everything that is said of it."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from tests import cast
from tests.programs.groups import group, joined
from tests.programs.paid_work import begun, written
from warmhandoff.casework.actions import appointments, clearance, coaching, plan, services, standing
from warmhandoff.casework.models import HopedOutcome
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import (
    attendance,
    co_enrollment,
    eligibility,
    groups,
    hours,
    meetings,
    training,
)
from warmhandoff.programs.models import Program
from warmhandoff.programs.reading.attendance import sheet_or_404

TODAY = cast.MONDAY.date()


def fill(c: cast.Cast) -> Participant:
    """At Eastgate. Returns the file of whoever it is about."""
    cast.program(c)
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        rosa, ana = joined(c, marcus, cohort, "Ros", "Anne")
        planned = meetings.schedule(cohort=cohort, optional=False, by=marcus.actor)
        other = cast.take_in(marcus, cast.told("Apart"))
        groups.keep_apart(one=rosa.file, other=other, by=marcus.actor)
        course = training.Course(c.organizations["sunrow"], "Solar Installer", "occupational")
        begins, ends = TODAY, TODAY + timedelta(days=30)
        training.plan_training(
            enrollment=rosa.enrollment, course=course, planned_from=begins, planned_to=ends, by=marcus.actor
        )
        earned = training.Earned("certification", "OSHA 10", "OSHA", TODAY, "seen")
        training.record_credential(enrollment=rosa.enrollment, earned=earned, by=marcus.actor)
        _casework(c, rosa.file, marcus)
    with c.acting("marcus", at=planned[0].ends_at) as marcus:
        sheet = sheet_or_404(planned[0].code, locked=True)
        said = {key: attendance.Said("absent", "sick") for key in sheet.expected}
        attendance.take(meeting=sheet.meeting, said=said, by=marcus.actor, sheet=sheet)
        again = meetings.plan_make_up(
            cohort=cohort,
            on=TODAY + timedelta(days=14),
            begins=time(18),
            session=planned[0].template,
            by=marcus.actor,
        )
        meetings.ask_to_make_up(meeting=again, member=ana, session=planned[0].template, by=marcus.actor)
    with c.acting("denise") as denise:
        _eligibility(rosa.file, denise)
        sheet_of_hours = written(begun(c, denise), denise)
    with c.acting("marcus") as marcus:
        hours.approve(sheet=sheet_of_hours, by=marcus.actor)
    return rosa.file


def _casework(c: cast.Cast, file: Participant, by: Any) -> None:
    services.give(file=file, gave=services.Gave("papers", by.membership, TODAY, Decimal(1)), by=by.actor)
    coaching.coach(file=file, parts=["clarify_goals"], minutes=45, on=TODAY, staff=by.membership, by=by.actor)
    standing.rate(file=file, levels={"work": 2}, by=by.actor)
    standing.mark_ready(file=file, standings={"bank_account": "has"}, by=by.actor)
    made = plan.begin_plan(file=file, review_on=TODAY + timedelta(days=30), by=by.actor)
    plan.set_goal(plan=made, domain="work", words="A steady job.", outcomes=["job_started"], by=by.actor)
    plan.end_plan(
        plan=made, scores={one.pk: "partly" for one in HopedOutcome.objects.filter(file=file)}, by=by.actor
    )
    when = appointments.When(cast.MONDAY + timedelta(days=2), timedelta(minutes=30), how="phone")
    appointments.make(file=file, when=when, about="plan", with_=c.members["tavo"], by=by.actor)
    clearance.begin(file=file, relief="dismissal", by=by.actor)


def _eligibility(file: Participant, by: Any) -> None:
    said = eligibility.Said(True, "document", limb="charged")
    eligibility.verify(file=file, shown="justice_history", said=said, by=by.actor)
    eligibility.ask_waiver(
        file=file, program=Program.objects.get(slug="sector"), criterion="health", reason="safety",
        lapses_on=date(2027, 2, 1), why="It would not be safe to ask.", by=by.actor,
    )  # fmt: skip
    co_enrollment.say(
        file=file, other_program="trauma_prevention", takes_part=True, source="agency", by=by.actor
    )
