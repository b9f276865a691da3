"""What happens when a timer about an enrollment fires: it comes up on somebody's list; about hours: a worksite is asked again.

It ends nothing.
"""

from __future__ import annotations

from datetime import timedelta

from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions import enrollment as verbs
from warmhandoff.programs.actions import worksites
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.states import TAKES_PART, WAITLISTED


@timers.on_step(verbs.SUBJECT)
def look(timer: Timer, by: Actor) -> str:
    """Whoever waits is looked at on their day; whoever takes part, again and again by the program's rule."""
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, verbs.DATA_CLASS)):
        enrollment = Enrollment.objects.select_related("file").get(pk=timer.subject_id)
        if enrollment.state == WAITLISTED:
            verbs.say_review(enrollment=enrollment, by=by)
            return ""
        if enrollment.state not in TAKES_PART:
            return "moot"
        verbs.say_near(enrollment=enrollment, by=by)
        verbs.look_by_rule(enrollment, not_before=clock.today(current_place().zone) + timedelta(days=1))
    return ""


@timers.on_step(worksites.SUBJECT)
def ask_again(timer: Timer, by: Actor) -> str:
    """Nobody at the worksite has said yet whether these hours are right."""
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, verbs.DATA_CLASS)):
        return worksites.remind(timer.subject_id)
