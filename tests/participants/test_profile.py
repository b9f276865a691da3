"""What somebody tells beyond contact and needs: kept by class, with why where there is no answer, and logged when it is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.cast import MONDAY
from warmhandoff.directory.eligibility import Kind, Rule, evaluate
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import AccessLog, ContactPoint
from warmhandoff.participants import actions, profile
from warmhandoff.participants.actions import Way
from warmhandoff.participants.models import (
    AlternateContact,
    Demographics,
    FileChange,
    FileEvent,
    Housing,
    JusticeInvolvement,
    Paper,
    Schooling,
    Unanswered,
)
from warmhandoff.participants.profile import Answers
from warmhandoff.participants.reading import facts_of, known_of, may_look, said_before, show, unanswered

TOLD = Answers(
    papers={"photo_id": "has", "birth_certificate": "on_the_way", "social_security": "doesnt_know"},
    diploma="no", employment="looking", housing="interim", justice="yes", attested_by="agency", gender="woman",
    races=("black", "hispanic"), veteran="no", disability="prefers_not",
)  # fmt: skip
SOON, LATER = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
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


def test_what_is_taken_back_is_said_no_more(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        profile.learn(file=rosa, answers=Answers(housing="outside"), by=denise.actor)
        assert known_of(rosa, by=denise.actor) == Answers(housing="outside")
        assert facts_of(rosa).documents == {} and facts_of(rosa).justice_involved is None


# --- What was said before -----------------------------------------------------------------------------------------


def before(c, rosa, who="denise"):
    with c.acting(who, LATER) as member:
        return {
            (one.data_class, one.field): (one.was, one.became) for one in said_before(rosa, by=member.actor)
        }


def test_what_was_said_before_is_kept_answer_by_answer(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
    assert before(c, rosa) == {}, "the first answer came instead of none"
    now = replace(
        TOLD,
        papers={"photo_id": "hasnt", "social_security": "has"}, diploma="yes", employment="", housing="outside",
        justice="no", attested_by="themselves", gender="prefers_not", races=("black",), disability="yes",
    )  # fmt: skip
    with c.acting("denise", SOON) as denise:
        profile.learn(file=rosa, answers=now, by=denise.actor)
        event = FileEvent.objects.filter(file=rosa, kind="learned").last()
    assert before(c, rosa) == {
        ("right_to_work", "photo_id"): ("has", "hasnt"),
        ("right_to_work", "birth_certificate"): ("on_the_way", ""),
        ("right_to_work", "social_security"): ("doesnt_know", "has"),
        ("work_education", "diploma"): ("no", "yes"),
        ("work_education", "employment"): ("looking", ""),
        ("housing_family", "housing"): ("interim", "outside"),
        ("justice", "justice"): ("yes", "no"),
        ("justice", "attested_by"): ("agency", "themselves"),
        ("demographics", "gender"): ("woman", "prefers_not"),
        ("demographics", "races"): ("black,hispanic", "black"),
        ("demographics", "disability"): ("prefers_not", "yes"),
    }
    with c.acting("denise", LATER):
        assert {one.changed_at for one in FileChange.objects.filter(file=rosa)} == {event.recorded_at}
        assert event.by == denise.actor


def test_what_came_back_after_it_was_taken_back_is_a_chain(c, rosa):
    for answers, at in ((TOLD, MONDAY), (Answers(), SOON), (TOLD, LATER)):
        with c.acting("denise", at) as denise:
            profile.learn(file=rosa, answers=answers, by=denise.actor)
    with c.acting("denise", LATER):
        housing = FileChange.objects.filter(file=rosa, field="housing").order_by("id")
        assert [(one.was, one.became) for one in housing] == [("interim", ""), ("", "interim")]


def test_languages_a_diploma_and_why_there_was_no_answer_are_kept_too(c, rosa):
    with c.acting("denise") as denise:
        actions.learn_schooling(file=rosa, diploma=False)
        profile.say_why_not(file=rosa, whys={"reach": "prefers_not"})
    with c.acting("denise", SOON) as denise:
        actions.learn_schooling(file=rosa, diploma=None)
        profile.say_why_not(file=rosa, whys={"reach": ""})
        actions.change_contact(
            file=rosa, told=cast.told(birth_date=date(1992, 3, 4), speaks=("es",)), by=denise.actor
        )
        kept = {one.field: (one.was, one.became) for one in FileChange.objects.filter(file=rosa)}
    assert kept == {
        "diploma": ("no", ""),
        "why_reach": ("prefers_not", ""),
        "speaks": ("es,en", "es"),
    }


def test_it_is_read_by_whoever_reads_the_class_and_its_opening_is_written_down(c, rosa):
    with c.acting("denise") as denise:
        profile.learn(file=rosa, answers=TOLD, by=denise.actor)
        profile.learn(file=rosa, answers=Answers(), by=denise.actor)
        count = AccessLog.objects.count()
        said_before(rosa, by=denise.actor)
        (opened,) = AccessLog.objects.order_by("id")[count:]
        assert opened.data_classes == ["demographics", "justice", "right_to_work"]
        shown = {one.data_class for one in show(rosa, by=denise.actor).changes}
        assert shown == {"work_education", "housing_family"}, "their page opens nothing that is logged"
    for stranger in ("tavo", "ines", "vera", "luz"):
        assert before(c, rosa, stranger) == {}, stranger
    with c.acting("denise", purpose="placement"):
        assert not FileChange.objects.filter(data_class="justice").exists()


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
