"""Paid work that somebody does as a part of a program: where, for what wage, and the hours of each week.

What was worked, what it paid and what a worksite said to it is only added to. The worksite's supervisor has no account: a link of
their own opens the weeks that wait for them, and shows nothing of the program (P9).
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.models import (
    EventBase,
    MailedLink,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, CHANGING, of_class
from warmhandoff.participants.models import FileRow
from warmhandoff.programs.models.enrollment import KEPT, Enrollment
from warmhandoff.programs.states import PAID_WORK, WORK_BEGAN, WORK_OPEN, WORK_OVER


class PaidWork(FileRow):
    """Class program. Where somebody works, who pays them, who oversees it there, and how many hours are planned."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="works")
    kind = models.CharField(max_length=40)  # a term
    site = models.ForeignKey("employers.Site", on_delete=models.PROTECT, related_name="+")
    # Who pays the wage: the worksite's own employer, or one of ours.
    employer_of_record = models.ForeignKey("employers.Employer", on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey("employers.EmployerContact", on_delete=models.PROTECT, related_name="+")
    occupation = models.ForeignKey(
        "labor_market.Occupation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=12, choices=[(s, s) for s in PAID_WORK.states], default=PAID_WORK.initial
    )
    planned_from = models.DateField()
    planned_to = models.DateField()
    planned_hours = models.PositiveSmallIntegerField()
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)  # a term, where it wasn't completed

    class Meta:
        ordering: ClassVar = ["planned_from", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrollment", "site"], condition=Q(state__in=WORK_OPEN), name="paidwork_once_open"
            ),
            models.CheckConstraint(condition=Q(state__in=PAID_WORK.states), name="paidwork_state_is_known"),
            models.CheckConstraint(condition=Q(planned_hours__gt=0), name="paidwork_plans_hours"),
            models.CheckConstraint(
                condition=Q(planned_to__gte=F("planned_from")), name="paidwork_planned_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORK_BEGAN, started_on__isnull=False)
                | (~Q(state__in=WORK_BEGAN) & Q(started_on__isnull=True)),
                name="paidwork_started_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORK_OVER, ended_on__isnull=False)
                | (~Q(state__in=WORK_OVER) & Q(ended_on__isnull=True)),
                name="paidwork_ended_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="paidwork_days_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=("left", "not_begun")) & ~Q(end_reason=""))
                | (~Q(state__in=("left", "not_begun")) & Q(end_reason="")),
                name="paidwork_end_says_why",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class PaidWorkEvent(EventBase, FileRow):
    """What happened to paid work: appended only."""

    work = models.ForeignKey(PaidWork, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12)  # the one it came to
    on = models.DateField()  # where the place is
    # Who oversees it there from then on: with the plan, and with each change.
    supervisor = models.ForeignKey(
        "employers.EmployerContact", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [happened_before_recorded("paidworkevent")]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class WorkWage(EventBase, FileRow):
    """What an hour of it pays, from a day on. A later one follows; of the same day the one recorded last counts."""

    work = models.ForeignKey(PaidWork, on_delete=models.PROTECT, related_name="wages")
    hourly = models.DecimalField(max_digits=6, decimal_places=2)
    valid_from = models.DateField()
    # The floor that it stood on when it was agreed.
    floor = models.ForeignKey("labor_market.WageFloor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["valid_from", "id"]
        constraints: ClassVar = [
            happened_before_recorded("workwage"),
            models.CheckConstraint(condition=Q(hourly__gt=0), name="workwage_is_money"),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class Introduction(EventBase, FileRow):
    """What the person said about being introduced to a worksite's supervisor, and the name they want to be called by there.

    Asked before anything goes there, with what the introduction gives away. What they said last counts; of class contact, since
    it holds a name.
    """

    work = models.ForeignKey(PaidWork, on_delete=models.PROTECT, related_name="introductions")
    supervisor = models.ForeignKey("employers.EmployerContact", on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    name = models.CharField(max_length=120, blank=True)
    how = models.CharField(max_length=40)  # a term

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [
            happened_before_recorded("introduction"),
            models.CheckConstraint(
                condition=Q(agrees=True) & ~Q(name="") | Q(agrees=False, name=""),
                name="introduction_yes_has_a_name",
            ),
        ]

    class Rows:
        rule = of_class("contact", grants=APPENDING)

    class Privacy:
        data_class = "contact"
        keep = KEPT
        forgetting = "deleted"


class Timesheet(EventBase, FileRow):
    """The hours of one week, Monday first, as somebody wrote them down. A week said right is a row that supersedes."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    work = models.ForeignKey(PaidWork, on_delete=models.PROTECT, related_name="timesheets")
    week = models.DateField()  # its Monday
    hours = ArrayField(models.DecimalField(max_digits=4, decimal_places=2), size=7)

    class Meta:
        ordering: ClassVar = ["week", "id"]
        constraints: ClassVar = [
            happened_before_recorded("timesheet"),
            correction_says_why("timesheet"),
            corrected_once("timesheet"),
            # A week is written down once; said right, it supersedes.
            models.UniqueConstraint(
                fields=["work", "week"], condition=Q(supersedes__isnull=True), name="timesheet_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1),
                name="timesheet_begins_on_monday",
            ),
            models.CheckConstraint(
                condition=Func(
                    F("hours"),
                    template="(cardinality(%(expressions)s) = 7 AND 0 <= ALL (%(expressions)s) AND 24 >= ALL (%(expressions)s))",
                    output_field=models.BooleanField(),
                ),
                name="timesheet_days_have_24_hours",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"

    @property
    def total(self) -> Decimal:
        # Read together with other tables, numbers in a list come as JSON writes them: quarters are exact in either.
        return sum((Decimal(hours) for hours in self.hours), Decimal(0))


class TimesheetAnswer(EventBase, FileRow):
    """What was said to a week's hours: right, or sent back. Once; never by whoever wrote them down (a trigger holds us to it)."""

    timesheet = models.OneToOneField(Timesheet, on_delete=models.PROTECT, related_name="answer")
    approved = models.BooleanField()
    # How we know: behind the worksite's link, or on a paper that somebody here saw.
    seen = models.CharField(max_length=10, choices=[("link", "link"), ("paper", "paper")])

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [
            happened_before_recorded("timesheetanswer"),
            models.CheckConstraint(
                condition=Q(approved=True, reason="") | Q(approved=False) & ~Q(reason=""),
                name="timesheetanswer_sent_back_says_why",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class WorksiteLink(MailedLink):
    """The link in a mail to a supervisor: the weeks that wait for them, as long as they are asked at this mailbox."""

    signs = "worksite"
    begins = "w"
    asks_code = False  # it shows the one name that the person agreed to, and nothing else about them

    supervisor = models.ForeignKey("employers.EmployerContact", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["supervisor", "mailbox"], name="worksitelink_once")
        ]

    def site_url(self) -> str:
        return str(settings.EMPLOYER_URL)
