"""Whom a program is for, as rows with their source; and what was shown of one person, by whom, how, until when.

No offence, no diagnosis, no paper: a proof is a yes or a no to what a program asks, of the data class of that question, read by
the organization that wrote it down alone. A waiver lets one condition pass for one person, after a second person agreed.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmhandoff.directory.models import RuleRow, rule_makes_sense
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, CLASSES, ME, Rule, condition, open_table
from warmhandoff.participants.models import FileRow
from warmhandoff.programs.models.enrollment import KEPT
from warmhandoff.programs.models.program import ABOUT_NOBODY, Dated, Program, ends_after_it_begins


class Method(models.TextChoices):
    """How something was shown."""

    DOCUMENT = "document"
    AGENCY = "agency"
    SELF = "self"


class Criterion(RuleRow, Dated):
    """One condition of a program, from a day to a day.

    `shown_by` is what a proof must be of (a term of `eligibility_proof`, which names its data class); empty: what the file says
    is enough. Of those with the same word in `either` one is enough. A focus says who comes first, and turns nobody away.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="criteria")
    code = models.SlugField(max_length=40)
    either = models.SlugField(max_length=40, blank=True)
    is_focus = models.BooleanField(default=False)
    can_be_waived = models.BooleanField(default=True)
    shown_by = models.CharField(max_length=40, blank=True)
    methods = ArrayField(models.CharField(max_length=10, choices=Method), default=list, blank=True)
    # So many days a proof holds from the day it was shown; what somebody says of themselves may hold for fewer.
    holds_days = models.PositiveSmallIntegerField(null=True, blank=True)
    self_holds_days = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=250)
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["program_id", "position", "valid_from", "id"]
        constraints: ClassVar = [
            *rule_makes_sense("programcriterion"),
            ends_after_it_begins("programcriterion"),
            models.UniqueConstraint(
                fields=["program", "code", "valid_from"], name="programcriterion_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(shown_by="", methods__len=0) | (~Q(shown_by="") & Q(methods__len__gt=0)),
                name="programcriterion_says_how_it_is_shown",
            ),
            models.CheckConstraint(
                condition=~Q(kind="answer") | ~Q(shown_by=""), name="programcriterion_answer_is_shown"
            ),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


def _of_its_class(grants: tuple[str, ...]) -> Rule:
    """The organization's own rows, of a class that the reader reads: shared with nobody."""
    mine = f"organization_id = {ME}"
    return Rule(read=f"{mine} AND data_class::text = ANY({CLASSES})", write=mine, grants=grants)


class Proof(EventBase, FileRow):  # type: ignore[misc]
    """Somebody of ours was shown something of one person: yes or no, how, on which day. Appended only."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    shown = models.CharField(max_length=40)  # a term of `eligibility_proof`
    data_class = models.CharField(max_length=20)
    # None stands in a correction alone: nothing is known after all.
    holds = models.BooleanField(null=True)
    # Which of the three that a justice history may be, where that was said (a term of `justice_limb`). Nothing else about it.
    limb = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=10, choices=Method)
    # Of the directory, where it is there: who attests.
    agency = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    shown_on = models.DateField()
    # The first day on which it holds no longer, where what was shown says so itself.
    lapses_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["shown_on", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "file"], name="proof_of_file")]
        constraints: ClassVar = [
            happened_before_recorded("proof"),
            correction_says_why("proof"),
            corrected_once("proof"),
            models.CheckConstraint(
                condition=Q(holds__isnull=False) | Q(supersedes__isnull=False), name="proof_says_yes_or_no"
            ),
            models.CheckConstraint(condition=Q(limb="") | Q(holds=True), name="proof_limb_of_a_yes"),
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(method="agency"), name="proof_agency_attests"
            ),
            models.CheckConstraint(
                condition=Q(lapses_on__isnull=True) | Q(lapses_on__gt=F("shown_on")),
                name="proof_lapses_after_it_was_shown",
            ),
        ]

    class Rows:
        rule = _of_its_class(APPENDING)

    class Privacy:
        data_class = "justice"  # or that of its own column
        keep = KEPT
        forgetting = "deleted"


class Waiver(FileRow):
    """One condition passed over for one person: asked for with a reason, decided by somebody else. Decided once, for ever."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    criterion = models.SlugField(max_length=40)
    data_class = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)  # a term; the words besides stand in the narrative
    valid_from = models.DateField()
    lapses_on = models.DateField()
    asked_at = models.DateTimeField(db_default=WhNow())
    asked_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "file"], name="waiver_of_file")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="waiver_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="waiver_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(lapses_on__gt=F("valid_from")), name="waiver_lapses_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["file", "program", "criterion"],
                condition=Q(decided_at__isnull=True),
                name="waiver_asked_once",
            ),
        ]

    class Rows:
        rule = _of_its_class(CHANGING)

    class Privacy:
        data_class = "justice"  # or that of its own column
        keep = KEPT
        forgetting = "deleted"


class CoEnrollment(EventBase, FileRow):  # type: ignore[misc]
    """Class violence prevention: whether somebody takes part in another program too, and who says so. Appended only.

    Read by the provider that wrote it down, and by the agency where the person agreed to that when they enrolled; no other share
    reaches it. No list, search or export reads this table.
    """

    class Source(models.TextChoices):
        THEMSELVES = "themselves"
        OTHER_PROGRAM = "other_program"
        AGENCY = "agency"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    other_program = models.CharField(max_length=40)  # a term
    takes_part = models.BooleanField(null=True)
    source = models.CharField(max_length=15, choices=Source)
    on = models.DateField()

    class Meta:
        ordering: ClassVar = ["on", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "file"], name="coenrollment_of_file")]
        constraints: ClassVar = [
            happened_before_recorded("coenrollment"),
            correction_says_why("coenrollment"),
            corrected_once("coenrollment"),
            models.CheckConstraint(
                condition=Q(takes_part__isnull=False) | Q(supersedes__isnull=False),
                name="coenrollment_says_yes_or_no",
            ),
        ]

    class Rows:
        rule = condition(
            "organization_id = {me} OR wh_told_of_co_enrollment({table}.file_id)",
            "organization_id = {me}",
            grants=APPENDING,
            data_class="violence_prevention",
        )

    class Privacy:
        data_class = "violence_prevention"
        keep = KEPT
        forgetting = "deleted"
