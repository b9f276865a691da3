"""An appointment of somebody of ours with a person: when, how and where; never what for in words.

Its one UID and its SEQUENCE are what calendars know it by (RFC 5545): each change that is mailed raises the one and keeps the other.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from warmhandoff.casework.models.services import KEPT
from warmhandoff.casework.states import APPOINTMENT, PLANNED
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, of_class
from warmhandoff.participants.models import FileRow


class Appointment(FileRow):
    """Class program: whoever helps them to come reads it. What it is about is a word of a list that tells no justice and no health."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    membership = models.ForeignKey("network.Membership", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=40)  # term: appointment_about
    how = models.CharField(max_length=40)  # term: appointment_how
    # Of our own services; the calendar gets its address alone, since the name of a room may be a program's.
    location = models.ForeignKey(
        "directory.Location", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in APPOINTMENT.states], default=APPOINTMENT.initial
    )
    sequence = models.PositiveSmallIntegerField(default=0)
    # Where the person's calendar gets it, if they wanted that.
    mailbox = models.ForeignKey(
        "foundation.ContactPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "starts_at"], name="appointment_to_come"),
            models.Index(fields=["file", "starts_at"], name="appointment_of_a_file"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "membership", "starts_at"],
                condition=Q(state=PLANNED),
                name="appointment_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=APPOINTMENT.states), name="appointment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_begins"
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class AppointmentEvent(EventBase, FileRow):
    """Made, moved, kept, missed, cancelled: appended only; said right by a row that supersedes."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10)
    starts_at = models.DateTimeField()  # the one it has from then on
    detail = models.CharField(max_length=40, blank=True)  # term: appointment_cancelled

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [
            correction_says_why("appointmentevent"),
            happened_before_recorded("appointmentevent"),
            corrected_once("appointmentevent"),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"
