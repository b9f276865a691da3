"""How somebody stands: the needs scale, 1 to 5 with written anchors, and what is ready for work. Each time asked is a row."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.casework.models.services import KEPT
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, of_class
from warmhandoff.participants.models import FileRow, Unknown

LOWEST, HIGHEST = 1, 5


class Asked(EventBase, FileRow):
    """What was said on a day, of the data class of what was asked about."""

    data_class = models.CharField(max_length=20)
    on = models.DateField()

    class Meta:
        abstract = True


class Rating(Asked):
    """Where somebody stands in one domain of the needs scale, as agreed with them on a day. Of the class of its domain."""

    domain = models.CharField(max_length=40)  # vocabulary scale_domain
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    unknown = models.CharField(max_length=12, choices=Unknown, blank=True)

    class Meta:
        ordering: ClassVar = ["on", "id"]
        indexes: ClassVar = [models.Index(fields=["file", "domain", "on"], name="rating_of_file")]
        constraints: ClassVar = [
            happened_before_recorded("rating"),
            correction_says_why("rating"),
            corrected_once("rating"),
            models.CheckConstraint(
                condition=Q(level__gte=LOWEST, level__lte=HIGHEST, unknown="")
                | (Q(level__isnull=True) & ~Q(unknown="")),
                name="rating_level_or_why",
            ),
        ]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "needs"
        keep = KEPT
        forgetting = "deleted"


class Ready(Asked):
    """Whether one thing that work asks for is there, as said on a day. Papers, ways to be reached and housing stand in the file."""

    class Standing(models.TextChoices):
        HAS = "has"
        ON_THE_WAY = "on_the_way"
        HASNT = "hasnt"
        NOT_NEEDED = "not_needed"

    item = models.CharField(max_length=40)  # vocabulary ready_item
    standing = models.CharField(max_length=12, choices=Standing)

    class Meta:
        ordering: ClassVar = ["on", "id"]
        indexes: ClassVar = [models.Index(fields=["file", "item", "on"], name="ready_of_file")]
        constraints: ClassVar = [
            happened_before_recorded("ready"),
            correction_says_why("ready"),
            corrected_once("ready"),
            models.CheckConstraint(
                condition=Q(standing__in=("has", "on_the_way", "hasnt", "not_needed")),
                name="ready_standing_is_known",
            ),
        ]

    class Rows:
        rule = of_class(grants=APPENDING)

    class Privacy:
        data_class = "work_education"
        keep = KEPT
        forgetting = "deleted"
