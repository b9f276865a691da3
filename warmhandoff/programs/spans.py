"""Whether a program is for somebody on a day, and why: span by span, with who was shown what, how, until when.

The conditions are rows that go by the day; `directory.eligibility` judges each of them. Whatever can change does so on a day that
is known beforehand (a birthday, the day something was shown or lapses, the day a rule begins), so each of these days is judged
once, and days that come to the same are one span. Nothing about a person is kept here: a verdict is worked out when it is asked.

Three answers, never two: what nobody has shown, what has lapsed, and what the reader may not read is *missing*, not a no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import gettext

from warmhandoff.directory.eligibility import WORSE_FIRST, Facts, Finding, Kind, Rule, Standing, evaluate

# How something was shown.
DOCUMENT, AGENCY, SELF = "document", "agency", "self"
BEST_FIRST = tuple(reversed(WORSE_FIRST))
ALWAYS = date.min


@dataclass(frozen=True)
class Condition:
    """One condition of a program, in force from a day to a day (the last one included): `models.Criterion` without its row."""

    code: str
    rule: Rule
    valid_from: date = ALWAYS
    valid_to: date | None = None
    either: str = ""
    is_focus: bool = False
    can_be_waived: bool = True
    shown_by: str = ""
    data_class: str = ""  # of what it asks to be shown; what the file itself says has its own
    methods: tuple[str, ...] = ()
    holds_days: int | None = None
    self_holds_days: int | None = None
    source: str = ""
    verified_on: date | None = None

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def end_of(self, shown: Shown) -> date | None:
        """The first day on which this proof no longer holds for this condition."""
        days = [self.holds_days, self.self_holds_days if shown.method == SELF else None]
        ends = [shown.shown_on + timedelta(days=n) for n in days if n is not None]
        return min([*ends, *([shown.lapses_on] if shown.lapses_on else [])], default=None)

    def takes(self, shown: Shown) -> bool:
        return shown.shown == self.shown_by and shown.method in self.methods


@dataclass(frozen=True)
class Shown:
    """What was shown on a day: `models.Proof` without its row. `by` is the actor's number."""

    shown: str
    holds: bool | None
    method: str
    shown_on: date
    lapses_on: date | None = None
    limb: str = ""
    by: int | None = None
    agency: str = ""
    code: str = ""


@dataclass(frozen=True)
class Passed:
    """A condition passed over for somebody, from a day until another (which isn't included), by two people."""

    criterion: str
    valid_from: date
    lapses_on: date


@dataclass(frozen=True)
class Known:
    """All that is known of one person for one program. `proofs` in the order in which they were shown."""

    facts: Facts = field(default_factory=Facts)
    proofs: tuple[Shown, ...] = ()
    waivers: tuple[Passed, ...] = ()
    # Classes that whoever asks may not read: what stands there is not known to them.
    hidden: Collection[str] = ()

    def proof_on(self, condition: Condition, day: date) -> Shown | None:
        """What counts of what was shown by that day, in a way that this program takes, whether or not it still holds.

        The latest answer; of several that say the same in a row the one that holds longest: their own word takes nothing away
        from a paper.
        """
        found: Shown | None = None
        for each in self.proofs:
            if each.shown_on > day or not condition.takes(each):
                continue
            if found is None or found.holds is not each.holds or not _outlasts(condition, found, each):
                found = each
        return found

    def waiver_on(self, condition: Condition, day: date) -> Passed | None:
        return next(
            (w for w in self.waivers if w.criterion == condition.code and w.valid_from <= day < w.lapses_on),
            None,
        )


def _outlasts(condition: Condition, one: Shown, other: Shown) -> bool:
    end, others = condition.end_of(one), condition.end_of(other)
    return end is None or (others is not None and others < end)


@dataclass(frozen=True)
class Span:
    """Days that come to the same, from the first until the one that isn't included; None: no end is known."""

    standing: Standing
    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Found:
    """What one condition comes to on the day, and from when until when."""

    condition: Condition
    known: Known = field(repr=False)
    on: date
    span: Span

    @property
    def standing(self) -> Standing:
        return self.span.standing

    @property
    def is_met(self) -> bool:
        return self.standing is Standing.MET

    @cached_property
    def waiver(self) -> Passed | None:
        return self.known.waiver_on(self.condition, self.on)

    @cached_property
    def proof(self) -> Shown | None:
        return self.known.proof_on(self.condition, self.on)

    @property
    def is_hidden(self) -> bool:
        return self.condition.data_class in self.known.hidden

    @property
    def has_lapsed(self) -> bool:
        """It was shown, and that holds no longer."""
        return self.lapsed_on is not None

    @property
    def lapsed_on(self) -> date | None:
        end = self.condition.end_of(self.proof) if self.proof else None
        return end if end is not None and end <= self.on and self.waiver is None else None

    @property
    def needs_birth_date(self) -> bool:
        """It is about the age, and what was shown can't be enough."""
        is_known = self.known.facts.birth_date is not None or _is_enough(self.condition.rule, self.known)
        return self.condition.rule.kind == Kind.AGE and not is_known

    @property
    def lapses_on(self) -> date | None:
        """The first day on which it is met no more."""
        return self.span.until if self.is_met else None

    @property
    def asks(self) -> str:
        return self.condition.rule.asks

    @property
    def words(self) -> str:
        """What is asked, what is known, and until when, in the language that is spoken now."""
        return " ".join(filter(None, [self.asks, self.says]))

    @property
    def says(self) -> str:
        if self.is_hidden:
            return gettext("What stands here is not yours to read.")
        if self.waiver is not None:
            return gettext("Passed over with a waiver, until %(day)s.") % {
                "day": day_words(self.waiver.lapses_on)
            }
        if self.is_met:
            return self.how_long
        if self.has_lapsed:
            return gettext("Shown before, and lapsed on %(day)s: ask again.") % {
                "day": day_words(self.lapsed_on)
            }
        judged = evaluate_one(self.condition, self.known, self.on)
        if judged.standing is Standing.NOT_MET:
            return judged.words or gettext("That doesn't fit.")
        return judged.words or gettext("Nobody has shown it yet.")

    @property
    def how_long(self) -> str:
        """`Met since May 22, 2026, lapses on November 18, 2026.`"""
        return how_long(self.span)


@dataclass(frozen=True)
class Verdict:
    """One program, one person, one day: what each condition comes to, and the spans of the whole."""

    on: date
    findings: tuple[Found, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def is_offered(self) -> bool:
        """It has rules in force on that day, or asks nothing at all."""
        return self.span is not None

    @property
    def standing(self) -> Standing:
        span = self.span
        return span.standing if span else Standing.MISSING

    @property
    def span(self) -> Span | None:
        return next((span for span in self.spans if span.covers(self.on)), None)

    @property
    def is_met(self) -> bool:
        return self.standing is Standing.MET

    @property
    def is_not_met(self) -> bool:
        return self.standing is Standing.NOT_MET

    @property
    def was_met(self) -> Span | None:
        """The last span before this day in which all was met."""
        before = [s for s in self.spans if s.standing is Standing.MET and s.until and s.until <= self.on]
        return before[-1] if before else None

    @property
    def conditions(self) -> list[Found]:
        return [each for each in self.findings if not each.condition.is_focus]

    @property
    def focus(self) -> list[Found]:
        """Who comes first: it turns nobody away."""
        return [each for each in self.findings if each.condition.is_focus]

    @cached_property
    def in_the_way(self) -> list[Found]:
        """The conditions that stand in the way: all of a choice, where none of it is met."""
        met = {each.condition.either for each in self.conditions if each.is_met and each.condition.either}
        return [e for e in self.conditions if not e.is_met and e.condition.either not in met]

    @property
    def nearly(self) -> bool:
        """Nothing speaks against it, and something isn't shown yet."""
        return self.standing is Standing.MISSING

    @property
    def lapses_on(self) -> date | None:
        """The first day on which not all is met any more, as far as it is known today."""
        return self.span.until if self.span and self.is_met else None

    @property
    def reasons(self) -> list[str]:
        """A sentence or two on each condition, in their order."""
        return [each.words for each in self.findings]

    @property
    def why_not(self) -> str:
        """What stands in the way, in a few sentences; empty where nothing does."""
        if not self.is_offered:
            return gettext("The program has no rules in force on that day.")
        return " ".join(each.words for each in self.in_the_way)


@dataclass(frozen=True)
class Judged:
    """One condition on one day, and what was found in the file, where that is what it comes to."""

    standing: Standing
    found: Finding | None = None

    @property
    def words(self) -> str:
        return self.found.words.removeprefix(self.found.rule.asks).strip() if self.found else ""


def evaluate_one(condition: Condition, known: Known, day: date) -> Judged:
    """What one condition comes to on a day: a waiver, else what was shown, else what the file says."""
    if known.waiver_on(condition, day) is not None:
        return Judged(Standing.MET)
    shown: bool | None = None
    if condition.shown_by:
        proof = known.proof_on(condition, day)
        end = condition.end_of(proof) if proof else None
        shown = proof.holds if proof and (end is None or day < end) else None
        if condition.rule.kind == Kind.ANSWER:
            return Judged(_STANDING[shown])
    [finding] = evaluate((condition.rule,), known.facts, day).findings
    if condition.shown_by and (finding.standing is Standing.MET or _is_enough(condition.rule, known)):
        return Judged(_STANDING[shown])
    return Judged(finding.standing, finding)


def _is_enough(rule: Rule, known: Known) -> bool:
    """Who was shown to be old enough stays so: nobody has to write down when they were born."""
    return rule.kind == Kind.AGE and rule.at_most is None and known.facts.birth_date is None


_STANDING = {True: Standing.MET, None: Standing.MISSING, False: Standing.NOT_MET}


def judge(conditions: Sequence[Condition], known: Known, on: date) -> Verdict:
    """The whole of it: every day on which something changes is judged once. A program that asks nothing is for everybody."""
    if not conditions:
        return Verdict(on, spans=(Span(Standing.MET, ALWAYS),))
    days = _days_of_change(conditions, known, on)
    judged = [[_on(condition, known, day) for day in days] for condition in conditions]
    whole = [_worst(conditions, standings) for standings in zip(*judged, strict=True)]
    findings = tuple(
        Found(condition, known, on, span)
        for condition, standings in zip(conditions, judged, strict=True)
        for span in _merged(days, standings)
        if span.covers(on)
    )
    return Verdict(on, findings, tuple(_merged(days, whole)))


def _days_of_change(conditions: Sequence[Condition], known: Known, on: date) -> list[date]:
    """Every day on which a condition begins or ends, somebody grows older, or something is shown or lapses; and the day itself."""
    days = {on}
    for each in conditions:
        days.add(each.valid_from)
        if each.valid_to:
            days.add(each.valid_to + timedelta(days=1))
        if each.rule.kind == Kind.AGE and known.facts.birth_date:
            days |= _birthdays(each.rule, known.facts.birth_date)
        if each.shown_by:
            for shown in known.proofs:
                if each.takes(shown):
                    end = each.end_of(shown)
                    days |= {shown.shown_on, *([end] if end else [])}
    for waiver in known.waivers:
        days |= {waiver.valid_from, waiver.lapses_on}
    return sorted(days)


def _birthdays(rule: Rule, born: date) -> set[date]:
    """The days on which they are born, become old enough, and too old."""
    years = [rule.at_least, rule.at_most + 1 if rule.at_most is not None else None]
    return {born, *(_birthday(born, n) for n in years if n)}


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # born on February 29: a year older on March 1
        return date(born.year + years, 3, 1)


def _on(condition: Condition, known: Known, day: date) -> Standing | None:
    """What one condition comes to on a day; None where it isn't in force."""
    return evaluate_one(condition, known, day).standing if condition.in_force(day) else None


def _worst(conditions: Sequence[Condition], standings: Sequence[Standing | None]) -> Standing | None:
    """What the conditions of a day come to together; None where the program has none on that day."""
    alone: list[Standing] = []
    choices: dict[str, list[Standing]] = {}
    for condition, standing in zip(conditions, standings, strict=True):
        if condition.is_focus or standing is None:
            continue
        (choices.setdefault(condition.either, []) if condition.either else alone).append(standing)
    found = [*alone, *(next(s for s in BEST_FIRST if s in each) for each in choices.values())]
    return next((s for s in WORSE_FIRST if s in found), None)


def _merged(days: Sequence[date], standings: Sequence[Standing | None]) -> list[Span]:
    """Neighbors that come to the same are one span; where there is no answer there is none."""
    begins = [n for n in range(len(days)) if n == 0 or standings[n] is not standings[n - 1]]
    ends = [*(days[n] for n in begins[1:]), None]
    return [
        Span(standing, days[n], end)
        for n, end in zip(begins, ends, strict=True)
        if (standing := standings[n]) is not None
    ]


# --- Words --------------------------------------------------------------------------------------------------------


def how_long(span: Span) -> str:
    facts = {"since": day_words(span.since), "until": day_words(span.until)}
    if span.until is None:
        return gettext("Met since %(since)s.") % facts
    return gettext("Met since %(since)s, lapses on %(until)s.") % facts


def day_words(day: date | None) -> str:
    """`November 18, 2026`"""
    return date_format(day, "DATE_FORMAT") if day else ""


def classes_of(conditions: Iterable[Condition]) -> set[str]:
    return {each.data_class for each in conditions} - {""}
