"""A plan from its beginning to its end, and coaching sessions."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from tests import cast
from tests.cast import MONDAY
from tests.standing import leaves_nothing
from warmhandoff.casework.actions.coaching import coach
from warmhandoff.casework.actions.plan import begin_plan, correct_score, end_plan, review_plan, set_goal
from warmhandoff.casework.models import CoachingSession, Goal, HopedOutcome, Plan, Score
from warmhandoff.casework.protocol import PLAN, REVIEW_PLAN
from warmhandoff.casework.reading import given_to
from warmhandoff.casework.reading.plans import open_plan, plans_of
from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.custody.protocol import NEXT_STEP_KINDS
from warmhandoff.foundation import duties
from warmhandoff.foundation.errors import BadValue, NotAllowed, NotYours, WrongState
from warmhandoff.foundation.models import AccessLog, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Narrative, Participant
from warmhandoff.referrals import actions as referrals

TODAY = MONDAY.date()
IN_A_MONTH = TODAY + timedelta(days=30)
LATER = MONDAY + timedelta(days=29)


def begun(c, rosa, name="denise"):
    with c.acting(name) as member:
        return begin_plan(file=rosa, review_on=IN_A_MONTH, by=member.actor)


def aimed(c, plan, name="denise", **more):
    said = {
        "domain": "work",
        "words": "I want to build houses.",
        "outcomes": ["job_started", "better_pay"],
    } | more
    with c.acting(name) as member:
        return set_goal(plan=plan, by=member.actor, **said)


def ended(c, plan, results, name="denise"):
    with c.acting(name) as member:
        hoped = HopedOutcome.objects.filter(goal__plan=plan).order_by("pk")
        return end_plan(
            plan=plan,
            scores={each.pk: one for each, one in zip(hoped, results, strict=False)},
            by=member.actor,
        )


def planned(c, rosa, name="denise"):
    with c.acting(name) as member:
        return plans_of(rosa, by=member.actor)


def test_a_plan_is_looked_at_again_by_whoever_holds_them(c, rosa):
    plan = begun(c, rosa)
    with c.acting("denise"):
        (duty,) = duties.open_about((PLAN, plan.pk), REVIEW_PLAN)
        assert (duty.membership_id, duty.person_id) == (c.members["denise"].pk, rosa.person_id)
    with c.acting("marcus") as marcus:
        custody.assign(person_id=rosa.person_id, to=c.members["marcus"], by=marcus.actor)
        duty.refresh_from_db()
        assert duty.membership_id == c.members["marcus"].pk


def test_one_plan_at_a_time(c, rosa):
    begun(c, rosa)
    with pytest.raises(WrongState):
        begun(c, rosa)


@pytest.mark.parametrize("days", [0, 91])
def test_the_next_look_is_within_ninety_days(c, rosa, days):
    with c.acting("denise") as denise, pytest.raises(BadValue):
        begin_plan(file=rosa, review_on=TODAY + timedelta(days=days), by=denise.actor)


def test_a_goal_has_their_own_words_and_what_will_tell(c, rosa):
    plan = begun(c, rosa)
    goal = aimed(c, plan, by_when=IN_A_MONTH)
    with c.acting("denise"):
        assert Narrative.objects.get(about_kind="goal", about_id=goal.pk).text == "I want to build houses."
    ((found,),) = [one.aims for one in planned(c, rosa)]
    assert found.words == "I want to build houses."
    assert [hoped.outcome.outcome for hoped in found.outcomes] == ["job_started", "better_pay"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"domain": "weather"},
        {"words": "  "},
        {"outcomes": []},
        {"outcomes": ["place_found"]},
        {"by_when": TODAY - timedelta(days=1)},
    ],
)
def test_a_goal_without_what_it_needs_is_refused(c, rosa, wrong):
    plan = begun(c, rosa)
    with pytest.raises(BadValue):
        aimed(c, plan, **wrong)
    with c.acting("denise"):
        assert not Goal.objects.exists()


def test_looking_again_moves_the_day(c, rosa):
    plan = begun(c, rosa)
    with c.acting("denise", LATER) as denise:
        on = IN_A_MONTH + timedelta(days=40)
        review_plan(plan=plan, review_on=on, by=denise.actor)
        (duty,) = duties.open_about((PLAN, plan.pk), REVIEW_PLAN)
        assert current_place().day_of(duty.due_at) == on and open_plan(rosa).review_on == on


def test_at_the_end_each_outcome_is_scored(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan)
    with pytest.raises(BadValue):
        ended(c, plan, ["achieved"])
    with pytest.raises(BadValue):
        ended(c, plan, ["achieved", "mostly"])
    ended(c, plan, ["achieved", "not"])
    (found,) = planned(c, rosa)
    assert [hoped.score.result for hoped in found.outcomes] == ["achieved", "not"]
    with c.acting("denise"):
        assert not duties.open_about((PLAN, plan.pk)).exists()
        assert open_plan(rosa) is None
    with pytest.raises(WrongState):
        ended(c, plan, ["achieved", "not"])
    with pytest.raises(WrongState):
        aimed(c, plan)
    assert begun(c, rosa).pk != plan.pk


def test_of_two_who_end_it_the_second_is_told(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan)
    stale = Plan(**{field.attname: getattr(plan, field.attname) for field in Plan._meta.concrete_fields})
    ended(c, plan, ["achieved", "not"])
    with pytest.raises(WrongState):
        ended(c, stale, ["not", "not"])


def test_a_plan_without_a_goal_ends_as_it_is(c, rosa):
    """Else nobody could end it, nor release whoever has it."""
    ended(c, begun(c, rosa), [])
    with c.acting("denise"):
        assert open_plan(rosa) is None and not Score.objects.exists()


def test_a_look_at_the_plan_can_be_their_next_step(c, rosa):
    """Whoever is looked at again, or whose plan ends, is never left without one."""
    plan = begun(c, rosa)
    aimed(c, plan, outcomes=["job_started"])
    with c.acting("denise") as denise:
        for step in Duty.objects.filter(person_id=rosa.person_id, kind__in=NEXT_STEP_KINDS, closed_at=None):
            custody.finish_step(duty=step, by=denise.actor)
        assert Custody.objects.get(until=None).next_step.kind == REVIEW_PLAN
    with c.acting("denise") as denise:
        review_plan(plan=plan, review_on=IN_A_MONTH + timedelta(days=20), by=denise.actor)
        assert Custody.objects.get(until=None).next_step.kind == REVIEW_PLAN
    ended(c, plan, ["achieved"])
    with c.acting("denise"):
        assert Custody.objects.get(until=None).next_step.kind == "plan"


def test_of_who_was_released_nobody_plans(c, rosa):
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
    with pytest.raises(WrongState):
        begun(c, rosa)


def test_a_score_is_said_right_by_who_gave_it_or_a_lead(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan, outcomes=["job_started"])
    ended(c, plan, ["not"])
    with c.acting("denise") as denise:
        score = Score.objects.get()
        right = correct_score(score=score, result="partly", reason=Reason.WRONG_OUTCOME, by=denise.actor)
        with pytest.raises(BadValue):
            correct_score(score=right, result="partly", reason=Reason.WRONG_OUTCOME, by=denise.actor)
        with pytest.raises(WrongState):
            correct_score(score=score, result="achieved", reason=Reason.WRONG_OUTCOME, by=denise.actor)
    with c.acting("marcus") as marcus:
        last = correct_score(score=right, result="achieved", reason=Reason.WRONG_OUTCOME, by=marcus.actor)
    with c.acting("denise") as denise, pytest.raises(NotAllowed):
        correct_score(score=last, result="not", reason=Reason.WRONG_OUTCOME, by=denise.actor)
    ((hoped,),) = [one.outcomes for one in planned(c, rosa)]
    assert hoped.score.result == "achieved" and [was.result for was in hoped.before] == ["not", "partly"]


def test_no_outcome_is_scored_twice_nor_changed_by_sql(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan, outcomes=["job_started"])
    ended(c, plan, ["not"])
    with c.acting("denise"):
        for statement in (
            "UPDATE casework_score SET result = 'achieved'",
            "DELETE FROM casework_score",
            "DELETE FROM casework_hopedoutcome",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_a_peer_mentor_and_a_stranger_read_no_plan(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan, domain="law", outcomes=["fines_settled"])
    for name in ("tavo", "ines"):
        with c.acting(name) as member:
            assert plans_of(rosa, by=member.actor) == []
            assert not Goal.objects.exists() and not HopedOutcome.objects.exists()
    with c.acting("ines") as ines, pytest.raises(NotYours):
        review_plan(plan=plan, review_on=IN_A_MONTH, by=ines.actor)
    planned(c, rosa)
    with c.acting("denise"):
        assert AccessLog.objects.get().data_classes == ["justice"]


def test_nobody_is_released_before_it_is_said_how_their_plan_came_out(c, rosa):
    plan = begun(c, rosa)
    aimed(c, plan, outcomes=["job_started"])
    with c.acting("denise") as denise:
        with pytest.raises(IntegrityError, match="open plan"), transaction.atomic():
            custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)
        assert duties.open_about((PLAN, plan.pk)).exists()
    ended(c, plan, ["not"])
    with c.acting("denise") as denise:
        custody.release(person_id=rosa.person_id, reason="needs_met", by=denise.actor)


def test_rolled_back_leaves_nothing(c, rosa):
    def act():
        with c.acting("denise") as denise:
            plan = begin_plan(file=rosa, review_on=IN_A_MONTH, by=denise.actor)
            set_goal(plan=plan, domain="work", words="Work.", outcomes=["job_started"], by=denise.actor)
            hoped = HopedOutcome.objects.get(goal__plan=plan)
            end_plan(plan=plan, scores={hoped.pk: "partly"}, by=denise.actor)

    leaves_nothing(c, act)


# --- Coaching -----------------------------------------------------------------------------------------------------


def coached(c, rosa, **more):
    said = {
        "parts": ["connect_work", "clarify_goals"],
        "minutes": 45,
        "on": TODAY,
        "note": "Calls Monday.",
    } | more
    with c.acting("denise") as denise:
        return coach(file=rosa, staff=denise.membership, by=denise.actor, **said)


def test_a_session_is_a_service_with_the_parts_it_touched(c, rosa):
    session = coached(c, rosa)
    assert session.parts == ["clarify_goals", "connect_work"]
    assert (session.service.code, session.service.units) == ("coaching", Decimal("0.75"))
    with c.acting("denise") as denise:
        found = given_to(rosa, by=denise.actor)
        assert found.session_of(found.services[0]) == session
        assert Narrative.objects.get(about_kind="coaching", about_id=session.pk).text == "Calls Monday."


@pytest.mark.parametrize("wrong", [{"parts": []}, {"parts": ["dance"]}, {"minutes": 0}, {"minutes": 3000}])
def test_a_session_without_what_it_needs_is_refused(c, rosa, wrong):
    with pytest.raises(BadValue):
        coached(c, rosa, **wrong)
    with c.acting("denise"):
        assert not CoachingSession.objects.exists()


def test_where_another_organization_holds_them_whoever_acts_looks_again(c):
    """Harbor serves somebody whom Eastgate holds: the plan is under its own file, and on its own list."""
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise, needs=("HSG",))
        referral = cast.refer(rosa, c.services["housing"], denise)
    with c.acting("ines") as ines:
        reply = referrals.Reply("Inés Álvarez", MONDAY + timedelta(days=2))
        referrals.accept(referral=referral, reply=reply, by=ines.actor)
        theirs = Participant.objects.get(person_id=rosa.person_id, organization=c.organizations["harbor"])
        plan = begin_plan(file=theirs, review_on=IN_A_MONTH, by=ines.actor)
        (duty,) = duties.open_about((PLAN, plan.pk), REVIEW_PLAN)
        assert duty.membership_id == c.members["ines"].pk
    with c.acting("denise"):
        assert not Plan.objects.exists()
