"""When the timer of a proof fires, it comes up on Today; when a program's rules change, each provider's people are looked at anew."""

from __future__ import annotations

from datetime import timedelta

from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.actions.owed import holder_here
from warmhandoff.programs.actions.rechecks import ASKS_AGAIN_BEFORE_DAYS, SUBJECT, come_up, look_again
from warmhandoff.programs.eligibility import conditions_of
from warmhandoff.programs.models import Contract, Enrollment, Program
from warmhandoff.programs.spans import classes_of
from warmhandoff.programs.states import OPEN


@timers.on_step(SUBJECT)
def recheck(timer: Timer, by: Actor) -> str:
    """Before it lapses it is asked about again, where they still ask for the program or take part. Reads nothing of what was shown."""
    with acting_as(by, purpose="protocol", classes=(*timers.CLASSES_OF_THE_SYSTEM, "program")):
        enrollment = Enrollment.objects.select_related("file").get(pk=timer.subject_id)
        if enrollment.state not in OPEN:
            return "moot"
        ends = current_place().day_of(timer.due_at) + timedelta(days=ASKS_AGAIN_BEFORE_DAYS)
        come_up(enrollment=enrollment, ends=ends, by=by)
    return ""


# Timers about a contract whose program asks otherwise from some day on.
RULES = "program_rules"


def look_everywhere(program: Program) -> None:
    """Its rules changed: whoever delivers it has its people looked at anew, each organization by itself."""
    for contract in Contract.objects.filter(program=program):
        due = timers.Due(contract.provider_id, clock.now())
        timers.set_timers((RULES, contract.pk), {"look": due}, again=True)


@timers.on_step(RULES)
def look_at_all(timer: Timer, by: Actor) -> None:
    """Everybody of this contract who asks for the program or takes part: what lapses by the new rules comes up in time."""
    contract = Contract.objects.select_related("program").get(pk=timer.subject_id)
    asked = classes_of(conditions_of(contract.program))
    with acting_as(by, purpose="protocol", classes={*timers.CLASSES_OF_THE_SYSTEM, "program", *asked}):
        for enrollment in Enrollment.objects.filter(contract=contract, state__in=OPEN).select_related(
            "file", "program"
        ):
            look_again(enrollment, held=holder_here(enrollment.file), by=by)
