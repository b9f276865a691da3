"""When what somebody agreed to as they enrolled is near its end, it comes up on Today. Nothing ends but by its own day."""

from __future__ import annotations

from warmhandoff.foundation import timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.programs.actions.consents import DATA_CLASS, SUBJECT, come_up
from warmhandoff.programs.models import Enrollment


@timers.on_step(SUBJECT)
def ask_again(timer: Timer, by: Actor) -> str:
    """Whoever works with them asks again, where they still take part and have not taken it back."""
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, DATA_CLASS)):
        enrollment = Enrollment.objects.select_related("file", "consent").get(pk=timer.subject_id)
        return "" if come_up(enrollment=enrollment, by=by) else "moot"
