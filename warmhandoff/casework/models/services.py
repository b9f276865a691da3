"""What was given to a person: which help, how much of it, on which day, by whom."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, of_class
from warmhandoff.participants.models import FileRow

KEPT = "seven years after the person was released"


class Standing(models.QuerySet["ServiceGiven"]):
    """Services as they count: what was corrected counts as it was said last, what was struck not at all."""

    def standing(self) -> Standing:
        corrected = ServiceGiven.objects.filter(supersedes_id=models.OuterRef("pk"))
        return self.filter(~models.Exists(corrected), struck=False)


class ServiceGiven(EventBase, FileRow):
    """One service given to one person on one day. Of the data class of its code: that somebody was taken to care says why."""

    code = models.CharField(max_length=40)  # vocabulary service_given; its parent is what it is counted in
    data_class = models.CharField(max_length=20)
    units = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1))
    on = models.DateField()  # where the place is
    staff = models.ForeignKey("network.Membership", on_delete=models.PROTECT, related_name="+")
    # A correction that says that it never was.
    struck = models.BooleanField(default=False)

    objects = Standing.as_manager()

    class Meta:
        ordering: ClassVar = ["-on", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["file", "-on"], name="servicegiven_of_file"),
            models.Index(fields=["organization", "on"], name="servicegiven_by_day"),
        ]
        constraints: ClassVar = [
            happened_before_recorded("servicegiven"),
            correction_says_why("servicegiven"),
            corrected_once("servicegiven"),
            models.CheckConstraint(
                condition=Q(units__gt=0, units__lte=999), name="servicegiven_units_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(struck=False) | Q(supersedes__isnull=False), name="servicegiven_strikes_something"
            ),
        ]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class CoachingSession(FileRow):
    """One session of career coaching: the service that it was, and which parts of the coach's guide it touched."""

    service = models.OneToOneField(ServiceGiven, on_delete=models.PROTECT, related_name="coaching")
    parts = ArrayField(models.CharField(max_length=40))  # vocabulary coach_guide

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"
