"""When the timer of a proof fires: it comes up on Today. The system reads nothing of what was shown."""

from __future__ import annotations

from datetime import timedelta

from warmhandoff.foundation import timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions.rechecks import ASKS_AGAIN_BEFORE_DAYS, SUBJECT, come_up
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.states import OPEN


@timers.on_step(SUBJECT)
def recheck(timer: Timer, by: Actor) -> str:
    """Before it lapses it is asked about again, where they still ask for the program or take part."""
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, "program")):
        enrollment = Enrollment.objects.select_related("file").get(pk=timer.subject_id)
        if enrollment.state not in OPEN:
            return "moot"
        ends = current_place().day_of(timer.due_at) + timedelta(days=ASKS_AGAIN_BEFORE_DAYS)
        come_up(enrollment=enrollment, ends=ends, by=by)
    return ""
