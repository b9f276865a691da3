"""A plan: what somebody wants, by which outcomes it will be told whether they got there, and how each came out in the end.

Outcomes are chosen with a goal and never taken back: whoever looks at the end sees all that was hoped for, not what was reached.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from warmhandoff.casework.models.services import KEPT
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, of_class
from warmhandoff.participants.models import FileRow


class Plan(FileRow):
    """One plan at a time; looked at again on a day, and ended when each outcome is scored."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    begun_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-begun_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file"], condition=Q(ended_on__isnull=True), name="plan_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, review_on__isnull=False)
                | Q(ended_on__isnull=False, review_on__isnull=True),
                name="plan_is_looked_at_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begun_on")),
                name="plan_ends_after_it_begins",
            ),
        ]

    class Rows:
        rule = of_class("needs", grants=CHANGING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"


class PlanEvent(EventBase, FileRow):
    """A plan was begun, looked at again, or ended."""

    class Kind(models.TextChoices):
        BEGUN = "begun"
        REVIEWED = "reviewed"
        ENDED = "ended"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [happened_before_recorded("planevent")]

    class Rows:
        rule = of_class("needs", grants=APPENDING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"


class Goal(FileRow):
    """What somebody wants, in one domain; in their own words in the class narrative. Of the class of its domain."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="goals")
    domain = models.CharField(max_length=40)  # vocabulary scale_domain
    data_class = models.CharField(max_length=20)
    by_when = models.DateField(null=True, blank=True)
    set_on = models.DateField()
    set_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["set_on", "id"]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"


class HopedOutcome(FileRow):
    """What will tell that a goal was reached, chosen with it."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=40)  # vocabulary plan_outcome
    data_class = models.CharField(max_length=20)

    class Meta:
        ordering: ClassVar = ["goal_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "outcome"], name="hopedoutcome_once"),
        ]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"


class Score(EventBase, FileRow):
    """How a hoped-for outcome came out: said once, and corrected with a reason."""

    class Result(models.TextChoices):
        ACHIEVED = "achieved"
        PARTLY = "partly"
        NOT = "not"

    outcome = models.ForeignKey(HopedOutcome, on_delete=models.PROTECT, related_name="scores")
    data_class = models.CharField(max_length=20)
    result = models.CharField(max_length=8, choices=Result)
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["on", "id"]
        constraints: ClassVar = [
            happened_before_recorded("score"),
            correction_says_why("score"),
            corrected_once("score"),
            models.UniqueConstraint(
                fields=["outcome"], condition=Q(supersedes__isnull=True), name="score_once"
            ),
            models.CheckConstraint(
                condition=Q(result__in=("achieved", "partly", "not")), name="score_result_is_known"
            ),
        ]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"
