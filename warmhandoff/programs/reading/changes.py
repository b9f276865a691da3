"""What became of a group's meetings since a moment: moved to when, called off, or planned besides; for the mails that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet

from warmhandoff.foundation import clock
from warmhandoff.network.models import Membership
from warmhandoff.programs.models import CohortMember, CohortStaff, MakeUp, Meeting, MeetingEvent

PLANNED, MOVED, CANCELLED = MeetingEvent.Kind.PLANNED, MeetingEvent.Kind.MOVED, MeetingEvent.Kind.CANCELLED


@dataclass(frozen=True)
class Change:
    """One meeting that is still to come, or was. `was_at`: when it was to be before; None where it is a new one."""

    meeting: Meeting
    was_at: datetime | None
    # How often it was moved or called off, ever: what calendars call its sequence.
    sequence: int

    @property
    def is_off(self) -> bool:
        return self.meeting.state == Meeting.State.CANCELLED

    @property
    def is_new(self) -> bool:
        return self.was_at is None

    @property
    def code(self) -> str:
        return self.meeting.code

    @property
    def starts_at(self) -> datetime:
        return self.meeting.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.meeting.ends_at


def changes_for_member(member: CohortMember, *, since: datetime) -> list[Change]:
    """Of the meetings that somebody is to come to: their group's own, and those where they make up for something."""
    asked = MakeUp.objects.filter(member=member).filter(
        # What was called off with its meeting was called off by the same change.
        Q(called_off_at__isnull=True) | Q(called_off_at__gte=since)
    )
    own = Q(cohort_id=member.cohort_id, make_up=False) if member.left_on is None else Q(pk__in=[])
    return _changes(Meeting.objects.filter(own | Q(pk__in=asked.values("meeting_id"))), since)


def changes_for_leader(membership: Membership, cohort_id: int, *, since: datetime) -> list[Change]:
    """Of the meetings of a group that a colleague leads, or stands in for."""
    changed = _changes(Meeting.objects.filter(cohort_id=cohort_id), since)
    leads = CohortStaff.objects.filter(
        cohort_id=cohort_id,
        membership=membership,
        part=CohortStaff.Part.FACILITATOR,
        valid_to__isnull=True,
    ).exists()
    return [
        one
        for one in changed
        if one.meeting.cover_id == membership.pk or (leads and one.meeting.cover_id is None)
    ]


def _changes(meetings: QuerySet[Meeting], since: datetime) -> list[Change]:
    """The first one first. What is over, stands where it stood, or came and went again, is no change."""
    now = clock.now()
    # What is planned when a group is set up is told as it is joined; news is what came after that.
    first_plan = MeetingEvent.objects.filter(kind=PLANNED, meeting__cohort=OuterRef("meeting__cohort"))
    told = MeetingEvent.objects.filter(
        Q(kind__in=(MOVED, CANCELLED))
        | Q(kind=PLANNED, recorded_at__gt=first_plan.order_by("recorded_at").values("recorded_at")[:1]),
        recorded_at__gte=since,
        meeting__in=meetings.order_by(),
    )
    first: dict[int, tuple[str, datetime | None]] = {}
    for meeting_id, kind, was_at in told.order_by("id").values_list("meeting_id", "kind", "was_at"):
        first.setdefault(meeting_id, (kind, was_at))
    counted = Count("events", filter=Q(events__kind__in=(MOVED, CANCELLED)))
    found = meetings.filter(pk__in=first, starts_at__gt=now).exclude(state=Meeting.State.HELD)
    changes = [
        Change(one, None if kind == PLANNED else was_at or one.starts_at, one.changes)
        for one in found.annotate(changes=counted).order_by("starts_at", "id")
        for kind, was_at in (first[one.pk],)
    ]
    return [
        one
        for one in changes
        if not (one.is_off and one.is_new) and (one.is_off or one.was_at != one.starts_at)
    ]
