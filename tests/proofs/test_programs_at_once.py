"""Programs, two at once and in both orders: whoever comes second waits, and finds what the first has done; nothing of it is half.

Each pair is forced into the worst order (the first has done all but commit when the second begins), then into the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import TransactionTestCase

from tests import cast
from tests.programs import paid_work
from tests.programs.groups import group, joined
from tests.proofs.interleavings.ledger import PROVED
from tests.proofs.test_check_finds import LOOSE
from tests.proofs.test_concurrency import DONE, Act, act_as, overlapping
from warmhandoff.casework.actions import plan as plans
from warmhandoff.casework.models import Goal, HopedOutcome, Score
from warmhandoff.custody import actions as custody
from warmhandoff.network.access import Member
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.programs.actions import attendance, enrollment, groups, hours, meetings, training, work
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.models import (
    Attendance,
    Cohort,
    CohortMember,
    Contract,
    Enrollment,
    Meeting,
    PaidWork,
)
from warmhandoff.programs.scheduling import Slot
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.web.site.errors import CONSTRAINTS

TODAY = cast.MONDAY.date()
TUESDAY = TODAY + timedelta(days=1)
NUMBERS = count()
NEXT_MONTH = TODAY + timedelta(days=30)
IN_ORDER = pytest.mark.parametrize("turned", [False, True], ids=["as told", "turned"])
Verb = Callable[[Member], object]


@dataclass
class Here:
    """The network, at one moment, and what a pair has made."""

    cast: cast.Cast
    at: datetime = cast.MONDAY
    made: dict[str, Any] = field(default_factory=dict)

    def act(self, who: str, verb: Verb) -> Act:
        def acting(name: str, at: object = None):
            return self.cast.acting(name, at=self.at)

        return act_as(SimpleNamespace(cast=SimpleNamespace(acting=acting)), who, verb)

    def both(self, turned: bool, one: Act, other: Act) -> tuple[str, str]:
        """What each of them came to, as they were told; and all that `check` asks holds."""
        came_to = overlapping(other, one)[::-1] if turned else overlapping(one, other)
        assert not broken()
        return came_to


@pytest.fixture(scope="module")
def network(django_db_setup: None, django_db_blocker: Any) -> Iterator[cast.Cast]:
    """Committed once: each pair has people, and a group, of its own."""
    with django_db_blocker.unblock():
        c = cast.network()
        cast.program(c, slots=500)
        cast.program(c, provider="valley", slug="valleys")
        yield c
        TransactionTestCase()._fixture_teardown()


@pytest.fixture
def here(network: cast.Cast) -> Here:
    return Here(network)


def opened(here: Here, by: Member, **more: Any) -> Cohort:
    return group(here.cast, by, name=f"Group {next(NUMBERS)}", **more)


@pytest.fixture
def cohort(here: Here) -> Cohort:
    """Eastgate's group on Tuesdays and Thursdays, with Rosa in it and its required sessions planned."""
    with here.cast.acting("marcus") as marcus:
        made = opened(here, marcus)
        here.made["rosa"], *_ = joined(here.cast, marcus, made, "Rosa")
        meetings.schedule(cohort=made, optional=False, by=marcus.actor)
    return made


def broken() -> list[Any]:
    """What `check` would find, but for policies, which no pair changes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(PROVED)
        return list(cursor.fetchall())


def fresh(found: Any) -> Any:
    return type(found)._base_manager.get(pk=found.pk)


def after_the_first(here: Here, cohort: Cohort) -> Meeting:
    with here.cast.acting("marcus"):
        meeting: Meeting = cohort.meetings.get(template__number=1)
    here.at = meeting.ends_at
    return meeting


def says_who_came(here: Here, meeting: Meeting, who: str = "denise") -> Act:
    member = here.made["rosa"]
    return here.act(
        who,
        lambda by: attendance.take(
            meeting=meeting, said={(member.pk, meeting.template_id): Said()}, by=by.actor
        ),
    )


def exits(here: Here, one: Enrollment, **how: Any) -> Act:
    how = {"reason": "work"} | how
    return here.act("denise", lambda by: enrollment.exit(enrollment=fresh(one), by=by.actor, **how))


# --- Groups -------------------------------------------------------------------------------------------------------


@IN_ORDER
def test_who_leaves_the_program_is_in_no_group_of_it(here: Here, cohort: Cohort, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        one = cast.enrolled(here.cast, denise, file=cast.take_in(denise, cast.told("Ana")))
    joins = here.act(
        "marcus", lambda by: groups.join(cohort=fresh(cohort), enrollment=fresh(one), by=by.actor)
    )
    came_to = here.both(turned, joins, exits(here, one))
    assert came_to == (("wrong_state", DONE) if turned else (DONE, DONE))
    with here.cast.acting("marcus"):
        assert not CohortMember.objects.filter(enrollment=one, left_on=None).exists()


@IN_ORDER
def test_nobody_joins_a_group_that_ends_and_nothing_is_planned_for_it(
    here: Here, cohort: Cohort, turned: bool
) -> None:
    with here.cast.acting("marcus") as marcus:
        for one in cohort.meetings.all():
            meetings.cancel(meeting=one, why="weather", by=marcus.actor)
        ana = cast.enrolled(here.cast, marcus, file=cast.take_in(marcus, cast.told("Ana")))
    here.at = cast.MONDAY + timedelta(days=2)
    ends = here.act("marcus", lambda by: groups.end_group(cohort=fresh(cohort), by=by.actor))
    joins = here.act("denise", lambda by: groups.join(cohort=fresh(cohort), enrollment=ana, by=by.actor))
    assert here.both(turned, ends, joins) == ((DONE, DONE) if turned else (DONE, "wrong_state"))
    with here.cast.acting("marcus"):
        assert not cohort.members.filter(left_on=None).exists()


@IN_ORDER
def test_a_group_that_ends_plans_nothing_more(here: Here, turned: bool) -> None:
    with here.cast.acting("marcus") as marcus:
        made = opened(here, marcus)
    here.at = cast.MONDAY + timedelta(days=2)
    ends = here.act("marcus", lambda by: groups.end_group(cohort=fresh(made), by=by.actor))
    plans_all = here.act("denise", lambda by: meetings.schedule(cohort=fresh(made), by=by.actor))
    assert here.both(turned, ends, plans_all) == (("wrong_state", DONE) if turned else (DONE, "wrong_state"))
    with here.cast.acting("marcus"):
        assert bool(fresh(made).ended_on) != made.meetings.filter(state="planned").exists()


@IN_ORDER
def test_a_group_is_never_made_smaller_than_it_is(here: Here, cohort: Cohort, turned: bool) -> None:
    with here.cast.acting("marcus") as marcus:
        ana = cast.enrolled(here.cast, marcus, file=cast.take_in(marcus, cast.told("Ana")))
    smaller = here.act(
        "marcus", lambda by: groups.change_group(cohort=fresh(cohort), sizes=groups.Sizes(1, 1), by=by.actor)
    )
    joins = here.act("denise", lambda by: groups.join(cohort=fresh(cohort), enrollment=ana, by=by.actor))
    assert here.both(turned, smaller, joins) == (("bad_value", DONE) if turned else (DONE, "group_is_full"))


# --- Who came -----------------------------------------------------------------------------------------------------


@IN_ORDER
def test_who_left_has_nothing_said_of_them_later(here: Here, cohort: Cohort, turned: bool) -> None:
    """Left on the day before the meeting, said on the day of the meeting."""
    meeting = after_the_first(here, cohort)
    with here.cast.acting("marcus") as marcus:
        ana = joined(here.cast, marcus, cohort, "Ana", on=TODAY)[0]
    here.made["rosa"] = ana
    leaves = here.act(
        "marcus", lambda by: groups.leave(member=fresh(ana), why="left_program", on=TODAY, by=by.actor)
    )
    came_to = here.both(turned, says_who_came(here, meeting), leaves)
    assert came_to == (("wrong_state", DONE) if turned else (DONE, "bad_value"))
    with here.cast.acting("marcus"):
        said = Attendance.objects.filter(member=ana)
        assert said.exists() != turned and fresh(ana).left_on == (TODAY if turned else None)


@IN_ORDER
def test_who_is_out_by_the_rule_still_belonged_to_it_when_they_missed_it(
    here: Here, cohort: Cohort, turned: bool
) -> None:
    """The program ends on an earlier day than the meeting that they missed: what was said of it stays said."""
    meeting = after_the_first(here, cohort)
    with here.cast.acting("marcus") as marcus:
        member = joined(here.cast, marcus, cohort, "Ana", on=TODAY)[0]
    absent = here.act(
        "denise",
        lambda by: attendance.take(
            meeting=meeting, said={(member.pk, meeting.template_id): Said("absent", "sick")}, by=by.actor
        ),
    )
    leaves = exits(here, member.enrollment, on=TODAY)
    came_to = here.both(turned, absent, leaves)
    assert came_to == (("wrong_state", DONE) if turned else (DONE, DONE))
    with here.cast.acting("marcus"):
        assert fresh(member).left_on == (TODAY if turned else TUESDAY)


@IN_ORDER
@pytest.mark.parametrize("what", ["move", "cancel", "push_on"])
def test_a_meeting_that_is_held_stays_where_it_was(
    here: Here, cohort: Cohort, what: str, turned: bool
) -> None:
    meeting = after_the_first(here, cohort)
    asked: dict[str, Any] = {"why": "weather"}
    if what == "move":
        asked |= {"on": TODAY + timedelta(days=8), "begins": time(10)}
    changes = here.act(
        "marcus", lambda by: getattr(meetings, what)(meeting=fresh(meeting), by=by.actor, **asked)
    )
    came_to = here.both(turned, says_who_came(here, meeting), changes)
    with here.cast.acting("marcus"):
        now, said = fresh(meeting), Attendance.objects.filter(meeting=meeting)
        if turned:
            assert came_to == ("wrong_state", DONE) and not said.exists()
        else:
            assert came_to == (DONE, "wrong_state")
            assert (now.state, now.starts_at, said.count()) == ("held", meeting.starts_at, 1)


@IN_ORDER
def test_who_came_in_by_their_code_came_to_a_meeting_that_stays(
    here: Here, cohort: Cohort, turned: bool
) -> None:
    """Nobody has said yet that it is held: their code is enough for it not to be called off."""
    meeting = after_the_first(here, cohort)
    member = here.made["rosa"]
    shows = here.act(
        "denise",
        lambda by: attendance.came_by_code(meeting=fresh(meeting), member=fresh(member), by=by.actor),
    )
    calls_off = here.act(
        "marcus", lambda by: meetings.cancel(meeting=fresh(meeting), why="weather", by=by.actor)
    )
    came_to = here.both(turned, shows, calls_off)
    assert came_to == (("wrong_state", DONE) if turned else (DONE, "wrong_state"))
    with here.cast.acting("marcus"):
        assert meeting.attendances.exists() != turned


@IN_ORDER
def test_nobody_stands_in_for_two_groups_at_once(here: Here, cohort: Cohort, turned: bool) -> None:
    with here.cast.acting("marcus") as marcus:
        slots = (Slot(1, time(16, 30), 60),)
        other = opened(here, marcus, slots=slots, led_by="marcus", covers=())
        meetings.schedule(cohort=other, by=marcus.actor)
        both = [each.meetings.get(template__number=1) for each in (cohort, other)]
    tavo = here.cast.members["tavo"]
    asks = [
        here.act("marcus", lambda by, m=m: meetings.cover(meeting=fresh(m), membership=tavo, by=by.actor))
        for m in both
    ]
    assert here.both(turned, *asks) == (("bad_value", DONE) if turned else (DONE, "bad_value"))
    with here.cast.acting("marcus") as marcus:
        for one in both:
            meetings.cover(meeting=fresh(one), membership=None, by=marcus.actor)


# --- Plans --------------------------------------------------------------------------------------------------------


@IN_ORDER
def test_no_goal_of_an_ended_plan_goes_unscored(here: Here, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        rosa = cast.take_in(denise)
        plan = plans.begin_plan(file=rosa, review_on=NEXT_MONTH, by=denise.actor)

    def end(by: Member) -> None:
        hoped = HopedOutcome.objects.filter(goal__plan=plan)
        plans.end_plan(plan=fresh(plan), scores={one.pk: "achieved" for one in hoped}, by=by.actor)

    aims = here.act(
        "marcus",
        lambda by: plans.set_goal(
            plan=fresh(plan), domain="work", words="A job.", outcomes=["job_started"], by=by.actor
        ),
    )
    came_to = here.both(turned, here.act("denise", end), aims)
    # Whoever ends it has not seen the goal that was set meanwhile: they are asked for its score.
    assert came_to == (("bad_value", DONE) if turned else (DONE, "wrong_state"))
    with here.cast.acting("denise"):
        assert Goal.objects.filter(plan=plan).exists() == turned
        assert not Score.objects.filter(outcome__goal__plan=plan).exists()


@IN_ORDER
def test_nobody_is_released_with_a_plan_that_begins(here: Here, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        rosa = cast.take_in(denise)
    begins = here.act("denise", lambda by: plans.begin_plan(file=rosa, review_on=NEXT_MONTH, by=by.actor))
    releases = here.act(
        "marcus", lambda by: custody.release(person_id=rosa.person_id, reason="needs_met", by=by.actor)
    )
    came_to = here.both(turned, begins, releases)
    assert came_to == (("wrong_state", DONE) if turned else (DONE, "wh_plan_open"))


# --- Training and paid work ---------------------------------------------------------------------------------------


@IN_ORDER
def test_who_left_the_program_begins_no_training_of_it(here: Here, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        one = cast.enrolled(here.cast, denise)
    course = training.Course(here.cast.organizations["sunrow"], "Solar Installer", "occupational")
    plans_it = here.act(
        "marcus",
        lambda by: training.plan_training(
            enrollment=fresh(one), course=course, planned_from=TODAY, planned_to=NEXT_MONTH, by=by.actor
        ),
    )
    came_to = here.both(turned, plans_it, exits(here, one))
    assert came_to == (("wrong_state", DONE) if turned else (DONE, DONE))


@pytest.fixture
def works(here: Here) -> PaidWork:
    with here.cast.acting("denise") as denise:
        return paid_work.begun(here.cast, denise)


def writes(here: Here, found: PaidWork, who: str = "marcus") -> Act:
    return here.act(
        who,
        lambda by: hours.write_hours(
            work=fresh(found),
            week=paid_work.LAST_WEEK,
            hours=list(map(Decimal, paid_work.EIGHTS)),
            by=by.actor,
        ),
    )


@IN_ORDER
def test_nobody_begins_work_who_takes_their_yes_back(here: Here, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        found = paid_work.planned(here.cast, denise)
    begins = here.act(
        "denise", lambda by: work.start_work(work=fresh(found), on=paid_work.LAST_WEEK, by=by.actor)
    )
    no = here.act(
        "marcus", lambda by: work.introduce(work=fresh(found), agrees=False, how="spoken", by=by.actor)
    )
    came_to = here.both(turned, begins, no)
    assert came_to == (("not_introduced", DONE) if turned else (DONE, DONE))


@IN_ORDER
def test_a_week_that_is_written_down_stays_as_it_was_paid(here: Here, works: PaidWork, turned: bool) -> None:
    monday = paid_work.LAST_WEEK
    pays = here.act(
        "denise",
        lambda by: work.pay(
            work=fresh(works), hourly=Decimal("25.00"), valid_from=monday + timedelta(days=1), by=by.actor
        ),
    )
    came_to = here.both(turned, writes(here, works), pays)
    assert came_to == ((DONE, DONE) if turned else (DONE, "bad_value"))


@IN_ORDER
def test_no_hours_are_written_down_after_the_last_day(here: Here, works: PaidWork, turned: bool) -> None:
    tuesday = paid_work.LAST_WEEK + timedelta(days=1)
    ends = here.act("denise", lambda by: work.complete_work(work=fresh(works), on=tuesday, by=by.actor))
    came_to = here.both(turned, writes(here, works), ends)
    assert came_to == (("bad_value", DONE) if turned else (DONE, "bad_value"))


@IN_ORDER
def test_of_two_who_approve_a_week_the_second_is_told(here: Here, works: PaidWork, turned: bool) -> None:
    with here.cast.acting("denise") as denise:
        sheet = paid_work.written(works, denise)

    def approve(by: Member) -> object:
        return hours.approve(sheet=fresh(sheet), by=by.actor)

    came_to = here.both(turned, here.act("marcus", approve), here.act("tavo", approve))
    assert sorted(came_to) == [DONE, "wrong_state"]


# --- Referrals ----------------------------------------------------------------------------------------------------


@IN_ORDER
def test_a_second_referral_that_ends_closes_no_line_of_who_enrolls(here: Here, turned: bool) -> None:
    c = here.cast
    contract = Contract.objects.get(provider=c.organizations["valley"])
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise, needs=("WRK-TRN",))
        second = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(referral=fresh(second), reply=referrals.Reply("Vera"), by=vera.actor)
        referrals.engage(referral=fresh(second), by=vera.actor)
        theirs = Participant.objects.get(organization=c.organizations["valley"], person_id=rosa.person_id)
        one = enrollment.apply(file=theirs, contract=contract, by=vera.actor)
        yes = cast.agreed_to(theirs, contract, vera)
    enrolls = here.act("vera", lambda by: enrollment.enroll(enrollment=fresh(one), consent=yes, by=by.actor))
    completes = here.act(
        "vera", lambda by: referrals.complete(referral=Referral.objects.get(pk=second.pk), by=by.actor)
    )
    assert here.both(turned, enrolls, completes) == (DONE, DONE)
    with c.acting("vera"):
        assert Listing.objects.get(file=theirs).standing == "served"


def test_what_is_refused_has_a_sentence() -> None:
    assert {"wh_plan_open", "wh_under_way", "wh_left_before_they_came"} <= CONSTRAINTS.keys()


# --- The check finds it -------------------------------------------------------------------------------------------

BROKEN = {
    "member of a group who takes part no more": """UPDATE programs_enrollment SET state = 'exited', exit_reason = 'work',
        ended_on = applied_on""",
    "member of a group that has ended": "UPDATE programs_cohort SET ended_on = starts_on",
    "meeting planned for a group that has ended": "UPDATE programs_cohort SET ended_on = starts_on",
    "attendance at a meeting that was called off, or is on another day": """UPDATE programs_meeting SET state = 'cancelled'
        WHERE state = 'held'""",
    "hours of a day before the work began, or after it ended": """UPDATE programs_paidwork SET state = 'completed',
        ended_on = started_on WHERE state = 'under_way'""",
    "outcome of an ended plan that nobody scored": """UPDATE casework_plan SET review_on = NULL, ended_on = begun_on""",
}


def test_what_an_owner_breaks_is_found(here: Here, cohort: Cohort) -> None:
    with here.cast.acting("denise") as denise:
        paid_work.written(paid_work.begun(here.cast, denise), denise)
        plan = plans.begin_plan(file=cast.take_in(denise), review_on=NEXT_MONTH, by=denise.actor)
        plans.set_goal(plan=plan, domain="work", words="A job.", outcomes=["job_started"], by=denise.actor)
    says_who_came(here, after_the_first(here, cohort))()
    assert not broken()
    for what, statement in BROKEN.items():
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(LOOSE)
            cursor.execute(statement)
            assert what in {row[1] for row in broken()}
            transaction.set_rollback(True, using="owner")
