"""Whether a program is for somebody, span by span: pure, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warmhandoff.directory.eligibility import Facts, Rule, Standing
from warmhandoff.programs.spans import Condition, Known, Passed, Shown, Span, judge

TODAY = date(2026, 11, 23)
ADULT = Condition(
    "adult", Rule("age", at_least=18), shown_by="of_age", methods=("document", "agency", "self")
)
JUSTICE = Condition(
    "justice",
    Rule("answer", ("justice_history",), words_en="For people who were arrested, charged or convicted"),
    shown_by="justice_history",
    data_class="justice",
    methods=("document", "agency", "self"),
    self_holds_days=180,
)
HEALTH = Condition(
    "health", Rule("answer", ("behavioral_health",)), shown_by="behavioral_health", methods=("self",)
)
SECTOR = (ADULT, JUSTICE, HEALTH)
BORN = date(1990, 3, 4)


def shown(what, on, holds=True, method="self", lapses_on=None):
    return Shown(what, holds, method, on, lapses_on)


def known(*proofs, born=BORN, waivers=()):
    return Known(Facts(birth_date=born), tuple(sorted(proofs, key=lambda p: p.shown_on)), waivers)


ALL = (
    shown("of_age", date(2026, 5, 4), method="document"),
    shown("justice_history", date(2026, 8, 3)),
    shown("behavioral_health", date(2026, 8, 3)),
)


def test_one_who_is_says_since_when_and_until_when():
    verdict = judge(SECTOR, known(*ALL), TODAY)
    assert verdict.is_met and verdict.why_not == ""
    assert verdict.span == Span(Standing.MET, date(2026, 8, 3), date(2027, 1, 30))
    justice = verdict.findings[1]
    assert justice.says == "Met since Aug. 3, 2026, lapses on Jan. 30, 2027."
    assert verdict.findings[0].says == "Met since May 4, 2026."


def test_one_who_nearly_is_says_what_is_missing():
    verdict = judge(SECTOR, known(*ALL[:2]), TODAY)
    assert verdict.nearly and not verdict.is_met
    assert [each.condition.code for each in verdict.in_the_way] == ["health"]
    assert "Nobody has shown it yet." in verdict.why_not


def test_one_who_was_says_when_and_what_has_lapsed():
    long_ago = (
        ALL[0],
        shown("justice_history", date(2025, 10, 1)),
        shown("behavioral_health", date(2025, 10, 1)),
    )
    early = (shown("of_age", date(2025, 10, 1), method="document"), *long_ago[1:])
    verdict = judge(SECTOR, known(*early), TODAY)
    assert not verdict.is_met
    assert verdict.was_met == Span(Standing.MET, date(2025, 10, 1), date(2026, 3, 30))
    assert verdict.in_the_way[0].has_lapsed
    assert "lapsed on March 30, 2026" in verdict.why_not


def test_a_no_is_not_met_from_its_day_on_and_leaves_the_past():
    verdict = judge(SECTOR, known(*ALL, shown("justice_history", date(2026, 11, 2), holds=False)), TODAY)
    assert verdict.is_not_met
    assert verdict.was_met == Span(Standing.MET, date(2026, 8, 3), date(2026, 11, 2))


def test_their_own_word_takes_nothing_away_from_a_paper():
    paper = shown("justice_history", date(2026, 1, 5), method="document")
    later = shown("justice_history", date(2026, 8, 3))
    verdict = judge((JUSTICE,), known(paper, later), TODAY)
    assert verdict.span == Span(Standing.MET, date(2026, 1, 5), None)
    assert verdict.findings[0].proof == paper
    no = shown("justice_history", date(2026, 9, 1), holds=False)
    assert judge((JUSTICE,), known(paper, later, no), TODAY).is_not_met


def test_it_begins_with_the_birthday():
    young = judge(SECTOR, known(*ALL, born=date(2008, 12, 24)), TODAY)
    assert young.is_not_met
    assert "They are 17." in young.why_not
    assert [s.since for s in young.spans if s.standing is Standing.MET] == [date(2026, 12, 24)]


def test_who_is_born_on_leap_day_is_older_on_the_first_of_march():
    verdict = judge((ADULT,), known(ALL[0], born=date(2008, 2, 29)), TODAY)
    assert verdict.is_met
    assert judge(
        (ADULT,), known(shown("of_age", date(2026, 1, 5)), born=date(2008, 2, 29)), TODAY
    ).span == Span(Standing.MET, date(2026, 3, 1), None)


def test_who_was_shown_to_be_old_enough_needs_no_birth_date():
    paper = shown("of_age", date(2026, 1, 5), method="document")
    assert judge((ADULT,), known(paper, born=None), TODAY).span == Span(Standing.MET, date(2026, 1, 5), None)
    assert "Nobody has shown it yet." in judge((ADULT,), known(born=None), TODAY).why_not
    no = shown("of_age", date(2026, 1, 5), holds=False)
    assert judge((ADULT,), known(no, born=None), TODAY).is_not_met
    # What is known goes before what was said; and who may be too old must say when they were born.
    assert judge((ADULT,), known(paper, born=date(2010, 1, 1)), TODAY).is_not_met
    young = replace(ADULT, rule=Rule("age", at_least=16, at_most=24))
    assert "birth date isn't known" in judge((young,), known(paper, born=None), TODAY).why_not


def test_a_way_that_the_program_does_not_take_shows_nothing():
    verdict = judge((HEALTH,), known(shown("behavioral_health", TODAY, method="document")), TODAY)
    assert verdict.nearly


def test_of_a_choice_one_is_enough():
    gun = Condition("gun", Rule("answer", ("gun",)), either="involved", shown_by="gun", methods=("agency",))
    impacted = Condition(
        "imp", Rule("answer", ("imp",)), either="involved", shown_by="imp", methods=("self",)
    )
    both = (gun, impacted)
    assert judge(both, known(shown("imp", TODAY)), TODAY).is_met
    assert judge(both, known(shown("imp", TODAY)), TODAY).in_the_way == []
    assert judge(both, known(shown("imp", TODAY, holds=False)), TODAY).nearly
    none = known(shown("imp", TODAY, holds=False), shown("gun", TODAY, holds=False, method="agency"))
    assert judge(both, none, TODAY).is_not_met
    assert [e.condition.code for e in judge(both, none, TODAY).in_the_way] == ["gun", "imp"]


def test_a_focus_turns_nobody_away():
    focus = Condition("area", Rule("answer", ("area",)), is_focus=True, shown_by="area", methods=("self",))
    verdict = judge((ADULT, focus), known(ALL[0]), TODAY)
    assert verdict.is_met
    assert [each.is_met for each in verdict.focus] == [False]


def test_a_waiver_passes_one_condition_over_until_its_day():
    waiver = Passed("health", date(2026, 11, 2), date(2027, 1, 4))
    verdict = judge(SECTOR, known(*ALL[:2], waivers=(waiver,)), TODAY)
    assert verdict.is_met
    assert verdict.span == Span(Standing.MET, date(2026, 11, 2), date(2027, 1, 4))
    assert "waiver" in verdict.findings[2].says


def test_rules_go_by_the_day():
    first = Condition("adult", Rule("age", at_least=16), date(2022, 1, 1), date(2023, 12, 31))
    second = Condition("adult", Rule("age", at_least=18), date(2024, 1, 1))
    facts = known(born=date(2006, 6, 1))
    verdict = judge((first, second), facts, TODAY)
    assert [(s.standing, s.since, s.until) for s in verdict.spans] == [
        (Standing.NOT_MET, date(2022, 1, 1), date(2022, 6, 1)),
        (Standing.MET, date(2022, 6, 1), date(2024, 1, 1)),
        (Standing.NOT_MET, date(2024, 1, 1), date(2024, 6, 1)),
        (Standing.MET, date(2024, 6, 1), None),
    ]
    assert judge((first, second), facts, date(2023, 1, 1)).is_met
    assert not judge((first, second), facts, date(2021, 1, 1)).is_offered


def test_a_program_that_asks_nothing_is_for_everybody():
    assert judge((), known(), TODAY).is_met


def test_what_the_reader_may_not_read_is_missing_and_says_so():
    verdict = judge((JUSTICE,), Known(Facts(), hidden=frozenset({"justice"})), TODAY)
    assert verdict.nearly
    assert "not yours to read" in verdict.why_not


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
PROOFS = st.lists(
    st.builds(
        Shown,
        st.sampled_from(["of_age", "justice_history", "behavioral_health"]),
        st.booleans(),
        st.sampled_from(["self", "document"]),
        DAYS,
    ),
    max_size=6,
)


@settings(
    suppress_health_check=[HealthCheck.too_slow], deadline=None
)  # dates are slow to make on a busy machine
@given(PROOFS, st.none() | st.dates(date(2005, 1, 1), date(2011, 1, 1)), DAYS)
def test_a_span_says_what_each_of_its_days_says(proofs, born, day):
    """However one asks: the span that covers a day is what that day comes to when it is asked by itself."""
    everything = known(*proofs, born=born)
    verdict = judge(SECTOR, everything, TODAY)
    asked = judge(SECTOR, everything, day)
    [span] = [s for s in verdict.spans if s.covers(day)]
    assert span.standing is asked.standing
    edges = [(a.until, b.since) for a, b in zip(verdict.spans, verdict.spans[1:], strict=False)]
    assert all(end == begin for end, begin in edges)
