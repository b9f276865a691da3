"""The verbs of a group: opened, staffed, given its hours and room; who joins it and who leaves it; who is kept apart.

Who may be in a group together is the database's to say (`wh_cohort_member`): of two who join at once, the second sees the first.
A verb locks the person, then their file, then the group, then its meetings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, Q

from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, DomainError, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.actions.owed import holder_here, holders_here, off_the_list
from warmhandoff.programs.models import (
    Cohort,
    CohortMember,
    CohortStaff,
    Contract,
    CurriculumVersion,
    Enrollment,
    KeptApart,
    MakeUp,
    Meeting,
    WeeklySlot,
)
from warmhandoff.programs.scheduling import Slot
from warmhandoff.programs.states import TAKES_PART

Part = CohortStaff.Part


class GroupIsFull(DomainError):
    code = "group_is_full"
    sentence = "Every place in this group is taken."
    mend = "Choose another group, or make it larger."


class NotTogether(DomainError):
    """Says no more than it must: why, and because of whom, stands nowhere."""

    code = "not_together"
    sentence = "They can't be in this group."
    mend = "Choose another one, or ask your lead."


class TogetherNow(DomainError):
    code = "together_now"
    sentence = "Both are in one group now."
    mend = "Let one of them leave it first."


@dataclass(frozen=True)
class Sizes:
    least: int
    most: int


@transaction.atomic
def open_group(
    *,
    contract: Contract,
    version: CurriculumVersion,
    name: str,
    room: str,
    starts_on: date,
    sizes: Sizes,
    slots: Sequence[Slot],
    facilitators: Sequence[Membership],
    by: Actor,
    covers: Sequence[Membership] = (),
) -> Cohort:
    """A group with its hours, its room and whoever leads it. Its meetings are planned by `meetings.schedule`."""
    here = current_organization()
    name, room = " ".join(name.split()), " ".join(room.split())
    if contract.provider_id != here or (version.curriculum.organization_id or here) != here:
        raise NotYours()
    if not name or not room:
        raise BadValue(
            "room" if name else "name", "Say what it is called, and where it meets.", mend="A few words."
        )
    if starts_on < contract.valid_from or (contract.valid_to is not None and starts_on > contract.valid_to):
        raise BadValue("starts_on", "The contract doesn't hold on that day.", mend="Choose another day.")
    if version.valid_from > starts_on:
        raise BadValue("version", "This version begins later.", mend="Choose the one before, or a later day.")
    if Cohort.objects.filter(organization_id=here, name=name, ended_on__isnull=True).exists():
        raise BadValue("name", "Another group is called so.", mend="Give it another name.")
    _require_sizes(sizes)
    if not facilitators:
        raise BadValue("facilitators", "Nobody leads this group.", mend="Choose who does.")
    cohort = Cohort.objects.create(
        organization_id=here,
        contract=contract,
        version=version,
        name=name,
        room=room,
        starts_on=starts_on,
        min_size=sizes.least,
        max_size=sizes.most,
    )
    _put_slots(cohort, slots, since=starts_on)
    _put_staff(cohort, facilitators, covers, since=starts_on)
    return cohort


@transaction.atomic
def change_group(
    *, cohort: Cohort, by: Actor, name: str | None = None, room: str | None = None, sizes: Sizes | None = None
) -> Cohort:
    """Another name, room or size. What is planned from now on meets in the new room."""
    _lock(cohort)
    cohort.refresh_from_db()
    if sizes is not None:
        _require_sizes(sizes)
        if cohort.members.filter(left_on__isnull=True).count() > sizes.most:
            raise BadValue("most", "More people than that belong to it.", mend="Give a larger number.")
        cohort.min_size, cohort.max_size = sizes.least, sizes.most
    cohort.name = " ".join((name or "").split()) or cohort.name
    same = Cohort.objects.filter(
        organization_id=cohort.organization_id, name=cohort.name, ended_on__isnull=True
    )
    if same.exclude(pk=cohort.pk).exists():
        raise BadValue("name", "Another group is called so.", mend="Give it another name.")
    before, cohort.room = cohort.room, " ".join((room or "").split()) or cohort.room
    cohort.save(update_fields=["name", "room", "min_size", "max_size"])
    if cohort.room != before:
        cohort.meetings.filter(state=Meeting.State.PLANNED, room=before).update(room=cohort.room)
    return cohort


@transaction.atomic
def change_hours(*, cohort: Cohort, slots: Sequence[Slot], since: date, by: Actor) -> list[Meeting]:
    """Other hours from a day on: what is planned from then moves into them, in its order, past the holidays."""
    _lock(cohort)
    if since < today():
        raise BadValue("since", "This day has passed.", mend="Choose today or a later day.")
    if not slots:
        raise BadValue("slots", "Nobody said when this group meets.", mend="Give it a day and an hour.")
    running = cohort.slots.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=since))
    for slot in running:
        # Hours that never came into force end on the day on which they were to begin: they stay as what was meant.
        slot.valid_to = max(since - timedelta(days=1), slot.valid_from)
        slot.save(update_fields=["valid_to"])
    _put_slots(cohort, slots, since=since)
    return meetings.replan(cohort=cohort, since=since, by=by)


@transaction.atomic
def staff(
    *,
    cohort: Cohort,
    facilitators: Sequence[Membership],
    by: Actor,
    covers: Sequence[Membership] = (),
) -> None:
    """Who leads it from today on, and who stands in."""
    _lock(cohort)
    if not facilitators:
        raise BadValue("facilitators", "Nobody leads this group.", mend="Choose who does.")
    wanted = {each.pk: Part.FACILITATOR for each in facilitators} | {
        each.pk: Part.COVER for each in covers if each not in facilitators
    }
    for row in cohort.staff.filter(valid_to__isnull=True):
        if wanted.get(row.membership_id) == row.part:
            wanted.pop(row.membership_id)
        else:
            row.valid_to = max(today(), row.valid_from)
            row.save(update_fields=["valid_to"])
    new = [each for each in (*facilitators, *covers) if each.pk in wanted]
    _put_staff(
        cohort,
        [each for each in new if wanted[each.pk] == Part.FACILITATOR],
        [each for each in new if wanted[each.pk] == Part.COVER],
        since=max(today(), cohort.starts_on),
    )
    meetings.staff_changed(cohort=cohort, by=by)


@transaction.atomic
def end_group(*, cohort: Cohort, by: Actor, on: date | None = None) -> Cohort:
    """It is over: everybody has left it, and nothing more is planned."""
    _own(cohort)
    holders_here(set(cohort.members.filter(left_on__isnull=True).values_list("file__person_id", flat=True)))
    _lock(cohort)
    day = on or today()
    if day > today() or day < cohort.starts_on:
        raise BadValue(
            "on", "It can't have ended on that day.", mend="Give a day since it began, up to today."
        )
    if cohort.meetings.filter(state=Meeting.State.PLANNED).exists():
        raise WrongState("Meetings of this group are still planned.", mend="Call them off, or say who came.")
    for member in cohort.members.filter(left_on__isnull=True).select_related("file"):
        _leave(member, on=day, why="finished", by=by)
    cohort.ended_on = day
    cohort.save(update_fields=["ended_on"])
    meetings.over(cohort=cohort, by=by)
    return cohort


# --- Who belongs to it --------------------------------------------------------------------------------------------


@transaction.atomic
def join(*, cohort: Cohort, enrollment: Enrollment, by: Actor, on: date | None = None) -> CohortMember:
    """Somebody who takes part in the group's program belongs to it from that day on. Twice is once."""
    cohort = _own(cohort)
    day = on or max(today(), cohort.starts_on)
    if enrollment.organization_id != cohort.organization_id:
        raise NotYours()
    # Whoever ends their enrollment at the same moment waits for us, or we for them.
    holder_here(enrollment.file)
    # The file next, as the database does: a pair kept apart at the same moment waits for us, or we for it.
    Participant.objects.select_for_update(no_key=True).get(pk=enrollment.file_id)
    _lock(cohort)
    found = CohortMember.objects.filter(cohort=cohort, enrollment=enrollment, left_on__isnull=True).first()
    if found is not None:
        return found
    enrollment.refresh_from_db()
    if enrollment.program_id != cohort.contract.program_id or enrollment.state not in TAKES_PART:
        raise WrongState("They don't take part in this group's program.", mend="Enroll them first.")
    if enrollment.enrolled_on is None or day < enrollment.enrolled_on:
        raise BadValue(
            "on", "They were not enrolled yet on that day.", mend="Give a day since they were enrolled."
        )
    if cohort.members.filter(left_on__isnull=True).count() >= cohort.max_size:
        raise GroupIsFull()
    if _stands_apart(enrollment.file_id, cohort):
        raise NotTogether()
    return CohortMember.objects.create(
        file_id=enrollment.file_id,
        organization_id=enrollment.organization_id,
        cohort=cohort,
        enrollment=enrollment,
        joined_on=day,
        joined_by=by,
    )


@transaction.atomic
def leave(*, member: CohortMember, why: str, by: Actor, on: date | None = None) -> CohortMember:
    """They belong to it no more. What they came to stays; what they were to make up for is called off."""
    if member.organization_id != current_organization():
        raise NotYours()
    if not terms.is_in_force("left_group_why", why):
        raise BadValue("why", "Say why they leave.", mend="Choose the reason that is nearest.")
    holder_here(member.file)
    found = CohortMember.objects.select_for_update(no_key=True, of=("self",)).select_related("file")
    member = found.get(pk=member.pk)
    if member.left_on is not None:
        raise WrongState("They have left this group already.", mend="Open the page again.")
    day = on or max(today(), member.joined_on)
    if on is not None and not member.joined_on <= on <= today():
        raise BadValue(
            "on", "They can't have left on that day.", mend="Give a day since they joined, up to today."
        )
    if on is not None and on < (said := _last_said(member, on)):
        raise BadValue(
            "on",
            f"On {full_day(said)} it was said whether they came.",
            mend="Give that day, or a later one.",
        )
    return _leave(member, on=day, why=why, by=by)


def leave_all(*, enrollment: Enrollment, by: Actor, why: str = "left_program", on: date | None = None) -> int:
    """Whoever takes part no more belongs to no group of that enrollment; how many they left."""
    members = CohortMember.objects.filter(enrollment=enrollment, left_on__isnull=True).select_related("file")
    for member in members:
        _leave(member, on=on or today(), why=why, by=by)
    return len(members)


def _leave(member: CohortMember, *, on: date, why: str, by: Actor) -> CohortMember:
    """They belonged to it on each day on which something is said of them."""
    # Whoever says who came at this moment waits for us, or we for them.
    CohortMember.objects.select_for_update(no_key=True).get(pk=member.pk)
    member.left_on = max(_last_said(member, on), member.joined_on)
    member.left_why, member.left_by = why, by
    member.save(update_fields=["left_on", "left_why", "left_by"])
    MakeUp.objects.filter(
        member=member, called_off_at__isnull=True, meeting__state=Meeting.State.PLANNED
    ).update(called_off_at=clock.now())
    off_the_list(member, by=by)
    return member


def _last_said(member: CohortMember, on: date) -> date:
    """That day; or the last after it on which it was said whether they came."""
    return member.attendances.filter(on__gt=on).aggregate(last=Max("on"))["last"] or on


# --- Who is kept apart --------------------------------------------------------------------------------------------


@transaction.atomic
def keep_apart(*, one: Participant, other: Participant, by: Actor) -> KeptApart:
    """These two are never in one group. No reason is kept; whoever puts people into groups sees it, and nobody else."""
    here = current_organization()
    if {one.organization_id, other.organization_id} != {here}:
        raise NotYours()
    if one.pk == other.pk:
        raise BadValue("other", "This is the same person.", mend="Choose somebody else.")
    first, second = sorted((one, other), key=lambda each: each.pk)
    list(
        Participant.objects.select_for_update(no_key=True).filter(pk__in=[first.pk, second.pk]).order_by("pk")
    )
    found = KeptApart.objects.filter(file=first, other=second, ended_at__isnull=True).first()
    if found is not None:
        return found
    theirs = CohortMember.objects.filter(file=first, left_on__isnull=True).values("cohort_id")
    if CohortMember.objects.filter(file=second, left_on__isnull=True, cohort_id__in=theirs).exists():
        raise TogetherNow()
    return KeptApart.objects.create(file=first, other=second, organization_id=here, set_by=by)


@transaction.atomic
def end_apart(*, pair: KeptApart, by: Actor) -> None:
    """They may be together again."""
    if pair.organization_id != current_organization():
        raise NotYours()
    KeptApart.objects.filter(pk=pair.pk, ended_at__isnull=True).update(ended_at=clock.now())


def _stands_apart(file_id: int, cohort: Cohort) -> bool:
    """As whoever acts may see it: the database asks once more, of everybody."""
    pairs = KeptApart.objects.filter(Q(file_id=file_id) | Q(other_id=file_id), ended_at__isnull=True)
    others = {pair.other_id if pair.file_id == file_id else pair.file_id for pair in pairs}
    return bool(others) and (
        cohort.members.filter(left_on__isnull=True, file_id__in=others).exists()
        or MakeUp.objects.filter(
            meeting__cohort=cohort, meeting__state="planned", called_off_at__isnull=True, file_id__in=others
        ).exists()
    )


# --- What each verb asks ------------------------------------------------------------------------------------------


def today() -> date:
    return clock.today(current_place().zone)


def _own(cohort: Cohort) -> Cohort:
    if cohort.organization_id != current_organization():
        raise NotYours()
    if cohort.ended_on is not None:
        raise WrongState("This group has ended.", mend="Open another one.")
    return cohort


def _lock(cohort: Cohort) -> None:
    """Whoever else plans for this group, or puts people into it, waits for us."""
    if cohort.organization_id != current_organization():
        raise NotYours()
    fresh = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    cohort.ended_on, cohort.max_size = fresh.ended_on, fresh.max_size
    _own(cohort)


def _require_sizes(sizes: Sizes) -> None:
    if not 1 <= sizes.least <= sizes.most <= 60:
        raise BadValue("most", "From 1 to 60, the smaller number first.", mend="Check both numbers.")


def _put_slots(cohort: Cohort, slots: Sequence[Slot], *, since: date) -> None:
    if not slots:
        raise BadValue("slots", "Nobody said when this group meets.", mend="Give it a day and an hour.")
    days = [(slot.weekday, slot.begins) for slot in slots]
    if len(set(days)) < len(days):
        raise BadValue("slots", "The same hour stands there twice.", mend="Leave one of them out.")
    WeeklySlot.objects.bulk_create(
        WeeklySlot(
            organization_id=cohort.organization_id,
            cohort=cohort,
            weekday=slot.weekday,
            begins=slot.begins,
            minutes=slot.minutes,
            valid_from=since,
        )
        for slot in slots
    )


def _put_staff(
    cohort: Cohort, facilitators: Sequence[Membership], covers: Sequence[Membership], *, since: date
) -> None:
    parts = {each.pk: (each, Part.COVER) for each in covers} | {
        each.pk: (each, Part.FACILITATOR) for each in facilitators
    }
    if any(
        each.organization_id != cohort.organization_id or not each.is_active for each, _ in parts.values()
    ):
        raise NotYours()
    CohortStaff.objects.bulk_create(
        CohortStaff(
            organization_id=cohort.organization_id,
            cohort=cohort,
            membership=each,
            part=part,
            valid_from=since,
        )
        for each, part in parts.values()
    )
