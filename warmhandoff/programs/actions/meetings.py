"""The verbs of a group's meetings: planned past the holidays, moved, pushed on, called off, covered, and made up for.

A meeting that is moved stays the same one, with its code; its events say when it was before. What is to be led within a week, and
what was to be led and nobody has said a word about, stands on the list of whoever leads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from warmhandoff.foundation import clock, duties, terms, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.foundation.timers import Due
from warmhandoff.jurisdictions.dates import full_day, hour
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import led_queue_of
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.meeting_mails import tell_changes
from warmhandoff.programs.models import (
    Attendance,
    Cohort,
    CohortMember,
    MakeUp,
    Meeting,
    MeetingEvent,
    SessionTemplate,
)
from warmhandoff.programs.protocol import LEAD_MEETING
from warmhandoff.programs.reading.groups import leaders_of, sessions_to_plan, slots_of
from warmhandoff.programs.scheduling import Moment, at, moments, require_open

SUBJECT, OF_A_COHORT = "meeting", "cohort"
LOOK = "look"
# So long before, it stands on the list of whoever leads it.
AHEAD = timedelta(days=7)
# And so long after it, who came should be said.
AFTERWARDS = timedelta(hours=1)
PLANNED, HELD, CANCELLED = Meeting.State.PLANNED, Meeting.State.HELD, Meeting.State.CANCELLED
Kind = MeetingEvent.Kind


@transaction.atomic
def schedule(*, cohort: Cohort, by: Actor, optional: bool = True) -> list[Meeting]:
    """Plan every session that isn't planned yet, in order, in the weekly slots, past the place's holidays.

    Without `optional`, the required ones alone. A second time plans what is missing, after the last that is planned.
    """
    _lock(cohort)
    missing = sessions_to_plan(cohort, optional=optional)
    free = _free_moments(cohort, _day_after_last(cohort))
    found = [_meeting(cohort, next(free), template=session) for session in missing]
    if cohort.meetings.exists():
        tell_changes(found)  # who comes knew of the first ones
    planned = Meeting.objects.bulk_create(found)
    _tell(planned, Kind.PLANNED, by=by)
    look_ahead(cohort=cohort, by=by)
    return planned


@transaction.atomic
def plan(
    *, cohort: Cohort, session: SessionTemplate, on: date, begins: time, by: Actor, room: str = ""
) -> Meeting:
    """Plan one session on a day of one's own choice: what was called off, or a further one."""
    _lock(cohort)
    if session.version_id != cohort.version_id:
        raise NotYours()
    if session not in sessions_to_plan(cohort):
        raise WrongState("This session is planned already.", mend="Move it instead.")
    meeting = _meeting(cohort, _on(cohort, on, begins), template=session)
    tell_changes([meeting])
    return _plan_one(meeting, room, by=by)


@transaction.atomic
def move(
    *,
    meeting: Meeting,
    on: date,
    begins: time,
    why: str,
    by: Actor,
    minutes: int | None = None,
    room: str = "",
) -> Meeting:
    """To another day or hour. The others stay where they are. Never onto a holiday."""
    meeting = _to_come(meeting)
    _require_why(why)
    length = minutes or int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    moment = _on(meeting.cohort, on, begins, minutes=length, but=meeting)
    was = meeting.starts_at
    meeting.starts_at, meeting.ends_at = moment.starts_at, moment.ends_at
    meeting.room = " ".join(room.split()) or meeting.room
    meeting.save(update_fields=["starts_at", "ends_at", "room"])
    _tell([meeting], Kind.MOVED, by=by, was={meeting.pk: was}, why=why)
    _owed_anew([meeting], by=by)
    look_ahead(cohort=meeting.cohort, by=by)
    return meeting


@transaction.atomic
def push_on(*, meeting: Meeting, why: str, by: Actor) -> list[Meeting]:
    """This one and all that come after it: each takes the time of the next, the last a new one, past the holidays.

    Make-ups stay where they are: people were asked for that hour.
    """
    meeting = _to_come(meeting)
    _require_why(why)
    if meeting.make_up:
        raise WrongState("A make-up is moved by itself.", mend="Move it to another day.")
    cohort = meeting.cohort
    later = _movable_from(cohort, meeting.starts_at)
    free = _free_moments(cohort, _day_after_last(cohort))
    times = [Moment(one.starts_at, one.ends_at) for one in later[1:]] + [next(free)]
    was = {one.pk: one.starts_at for one in later}
    for one, moment in zip(later, times, strict=True):
        one.starts_at, one.ends_at = moment.starts_at, moment.ends_at
    Meeting.objects.bulk_update(later, ["starts_at", "ends_at"])
    _tell(later, Kind.MOVED, by=by, was=was, why=why)
    _owed_anew(later, by=by)
    look_ahead(cohort=cohort, by=by)
    return later


@transaction.atomic
def replan(*, cohort: Cohort, since: date, by: Actor) -> list[Meeting]:
    """What is planned from that day on moves into the hours that hold now, in its order, past the holidays."""
    _lock(cohort)
    begins = at(since, time(0), 0, current_place()).starts_at
    later = _movable_from(cohort, begins)
    was = {one.pk: one.starts_at for one in later}
    free = _free_moments(cohort, since, but=later)
    for one in later:
        moment = next(free)
        one.starts_at, one.ends_at = moment.starts_at, moment.ends_at
    moved = [one for one in later if one.starts_at != was[one.pk]]
    Meeting.objects.bulk_update(later, ["starts_at", "ends_at"])
    _tell(moved, Kind.MOVED, by=by, was=was, why="other_hours")
    _owed_anew(moved, by=by)
    look_ahead(cohort=cohort, by=by)
    return moved


@transaction.atomic
def cancel(*, meeting: Meeting, why: str, by: Actor) -> Meeting:
    """It isn't held. Its session can be planned anew; who was to make up for something there needs another day."""
    meeting = _to_come(meeting)
    _require_why(why)
    meeting.state = CANCELLED
    meeting.save(update_fields=["state"])
    # Those who were to make up for something there are told too.
    _tell([meeting], Kind.CANCELLED, by=by, why=why)
    MakeUp.objects.filter(meeting=meeting, called_off_at__isnull=True).update(called_off_at=clock.now())
    _close_duties([meeting], how=Duty.Closed.NO_LONGER, by=by)
    look_ahead(cohort=meeting.cohort, by=by)
    return meeting


@transaction.atomic
def cover(*, meeting: Meeting, membership: Membership | None, by: Actor) -> Meeting:
    """Somebody stands in for this one meeting; None: the group's own facilitators again."""
    meeting = _planned(meeting)
    if membership is not None and (
        membership.organization_id != meeting.organization_id or not membership.is_active
    ):
        raise NotYours()
    if membership is not None:
        _require_free(membership, meeting)
    meeting.cover = membership
    meeting.save(update_fields=["cover"])
    _tell([meeting], Kind.COVERED, by=by)
    _owed_anew([meeting], by=by)
    look_ahead(cohort=meeting.cohort, by=by)
    return meeting


def hold(*, meeting: Meeting, by: Actor) -> Meeting:
    """It was held: who came is said, in the same transaction. A second time changes nothing."""
    held = Meeting.objects.filter(
        pk=meeting.pk, organization_id=current_organization(), state=PLANNED
    ).update(state=HELD)
    if not held:
        meeting.refresh_from_db()
        if meeting.state == CANCELLED:
            raise WrongState("This meeting was called off.", mend="Plan its session anew.")
        return meeting
    meeting.state = HELD
    _tell([meeting], Kind.HELD, by=by)
    _close_duties([meeting], how=Duty.Closed.DONE, by=by)
    return meeting


# --- Make-ups -----------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_make_up(
    *,
    cohort: Cohort,
    on: date,
    begins: time,
    by: Actor,
    minutes: int | None = None,
    session: SessionTemplate | None = None,
    room: str = "",
) -> Meeting:
    """A meeting beside the plan, for what people missed. Without `session` it is for several."""
    _lock(cohort)
    if session is not None and session.version_id != cohort.version_id:
        raise NotYours()
    moment = _on(cohort, on, begins, minutes=minutes)
    return _plan_one(_meeting(cohort, moment, template=session, make_up=True), room, by=by)


@transaction.atomic
def ask_to_make_up(*, meeting: Meeting, member: CohortMember, session: SessionTemplate, by: Actor) -> MakeUp:
    """Somebody is to come to this meeting for a session of their own group. It may be another group's: they are a guest there."""
    if member.organization_id != current_organization():
        raise NotYours()
    Participant.objects.select_for_update(no_key=True).get(pk=member.file_id)
    meeting = _planned(meeting)
    member.refresh_from_db()
    if member.left_on is not None:
        raise WrongState("They have left the group.", mend="Let them join again first.")
    if session.version_id != member.cohort.version_id:
        raise BadValue("session", "This session isn't one of their group's.", mend="Choose one of the list.")
    same = meeting.template is not None and (meeting.template_id == session.pk or _alike(meeting, session))
    if meeting.template is not None and not same:
        raise BadValue(
            "session", "That meeting is for another session.", mend="Choose the one that it is for."
        )
    if not meeting.make_up and member.cohort_id == meeting.cohort_id:
        raise BadValue("meeting", "They belong to this meeting anyway.", mend="Choose a make-up.")
    found = MakeUp.objects.filter(
        meeting=meeting, member=member, template=session, called_off_at__isnull=True
    ).first()
    return found or MakeUp.objects.create(
        file_id=member.file_id,
        organization_id=member.organization_id,
        meeting=meeting,
        member=member,
        template=session,
        planned_by=by,
    )


@transaction.atomic
def call_off_make_up(*, make_up: MakeUp, by: Actor) -> None:
    """They needn't come for it. Where they did come, what was recorded stays."""
    if make_up.organization_id != current_organization():
        raise NotYours()
    if make_up.member.attendances.filter(
        meeting_id=make_up.meeting_id, template_id=make_up.template_id
    ).exists():
        raise WrongState("Whether they came is recorded.", mend="Correct that instead.")
    MakeUp.objects.filter(pk=make_up.pk, called_off_at__isnull=True).update(called_off_at=clock.now())


def _alike(meeting: Meeting, session: SessionTemplate) -> bool:
    """The same session of another version of the same curriculum."""
    other = meeting.template
    return (
        other is not None
        and other.number == session.number
        and other.version.curriculum_id == session.version.curriculum_id
    )


# --- Whose it is --------------------------------------------------------------------------------------------------


def look_ahead(*, cohort: Cohort, by: Actor) -> None:
    """What is to be led within a week, or was and nobody said a word, stands on a list; and when to look again."""
    now = clock.now()
    planned = list(cohort.meetings.filter(state=PLANNED).select_related("cover").order_by("starts_at"))
    near = [one for one in planned if one.starts_at <= now + AHEAD]
    owed = set(
        Duty.objects.filter(
            subject_kind=SUBJECT, subject_id__in=[one.pk for one in near], closed_at__isnull=True
        ).values_list("subject_id", flat=True)
    )
    for meeting in near:
        if meeting.pk not in owed:
            _owe(meeting, by=by)
    later = next((one for one in planned if one.starts_at > now + AHEAD), None)
    steps = {LOOK: Due(cohort.organization_id, later.starts_at - AHEAD)} if later else {}
    timers.set_timers((OF_A_COHORT, cohort.pk), steps, again=True)


def _owe(meeting: Meeting, *, by: Actor) -> None:
    place = current_place()
    for owner in _owners(meeting):
        duties.open_duty(
            owner=owner,
            kind=LEAD_MEETING,
            due_at=max(
                place.end_of(place.day_of(meeting.starts_at)), meeting.ends_at + AFTERWARDS, clock.now()
            ),
            by=by,
            subject=(SUBJECT, meeting.pk),
            detail=meeting.code,
        )


def leading(meeting: Meeting) -> list[Membership]:
    """Whoever stands in for this one, else the group's own."""
    return [meeting.cover] if meeting.cover and meeting.cover.is_active else leaders_of(meeting)


def _owners(meeting: Meeting) -> list[Owner]:
    """Whoever leads it; where nobody does any more, whoever answers for the queue."""
    leaders = leading(meeting)
    if leaders:
        return [Owner(meeting.organization_id, membership_id=each.pk) for each in leaders]
    queue = led_queue_of(meeting.organization_id)
    return [Owner(meeting.organization_id, queue_id=queue.pk)] if queue else []


def staff_changed(*, cohort: Cohort, by: Actor) -> None:
    """Others lead it from now on: what is planned goes to their lists."""
    _owed_anew(list(cohort.meetings.filter(state=PLANNED)), by=by)
    look_ahead(cohort=cohort, by=by)


def over(*, cohort: Cohort, by: Actor) -> None:
    """The group has ended: nothing of it is to be led any more."""
    timers.call_off((OF_A_COHORT, cohort.pk))
    _close_duties(list(cohort.meetings.all()), how=Duty.Closed.NO_LONGER, by=by)


def _owed_anew(meetings: Sequence[Meeting], *, by: Actor) -> None:
    _close_duties(meetings, how=Duty.Closed.SUPERSEDED, by=by)


def _close_duties(meetings: Sequence[Meeting], *, how: str, by: Actor) -> None:
    owed = Duty.objects.filter(subject_kind=SUBJECT, subject_id__in=[one.pk for one in meetings])
    duties.close(owed, how=how, by=by)


# --- What each verb asks ------------------------------------------------------------------------------------------


def _require_free(membership: Membership, meeting: Meeting) -> None:
    """Nobody is asked to stand in while another group has nobody but them. Of two who ask them at once, the second finds the first."""
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    then = Meeting.objects.filter(
        organization_id=meeting.organization_id,
        state=PLANNED,
        starts_at__lt=meeting.ends_at,
        ends_at__gt=meeting.starts_at,
    )
    for other in then.exclude(pk=meeting.pk).select_related("cohort", "cover"):
        if leading(other) == [membership]:
            raise BadValue(
                "cover",
                f"{membership.user.name} leads {other.cohort.name} at that time, and nobody else does.",
                mend="Choose somebody else, or move one of the two.",
            )


def _lock(cohort: Cohort) -> None:
    """Whoever else plans for this group waits for us."""
    found = Cohort.objects.select_for_update(no_key=True).filter(
        pk=cohort.pk, organization_id=current_organization()
    )
    fresh = found.first()
    if fresh is None:
        raise NotYours()
    if fresh.ended_on is not None:
        raise WrongState("This group has ended.", mend="Open another one.")


def _planned(meeting: Meeting) -> Meeting:
    """This meeting as it stands now, if nobody has held it. Whoever says who came waits for us, or we for them."""
    _lock(meeting.cohort)
    found = Meeting.objects.select_for_update(no_key=True, of=("self",))
    fresh = found.select_related("cohort", "template", "cover").get(pk=meeting.pk)
    if fresh.state == HELD:
        raise WrongState("This meeting was held.", mend="Correct who came, where that is wrong.")
    if fresh.state == CANCELLED:
        raise WrongState("This meeting was called off.", mend="Plan its session anew.")
    return fresh


def _to_come(meeting: Meeting) -> Meeting:
    """The same, if nobody has come to it: with their own code people come in before anybody says who did."""
    fresh = _planned(meeting)
    if fresh.attendances.exists():
        raise WrongState(
            "Some have come to this meeting already.", mend="Say who came; nobody is lost by that."
        )
    return fresh


def _movable_from(cohort: Cohort, since: datetime) -> list[Meeting]:
    """What is planned from then on, in its order; what some have come to already stays."""
    came = Attendance.objects.filter(meeting=OuterRef("pk"))
    planned = cohort.meetings.filter(~Exists(came), state=PLANNED, make_up=False, starts_at__gte=since)
    list(planned.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))
    return list(planned.order_by("starts_at", "id"))


def _require_why(why: str) -> None:
    if not terms.is_in_force("meeting_moved_why", why):
        raise BadValue("why", "Say why.", mend="Choose the reason that is nearest.")


def _on(
    cohort: Cohort, on: date, begins: time, *, minutes: int | None = None, but: Meeting | None = None
) -> Moment:
    """That day at that hour: an open day, still to come, on which the group doesn't meet at that time anyway."""
    place = current_place()
    require_open(on, place)
    moment = at(on, begins, minutes or _usual_minutes(cohort), place)
    if moment.starts_at < clock.now():
        raise BadValue("on", "This time has passed.", mend="Choose a time that is still to come.")
    same_time = cohort.meetings.exclude(state=CANCELLED).filter(
        starts_at__lt=moment.ends_at, ends_at__gt=moment.starts_at
    )
    other = (same_time.exclude(pk=but.pk) if but else same_time).first()
    if other is not None:
        local = place.local(other.starts_at)
        raise BadValue(
            "begins",
            f"The group meets then already: {full_day(local.date())}, {hour(local)}.",
            mend="Choose another hour, or push all that follow on.",
        )
    return moment


def _usual_minutes(cohort: Cohort) -> int:
    slot = cohort.slots.first()
    return slot.minutes if slot else cohort.version.minutes


def _day_after_last(cohort: Cohort) -> date:
    """The first day on which a further session may be planned."""
    last = cohort.meetings.filter(make_up=False).exclude(state=CANCELLED).order_by("-starts_at").first()
    if last is None:
        return cohort.starts_on
    return max(current_place().day_of(last.starts_at) + timedelta(days=1), cohort.starts_on)


def _free_moments(cohort: Cohort, first: date, *, but: Sequence[Meeting] = ()) -> Iterator[Moment]:
    """The slots from that day on that no other meeting of the group stands in."""
    others = cohort.meetings.exclude(state=CANCELLED).exclude(pk__in=[one.pk for one in but])
    taken = list(others.values_list("starts_at", "ends_at"))
    for moment in moments(slots_of(cohort), first, current_place()):
        if all(moment.ends_at <= starts or moment.starts_at >= ends for starts, ends in taken):
            yield moment


def _meeting(
    cohort: Cohort, moment: Moment, *, template: SessionTemplate | None, make_up: bool = False
) -> Meeting:
    return Meeting(
        organization_id=cohort.organization_id,
        cohort=cohort,
        template=template,
        make_up=make_up,
        starts_at=moment.starts_at,
        ends_at=moment.ends_at,
        room=cohort.room,
    )


def _plan_one(meeting: Meeting, room: str, *, by: Actor) -> Meeting:
    meeting.room = " ".join(room.split()) or meeting.room
    meeting.save()
    _tell([meeting], Kind.PLANNED, by=by)
    look_ahead(cohort=meeting.cohort, by=by)
    return meeting


def _tell(
    meetings: Sequence[Meeting],
    kind: str,
    *,
    by: Actor,
    was: dict[int, datetime] | None = None,
    why: str = "",
) -> None:
    if kind in (Kind.MOVED, Kind.CANCELLED):
        tell_changes(meetings)
    now = clock.now()
    MeetingEvent.objects.bulk_create(
        MeetingEvent(
            organization_id=one.organization_id,
            meeting=one,
            kind=kind,
            was_at=(was or {}).get(one.pk),
            became_at=one.starts_at if kind in (Kind.PLANNED, Kind.MOVED) else None,
            why=why,
            by=by,
            happened_at=now,
        )
        for one in meetings
    )
