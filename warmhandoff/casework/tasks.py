"""What happens by itself about appointments: the reminder of the day before, and a mail that comes back."""

from __future__ import annotations

from warmhandoff.casework import notices
from warmhandoff.casework.actions import appointments
from warmhandoff.casework.notices import SUBJECT
from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import CALL
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place


@timers.on_step(SUBJECT)
def it_is_tomorrow(timer: Timer, by: Actor) -> None:
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, "program")):
        appointments.remind(timer.subject_id)


@messages.on_undeliverable(notices.ForThePerson)
def person_not_reached(notice: notices.ForThePerson, by: Actor) -> None:
    """The mail about an appointment came back: whoever holds them calls."""
    person_id = notice.appointment.file.person_id
    if custody.holds(person_id):
        soon = current_place().deadline("next_step", clock.now())
        at = notice.appointment.starts_at
        due_at = at if clock.now() < at < soon else soon
        custody.add_step(person_id=person_id, kind=CALL, due_at=due_at, by=by)
