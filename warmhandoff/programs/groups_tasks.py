"""What happens by itself about groups: what is to be led within a week comes up on somebody's list; a mail that comes back."""

from __future__ import annotations

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import CALL
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.models import Cohort
from warmhandoff.programs.notices import MemberTold


@timers.on_step(meetings.OF_A_COHORT)
def look(timer: Timer, by: Actor) -> str:
    cohort = Cohort.objects.get(pk=timer.subject_id)
    if cohort.ended_on is not None:
        return "moot"
    meetings.look_ahead(cohort=cohort, by=by)
    return ""


@messages.on_undeliverable(MemberTold)
def member_not_reached(notice: MemberTold, by: Actor) -> None:
    """The mail about their meetings came back: whoever holds them calls, before the first of them where that is sooner."""
    person_id, changed = notice.member.file.person_id, notice.changed
    if changed and custody.holds(person_id):
        soon = current_place().deadline("next_step", clock.now())
        due_at = min([soon, *(one.starts_at for one in changed)])
        custody.add_step(person_id=person_id, kind=CALL, due_at=due_at, by=by)
