"""Record clearance: how far it has come, and when. There is no place here for what it was about, for a court or for a number."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.casework.models.services import KEPT
from warmhandoff.casework.states import CLEARANCE, CLEARANCE_OPEN, HEARING
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, own
from warmhandoff.participants.models import FileRow


class Clearance(FileRow):
    """Class justice, and the organization's own: no share of the class brings it to another."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    relief = models.CharField(max_length=40)  # term: relief
    state = models.CharField(
        max_length=16, choices=[(s, s) for s in CLEARANCE.states], default=CLEARANCE.initial
    )
    hearing_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["opened_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "relief"], condition=Q(state__in=CLEARANCE_OPEN), name="clearance_once_open"
            ),
            models.CheckConstraint(condition=Q(state__in=CLEARANCE.states), name="clearance_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=HEARING) | Q(hearing_on__isnull=False),
                name="clearance_hearing_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLEARANCE_OPEN, ended_on__isnull=True)
                | (~Q(state__in=CLEARANCE_OPEN) & Q(ended_on__isnull=False)),
                name="clearance_ended_has_its_day",
            ),
        ]

    class Rows:
        rule = own("justice", grants=CHANGING)

    class Privacy:
        data_class = "justice"
        keep = KEPT
        forgetting = "deleted"


class ClearanceEvent(EventBase, FileRow):
    """One step of it, on its day: appended only; a step taken by mistake is taken back by a row that supersedes it."""

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=16)  # the one it came to
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [
            correction_says_why("clearanceevent"),
            happened_before_recorded("clearanceevent"),
            corrected_once("clearanceevent"),
        ]

    class Rows:
        rule = own("justice", grants=APPENDING)

    class Privacy:
        data_class = "justice"
        keep = KEPT
        forgetting = "deleted"
