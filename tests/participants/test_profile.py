"""What somebody tells beyond contact and needs: kept by class, with why where there is no answer, and logged when it is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.cast import MONDAY
from warmhandoff.directory.eligibility import Kind, Rule, evaluate
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import AccessLog, ContactPoint
from warmhandoff.participants import profile
from warmhandoff.participants.actions import Way
from warmhandoff.participants.models import (
    AlternateContact,
    Demographics,
    FileEvent,
    Housing,
    JusticeInvolvement,
    Paper,
    Schooling,
    Unanswered,
)
from warmhandoff.participants.profile import Answers
from warmhandoff.participants.reading import facts_of, known_of, may_look, unanswered

TOLD = Answers(
    papers={"photo_id": "has", "birth_certificate": "on_the_way", "social_security": "doesnt_know"},
    diploma="no", employment="looking", housing="interim", justice="yes", attested_by="agency", gender="woman",
    races=("black", "hispanic"), veteran="no", disability="prefers_not",
)  # fmt: skip
TABLES = (Paper, Schooling, Housing, Demographics, JusticeInvolvement)


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise, cast.told(birth_date=date(1992, 3, 4), speaks=("es", "en")))


def rows(c) -> list[int]:
    with c.acting("denise"):
        return [table.objects.count() for table in TABLES]


def test_what_they_tell_is_read_back_as_it_was_said(c, rosa):
    with c.acting("denise") as denise:
        assert profile.learn(file=rosa, answers=TOLD, by=denise.actor) is True
        assert known_of(rosa, by=denise.actor) == TOLD
        about = Demographics.objects.get(file=rosa)
        assert (about.disability, about.disability_unknown, about.races_unknown) == (None, "prefers_not", "")


def test_said_twice_is_written_once(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        assert profile.learn(file=rosa, answers=TOLD, by=denise.actor) is False
        assert FileEvent.objects.filter(file=rosa, kind="learned").count() == 1


def test_nothing_said_leaves_no_row(c, rosa):
    with c.acting("denise") as denise:
        nobody_asked = Answers(papers={"photo_id": "not_asked"}, diploma="not_asked", gender="not_asked")
        assert profile.learn(file=rosa, answers=nobody_asked, by=denise.actor) is False
    assert rows(c) == [0, 0, 0, 0, 0]


def test_what_is_taken_back_is_gone(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        profile.learn(file=rosa, answers=Answers(housing="outside"), by=denise.actor)
        assert known_of(rosa, by=denise.actor) == Answers(housing="outside")
    assert rows(c) == [0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"papers": {"passport_number": "has"}},
        {"papers": {"photo_id": "123-45-6789"}},
        {"diploma": "maybe"},
        {"justice": "theft"},
        {"housing": "castle"},
        {"gender": "x" * 400},
        {"races": ("doesnt_know",)},
        {"races_unknown": "black"},
        {"justice": "yes", "attested_by": "neighbor"},
    ],
)
def test_a_word_that_is_no_answer_is_refused_and_nothing_is_kept(c, rosa, wrong):
    with c.acting("denise") as denise, pytest.raises(BadValue):
        profile.learn(file=rosa, answers=replace(TOLD, **wrong), by=denise.actor)
    assert rows(c) == [0, 0, 0, 0, 0]


def test_rolled_back_leaves_nothing(c, rosa):
    with c.acting("denise") as denise, pytest.raises(RuntimeError), transaction.atomic():
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        raise RuntimeError
    assert rows(c) == [0, 0, 0, 0, 0]
    with c.acting("denise"):
        assert not FileEvent.objects.filter(kind="learned").exists()


def test_an_answer_and_a_reason_for_none_exclude_each_other(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        for table, values in (
            (Paper, {"standing_unknown": "doesnt_know"}),
            (Demographics, {"races": []}),
            (JusticeInvolvement, {"attested_by": ""}),
            (Housing, {"status": ""}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                table.objects.filter(file=rosa).update(**values)


def test_opening_a_sensitive_class_is_written_down(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        before = AccessLog.objects.count()
        known_of(rosa, by=denise.actor)
        facts_of(rosa)
        logged = list(AccessLog.objects.order_by("id").values_list("data_classes", "actor_id")[before:])
    assert logged == [(["demographics", "justice", "right_to_work"], denise.actor.pk)] * 2
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=Answers(housing="outside"), by=denise.actor)
        before = AccessLog.objects.count()
        known_of(rosa, by=denise.actor)
        assert AccessLog.objects.count() == before, (
            "housing and schooling are what everyone at the desk works with"
        )


def test_who_reads_contact_alone_and_another_organization_find_nothing(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        profile.say_why_not(file=rosa, whys={"needs": "prefers_not"})
    for stranger in ("tavo", "ines", "vera", "luz"):
        with c.acting(stranger):
            assert [table.objects.count() for table in TABLES] == [0, 0, 0, 0, 0]
            assert not Unanswered.objects.exists()
    with c.acting("denise", purpose="placement"):
        assert not JusticeInvolvement.objects.exists() and Paper.objects.exists()


def test_facts_are_what_is_known_and_nothing_else(c, rosa):
    with c.acting("denise") as denise:
        assert facts_of(rosa).documents == {} and facts_of(rosa).justice_involved is None
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        facts = facts_of(rosa)
        assert facts.documents == {"photo_id": True, "birth_certificate": False}
        assert (facts.justice_involved, facts.diploma, facts.gender) == (True, False, "woman")
        assert (facts.languages, facts.area, facts.birth_date) == (("en", "es"), "south", date(1992, 3, 4))
        verdict = evaluate(
            [Rule(Kind.AGE, at_least=18, at_most=25), Rule(Kind.DIPLOMA)], facts, MONDAY.date()
        )
        assert verdict.is_not_met and len(verdict.findings) == 2
    with c.acting("tavo"):
        seen = facts_of(rosa)
        assert seen.justice_involved is None and seen.documents == {} and seen.diploma is None


def test_a_preferred_language_alone_says_nothing_of_others(c):
    with c.acting("denise") as denise:
        assert facts_of(cast.take_in(denise)).languages is None


# --- Why not, someone else, may we look ---------------------------------------------------------------------------


def test_why_a_question_has_no_answer_is_kept_until_it_has_one(c, rosa):
    with c.acting("denise"):
        profile.say_why_not(file=rosa, whys={"reach": "prefers_not", "needs": "doesnt_know"})
        assert unanswered(rosa) == {"reach": "prefers_not", "needs": "doesnt_know"}
        profile.say_why_not(file=rosa, whys={"reach": ""})
        assert unanswered(rosa) == {"needs": "doesnt_know"}
        with pytest.raises(BadValue):
            profile.say_why_not(file=rosa, whys={"needs": "shy"})
    with c.acting("tavo"):
        assert unanswered(rosa) == {}, "why somebody names no need is of the needs' class"


def test_someone_else_can_be_reached_with_care(c, rosa):
    with c.acting("denise") as denise:
        profile.add_alternate(
            file=rosa, name=" Elena ", relation="family", way=Way("voice", "555-0177"), may_say_who_calls=False,
            by=denise.actor,
        )  # fmt: skip
        elena = AlternateContact.objects.get(file=rosa)
        assert (elena.name, elena.contact_point.value, elena.contact_point.leave_message) == (
            "Elena",
            "555-0177",
            False,
        )
        for wrong in ({"name": " "}, {"relation": "boss"}, {"way": Way("voice", "  ")}):
            said = {"name": "Elena", "relation": "family", "way": Way("voice", "555-0177")} | wrong
            with pytest.raises(BadValue):
                profile.add_alternate(file=rosa, may_say_who_calls=True, by=denise.actor, **said)
        assert AlternateContact.objects.count() == 1
        assert ContactPoint.objects.filter(value="555-0177").count() == 1


def test_the_latest_word_on_looking_holds(c, rosa):
    with c.acting("denise") as denise:
        assert may_look(rosa) is None
        for allowed in (True, True, False, True):
            profile.record_look(file=rosa, allowed=allowed, by=denise.actor)
            assert may_look(rosa) is allowed
        assert FileEvent.objects.filter(file=rosa, kind__startswith="look_").count() == 3


# --- Address ------------------------------------------------------------------------------------------------------


def test_the_area_comes_from_the_zip_code_where_nobody_chose_one(c):
    with c.acting("denise") as denise:
        told = replace(cast.told(), area="", zip_code=" 90221-1234 ", street=" 12 Palm St ")
        contact = cast.take_in(denise, told).contact
        assert (contact.area, contact.area_unknown, contact.street) == ("south", "", "12 Palm St")
        chosen = cast.take_in(denise, replace(told, area="east")).contact
        assert chosen.area == "east"
        elsewhere = cast.take_in(denise, replace(told, zip_code="10001")).contact
        assert (elsewhere.area, elsewhere.area_unknown) == ("", "not_asked")
        for wrong in ("9022", "ABCDE", "90221-12"):
            with pytest.raises(BadValue):
                cast.take_in(denise, replace(told, zip_code=wrong))
