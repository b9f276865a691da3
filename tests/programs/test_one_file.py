"""Two files of one organization on one person: the one in which a program or a plan goes on isn't put away, and nothing begins in one
that was. What has ended stays where it was written, and undoing brings it all back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.cast import MONDAY
from tests.programs.groups import group, joined
from tests.programs.paid_work import begun, written
from tests.standing import leaves_nothing
from warmhandoff.casework.actions import appointments, clearance, plan
from warmhandoff.casework.models import Plan
from warmhandoff.custody import actions as custody
from warmhandoff.custody import merging
from warmhandoff.custody.models import Link
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.models import Duty
from warmhandoff.programs.actions import eligibility, groups, training, work
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.models import Enrollment, Program

TODAY = MONDAY.date()
SOON, LATER = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)


@pytest.fixture
def two(c):
    """(the file that is to be shown, another one of the same person), both held by Denise."""
    with c.acting("denise") as denise:
        return cast.take_in(denise), cast.take_in(denise, cast.told("Rossa", "Mendosa"))


def put_together(c, keep, other, name="denise", at=SOON):
    with c.acting(name, at) as member, transaction.atomic():
        return merging.merge(keep=keep, other=other, by=member.actor)


def refused(c, keep, other):
    with pytest.raises(IntegrityError, match="goes on in the file that would be put away"):
        put_together(c, keep, other)


def _enrolled(c, file, denise):
    return cast.enrolled(c, denise, file=file)


def _planned(c, file, denise):
    return plan.begin_plan(file=file, review_on=TODAY + timedelta(days=30), by=denise.actor)


def _clearing(c, file, denise):
    return clearance.begin(file=file, relief="sealing", by=denise.actor)


def _asked_to_pass_over(c, file, denise):
    return eligibility.ask_waiver(
        file=file, program=Program.objects.get(slug="sector"), criterion="health", reason="safety",
        lapses_on=date(2027, 2, 1), why="Not safe to ask.", by=denise.actor,
    )  # fmt: skip


def _training(c, file, denise):
    enrollment = cast.enrolled(c, denise, file=file)
    course = training.Course(c.organizations["sunrow"], "Solar Installer", "occupational")
    training.plan_training(
        enrollment=enrollment, course=course, planned_from=TODAY, planned_to=TODAY + timedelta(days=30), by=denise.actor,
    )  # fmt: skip
    enrolling.complete(enrollment=enrollment, by=denise.actor)


def _hours(c, file, denise):
    enrollment = cast.enrolled(c, denise, file=file, on=date(2026, 11, 2))
    sheet = written(begun(c, denise, enrollment=enrollment), denise)
    work.complete_work(work=sheet.work, on=TODAY, by=denise.actor)
    enrolling.complete(enrollment=enrollment, by=denise.actor)


GOES_ON = {
    "enrollment": _enrolled, "plan": _planned, "clearance": _clearing, "waiver": _asked_to_pass_over,
    "training": _training, "hours": _hours,
}  # fmt: skip


@pytest.mark.parametrize("begin", GOES_ON.values(), ids=GOES_ON)
def test_what_goes_on_keeps_its_file_the_one_that_is_shown(c, two, begin):
    keep, other = two
    with c.acting("denise") as denise:
        begin(c, other, denise)
    refused(c, keep, other)
    with c.acting("denise", SOON):
        assert not Link.objects.exists() and custody.holds(keep.person_id) and custody.holds(other.person_id)
    # The other way around both are as they should be.
    put_together(c, other, keep)
    with c.acting("denise", LATER):
        assert custody.holds(other.person_id) and not custody.holds(keep.person_id)


def test_also_of_one_who_was_released_before(c, two):
    keep, other = two
    with c.acting("denise") as denise:
        custody.release(person_id=other.person_id, reason="mistake", by=denise.actor)
        clearance.begin(file=other, relief="sealing", by=denise.actor)
    refused(c, keep, other)


def test_what_has_ended_stays_in_its_own_file_and_comes_back_as_it_was(c, two):
    keep, other = two
    with c.acting("denise") as denise:
        ended = cast.enrolled(c, denise, file=other)
        enrolling.complete(enrollment=ended, by=denise.actor)
        before = list(Enrollment.objects.filter(file=other).values())
    link = put_together(c, keep, other)
    with c.acting("denise", SOON):
        assert list(Enrollment.objects.filter(file=other).values()) == before
        assert not Enrollment.objects.filter(file=keep).exists()
    with c.acting("denise", LATER) as denise:
        merging.unmerge(link=link, by=denise.actor)
        assert list(Enrollment.objects.filter(file=other).values()) == before


BEGINS = {
    **{name: GOES_ON[name] for name in ("enrollment", "plan", "clearance", "waiver")},
    "appointment": lambda c, file, denise: appointments.make(
        file=file, when=appointments.When(MONDAY + timedelta(days=2, hours=file.pk % 2), timedelta(minutes=30), how="phone"),
        about="plan", with_=denise.membership, by=denise.actor,
    ),
}  # fmt: skip


@pytest.mark.parametrize("begin", BEGINS.values(), ids=BEGINS)
def test_nothing_begins_in_a_file_that_was_put_away_until_they_are_parted(c, two, begin):
    keep, other = two
    with c.acting("denise") as denise:
        cast.program(c)
    link = put_together(c, keep, other)
    with c.acting("denise", SOON) as denise:
        with pytest.raises((IntegrityError, DomainError)), transaction.atomic():
            begin(c, other, denise)
        assert not Plan.objects.exists()
        begin(c, keep, denise)
    with c.acting("denise", LATER) as denise:
        merging.unmerge(link=link, by=denise.actor)
        begin(c, other, denise)


def test_an_end_that_was_a_mistake_is_taken_back_where_the_file_is_shown_and_nowhere_else(c, two):
    keep, other = two
    with c.acting("denise") as denise:
        ended = cast.enrolled(c, denise, file=other)
        enrolling.complete(enrollment=ended, by=denise.actor)
        petition = clearance.begin(file=other, relief="sealing", by=denise.actor)
        clearance.step(clearance=petition, verb="stop", by=denise.actor)
    link = put_together(c, keep, other)
    acts = (
        lambda by: enrolling.take_back(enrollment=ended, reason="mistake", by=by),
        lambda by: clearance.take_back(clearance=petition, reason="mistake", by=by),
    )
    with c.acting("denise", SOON) as denise:
        for act in acts:
            with pytest.raises((IntegrityError, DomainError)), transaction.atomic():
                act(denise.actor)
        merging.unmerge(link=link, by=denise.actor)
        for act in acts:
            act(denise.actor)


def test_nobody_owes_anything_about_what_another_file_has(c, two):
    """What was owed about the file that was put away and has ended is owed no more: no step of the other stands on it."""
    keep, other = two
    with c.acting("denise") as denise:
        made = _planned(c, other, denise)
        plan.end_plan(plan=made, scores={}, by=denise.actor)
    put_together(c, keep, other)
    with c.acting("denise", SOON):
        owed = Duty.objects.filter(person_id=keep.person_id, closed_at__isnull=True)
        assert {duty.subject_kind for duty in owed} == {""}


@pytest.mark.parametrize("said_of", ["shown", "put_away"])
def test_whoever_is_kept_apart_stays_so_in_whichever_file_it_was_said(c, two, said_of):
    keep, other = two
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus)
        joined(c, marcus, cohort, "Ana")
        ana = cohort.members.get().file
        groups.keep_apart(one={"shown": keep, "put_away": other}[said_of], other=ana, by=marcus.actor)
    link = put_together(c, keep, other)
    with c.acting("denise", SOON) as denise:
        enrollment = cast.enrolled(c, denise, file=keep)
        with pytest.raises((IntegrityError, DomainError), match="apart"), transaction.atomic():
            groups.join(cohort=cohort, enrollment=enrollment, by=denise.actor)
    with c.acting("denise", LATER) as denise:
        merging.unmerge(link=link, by=denise.actor)
        if said_of == "put_away":
            groups.join(cohort=cohort, enrollment=enrollment, by=denise.actor)


def test_a_stranger_learns_nothing_and_a_failure_leaves_both(c, two):
    keep, other = two
    with c.acting("denise") as denise:
        _planned(c, other, denise)
    with pytest.raises(DomainError):
        put_together(c, keep, other, name="ines")
    leaves_nothing(c, lambda: put_together(c, other, keep), at=SOON)
