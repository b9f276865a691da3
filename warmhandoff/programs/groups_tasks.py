"""What happens when a timer about a group fires: what is to be led within a week comes up on somebody's list."""

from __future__ import annotations

from warmhandoff.foundation import timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.models import Cohort


@timers.on_step(meetings.OF_A_COHORT)
def look(timer: Timer, by: Actor) -> str:
    cohort = Cohort.objects.get(pk=timer.subject_id)
    if cohort.ended_on is not None:
        return "moot"
    meetings.look_ahead(cohort=cohort, by=by)
    return ""
