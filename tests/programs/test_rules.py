"""What a program asks from a day on: a new row follows, no day that has passed is changed, and its people are looked at anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import cast
from tests.programs.test_eligibility import adult, enroll, fire, shows_all
from warmhandoff.directory.eligibility import Standing
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import operator_actor
from warmhandoff.foundation.errors import BadValue, WrongState
from warmhandoff.foundation.models import Duty
from warmhandoff.programs.actions import rules
from warmhandoff.programs.actions.rechecks import RECHECK_ELIGIBILITY
from warmhandoff.programs.eligibility import conditions_of, standing
from warmhandoff.programs.models import Contract, Criterion, Funding, Program, ProgramTerms
from warmhandoff.programs.reading.terms import terms_on

TODAY = cast.MONDAY.date()
LATER = TODAY + timedelta(days=10)


@pytest.fixture
def operator(c):
    with clock.at(cast.MONDAY), scoping.acting_as(operator_actor()):
        yield


@pytest.fixture
def sector(c):
    return cast.program(c, "sector")


def justice():
    return Criterion.objects.get(program__slug="sector", code="justice")


def test_a_condition_asks_otherwise_from_a_day_on(operator):
    new = rules.change(criterion=justice(), valid_from=LATER, source="A letter", methods=["document"])
    before, after = Criterion.objects.filter(program__slug="sector", code="justice")
    assert (before.valid_to, after) == (LATER - timedelta(days=1), new)
    assert before.methods == ["document", "agency", "self"] and new.methods == ["document"]
    assert (new.source, new.verified_on, new.shown_by) == ("A letter", None, "justice_history")
    day = {each.valid_from for each in conditions_of(new.program) if each.code == "justice"}
    assert day == {date(2021, 1, 1), LATER}


@pytest.mark.parametrize("day", [TODAY, TODAY - timedelta(days=1), date(2020, 1, 1)])
def test_no_day_that_has_passed_is_changed(operator, day):
    with pytest.raises(BadValue):
        rules.change(criterion=justice(), valid_from=day, source="A letter", methods=["document"])
    with pytest.raises(BadValue):
        rules.end(criterion=justice(), last_day=day - timedelta(days=1))
    assert justice().valid_to is None


def test_a_row_that_was_followed_is_not_followed_again(operator):
    old = justice()
    rules.change(criterion=old, valid_from=LATER, source="A letter")
    with pytest.raises(WrongState):
        rules.change(criterion=old, valid_from=LATER + timedelta(days=1), source="Another letter")


def test_a_change_says_where_it_comes_from(operator):
    with pytest.raises(BadValue):
        rules.change(criterion=justice(), valid_from=LATER, source=" ")


def test_a_condition_ends(operator):
    rules.end(criterion=justice(), last_day=LATER)
    asked = conditions_of(Program.objects.get(slug="sector"))
    assert "justice" not in {each.code for each in asked if each.in_force(LATER + timedelta(days=1))}


def test_somebody_held_it_against_its_source(operator):
    row = justice()
    rules.held_against_its_source(row=row)
    assert justice().verified_on == TODAY


def test_a_program_is_called_otherwise_from_a_day_on(operator):
    sector = Program.objects.get(slug="sector")
    rules.call(
        program=sector, called=rules.Called("SECTOR Next", "SECTOR"), valid_from=LATER, source="A letter"
    )
    assert terms_on([sector.pk], TODAY)[sector.pk].name.startswith("SECTOR: ")
    assert terms_on([sector.pk], LATER)[sector.pk].name == "SECTOR Next"
    assert ProgramTerms.objects.filter(program=sector).first().valid_to == LATER - timedelta(days=1)
    with pytest.raises(BadValue):
        rules.call(program=sector, called=rules.Called("Past", ""), valid_from=TODAY, source="A letter")


def test_who_takes_part_is_looked_at_anew(c, sector):
    """A paper is asked for from Thursday week on: whoever gave their own word alone comes up before that."""
    with c.acting("denise") as denise:
        file = adult(denise)
        shows_all(file, denise)
        enroll(file, sector, denise)
        assert not Duty.objects.filter(kind=RECHECK_ELIGIBILITY).exists()
    with clock.at(cast.MONDAY), scoping.acting_as(operator_actor()):
        rules.change(criterion=justice(), valid_from=LATER, source="A letter", methods=["document"])
    fire(cast.MONDAY + timedelta(minutes=1))
    with c.acting("denise"):
        duty = Duty.objects.get(kind=RECHECK_ELIGIBILITY)
        assert duty.closed_at is None and duty.due_at.date() == LATER  # 5 pm of the day before, in UTC
        verdict = standing(file, sector.program, TODAY)
        assert (verdict.standing, verdict.lapses_on) == (Standing.MET, LATER)


def contract(c, **more):
    program = Program.objects.get(slug="sector-expansion")
    facts = {
        "program": program, "provider": c.organizations["harbor"], "agency": c.organizations["office"],
        "funding": Funding.objects.get(program=program, tranche="II"), "slots": 30, "valid_from": TODAY,
    } | more  # fmt: skip
    return rules.sign_contract(**facts)


def test_a_contract_names_who_for_whom_and_with_whose_money(c, operator):
    assert contract(c).slots == 30
    with pytest.raises(WrongState):
        contract(c)


@pytest.mark.parametrize("wrong", ["agency", "funding", "valid_to", "areas"])
def test_a_contract_that_cannot_be_is_refused(c, operator, wrong):
    values = {
        "agency": c.organizations["harbor"],
        "funding": Funding.objects.filter(program__slug="sector").first(),
        "valid_to": TODAY - timedelta(days=1),
        "areas": ["the_moon"],
    }
    with pytest.raises(BadValue):
        contract(c, **{wrong: values[wrong]})
    assert not Contract.objects.exists()


def test_nobody_delivers_a_program_of_another_place(c, operator):
    other = Program.objects.get(slug="transitional-jobs")
    with pytest.raises(WrongState):
        contract(c, program=other, funding=Funding.objects.get(program=other))
