"""Groups: which meet when and where, who belongs to them, who came. The meetings are about nobody, the rest is of the class program."""

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
from warmhandoff.foundation.rows import ACTOR, APPENDING, CHANGING, condition, of_class, own
from warmhandoff.participants.models import FileRow, Participant
from warmhandoff.programs.models.curriculum import CurriculumVersion, SessionTemplate
from warmhandoff.programs.models.enrollment import KEPT, Enrollment
from warmhandoff.programs.models.program import Contract, Dated, ends_after_it_begins


class OfAnOrganization(models.Model):
    """A row of one organization's groups, about nobody."""

    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Cohort(OfAnOrganization):
    """A group of people who go through one version of a curriculum together, at one organization, under one contract."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="cohorts")
    version = models.ForeignKey(CurriculumVersion, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=80)
    room = models.CharField(max_length=120)
    starts_on = models.DateField()
    min_size = models.PositiveSmallIntegerField(default=1)
    max_size = models.PositiveSmallIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["starts_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="cohort_and_organization"),
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(ended_on__isnull=True), name="cohort_named_once"
            ),
            models.CheckConstraint(
                condition=Q(min_size__gte=1, max_size__gte=F("min_size"), max_size__lte=60),
                name="cohort_sizes",
            ),
        ]

    class Rows:
        rule = own(grants=CHANGING)

    def __str__(self) -> str:
        return self.name


class WeeklySlot(Dated, OfAnOrganization):
    """When in the week a group meets, and for how long, from a day on."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="slots")
    weekday = models.PositiveSmallIntegerField()  # Monday is 0
    begins = models.TimeField()  # where the place is
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["cohort_id", "weekday", "begins"]
        constraints: ClassVar = [
            ends_after_it_begins("weeklyslot"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, minutes__gte=15, minutes__lte=480), name="weeklyslot_in_a_day"
            ),
        ]

    class Rows:
        rule = own(grants=CHANGING)


class CohortStaff(Dated, OfAnOrganization):
    """Who leads a group, or stands in where they can't."""

    class Part(models.TextChoices):
        FACILITATOR = "facilitator"
        COVER = "cover"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="staff")
    membership = models.ForeignKey("network.Membership", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part)

    class Meta:
        ordering: ClassVar = ["cohort_id", "-part", "id"]
        constraints: ClassVar = [
            ends_after_it_begins("cohortstaff"),
            models.UniqueConstraint(
                fields=["cohort", "membership"],
                condition=Q(valid_to__isnull=True),
                name="cohortstaff_once",
            ),
        ]

    class Rows:
        rule = own(grants=CHANGING)


class Meeting(OfAnOrganization):
    """A group meets. One that is moved stays the same meeting, with its code: `MeetingEvent` says when it was before.

    `template` is empty where a make-up is for several sessions: `MakeUp` says who comes for which.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        HELD = "held"
        CANCELLED = "cancelled"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="meetings")
    template = models.ForeignKey(
        SessionTemplate, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    make_up = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=120)
    # Who leads this one, where it isn't the group's own facilitator.
    cover = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["cohort", "starts_at"], name="meeting_by_cohort"),
            models.Index(
                fields=["organization", "starts_at"], condition=Q(state="planned"), name="meeting_planned"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="meeting_and_organization"),
            models.UniqueConstraint(
                fields=["cohort", "template"],
                condition=Q(make_up=False) & ~Q(state="cancelled"),
                name="meeting_once_a_session",
            ),
            models.CheckConstraint(
                condition=Q(template__isnull=False) | Q(make_up=True), name="meeting_is_for_a_session"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_begins"
            ),
        ]

    class Rows:
        rule = own(grants=CHANGING)


class MeetingEvent(EventBase, OfAnOrganization):
    """What became of a meeting: from when to when it was moved, and why. Appended only."""

    class Kind(models.TextChoices):
        PLANNED = "planned"
        MOVED = "moved"
        CANCELLED = "cancelled"
        COVERED = "covered"
        ROOM = "room"
        HELD = "held"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    was_at = models.DateTimeField(null=True, blank=True)
    became_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=40, blank=True)  # a term of meeting_moved_why

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        constraints: ClassVar = [happened_before_recorded("meetingevent")]

    class Rows:
        rule = own(grants=APPENDING)


class CohortMember(FileRow):
    """Somebody belongs to a group, from a day to a day. Who comes back has a row more."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="members")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="groups")
    joined_on = models.DateField()
    joined_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField(null=True, blank=True)
    left_why = models.CharField(max_length=40, blank=True)  # a term of left_group_why
    left_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["joined_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cohort", "enrollment"],
                condition=Q(left_on__isnull=True),
                name="cohortmember_once",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, left_why="", left_by__isnull=True)
                | (Q(left_on__gte=F("joined_on"), left_by__isnull=False) & ~Q(left_why="")),
                name="cohortmember_left_says_why",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class MakeUp(FileRow):
    """Somebody is to come to this meeting for a session that they missed; a guest there, where it is another group's."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="make_ups")
    member = models.ForeignKey(CohortMember, on_delete=models.PROTECT, related_name="make_ups")
    template = models.ForeignKey(SessionTemplate, on_delete=models.PROTECT, related_name="+")
    planned_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["meeting_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "member", "template"],
                condition=Q(called_off_at__isnull=True),
                name="makeup_once",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=CHANGING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


class Attendance(EventBase, FileRow):
    """Who came to a meeting and who didn't, session by session: appended only, said right by a row that supersedes."""

    class Mark(models.TextChoices):
        PRESENT = "present"
        LATE = "late"
        LEFT_EARLY = "left_early"
        ABSENT = "absent"

    class How(models.TextChoices):
        SEEN = "seen"  # by whoever led it
        SHEET = "sheet"  # from the sheet that people signed
        OWN_CODE = "own_code"  # the person's own QR code

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(CohortMember, on_delete=models.PROTECT, related_name="attendances")
    template = models.ForeignKey(SessionTemplate, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()  # where the place is
    mark = models.CharField(max_length=12, choices=Mark)
    absence = models.CharField(max_length=40, blank=True)  # a term of absence_why
    excused = models.BooleanField(null=True, blank=True)
    how = models.CharField(max_length=10, choices=How, default=How.SEEN)

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        indexes: ClassVar = [models.Index(fields=["member", "on"], name="attendance_by_member")]
        constraints: ClassVar = [
            happened_before_recorded("attendance"),
            correction_says_why("attendance"),
            corrected_once("attendance"),
            models.UniqueConstraint(
                fields=["meeting", "member", "template"],
                condition=Q(supersedes__isnull=True),
                name="attendance_once",
            ),
            models.CheckConstraint(
                condition=(Q(mark="absent", excused__isnull=False) & ~Q(absence=""))
                | (~Q(mark="absent") & Q(excused__isnull=True, absence="")),
                name="attendance_absent_says_why",
            ),
        ]

    class Rows:
        rule = of_class("program", grants=APPENDING)

    class Privacy:
        data_class = "program"
        keep = KEPT
        forgetting = "deleted"


# Whoever puts people into groups: the one thing here that a role decides, and not a class.
SCHEDULES = (
    "organization_id = {me} AND EXISTS (SELECT 1 FROM foundation_actor a"  # noqa: S608
    " JOIN network_membership m ON m.id = a.subject_id AND m.organization_id = a.organization_id"
    f" WHERE a.id = {ACTOR} AND a.kind = 'member' AND m.state = 'active' AND m.role = 'lead')"
)


class KeptApart(FileRow):
    """Two people who are never in one group, and no word of why. Read by whoever puts people into groups, and by nobody else."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    other = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    set_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "other"], condition=Q(ended_at__isnull=True), name="keptapart_once"
            ),
            # A pair has no order: the file that was opened first stands first.
            models.CheckConstraint(condition=Q(file__lt=F("other")), name="keptapart_in_order"),
        ]

    class Rows:
        rule = condition(SCHEDULES, data_class="program")

    class Privacy:
        data_class = "program"
        keep = "until whoever set it ends it"
        forgetting = "deleted"
