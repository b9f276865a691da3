"""Making an appointment, moving it, calling it off, and saying how it went.

It is a date of whom it is with: a duty, due when it begins, that stays theirs whoever holds the person. A calendar hears of each
change, under the one UID, with a SEQUENCE that has grown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.casework import notices
from warmhandoff.casework.models import Appointment, AppointmentEvent
from warmhandoff.casework.notices import SUBJECT
from warmhandoff.casework.states import APPOINTMENT, CANCELLED, KEPT, MISSED, PLANNED
from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import APPOINTMENT as DUTY
from warmhandoff.custody.protocol import CALL, PLAN
from warmhandoff.directory.models import Location
from warmhandoff.foundation import clock, duties, messages, terms, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.messages import Notice
from warmhandoff.foundation.models import Actor, ContactPoint, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import mail_of

# A date that somebody agreed on, as a hold is: no further ahead than that may be.
LONGEST_AHEAD_DAYS = 90
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=8)
IN_PERSON = "in_person"
MADE, MOVED = "made", "moved"
# The step of its timer.
TOMORROW = "tomorrow"


@dataclass(frozen=True)
class When:
    """When one meets, how, and where."""

    starts_at: datetime
    length: timedelta
    how: str = IN_PERSON
    location: Location | None = None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length


@transaction.atomic
def make(
    *,
    file: Participant,
    when: When,
    about: str,
    with_: Membership,
    by: Actor,
    by_mail: bool = False,
) -> Appointment:
    """Agree on an appointment. `by_mail`: the person wants it in their calendar, and to be reminded on the day before."""
    if file.organization_id != current_organization() or with_.organization_id != file.organization_id:
        raise NotYours()
    if not with_.is_active:
        raise BadValue("staff", "They don’t work here any more.", mend="Choose somebody else.")
    if not terms.is_in_force("appointment_about", about):
        raise BadValue("about", "Say what it is about.", mend="Choose one from the list.")
    _require_possible(when, file.organization_id)
    held = custody.holds(file.person_id)
    if held:
        custody.held(file.person_id)
    _require_free(file, with_, when)
    appointment = Appointment.objects.create(
        file=file,
        organization_id=file.organization_id,
        membership=with_,
        about=about,
        how=when.how,
        location=when.location,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        mailbox=_their_mail(file) if by_mail else None,
    )
    _event(appointment, MADE, by=by)
    if held:
        # "Decide what's next" is done by deciding.
        custody.close_planning(file.person_id, by=by, kinds=(PLAN,))
    _open_duty(appointment, by=by, held=held)
    _invite(appointment)
    return appointment


@transaction.atomic
def move(*, appointment: Appointment, when: When, by: Actor) -> Appointment:
    """Another time, way or place; with the same colleague."""
    fresh = _ours(appointment)
    APPOINTMENT.require_beside("move", fresh.state, "staff")
    _require_possible(when, fresh.organization_id)
    said = (fresh.starts_at, fresh.ends_at, fresh.how, fresh.location_id)
    if said == (when.starts_at, when.ends_at, when.how, when.location.pk if when.location else None):
        raise BadValue("", "This says the same.", mend="Change the time or the place, or leave it as it is.")
    _require_free(fresh.file, fresh.membership, when, but=fresh)
    _change(
        fresh,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        how=when.how,
        location=when.location,
        sequence=fresh.sequence + 1,
    )
    _event(fresh, MOVED, by=by)
    held = custody.holds(fresh.file.person_id)
    _close_duty(fresh, Duty.Closed.SUPERSEDED, by=by)
    _open_duty(fresh, by=by, held=held)
    _invite(fresh)
    return fresh


@transaction.atomic
def cancel(*, appointment: Appointment, reason: str, by: Actor) -> Appointment:
    """Call it off; whoever has it in a calendar hears that."""
    fresh = _ours(appointment)
    APPOINTMENT.require("cancel", fresh.state, "staff")
    if not terms.is_in_force("appointment_cancelled", reason):
        raise BadValue("reason", "Say why it is called off.", mend="Choose the reason that is nearest.")
    _change(fresh, state=CANCELLED, sequence=fresh.sequence + 1)
    _event(fresh, CANCELLED, by=by, detail=reason)
    _close_duty(fresh, Duty.Closed.NO_LONGER, by=by)
    _point(fresh, by=by)
    timers.call_off((SUBJECT, fresh.pk))
    _send(fresh, notices.PersonCalledOff, notices.StaffCalledOff)
    return fresh


@transaction.atomic
def keep(*, appointment: Appointment, by: Actor) -> Appointment:
    """They came."""
    return _say_how_it_went(appointment, "keep", KEPT, by=by)


@transaction.atomic
def miss(*, appointment: Appointment, by: Actor) -> Appointment:
    """They did not come: whoever holds them calls them."""
    fresh = _say_how_it_went(appointment, "miss", MISSED, by=by)
    if custody.holds(fresh.file.person_id):
        due_at = current_place().deadline("next_step", clock.now())
        custody.add_step(person_id=fresh.file.person_id, kind=CALL, due_at=due_at, by=by)
    return fresh


@transaction.atomic
def set_right(*, appointment: Appointment, reason: str, by: Actor) -> Appointment:
    """They came after all, or did not: the other one was written down wrong."""
    fresh = _ours(appointment)
    last = fresh.events.filter(superseded_by__isnull=True).order_by("-id").first()
    if last is None or fresh.state not in (KEPT, MISSED):
        raise WrongState("Nobody has said yet how it went.", mend="Say whether they came.")
    require_may_correct(last, reason, by=by)
    other = MISSED if fresh.state == KEPT else KEPT
    _change(fresh, was=fresh.state, state=other)
    _event(fresh, other, by=by, supersedes=last, reason=reason, happened_at=last.happened_at)
    return fresh


def remind(appointment_id: int) -> None:
    """On the day before: by mail, where they wanted that, and somebody still expects them (an organization may have closed)."""
    appointment = Appointment.objects.filter(pk=appointment_id, state=PLANNED).first()
    if appointment is not None and _duties(appointment).filter(closed_at__isnull=True).exists():
        _send(appointment, notices.Reminder, None)


# --- What they have in common -------------------------------------------------------------------------------------


def _ours(appointment: Appointment) -> Appointment:
    """It as it stands now; of two who change it at once, the second waits, and finds what the first left."""
    if appointment.organization_id != current_organization():
        raise NotYours()
    # Whoever holds the person is locked first, as each verb of custody does it.
    if custody.holds(appointment.file.person_id):
        custody.held(appointment.file.person_id)
    found = Appointment.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "file", "membership", "mailbox"
    )
    return found.get(pk=appointment.pk)


def _change(appointment: Appointment, was: str = PLANNED, **values: object) -> None:
    if not Appointment.objects.filter(pk=appointment.pk, state=was).update(**values):
        raise WrongState(verb="change", state=appointment.state)
    for name, value in values.items():
        setattr(appointment, name, value)


def _say_how_it_went(appointment: Appointment, verb: str, state: str, *, by: Actor) -> Appointment:
    fresh = _ours(appointment)
    APPOINTMENT.require(verb, fresh.state, "staff")
    if current_place().day_of(fresh.starts_at) > clock.today(current_place().zone):
        raise WrongState("This appointment is still to come.", mend="Say on that day how it went.")
    _change(fresh, state=state)
    _event(fresh, state, by=by)
    _close_duty(fresh, Duty.Closed.DONE, by=by)
    _point(fresh, by=by)
    timers.call_off((SUBJECT, fresh.pk))
    return fresh


def _require_possible(when: When, organization_id: int) -> None:
    now = clock.now()
    if when.starts_at <= now:
        raise BadValue("starts_at", "This time has passed.", mend="Choose a later time.")
    if when.starts_at > now + timedelta(days=LONGEST_AHEAD_DAYS):
        raise BadValue(
            "starts_at",
            f"An appointment is at most {LONGEST_AHEAD_DAYS} days ahead.",
            mend="Choose an earlier day.",
        )
    if not SHORTEST <= when.length <= LONGEST:
        raise BadValue("length", "It takes from 5 minutes to 8 hours.", mend="Choose how long it takes.")
    if not terms.is_in_force("appointment_how", when.how):
        raise BadValue("how", "Say how you meet.", mend="Choose one from the list.")
    if when.location is not None:
        theirs = Location.objects.filter(
            pk=when.location.pk, active=True, service__organization_id=organization_id
        )
        if when.how != IN_PERSON or not theirs.exists():
            raise BadValue("location", "You don’t meet there.", mend="Choose one of your own addresses.")


def _require_free(
    file: Participant, with_: Membership, when: When, *, but: Appointment | None = None
) -> None:
    """Neither of the two can be somewhere else at that time; of two who agree on it at once, the second waits, and finds the first."""
    Membership.objects.select_for_update(no_key=True).get(pk=with_.pk)
    at_that_time = Appointment.objects.filter(
        organization_id=file.organization_id,
        state=PLANNED,
        starts_at__lt=when.ends_at,
        ends_at__gt=when.starts_at,
    )
    if but is not None:
        at_that_time = at_that_time.exclude(pk=but.pk)
    if at_that_time.filter(file=file).exists():
        raise BadValue("starts_at", "They have another appointment then.", mend="Choose another time.")
    if at_that_time.filter(membership=with_).exists():
        raise BadValue(
            "starts_at", f"{with_.user.name} has another appointment then.", mend="Choose another time."
        )


def _their_mail(file: Participant) -> ContactPoint:
    mail = mail_of(file.person_id)
    if mail is None:
        raise BadValue(
            "by_mail", "There is no mail address that we may write to.", mend="Remind them another way."
        )
    return mail


def _event(
    appointment: Appointment,
    kind: str,
    *,
    by: Actor,
    detail: str = "",
    supersedes: AppointmentEvent | None = None,
    reason: str = "",
    happened_at: datetime | None = None,
) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        file_id=appointment.file_id,
        organization_id=appointment.organization_id,
        kind=kind,
        starts_at=appointment.starts_at,
        detail=detail,
        by=by,
        supersedes=supersedes,
        reason=reason,
        happened_at=happened_at or clock.now(),
    )


# --- Its duty, its timer and its mails ----------------------------------------------------------------------------


def _open_duty(appointment: Appointment, *, by: Actor, held: bool) -> None:
    """Its code stands in the detail: a peer mentor sees it too, who sees nothing that has a subject."""
    duties.open_duty(
        owner=Owner(appointment.organization_id, membership_id=appointment.membership_id),
        kind=DUTY,
        detail=appointment.code,
        due_at=appointment.starts_at,
        by=by,
        person_id=appointment.file.person_id,
        holds_release=held,
        max_days=LONGEST_AHEAD_DAYS,
    )
    _point(appointment, by=by)


def _close_duty(appointment: Appointment, how: str, *, by: Actor) -> None:
    duties.close(_duties(appointment), how=how, by=by)


def _duties(appointment: Appointment) -> QuerySet[Duty]:
    return Duty.objects.filter(
        organization_id=appointment.organization_id, kind=DUTY, detail=appointment.code
    )


def _point(appointment: Appointment, *, by: Actor) -> None:
    if custody.holds(appointment.file.person_id):
        custody.point(appointment.file.person_id, by=by)


def _invite(appointment: Appointment) -> None:
    """Into both calendars; and the reminder of the day before, where that is still to come."""
    _send(appointment, notices.PersonInvited, notices.StaffInvited)
    place = current_place()
    morning = place.morning_of(place.day_of(appointment.starts_at) - timedelta(days=1))
    if appointment.mailbox_id is not None and morning > clock.now():
        due = timers.Due(appointment.organization_id, morning)
        timers.set_timers((SUBJECT, appointment.pk), {TOMORROW: due}, again=True)
    else:
        timers.call_off((SUBJECT, appointment.pk))


def _send(appointment: Appointment, to_the_person: type[Notice], to_the_member: type[Notice] | None) -> None:
    mails = [(to_the_person, appointment.mailbox_id), (to_the_member, appointment.membership.mail_id)]
    for notice, mailbox in mails:
        if notice is not None and mailbox is not None:
            messages.send(
                notice,
                to=mailbox,
                organization_id=appointment.organization_id,
                subject=(SUBJECT, appointment.pk),
            )
