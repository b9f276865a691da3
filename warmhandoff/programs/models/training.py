"""Training somebody takes part in besides the program's own groups, with days of its own; and what they earned by it.

The days of a training are never those of the enrollment: funders count both apart.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, of_class
from warmhandoff.participants.models import FileRow
from warmhandoff.programs.models.enrollment import KEPT, Enrollment
from warmhandoff.programs.states import TRAINING, TRAINING_BEGAN, TRAINING_OPEN, TRAINING_OVER


class Training(FileRow):
    """Class program. Where, toward which occupation, when it was to begin and end, and when it did."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="trainings")
    provider = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    course = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)  # a term
    # None: toward no occupation of its own, as a class for the diploma.
    occupation = models.ForeignKey(
        "labor_market.Occupation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in TRAINING.states], default=TRAINING.initial
    )
    planned_from = models.DateField()
    planned_to = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)  # a term, where it wasn't completed

    class Meta:
        ordering: ClassVar = ["planned_from", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrollment", "provider", "course"],
                condition=Q(state__in=TRAINING_OPEN),
                name="training_once_open",
            ),
            models.CheckConstraint(condition=Q(state__in=TRAINING.states), name="training_state_is_known"),
            models.CheckConstraint(
                condition=Q(planned_to__gte=F("planned_from")), name="training_planned_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TRAINING_BEGAN, started_on__isnull=False)
                | (~Q(state__in=TRAINING_BEGAN) & Q(started_on__isnull=True)),
                name="training_started_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TRAINING_OVER, ended_on__isnull=False)
                | (~Q(state__in=TRAINING_OVER) & Q(ended_on__isnull=True)),
                name="training_ended_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="training_days_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=("left", "not_begun")) & ~Q(end_reason=""))
                | (~Q(state__in=("left", "not_begun")) & Q(end_reason="")),
                name="training_end_says_why",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class TrainingEvent(EventBase, FileRow):
    """What happened to a training: appended only."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12)  # the one it came to
    on = models.DateField()  # where the place is

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [happened_before_recorded("trainingevent")]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class Credential(EventBase, FileRow):
    """What somebody earned, who gives it, since which day, and how we know. Appended only: said right by a row that supersedes."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="credentials")
    # None: earned without a training that we know of.
    training = models.ForeignKey(
        Training, on_delete=models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    kind = models.CharField(max_length=40)  # a term
    name = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120)
    issued_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=40)  # a term
    # Said no more: it was never earned, or by somebody else. What says so supersedes what it was.
    struck = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["issued_on", "id"]
        constraints: ClassVar = [
            happened_before_recorded("credential"),
            correction_says_why("credential"),
            corrected_once("credential"),
            models.CheckConstraint(
                condition=Q(struck=False) | Q(supersedes__isnull=False), name="credential_struck_was_said"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("issued_on")),
                name="credential_days_in_order",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"
