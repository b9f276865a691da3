"""Three answers, never two: what isn't known is missing, and nobody is turned away for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from warmhandoff.directory.eligibility import (
    DOCUMENTS,
    GENDERS,
    Facts,
    Kind,
    Rule,
    Standing,
    age_on,
    any_of,
    evaluate,
)

TODAY = date(2026, 11, 23)
MET, MISSING, NOT_MET = Standing.MET, Standing.MISSING, Standing.NOT_MET
AREAS = ("south", "central", "east")
NOBODY_ASKED = Facts()


def one(rule: Rule, facts: Facts, as_of: date = TODAY):
    return evaluate([rule], facts, as_of).findings[0]


def standing(rule: Rule, facts: Facts, as_of: date = TODAY) -> Standing:
    return one(rule, facts, as_of).standing


YOUNG = Rule(Kind.AGE, at_least=18, at_most=25)
LATER = Rule(Kind.DOCUMENT, ("photo_id", "birth_certificate"), can_follow=True)
FIRST = Rule(Kind.DOCUMENT, ("driver_license",))


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        (YOUNG, Facts(birth_date=date(2008, 11, 23)), MET),  # eighteen today
        (YOUNG, Facts(birth_date=date(2008, 11, 24)), NOT_MET),  # seventeen until tomorrow
        (YOUNG, Facts(birth_date=date(2000, 11, 24)), MET),  # twenty-five until tomorrow
        (YOUNG, Facts(birth_date=date(2000, 11, 23)), NOT_MET),
        (YOUNG, Facts(birth_date=date(2030, 1, 1)), MISSING),  # can't be right
        (YOUNG, NOBODY_ASKED, MISSING),
        (Rule(Kind.AGE, at_least=18), Facts(birth_date=date(1930, 1, 1)), MET),
        (Rule(Kind.AGE, at_most=24), Facts(birth_date=date(2026, 11, 22)), MET),
        (Rule(Kind.AREA, ("south", "east")), Facts(area="east"), MET),
        (Rule(Kind.AREA, ("south", "east")), Facts(area="west"), NOT_MET),
        (Rule(Kind.AREA, ("south",)), Facts(area=""), MISSING),
        (Rule(Kind.LANGUAGE, ("en",)), Facts(languages={"es", "en"}), MET),
        (Rule(Kind.LANGUAGE, ("en",)), Facts(languages={"es"}), NOT_MET),
        (Rule(Kind.LANGUAGE, ("en",)), NOBODY_ASKED, MISSING),
        (LATER, Facts(documents={"birth_certificate": True}), MET),
        (LATER, Facts(documents={"photo_id": False, "birth_certificate": False}), MISSING),
        (LATER, NOBODY_ASKED, MISSING),
        (FIRST, Facts(documents={"driver_license": True}), MET),
        (FIRST, Facts(documents={"driver_license": False}), NOT_MET),
        (FIRST, Facts(documents={"driver_license": None, "photo_id": True}), MISSING),
        (Rule(Kind.JUSTICE, ("yes",)), Facts(justice_involved=True), MET),
        (Rule(Kind.JUSTICE, ("yes",)), Facts(justice_involved=False), NOT_MET),
        (Rule(Kind.JUSTICE, ("no",)), Facts(justice_involved=False), MET),
        (Rule(Kind.JUSTICE, ("yes",)), NOBODY_ASKED, MISSING),
        (Rule(Kind.DIPLOMA), Facts(diploma=True), MET),
        (Rule(Kind.DIPLOMA), Facts(diploma=False), NOT_MET),
        (Rule(Kind.DIPLOMA), NOBODY_ASKED, MISSING),
        (Rule(Kind.GENDER, ("woman",)), Facts(gender="woman"), MET),
        (Rule(Kind.GENDER, ("woman",)), Facts(gender="man"), NOT_MET),
        (Rule(Kind.GENDER, ("woman",)), NOBODY_ASKED, MISSING),
        (Rule(Kind.ANSWER, ("wants_solar",)), Facts(answers={"wants_solar": True}), MET),
        (Rule(Kind.ANSWER, ("wants_solar",)), Facts(answers={"wants_solar": False}), NOT_MET),
        (Rule(Kind.ANSWER, ("wants_solar",)), Facts(answers={"other": True}), MISSING),
        (Rule("horoscope", ("leo",)), Facts(birth_date=date(1990, 8, 1)), MISSING),  # nobody knows this kind
    ],
)
def test_each_kind(rule, facts, expected):
    assert standing(rule, facts) is expected


@pytest.mark.parametrize(
    ("day", "age"), [(date(2027, 2, 28), 18), (date(2027, 3, 1), 19), (date(2028, 2, 29), 20)]
)
def test_a_birthday_on_the_day_that_most_years_lack(day, age):
    assert age_on(day, date(2008, 2, 29)) == age


@pytest.mark.parametrize(
    ("rule", "facts", "english", "spanish"),
    [
        (
            YOUNG, Facts(birth_date=date(1990, 1, 1)),
            "For people aged 18 to 25. They are 36.", "Para personas de 18 a 25 años. Tiene 36 años.",
        ),
        (
            YOUNG, NOBODY_ASKED,
            "For people aged 18 to 25. Their birth date isn't known: ask them.",
            "Para personas de 18 a 25 años. No se sabe su fecha de nacimiento: pregúntele.",
        ),
        (
            LATER, Facts(documents={"photo_id": False, "birth_certificate": False}),
            "Needs a photo ID or a birth certificate. They don't have it yet. It can be brought later.",
            "Pide una identificación con foto o un acta de nacimiento. Todavía no lo tiene. Se puede traer después.",
        ),
        (
            Rule(Kind.DIPLOMA, words_en="you finished high school"), Facts(diploma=False),
            "You finished high school. They don't have one yet.", "You finished high school. Todavía no lo tiene.",
        ),
        (
            Rule(Kind.AREA, ("south", "central", "east")), Facts(area="west"),
            "For people who live in South, Central or East. They live in West.",
            "Para personas que viven en Sur, Centro o Este. Vive en Oeste.",
        ),
    ],
)  # fmt: skip
def test_the_sentences(rule, facts, english, spanish):
    finding = one(rule, facts)
    assert finding.words == english
    with translation.override("es"):
        assert finding.words == spanish


def test_papers_that_follow_turn_nobody_away():
    verdict = evaluate([LATER, Rule(Kind.DIPLOMA)], Facts(diploma=True), TODAY)
    assert (verdict.standing, verdict.only_papers_are_missing, verdict.to_ask) == (MISSING, True, [])
    asked = evaluate([LATER, YOUNG], NOBODY_ASKED, TODAY)
    assert not asked.only_papers_are_missing
    assert [finding.rule for finding in asked.to_ask] == [YOUNG]
    against = evaluate([LATER, Rule(Kind.DIPLOMA)], Facts(diploma=False), TODAY)
    assert against.is_not_met and not against.only_papers_are_missing
    assert evaluate([], NOBODY_ASKED, TODAY).is_met


# --- What holds for all of them -----------------------------------------------------------------------------------

codes = st.sampled_from
known = st.one_of(st.none(), st.booleans())
FACTS = st.builds(
    Facts,
    birth_date=st.one_of(st.none(), st.dates(date(1920, 1, 1), date(2030, 1, 1))),
    area=st.one_of(st.none(), codes(AREAS)),
    languages=st.one_of(st.none(), st.frozensets(codes(["en", "es"]))),
    documents=st.dictionaries(codes(sorted(DOCUMENTS)), known),
    justice_involved=known,
    diploma=known,
    gender=st.one_of(st.none(), codes(sorted(GENDERS))),
    answers=st.dictionaries(codes(["one", "two"]), known),
)
YEARS = st.one_of(st.none(), st.integers(0, 100))


def some(values) -> st.SearchStrategy:
    return st.lists(codes(sorted(values)), min_size=1, max_size=3, unique=True).map(tuple)


RULES = st.one_of(
    st.builds(Rule, st.just(Kind.AGE), at_least=st.integers(0, 100), at_most=YEARS),
    st.builds(Rule, st.just(Kind.AREA), some(AREAS)),
    st.builds(Rule, st.just(Kind.LANGUAGE), some(["en", "es"])),
    st.builds(Rule, st.just(Kind.DOCUMENT), some(DOCUMENTS), can_follow=st.booleans()),
    st.builds(Rule, st.just(Kind.JUSTICE), some(["yes", "no"])),
    st.builds(Rule, st.just(Kind.DIPLOMA), can_follow=st.booleans()),
    st.builds(Rule, st.just(Kind.GENDER), some(GENDERS)),
    st.builds(Rule, st.just(Kind.ANSWER), some(["one", "two"])),
)
FIELD_OF = {
    Kind.AGE: "birth_date", Kind.AREA: "area", Kind.LANGUAGE: "languages", Kind.DOCUMENT: "documents",
    Kind.JUSTICE: "justice_involved", Kind.DIPLOMA: "diploma", Kind.GENDER: "gender", Kind.ANSWER: "answers",
}  # fmt: skip
ORDER = {MET: 0, MISSING: 1, NOT_MET: 2}


@given(st.lists(RULES, max_size=6))
def test_who_was_asked_nothing_is_never_turned_away(rules):
    found = evaluate(rules, NOBODY_ASKED, TODAY)
    assert found.standing is (MISSING if rules else MET)
    assert not found.of(NOT_MET) and not found.of(MET)


@given(RULES, FACTS)
def test_hiding_a_fact_makes_it_missing_and_touches_no_other(rule, facts):
    hidden = replace(facts, **{FIELD_OF[rule.kind]: getattr(NOBODY_ASKED, FIELD_OF[rule.kind])})
    assert standing(rule, hidden) is MISSING
    others = {name: getattr(NOBODY_ASKED, name) for kind, name in FIELD_OF.items() if kind != rule.kind}
    assert standing(rule, replace(facts, **others)) is standing(rule, facts), (
        "a kind looks at its own fact alone"
    )


@given(RULES, FACTS, known)
def test_what_follows_is_never_against_anybody(rule, facts, _):
    finding = one(replace(rule, can_follow=True), facts)
    assert finding.standing is not NOT_MET
    assert finding.can_be_brought_later is (finding.standing is MISSING)
    strict = one(replace(rule, can_follow=False), facts)
    assert not strict.can_be_brought_later
    assert (strict.standing is MET) is (finding.standing is MET)


@given(st.lists(RULES, max_size=5), RULES, FACTS, st.randoms(use_true_random=False))
def test_the_verdict_is_its_worst_finding_in_whatever_order(rules, more, facts, random):
    verdict = evaluate(rules, facts, TODAY)
    shuffled = random.sample(rules, len(rules))
    assert evaluate(shuffled, facts, TODAY).standing is verdict.standing
    assert ORDER[evaluate([*rules, more], facts, TODAY).standing] >= ORDER[verdict.standing]
    assert ORDER[verdict.standing] == max((ORDER[each.standing] for each in verdict.findings), default=0)
    assert [finding.rule for finding in verdict.findings] == rules


@given(RULES, FACTS)
def test_each_finding_is_two_whole_sentences_in_both_languages(rule, facts):
    finding = one(rule, facts)
    for language in ("en", "es"):
        with translation.override(language):
            words = finding.words
        assert words.endswith(".") and "%(" not in words and ".." not in words and "None" not in words
        assert 2 <= words.count(". ") + 1 <= 3
        assert words[0].isupper()


@given(st.lists(known, max_size=5))
def test_any_of(told):
    assert any_of(told) is (True if True in told else (False if told and None not in told else None))
    assert any_of(reversed(told)) is any_of(told)
