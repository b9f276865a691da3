"""Groups as pages, sheets and reports read them: what is planned, who leads it, who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet

from warmhandoff.foundation import clock
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import staff_of
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    CohortStaff,
    Contract,
    Curriculum,
    CurriculumVersion,
    Enrollment,
    KeptApart,
    MakeUp,
    Meeting,
    MeetingEvent,
    SessionTemplate,
)
from warmhandoff.programs.reading.terms import in_force
from warmhandoff.programs.scheduling import Slot
from warmhandoff.programs.states import TAKES_PART

PLANNED, HELD, CANCELLED = Meeting.State.PLANNED, Meeting.State.HELD, Meeting.State.CANCELLED


# --- Curricula ----------------------------------------------------------------------------------------------------


def curricula() -> list[Curriculum]:
    """One's own, and what came with the product and isn't one's own yet."""
    found = Curriculum.objects.filter(Q(organization_id=current_organization()) | Q(organization=None))
    ours = {one.slug for one in found if one.organization_id}
    return [one for one in found if one.organization_id or one.slug not in ours]


def curriculum_or_404(code: str) -> Curriculum:
    found = Curriculum.objects.filter(
        Q(organization_id=current_organization()) | Q(organization=None), code=code
    ).first()
    if found is None:
        raise NotYours()
    return found


def version_on(curriculum: Curriculum, day: date) -> CurriculumVersion | None:
    """The version in force on a day."""
    return curriculum.versions.filter(valid_from__lte=day).order_by("-valid_from").first()


@dataclass(frozen=True)
class Counted:
    """How many sessions of which kind a version has."""

    all: int
    skill: int
    application: int
    optional: int
    required: int
    titled: int


def counted(sessions: Iterable[SessionTemplate]) -> Counted:
    found = list(sessions)
    of = [one.kind for one in found]
    return Counted(
        all=len(found),
        skill=of.count("skill"),
        application=of.count("application"),
        optional=of.count("optional"),
        required=sum(one.required for one in found),
        titled=sum(bool(one.title) for one in found),
    )


# --- Groups -------------------------------------------------------------------------------------------------------


def cohort_or_404(code: str) -> Cohort:
    found = (
        Cohort.objects.select_related("contract__program", "version__curriculum")
        .filter(code=code, organization_id=current_organization())
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def meeting_or_404(code: str) -> Meeting:
    found = (
        Meeting.objects.select_related("cohort__version__curriculum", "template__module", "cover__user")
        .filter(code=code, organization_id=current_organization())
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def member_or_404(code: str) -> CohortMember:
    found = (
        CohortMember.objects.select_related("cohort", "file", "enrollment")
        .filter(code=code, organization_id=current_organization())
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def groups_of(*, ended: bool = False) -> QuerySet[Cohort]:
    """Our groups, with how many belong to each and how far it has come."""
    now = clock.now()
    return (
        Cohort.objects.filter(organization_id=current_organization(), ended_on__isnull=not ended)
        .select_related("version__curriculum", "contract__program")
        .annotate(
            size=Count("members", filter=Q(members__left_on__isnull=True), distinct=True),
            planned=Count(
                "meetings", filter=Q(meetings__make_up=False) & ~Q(meetings__state=CANCELLED), distinct=True
            ),
            held=Count("meetings", filter=Q(meetings__make_up=False, meetings__state=HELD), distinct=True),
            next_at=Min("meetings__starts_at", filter=Q(meetings__state=PLANNED, meetings__ends_at__gte=now)),
            last_at=Max("meetings__starts_at", filter=~Q(meetings__state=CANCELLED)),
        )
        .prefetch_related(
            Prefetch(
                "staff", CohortStaff.objects.filter(valid_to__isnull=True).select_related("membership__user")
            )
        )
    )


def leads(membership: Membership, cohort: Cohort) -> bool:
    """Whether somebody leads this group, or stands in."""
    return cohort.staff.filter(membership=membership, valid_to__isnull=True).exists()


def staff_on(cohort: Cohort) -> list[CohortStaff]:
    """Who leads it now and who stands in, of those who work here; facilitators first."""
    found = cohort.staff.filter(valid_to__isnull=True).select_related("membership__user")
    return [row for row in found if row.membership.is_active]


def leaders_of(meeting: Meeting) -> list[Membership]:
    """The group's facilitators, of those who work here."""
    return [row.membership for row in staff_on(meeting.cohort) if row.part == CohortStaff.Part.FACILITATOR]


def may_lead() -> list[Membership]:
    """Colleagues whose role leads groups, by name."""
    return [
        each
        for each in staff_of(current_organization()).select_related("user").order_by("user__name", "id")
        if may(each.role, Permission.RUN_GROUPS)
    ]


def slots_of(cohort: Cohort) -> list[Slot]:
    """When in the week it meets now."""
    return [
        Slot(slot.weekday, slot.begins, slot.minutes) for slot in cohort.slots.filter(valid_to__isnull=True)
    ]


def meetings_of(cohort: Cohort) -> list[Meeting]:
    """All that is planned or was held, in the order of time; what was called off stands among it."""
    return list(cohort.meetings.select_related("template__module", "cover__user").order_by("starts_at", "id"))


def sessions_to_plan(cohort: Cohort, *, optional: bool = True) -> list[SessionTemplate]:
    """The sessions of its version for which no meeting stands, in order."""
    planned = cohort.meetings.filter(make_up=False).exclude(state=CANCELLED).values("template_id")
    found = cohort.version.sessions.exclude(pk__in=planned)
    return list(found if optional else found.filter(required=True))


def moved(meetings: Sequence[Meeting]) -> dict[int, MeetingEvent]:
    """What moved or called off each of them last."""
    found = MeetingEvent.objects.filter(
        meeting__in=meetings, kind__in=(MeetingEvent.Kind.MOVED, MeetingEvent.Kind.CANCELLED)
    )
    return {event.meeting_id: event for event in found.order_by("happened_at", "id")}


def on_closed_days(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Those planned for a day that the place's calendar has closed since."""
    place = current_place()
    return [
        one for one in meetings if one.state == PLANNED and place.day_of(one.starts_at) in place.closed_days
    ]


@dataclass(frozen=True)
class Clash:
    """At the time of a meeting another group of ours meets: in the same room, or led by the same person."""

    other: str
    room: bool
    leader: str


def clashes(cohort: Cohort) -> dict[int, Clash]:
    """By meeting still to come. Nobody is in two places at once; a room may be large enough for two groups, so it is only said."""
    now = clock.now()
    planned = Meeting.objects.filter(
        organization_id=cohort.organization_id, state=PLANNED, ends_at__gte=now
    ).select_related("cohort", "cover__user")
    ours = [one for one in planned if one.cohort_id == cohort.pk]
    others = [one for one in planned if one.cohort_id != cohort.pk]
    leads = _leaders_by_cohort({one.cohort_id for one in planned})
    found: dict[int, Clash] = {}
    for one in ours:
        for other in others:
            if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                both = _leading(one, leads).keys() & _leading(other, leads).keys()
                same = sort_key(one.room) == sort_key(other.room)
                if both or same:
                    name = _leading(one, leads)[min(both)] if both else ""
                    found[one.pk] = Clash(other.cohort.name, same, name)
    return found


def _leading(meeting: Meeting, leads: dict[int, dict[int, str]]) -> dict[int, str]:
    if meeting.cover is not None:
        return {meeting.cover.pk: meeting.cover.user.name}
    return leads.get(meeting.cohort_id, {})


def _leaders_by_cohort(cohorts: Iterable[int]) -> dict[int, dict[int, str]]:
    rows = CohortStaff.objects.filter(
        cohort_id__in=set(cohorts), valid_to__isnull=True, part=CohortStaff.Part.FACILITATOR
    ).select_related("membership__user")
    found: dict[int, dict[int, str]] = {}
    for row in rows:
        if row.membership.is_active:
            found.setdefault(row.cohort_id, {})[row.membership_id] = row.membership.user.name
    return found


def members_of(cohort: Cohort, *, on: date | None = None) -> QuerySet[CohortMember]:
    """Who belongs to it now, or belonged to it on a day; in the order in which they joined."""
    found = CohortMember.objects.filter(cohort=cohort).select_related("file", "enrollment")
    if on is None:
        return found.filter(left_on__isnull=True)
    return found.filter(Q(left_on__isnull=True) | Q(left_on__gte=on), joined_on__lte=on)


def expected_at(
    meeting: Meeting, *, guests: bool = True, locked: bool = False
) -> list[tuple[CohortMember, SessionTemplate]]:
    """Who is to come to a meeting, and for which session: the group's own people, or those who make up for something there.

    `guests`: whether anybody makes up for something there, where that is known. `locked`: whoever acts on the group's own people at
    the same moment (they leave it, or the program) waits for us, or we for them.
    """
    found: list[tuple[CohortMember, SessionTemplate]] = []
    if not meeting.make_up and meeting.template is not None:
        members = members_of(meeting.cohort, on=current_place().day_of(meeting.starts_at))
        if locked:
            members = members.select_related("file__person", "enrollment")
            # The person before the membership, as leaving does it.
            members = members.select_for_update(no_key=True, of=("file__person", "self"))
        found = [(member, meeting.template) for member in members]
    if not guests:
        return found
    asked = MakeUp.objects.filter(meeting=meeting, called_off_at__isnull=True).select_related(
        "member__file", "member__enrollment", "member__cohort", "template"
    )
    return found + [(guest.member, guest.template) for guest in asked]


def make_ups_at(meeting: Meeting) -> list[MakeUp]:
    return list(
        MakeUp.objects.filter(meeting=meeting, called_off_at__isnull=True).select_related(
            "member__file", "member__cohort", "template"
        )
    )


def members_elsewhere(cohort: Cohort) -> list[CohortMember]:
    """Who belongs to our other groups that go through the same curriculum."""
    return list(
        CohortMember.objects.filter(
            organization_id=cohort.organization_id,
            left_on__isnull=True,
            cohort__version__curriculum=cohort.version.curriculum,
        )
        .exclude(cohort=cohort)
        .select_related("file", "enrollment", "cohort__version")
        .order_by("cohort_id", "joined_on", "id")
    )


def make_ups_planned(members: Sequence[CohortMember]) -> set[tuple[int, int]]:
    """(member, session) for which they are to come to a make-up that is still to be held."""
    found = MakeUp.objects.filter(member__in=members, called_off_at__isnull=True, meeting__state=PLANNED)
    return set(found.values_list("member_id", "template_id"))


def make_up_meetings(member: CohortMember) -> list[Meeting]:
    """Where somebody may make up for a session: what is planned beside the plan, first their own group's."""
    found = Meeting.objects.filter(
        organization_id=member.organization_id, make_up=True, state=PLANNED, ends_at__gte=clock.now()
    ).select_related("cohort", "template")
    return sorted(found, key=lambda one: (one.cohort_id != member.cohort_id, one.starts_at))


# --- Who may join -------------------------------------------------------------------------------------------------


def may_join(cohort: Cohort) -> list[Enrollment]:
    """Who takes part in the group's program here and is in no group of it now: the longest enrolled first."""
    in_one = CohortMember.objects.filter(
        left_on__isnull=True, cohort__version__curriculum=cohort.version.curriculum
    ).values("enrollment_id")
    return list(
        Enrollment.objects.filter(
            organization_id=cohort.organization_id,
            program_id=cohort.contract.program_id,
            state__in=TAKES_PART,
        )
        .exclude(pk__in=in_one)
        .select_related("file")
        .order_by("enrolled_on", "id")
    )


def apart_from(file_ids: Iterable[int]) -> dict[int, set[int]]:
    """By file: from whom somebody is kept apart. Empty for everybody but whoever puts people into groups."""
    wanted = set(file_ids)
    found: dict[int, set[int]] = {}
    pairs = KeptApart.objects.filter(Q(file_id__in=wanted) | Q(other_id__in=wanted), ended_at__isnull=True)
    for pair in pairs:
        found.setdefault(pair.file_id, set()).add(pair.other_id)
        found.setdefault(pair.other_id, set()).add(pair.file_id)
    return found


def takes_part_here() -> list[Participant]:
    """The files of everybody who takes part in a program of ours."""
    taking_part = Enrollment.objects.filter(
        organization_id=current_organization(), state__in=TAKES_PART
    ).values("file_id")
    return list(Participant.objects.filter(pk__in=taking_part).order_by("id"))


def pairs() -> list[KeptApart]:
    return list(
        KeptApart.objects.filter(ended_at__isnull=True, organization_id=current_organization())
        .select_related("file", "other")
        .order_by("id")
    )


def pair_or_404(code: str) -> KeptApart:
    found = KeptApart.objects.filter(code=code, organization_id=current_organization()).first()
    if found is None:
        raise NotYours()
    return found


# --- A person's groups --------------------------------------------------------------------------------------------


def groups_of_a_file(file: Participant) -> list[CohortMember]:
    """The groups somebody belongs to or belonged to, newest first."""
    return list(
        CohortMember.objects.filter(file=file)
        .select_related("cohort__version__curriculum", "enrollment")
        .order_by("-joined_on", "-id")
    )


def contracts_here(day: date) -> list[Contract]:
    """What we deliver on a day."""
    return list(
        Contract.objects.filter(in_force(day), provider_id=current_organization())
        .select_related("program", "funding")
        .order_by("program_id", "id")
    )


def next_meeting_of(cohort: Cohort, since: datetime) -> Meeting | None:
    return (
        cohort.meetings.filter(state=PLANNED, make_up=False, ends_at__gte=since)
        .select_related("template")
        .order_by("starts_at")
        .first()
    )
