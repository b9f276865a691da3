"""The plan of a person, and those that ended: goals in their own words, hoped-for outcomes and how each came out."""

from __future__ import annotations

from dataclasses import dataclass

from warmhandoff.casework.models import Goal, HopedOutcome, Plan, Score
from warmhandoff.foundation import privacy
from warmhandoff.foundation.models import Actor
from warmhandoff.participants.models import Narrative, Participant
from warmhandoff.participants.profile import LOGGED as OPENED_APART
from warmhandoff.participants.reading import LOGGED


@dataclass(frozen=True)
class Hoped:
    outcome: HopedOutcome
    score: Score | None
    # What was said before it was corrected.
    before: list[Score]


@dataclass(frozen=True)
class Aim:
    """One goal with its words, which the class narrative holds."""

    goal: Goal
    words: str
    outcomes: list[Hoped]


@dataclass(frozen=True)
class Planned:
    plan: Plan
    aims: list[Aim]

    @property
    def outcomes(self) -> list[Hoped]:
        return [hoped for aim in self.aims for hoped in aim.outcomes]


def open_plan(file: Participant) -> Plan | None:
    return Plan.objects.filter(file=file, ended_on__isnull=True).select_related("file").first()


def plans_of(file: Participant, *, by: Actor) -> list[Planned]:
    """Every plan, the newest first; opening a class that is logged writes the log."""
    plans = list(Plan.objects.filter(file=file).order_by("-begun_on", "-id"))
    if not plans:
        return []
    goals = list(Goal.objects.filter(plan__in=plans).select_related("set_by").order_by("set_on", "id"))
    opened = {goal.data_class for goal in goals} & (LOGGED | OPENED_APART)
    if opened:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=opened, by=by)
    notes = Narrative.standing.filter(about_kind="goal", about_id__in=[goal.pk for goal in goals])
    words = dict(notes.order_by("recorded_at", "id").values_list("about_id", "text"))
    outcomes = _outcomes(plans)
    return [
        Planned(
            plan,
            [
                Aim(goal, words.get(goal.pk, ""), outcomes.get(goal.pk, []))
                for goal in goals
                if goal.plan_id == plan.pk
            ],
        )
        for plan in plans
    ]


def _outcomes(plans: list[Plan]) -> dict[int, list[Hoped]]:
    scores: dict[int, list[Score]] = {}
    found = Score.objects.filter(outcome__goal__plan__in=plans).select_related("by").order_by("id")
    for score in found:
        scores.setdefault(score.outcome_id, []).append(score)
    by_goal: dict[int, list[Hoped]] = {}
    for outcome in HopedOutcome.objects.filter(goal__plan__in=plans).order_by("id"):
        said = scores.get(outcome.pk, [])
        by_goal.setdefault(outcome.goal_id, []).append(Hoped(outcome, said[-1] if said else None, said[:-1]))
    return by_goal
