"""A plan from its beginning to its end: goals with the outcomes that will tell, a look at it by a day, a score for each outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction

from warmhandoff.casework.models import Goal, HopedOutcome, Plan, PlanEvent, Score
from warmhandoff.casework.protocol import LONGEST_UNTIL_REVIEW, PLAN, REVIEW_PLAN
from warmhandoff.custody.actions import NotHeld, held, owner_of
from warmhandoff.foundation import clock, duties, terms
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.correcting import require_may_correct
from warmhandoff.participants.models import Participant

DOMAINS, OUTCOMES = "scale_domain", "plan_outcome"
GOAL = "goal"


@transaction.atomic
def begin_plan(*, file: Participant, review_on: date, by: Actor) -> Plan:
    """Begin a plan; it is looked at again on a day, which comes up on Today. One plan at a time."""
    if file.organization_id != current_organization():
        raise NotYours()
    owner = _who_reviews(file, by)
    if Plan.objects.filter(file=file, ended_on__isnull=True).exists():
        raise WrongState("They have a plan.", mend="Go on with it, or end it first.")
    plan = Plan.objects.create(
        file=file, organization_id=file.organization_id, begun_on=_today(), review_on=_review_day(review_on)
    )
    _tell(plan, PlanEvent.Kind.BEGUN, by=by)
    _owe_review(plan, owner, review_on, by=by)
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
    _require_open(plan)
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
    _require_open(plan)
    owner = _who_reviews(plan.file, by)
    plan.review_on = _review_day(review_on)
    _change(plan, review_on=plan.review_on)
    _tell(plan, PlanEvent.Kind.REVIEWED, by=by)
    _close_review(plan, by=by)
    _owe_review(plan, owner, review_on, by=by)
    return plan


@transaction.atomic
def end_plan(*, plan: Plan, scores: Mapping[int, str], by: Actor) -> Plan:
    """End it with how each hoped-for outcome came out: achieved, partly, not. None is left out."""
    _require_open(plan)
    hoped = list(HopedOutcome.objects.filter(goal__plan=plan).order_by("pk"))
    if not hoped:
        raise WrongState("No goal is set.", mend="Set one first.")
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


def _require_open(plan: Plan) -> None:
    if plan.organization_id != current_organization():
        raise NotYours()
    if plan.ended_on is not None:
        raise WrongState("This plan has ended.", mend="Begin a new one.")


def _change(plan: Plan, **values: date | None) -> None:
    """Only while it is open: of two at once, the second finds that it has ended."""
    if not Plan.objects.filter(pk=plan.pk, ended_on__isnull=True).update(**values):
        raise WrongState("This plan has ended.", mend="Open the page again.")


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


def _owe_review(plan: Plan, owner: Owner, on: date, *, by: Actor) -> None:
    duties.open_duty(
        owner=owner,
        kind=REVIEW_PLAN,
        due_at=current_place().end_of(on),
        by=by,
        person_id=plan.file.person_id,
        subject=(PLAN, plan.pk),
        max_days=LONGEST_UNTIL_REVIEW,
    )


def _who_reviews(file: Participant, by: Actor) -> Owner:
    """Whoever holds them looks at it again; where another organization does, whoever acts here.

    The person is locked until the verb has ended: whoever is given to a colleague meanwhile goes with this duty.
    """
    try:
        return owner_of(held(file.person_id))
    except NotHeld:
        pass
    if by.kind != Actor.Kind.MEMBER:
        raise WrongState("Nobody here would look at this plan again.", mend="Ask a colleague to begin it.")
    return Owner(file.organization_id, membership_id=by.subject_id)


def _close_review(plan: Plan, *, by: Actor) -> None:
    duties.close(duties.open_about((PLAN, plan.pk), REVIEW_PLAN), how=Duty.Closed.DONE, by=by)


def _today() -> date:
    return clock.today(current_place().zone)
