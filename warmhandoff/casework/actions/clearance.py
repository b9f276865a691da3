"""Record clearance, step by step: each step on its day, and a step taken by mistake is taken back with a reason.

Relief is a word (dismissal, sealing ...): there is no place for what it was about. On the day of a hearing whoever holds the person
checks in with them: a plain next step, which says nothing of a court to whoever doesn't read of it.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.casework.models import Clearance, ClearanceEvent
from warmhandoff.casework.states import CLEARANCE, CLEARANCE_OPEN
from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant

BEGIN, TAKEN_BACK = "begin", "taken_back"
CHECK_IN = "check_in"
SET_HEARING = "set_hearing"


@transaction.atomic
def begin(*, file: Participant, relief: str, by: Actor, on: date | None = None) -> Clearance:
    """Somebody wants their record cleared, and one begins with it."""
    if file.organization_id != current_organization():
        raise NotYours()
    if not terms.is_in_force("relief", relief):
        raise BadValue("relief", "Say what is asked for.", mend="Choose one from the list.")
    # Of two who begin it at once, the second finds what the first wrote.
    Participant.objects.select_for_update(no_key=True).get(pk=file.pk)
    if Clearance.objects.filter(file=file, relief=relief, state__in=CLEARANCE_OPEN).exists():
        raise BadValue("relief", "This is under way already.", mend="Go on with the one that is open.")
    day = _day(on)
    clearance = Clearance.objects.create(
        file=file, organization_id=file.organization_id, relief=relief, opened_on=day
    )
    _event(clearance, BEGIN, day, by=by)
    return clearance


@transaction.atomic
def step(
    *, clearance: Clearance, verb: str, by: Actor, on: date | None = None, hearing_on: date | None = None
) -> Clearance:
    """One step of the machine, on its day (today, where none is said)."""
    fresh = _ours(clearance)
    way = CLEARANCE.require(verb, fresh.state, "staff")
    day = _day(on)
    last = _standing(fresh)
    if day < last.on:
        raise BadValue("on", "The step before it was later.", mend=f"Give a day from {last.on:%B %-d} on.")
    if verb == SET_HEARING and (hearing_on is None or hearing_on < day):
        raise BadValue("hearing_on", "Say when the hearing is.", mend="Give its day, on or after this step.")
    fresh.state = way.target
    fresh.hearing_on = hearing_on if verb == SET_HEARING else fresh.hearing_on
    _stand(fresh, ended_on=None if way.target in CLEARANCE_OPEN else day)
    _event(fresh, verb, day, by=by)
    if verb == SET_HEARING and hearing_on is not None and custody.holds(fresh.file.person_id):
        _check_in(fresh, hearing_on, by=by)
    return fresh


@transaction.atomic
def take_back(*, clearance: Clearance, reason: str, by: Actor) -> Clearance:
    """The last step was written down by mistake: it stands where it stood before, and the mistake stays readable."""
    fresh = _ours(clearance)
    last = _standing(fresh)
    if last.kind == BEGIN:
        raise WrongState("There is no step to take back.", mend="If it was never asked for, stop it.")
    require_may_correct(last, reason, by=by)
    before = _steps(fresh).filter(pk__lt=last.pk).latest("id")
    fresh.state = before.state
    _stand(fresh, ended_on=None if before.state in CLEARANCE_OPEN else before.on)
    _event(fresh, TAKEN_BACK, before.on, by=by, supersedes=last, reason=reason)
    return fresh


def _check_in(clearance: Clearance, on: date, *, by: Actor) -> None:
    place = current_place()
    furthest = place.day_of(clock.now()) + timedelta(days=LONGEST_WAIT_DAYS)
    due_at = place.end_of(min(on, furthest))
    if due_at > clock.now():
        custody.add_step(person_id=clearance.file.person_id, kind=CHECK_IN, due_at=due_at, by=by)


def _ours(clearance: Clearance) -> Clearance:
    if clearance.organization_id != current_organization():
        raise NotYours()
    if custody.holds(clearance.file.person_id):
        custody.held(clearance.file.person_id)
    found = (
        Clearance.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk=clearance.pk, organization_id=current_organization())
        .select_related("file")
        .first()
    )
    if found is None:
        raise NotYours()
    return found


def _steps(clearance: Clearance) -> QuerySet[ClearanceEvent]:
    """Those that stand: neither taken back nor taking one back."""
    steps = ClearanceEvent.objects.filter(clearance=clearance, superseded_by__isnull=True)
    return steps.exclude(kind=TAKEN_BACK)


def _standing(clearance: Clearance) -> ClearanceEvent:
    return _steps(clearance).latest("id")


def _stand(clearance: Clearance, *, ended_on: date | None) -> None:
    clearance.ended_on = ended_on
    clearance.save(update_fields=["state", "hearing_on", "ended_on"])


def _day(on: date | None) -> date:
    today = clock.today(current_place().zone)
    if on is not None and on > today:
        raise BadValue("on", "This can't have happened yet.", mend="Give a day up to today.")
    return on or today


def _event(
    clearance: Clearance,
    kind: str,
    on: date,
    *,
    by: Actor,
    supersedes: ClearanceEvent | None = None,
    reason: str = "",
) -> None:
    ClearanceEvent.objects.create(
        clearance=clearance,
        file_id=clearance.file_id,
        organization_id=clearance.organization_id,
        kind=kind,
        state=clearance.state,
        on=on,
        by=by,
        supersedes=supersedes,
        reason=reason,
    )
