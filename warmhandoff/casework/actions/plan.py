"""A plan from its beginning to its end: goals with the outcomes that will tell, a look at it by a day, a score for each outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction

from warmhandoff.casework.models import Goal, HopedOutcome, Plan, PlanEvent, Score
from warmhandoff.casework.protocol import LONGEST_UNTIL_REVIEW, PLAN, REVIEW_PLAN
from warmhandoff.custody import actions as custody
from warmhandoff.custody.actions import NotHeld, owner_of
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties, terms
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant, Person

DOMAINS, OUTCOMES = "scale_domain", "plan_outcome"
GOAL = "goal"


@transaction.atomic
def begin_plan(*, file: Participant, review_on: date, by: Actor) -> Plan:
    """Begin a plan; it is looked at again on a day, which comes up on Today. One plan at a time."""
    if file.organization_id != current_organization():
        raise NotYours()
    held = _lock(file, by)
    if Plan.objects.filter(file=file, ended_on__isnull=True).exists():
        raise WrongState("They have a plan.", mend="Go on with it, or end it first.")
    plan = Plan.objects.create(
        file=file, organization_id=file.organization_id, begun_on=_today(), review_on=_review_day(review_on)
    )
    _tell(plan, PlanEvent.Kind.BEGUN, by=by)
    _owe_review(plan, held, review_on, by=by)
    return plan


@transaction.atomic
def set_goal(
    *,
    plan: Plan,
    domain: str,
    words: str,
    outcomes: Sequence[str],
    by: Actor,
    by_when: date | None = None,
) -> Goal:
    """A goal, in their own words, with the outcomes that will tell whether it was reached: chosen now, scored at the end."""
    plan = _still_open(plan)
    if not terms.is_in_force(DOMAINS, domain):
        raise BadValue("domain", "There is no such domain.", mend="Choose one from the list.")
    if not words.strip():
        raise BadValue("words", "Say what they want, in their own words.", mend="One sentence is enough.")
    if not outcomes:
        raise BadValue(
            "outcomes", "Choose what will tell that it was reached.", mend="One outcome is enough."
        )
    for outcome in outcomes:
        if not terms.is_in_force(OUTCOMES, outcome, parent=domain):
            raise BadValue("outcomes", "This outcome isn't of that domain.", mend="Choose from the list.")
    if by_when is not None and by_when < _today():
        raise BadValue("by_when", "This day has passed.", mend="Choose today or a later day.")
    data_class = terms.known()[DOMAINS, domain].data_class
    under = {"file_id": plan.file_id, "organization_id": plan.organization_id, "data_class": data_class}
    goal = Goal.objects.create(plan=plan, domain=domain, by_when=by_when, set_on=_today(), set_by=by, **under)
    HopedOutcome.objects.bulk_create(
        HopedOutcome(goal=goal, outcome=outcome, **under) for outcome in dict.fromkeys(outcomes)
    )
    participants.write_down(file=plan.file, about=(GOAL, goal.pk), text=words, by=by)
    return goal


@transaction.atomic
def review_plan(*, plan: Plan, review_on: date, by: Actor) -> Plan:
    """It was looked at again, together; the next time is on a day."""
    _require_ours(plan)
    held = _lock(plan.file, by)
    _still_open(plan)
    plan.review_on = _review_day(review_on)
    _change(plan, review_on=plan.review_on)
    _tell(plan, PlanEvent.Kind.REVIEWED, by=by)
    _close_review(plan, by=by)
    _owe_review(plan, held, review_on, by=by)
    return plan


@transaction.atomic
def end_plan(*, plan: Plan, scores: Mapping[int, str], by: Actor) -> Plan:
    """End it with how each hoped-for outcome came out: achieved, partly, not. None is left out."""
    _require_ours(plan)
    held = _held(plan.file)
    _still_open(plan)
    hoped = list(HopedOutcome.objects.filter(goal__plan=plan).order_by("pk"))
    if set(scores) - {each.pk for each in hoped}:
        raise NotYours()
    missing = [each.pk for each in hoped if scores.get(each.pk, "") not in Score.Result.values]
    if missing:
        raise BadValue(
            f"outcome_{missing[0]}", "Say how each outcome came out.", mend="Choose achieved, partly, or not."
        )
    plan.ended_on, plan.review_on = _today(), None
    _change(plan, ended_on=plan.ended_on, review_on=None)
    Score.objects.bulk_create(_score(each, scores[each.pk], by=by) for each in hoped)
    _tell(plan, PlanEvent.Kind.ENDED, by=by)
    _close_review(plan, by=by)
    _point(plan, held, by=by)
    return plan


@transaction.atomic
def correct_score(*, score: Score, result: str, reason: str, by: Actor) -> Score:
    """It came out otherwise than was said."""
    require_may_correct(score, reason, by=by)
    if result not in Score.Result.values:
        raise BadValue("result", "There is no such answer.", mend="Choose achieved, partly, or not.")
    if result == score.result:
        raise BadValue("result", "This says the same.", mend="Change what was wrong, or leave it as it is.")
    right = _score(score.outcome, result, by=by)
    right.on, right.supersedes, right.reason = score.on, score, reason
    right.save(force_insert=True)
    return right


def _score(hoped: HopedOutcome, result: str, *, by: Actor) -> Score:
    return Score(
        outcome=hoped,
        file_id=hoped.file_id,
        organization_id=hoped.organization_id,
        data_class=hoped.data_class,
        result=result,
        on=_today(),
        by=by,
        happened_at=clock.now(),
    )


def _require_ours(plan: Plan) -> None:
    if plan.organization_id != current_organization():
        raise NotYours()


def _still_open(plan: Plan) -> Plan:
    """It, if it is still open; whoever else ends it or sets a goal waits for us, and finds what we left."""
    _require_ours(plan)
    found = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("file")
    fresh = found.filter(pk=plan.pk, ended_on__isnull=True).first()
    if fresh is None:
        raise WrongState("This plan has ended.", mend="Begin a new one.")
    return fresh


def _change(plan: Plan, **values: date | None) -> None:
    Plan.objects.filter(pk=plan.pk).update(**values)


def _tell(plan: Plan, kind: str, *, by: Actor) -> None:
    PlanEvent.objects.create(
        plan=plan,
        file_id=plan.file_id,
        organization_id=plan.organization_id,
        kind=kind,
        on=_today(),
        by=by,
        happened_at=clock.now(),
    )


def _review_day(on: date) -> date:
    if not _today() < on <= _today() + timedelta(days=LONGEST_UNTIL_REVIEW):
        raise BadValue(
            "review_on",
            f"A plan is looked at again within {LONGEST_UNTIL_REVIEW} days.",
            mend="Choose a day from tomorrow on.",
        )
    return on


def _owe_review(plan: Plan, held: Custody | None, on: date, *, by: Actor) -> None:
    owner = owner_of(held) if held is not None else Owner(plan.organization_id, membership_id=by.subject_id)
    duties.open_duty(
        owner=owner,
        kind=REVIEW_PLAN,
        due_at=current_place().end_of(on),
        by=by,
        person_id=plan.file.person_id,
        subject=(PLAN, plan.pk),
        max_days=LONGEST_UNTIL_REVIEW,
    )
    _point(plan, held, by=by)


def _point(plan: Plan, held: Custody | None, *, by: Actor) -> None:
    """Their next step is what is due first now."""
    if held is not None:
        custody.point(plan.file.person_id, by=by, custody=held)


def _held(file: Participant) -> Custody | None:
    """Their custody, where we hold them. The person is locked either way: whoever else acts on them waits for us."""
    try:
        return custody.held(file.person_id)
    except NotHeld:
        return None


def _lock(file: Participant, by: Actor) -> Custody | None:
    """Whoever holds them looks at it again; where another organization does, whoever acts here; of who was released, nobody would."""
    held = _held(file)
    if held is not None:
        return held
    if Person.objects.filter(pk=file.person_id, closed_at__isnull=False).exists():
        raise WrongState("They were released.", mend="Take them in again first.")
    if by.kind != Actor.Kind.MEMBER:
        raise WrongState("Nobody here would look at this plan again.", mend="Ask a colleague to begin it.")
    return None


def _close_review(plan: Plan, *, by: Actor) -> None:
    duties.close(duties.open_about((PLAN, plan.pk), REVIEW_PLAN), how=Duty.Closed.DONE, by=by)


def _today() -> date:
    return clock.today(current_place().zone)
