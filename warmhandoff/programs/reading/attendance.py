"""Who came and who didn't, as it stands now: what was corrected is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, Min, OuterRef, QuerySet, Value

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import Attendance, CohortMember, Enrollment, MakeUp, Meeting, SessionTemplate
from warmhandoff.programs.protocol import MISSED_TWICE
from warmhandoff.programs.reading.groups import expected_at

# Of whom, and for which session: (member, session).
Expected = tuple[int, int]
Mark = Attendance.Mark
# Who came late has had the session; who left before its end has not, and makes up for it.
HAD_IT = (Mark.PRESENT, Mark.LATE)
# What a duty about who misses their group is about, and how it stands among the marks.
MISSED_SUBJECT, OWED = "group_member", "owed"
# Meetings further apart than that are not in a row.
LOOKS_BACK = timedelta(days=60)


def standing() -> QuerySet[Attendance]:
    corrected = Attendance.objects.filter(supersedes_id=OuterRef("pk"))
    return Attendance.objects.filter(~Exists(corrected))


@dataclass(frozen=True)
class Sheet:
    """A meeting, who is to come to it and for which session, and what is said of each so far."""

    meeting: Meeting
    expected: dict[Expected, tuple[CohortMember, SessionTemplate]]
    stands: dict[Expected, Attendance]

    @property
    def is_whole(self) -> bool:
        """Something is said of everybody."""
        return self.expected.keys() <= self.stands.keys()


def sheet_or_404(code: str, *, locked: bool = False) -> Sheet:
    """Of a meeting of ours. Locked: of two who say who came, the second waits, and finds what the first said."""
    found = Meeting.objects.filter(code=code, organization_id=current_organization())
    if locked:
        found = found.select_for_update(no_key=True, of=("self",))
    asked = MakeUp.objects.filter(meeting=OuterRef("pk"), called_off_at__isnull=True)
    meeting = found.select_related("cohort", "template").annotate(has_guests=Exists(asked)).first()
    if meeting is None:
        raise NotYours()
    guests: bool = meeting.has_guests
    expected = {
        (member.pk, session.pk): (member, session)
        for member, session in expected_at(meeting, guests=guests, locked=locked)
    }
    return Sheet(meeting, expected, standing_at(meeting))


def meetings_now(file: Participant, before: timedelta) -> list[tuple[Meeting, CohortMember]]:
    """The meetings of today that this person is to come to, from so long before their beginning on."""
    now, place = clock.now(), current_place()
    near = Meeting.objects.filter(
        organization_id=current_organization(),
        starts_at__lte=now + before,
        starts_at__gte=now - timedelta(days=1),
    ).exclude(state=Meeting.State.CANCELLED)
    found = []
    for meeting in near.select_related("cohort__version", "template", "cover__user").order_by(
        "starts_at", "id"
    ):
        if place.day_of(meeting.starts_at) == place.day_of(now):
            mine = [member for member, _session in expected_at(meeting) if member.file_id == file.pk]
            found += [(meeting, mine[0])] if mine else []
    return found


def standing_at(meeting: Meeting) -> dict[Expected, Attendance]:
    """What is said of whom, by member and session."""
    return {(one.member_id, one.template_id): one for one in standing().filter(meeting=meeting)}


def missed_in_a_row(members: Sequence[int], until: date) -> dict[int, int]:
    """How many meetings each of them has missed one after the other, counted back from their last."""
    found = standing().filter(member_id__in=members, on__gte=until - LOOKS_BACK)
    return _in_a_row(found.order_by("-on", "-meeting_id").values_list("member_id", "mark"))


def in_a_row_and_owed(members: Sequence[int], until: date) -> tuple[dict[int, int], set[int]]:
    """The same, and who of them is on somebody's list for it already: asked at once."""
    marks = standing().filter(member_id__in=members, on__gte=until - LOOKS_BACK)
    duties = Duty.objects.filter(
        subject_kind=MISSED_SUBJECT, subject_id__in=members, kind=MISSED_TWICE, closed_at__isnull=True
    )
    owed = duties.values_list("subject_id", Value(OWED), Value(until), F("subject_id")).order_by()
    rows = marks.order_by().values_list("member_id", "mark", "on", "meeting_id").union(owed, all=True)
    said = sorted(rows, key=lambda row: (row[2], row[3]), reverse=True)
    return (
        _in_a_row((member, mark) for member, mark, _on, _at in said if mark != OWED),
        {member for member, mark, _on, _at in said if mark == OWED},
    )


def _in_a_row(said: Iterable[tuple[int, str]]) -> dict[int, int]:
    """From (member, mark), the last first."""
    missed: dict[int, int] = {}
    over: set[int] = set()
    for member, mark in said:
        if mark != Mark.ABSENT:
            over.add(member)
        elif member not in over:
            missed[member] = missed.get(member, 0) + 1
    return missed


def last_came(enrollments: Sequence[Enrollment]) -> dict[int, date]:
    """When each of them came to a group last."""
    found = standing().filter(member__enrollment__in=enrollments).exclude(mark=Mark.ABSENT)
    return dict(found.order_by("on").values_list("member__enrollment_id", "on"))


def next_planned(enrollments: Sequence[Enrollment]) -> dict[int, date]:
    """For which day the next meeting of each of their groups is planned."""
    place = current_place()
    found = CohortMember.objects.filter(
        enrollment__in=enrollments,
        left_on__isnull=True,
        cohort__meetings__state=Meeting.State.PLANNED,
        cohort__meetings__make_up=False,
        cohort__meetings__ends_at__gte=clock.now(),
    )
    first = found.values_list("enrollment_id").annotate(first=Min("cohort__meetings__starts_at"))
    return {enrollment: place.day_of(at) for enrollment, at in first.order_by()}
