"""The person's plans: what they want in their own words, what tells that it is reached, and how it came out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import Goal, HopedOutcome, Plan, PlanEvent, Score
from warmhandoff.foundation import terms
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands, on_paper
from warmhandoff.web.today import said

GOAL = "goal"
SAYS = {
    PlanEvent.Kind.BEGUN: gettext_lazy("You and we began a plan."),
    PlanEvent.Kind.REVIEWED: gettext_lazy("You and we looked at the plan again."),
    PlanEvent.Kind.ENDED: gettext_lazy("The plan ended."),
}
RESULTS = {
    Score.Result.ACHIEVED: gettext_lazy("%(outcome)s: you did it."),
    Score.Result.PARTLY: gettext_lazy("%(outcome)s: you did a part of it."),
    Score.Result.NOT: gettext_lazy("%(outcome)s: not reached."),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (
        Plan.objects.filter(file_id=file),
        PlanEvent.objects.filter(file_id=file).order_by("on", "id"),
        on_paper(Goal.objects.filter(file_id=file)).order_by("set_on", "id"),
        on_paper(HopedOutcome.objects.filter(file_id=file)).order_by("id"),
        on_paper(Score.objects.filter(file_id=file)).order_by("on", "id"),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    plans, events, goals, hoped, scores = rows
    if not plans:
        return
    section = Section(_("Your plan"))
    for plan in plans:
        if plan.review_on:
            day = {"day": said.full_day(plan.review_on)}
            section.lines.append(_("We look at the plan again by %(day)s.") % day)
    told: list[tuple[date, int, str, list[str]]] = [
        (event.on, 3 if event.kind == PlanEvent.Kind.ENDED else 0, str(SAYS[PlanEvent.Kind(event.kind)]), [])
        for event in events
    ]
    told += [(goal.set_on, 1, _goal(goal, hoped), wording.words(GOAL, goal.pk)) for goal in goals]
    outcomes = {one.pk: terms.word("plan_outcome", one.outcome) for one in hoped}
    for score in as_it_stands(scores):
        says = str(RESULTS[Score.Result(score.result)]) % {"outcome": outcomes[score.outcome_id]}
        told.append((score.on, 2, says, []))
    for on, _order, says, notes in sorted(told, key=lambda one: one[:2]):
        section.tell(on, says, notes)
    yield section


def _goal(goal: Goal, hoped: Sequence[HopedOutcome]) -> str:
    facts = {
        "domain": terms.word("scale_domain", goal.domain),
        "outcomes": said.together(
            [said.inside(terms.word("plan_outcome", one.outcome)) for one in hoped if one.goal_id == goal.pk]
        ),
        "day": said.full_day(goal.by_when) if goal.by_when else "",
    }
    says = _("You set a goal: %(domain)s. This tells that you reached it: %(outcomes)s.") % facts
    return says + " " + _("You want it by %(day)s.") % facts if goal.by_when else says


PART = Part(_rows, _tells, notes=(GOAL,))
