"""Who takes part in a program at one organization, from the day they applied: one row a way through, corrected by events."""

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
from warmhandoff.programs.models.program import Contract, Program
from warmhandoff.programs.states import ENROLLMENT, OPEN

KEPT = "seven years after the person was released"


class Enrollment(FileRow):
    """Class program. The day somebody was enrolled, and the day they left, are the program's; training has its own days."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in ENROLLMENT.states], default=ENROLLMENT.initial
    )
    # The referral that led here, which enrolling closes; none where somebody came in by themselves.
    referral = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the person agreed to when they enrolled; it names the agency.
    consent = models.ForeignKey(
        "participants.Consent", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)  # of whoever waits for a place
    enrolled_on = models.DateField(null=True, blank=True)
    active_on = models.DateField(null=True, blank=True)  # the first service
    ended_on = models.DateField(null=True, blank=True)
    exit_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["applied_on", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "state"], name="enrollment_by_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "program"], condition=Q(state__in=OPEN), name="enrollment_once_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENROLLMENT.states), name="enrollment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waitlisted", review_on__isnull=False)
                | (~Q(state="waitlisted") & Q(review_on__isnull=True)),
                name="enrollment_waits_with_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("enrolled", "active", "completed"), enrolled_on__isnull=False)
                | ~Q(state__in=("enrolled", "active", "completed")),
                name="enrollment_enrolled_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(enrolled_on__isnull=True) | Q(consent__isnull=False),
                name="enrollment_enrolled_by_consent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_on__isnull=True)
                | (~Q(state__in=OPEN) & Q(ended_on__isnull=False)),
                name="enrollment_ended_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="exited") & ~Q(exit_reason="") | ~Q(state="exited") & Q(exit_reason=""),
                name="enrollment_exit_says_why",
            ),
            models.CheckConstraint(
                condition=(Q(enrolled_on__isnull=True) | Q(enrolled_on__gte=F("applied_on")))
                & (Q(ended_on__isnull=True) | Q(ended_on__gte=F("applied_on"))),
                name="enrollment_days_in_order",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class EnrollmentEvent(EventBase, FileRow):
    """What happened to an enrollment: appended only, said right by a row that supersedes."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12)  # the one it came to
    on = models.DateField()  # where the place is
    detail = models.CharField(max_length=40, blank=True)  # why they left

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [
            correction_says_why("enrollmentevent"),
            happened_before_recorded("enrollmentevent"),
            corrected_once("enrollmentevent"),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"
