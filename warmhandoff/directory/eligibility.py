"""Who a service is for, and whether that fits one person: criteria as rows, facts as a frozen record, one pure evaluator.

Three answers, never two. *Met* and *not met* are said only of what is known; what nobody asked, nobody told, or the reader
may not read is *missing*, and a missing fact never turns anybody away: it is a question for the person. A paper that isn't
there yet is missing too, and can be brought later where the service says so.

A verdict carries its reasons. Each finding is two short sentences, what is asked and what is known, in the language that is
spoken when it is read. Nothing here asks the database or the clock.

Another kind of criterion (a program's own rule) is one more `Asking` under its name in `KINDS`; what it looks at stands in
`Facts.answers`. A kind that nobody knows is missing: ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from warmhandoff.jurisdictions.place import current_place


class Kind(StrEnum):
    """What a criterion looks at. Never an offence, a diagnosis, or a status of immigration."""

    AGE = "age"
    AREA = "area"
    LANGUAGE = "language"
    DOCUMENT = "document"
    JUSTICE = "justice"
    DIPLOMA = "diploma"
    GENDER = "gender"
    ANSWER = "answer"


class Standing(StrEnum):
    MET = "met"
    MISSING = "missing"
    NOT_MET = "not_met"


# Worse first: what a verdict comes to is the worst of its findings.
WORSE_FIRST = (Standing.NOT_MET, Standing.MISSING, Standing.MET)

DOCUMENTS: dict[str, str | Promise] = {
    "photo_id": _("a photo ID"),
    "driver_license": _("a driver's license"),
    "social_security": _("a Social Security card"),
    "birth_certificate": _("a birth certificate"),
    "right_to_work": _("papers that show the right to work"),
    "proof_of_address": _("proof of address"),
    "proof_of_income": _("proof of income"),
}
LANGUAGES: dict[str, str | Promise] = {"en": _("English"), "es": _("Spanish")}
GENDERS: dict[str, str | Promise] = {
    "woman": _("women"),
    "man": _("men"),
    "nonbinary": _("nonbinary people"),
}
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Facts:
    """What is known of one person; None is not known, which includes what the reader may not read.

    `languages`: all that they said they speak, or None: a preferred language alone doesn't say that they speak no other.
    `documents`: by code, True where they have it, False where they said they don't; a code that isn't there is not known.
    `gender`: a code of GENDERS, as they call themselves. `answers`: yes or no to what a program asks, by its code.
    """

    birth_date: date | None = None
    area: str | None = None
    languages: Collection[str] | None = None
    documents: Mapping[str, bool | None] = field(default_factory=dict)
    justice_involved: bool | None = None
    diploma: bool | None = None
    gender: str | None = None
    answers: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One criterion. Of several `values` any one is enough; `at_least` and `at_most` are years, both included.

    `can_follow`: they may come before they have it (a paper). `words` are the service's own, in place of ours.
    """

    kind: str
    values: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    can_follow: bool = False
    words_en: str = ""
    words_es: str = ""

    @property
    def asks(self) -> str:
        """What is asked, as one sentence: `For people aged 18 to 25.`"""
        spanish = (get_language() or "en").startswith("es")
        own = (self.words_es if spanish else "") or self.words_en
        return _sentence(own or _asking(self.kind).asks(self))


@dataclass(frozen=True)
class Finding:
    """What one criterion came to."""

    rule: Rule
    standing: Standing
    can_be_brought_later: bool = False
    facts: Facts = field(default_factory=Facts, repr=False, compare=False)
    as_of: date = field(default=date.min, repr=False, compare=False)

    @property
    def words(self) -> str:
        """What is asked and what is known, in the language that is spoken now."""
        found = _asking(self.rule.kind).found(self)
        return " ".join(filter(None, [self.rule.asks, found, self._later()]))

    def _later(self) -> str:
        return gettext("It can be brought later.") if self.can_be_brought_later else ""


@dataclass(frozen=True)
class Verdict:
    """Everything that was found, in the order of the criteria."""

    findings: tuple[Finding, ...] = ()

    @cached_property
    def standing(self) -> Standing:
        """The worst of them; a service that asks nothing is for everyone."""
        found = {finding.standing for finding in self.findings}
        return next((each for each in WORSE_FIRST if each in found), Standing.MET)

    def of(self, standing: Standing) -> list[Finding]:
        return [finding for finding in self.findings if finding.standing is standing]

    @property
    def is_met(self) -> bool:
        return self.standing is Standing.MET

    @property
    def is_not_met(self) -> bool:
        return self.standing is Standing.NOT_MET

    @property
    def only_papers_are_missing(self) -> bool:
        """Nothing speaks against it, and whatever is missing can be brought later."""
        missing = self.of(Standing.MISSING)
        return not self.is_not_met and bool(missing) and all(each.can_be_brought_later for each in missing)

    @property
    def to_ask(self) -> list[Finding]:
        """What must be asked before anybody is sent there."""
        return [each for each in self.of(Standing.MISSING) if not each.can_be_brought_later]


def evaluate(criteria: Iterable[Rule], facts: Facts, as_of: date) -> Verdict:
    """Whether this is for them on that day, and why."""
    return Verdict(tuple(_find(rule, facts, as_of) for rule in criteria))


def _find(rule: Rule, facts: Facts, as_of: date) -> Finding:
    known = _asking(rule.kind).judge(rule, facts, as_of)
    if known is True:
        return Finding(rule, Standing.MET, facts=facts, as_of=as_of)
    if rule.can_follow:
        return Finding(rule, Standing.MISSING, True, facts, as_of)
    return Finding(rule, Standing.MISSING if known is None else Standing.NOT_MET, False, facts, as_of)


def age_on(day: date, born: date) -> int:
    """Full years on that day. Who was born on February 29 is a year older on March 1 where there is no such day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


# --- The kinds ----------------------------------------------------------------------------------------------------


class Asking:
    """One kind of criterion: whether it is met (None: not known), what it asks, and what is known, in words."""

    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return None

    def asks(self, rule: Rule) -> str:
        return gettext("They ask for something of their own")

    def found(self, finding: Finding) -> str:
        """What is known, in a sentence. This one is for what nobody knows."""
        return gettext("It isn't known whether that fits: ask them.")


class Age(Asking):
    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        age = _age(facts, as_of)
        if age is None:
            return None
        low = 0 if rule.at_least is None else rule.at_least
        return low <= age and (rule.at_most is None or age <= rule.at_most)

    def asks(self, rule: Rule) -> str:
        years = {"low": rule.at_least, "high": rule.at_most}
        if rule.at_least is not None and rule.at_most is not None:
            return gettext("For people aged %(low)s to %(high)s") % years
        if rule.at_most is not None:
            return gettext("For people aged %(high)s or younger") % years
        return gettext("For people aged %(low)s or older") % years

    def found(self, finding: Finding) -> str:
        age = _age(finding.facts, finding.as_of)
        if age is None:
            return gettext("Their birth date isn't known: ask them.")
        return ngettext("They are %(age)s.", "They are %(age)s.", age) % {"age": age}


class Area(Asking):
    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return facts.area in rule.values if facts.area else None

    def asks(self, rule: Rule) -> str:
        return gettext("For people who live in %(areas)s") % {"areas": either(map(area_name, rule.values))}

    def found(self, finding: Finding) -> str:
        if finding.standing is Standing.MET:
            return gettext("They live there.")
        if not finding.facts.area:
            return gettext("Where they live isn't known: ask them.")
        return gettext("They live in %(area)s.") % {"area": area_name(finding.facts.area)}


class Language(Asking):
    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return None if facts.languages is None else bool(set(rule.values) & set(facts.languages))

    def asks(self, rule: Rule) -> str:
        return gettext("For people who speak %(languages)s") % {
            "languages": either(map(language_name, rule.values))
        }

    def found(self, finding: Finding) -> str:
        if finding.standing is Standing.MET:
            return gettext("They do.")
        if not finding.facts.languages:
            return gettext("Which languages they speak isn't known: ask them.")
        spoken = either(map(language_name, sorted(finding.facts.languages)), and_=True)
        return gettext("They speak %(languages)s.") % {"languages": spoken}


class Document(Asking):
    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return any_of(facts.documents.get(code) for code in rule.values)

    def asks(self, rule: Rule) -> str:
        papers = either(str(DOCUMENTS.get(code, code)) for code in rule.values)
        return gettext("Needs %(papers)s") % {"papers": papers}

    def found(self, finding: Finding) -> str:
        if finding.standing is Standing.MET:
            return gettext("They have it.")
        if self.judge(finding.rule, finding.facts, finding.as_of) is False:
            return gettext("They don't have it yet.")
        if finding.can_be_brought_later:
            return gettext("It isn't known whether they have it.")
        return gettext("It isn't known whether they have it: ask them.")


class Justice(Asking):
    """Yes or no alone: no more is ever asked, or known."""

    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        if facts.justice_involved is None:
            return None
        return (YES if facts.justice_involved else NO) in rule.values

    def asks(self, rule: Rule) -> str:
        if NO in rule.values:
            return gettext("For people who were never in the justice system")
        return gettext("For people who were in the justice system")

    def found(self, finding: Finding) -> str:
        if finding.facts.justice_involved is None:
            return gettext("It isn't known whether that fits: ask them, yes or no, nothing more.")
        return gettext("That fits.") if finding.standing is Standing.MET else gettext("That doesn't fit.")


class Diploma(Asking):
    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return facts.diploma

    def asks(self, rule: Rule) -> str:
        return gettext("Needs a high-school diploma or its equivalent")

    def found(self, finding: Finding) -> str:
        if finding.facts.diploma is None:
            return gettext("It isn't known whether they have one: ask them.")
        return gettext("They have one.") if finding.facts.diploma else gettext("They don't have one yet.")


class Gender(Asking):
    """As the person calls themself, and nothing else."""

    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return facts.gender in rule.values if facts.gender else None

    def asks(self, rule: Rule) -> str:
        return gettext("For %(people)s") % {
            "people": either(str(GENDERS.get(code, code)) for code in rule.values)
        }

    def found(self, finding: Finding) -> str:
        if not finding.facts.gender:
            return gettext("It isn't known whether that fits: ask them.")
        return gettext("That fits.") if finding.standing is Standing.MET else gettext("That doesn't fit.")


class Answer(Asking):
    """Yes to something that a program asks in its own words."""

    def judge(self, rule: Rule, facts: Facts, as_of: date) -> bool | None:
        return any_of(facts.answers.get(code) for code in rule.values)

    def found(self, finding: Finding) -> str:
        if finding.standing is Standing.MET:
            return gettext("That fits.")
        known = self.judge(finding.rule, finding.facts, finding.as_of)
        return super().found(finding) if known is None else gettext("That doesn't fit.")


KINDS: dict[str, Asking] = {
    Kind.AGE: Age(),
    Kind.AREA: Area(),
    Kind.LANGUAGE: Language(),
    Kind.DOCUMENT: Document(),
    Kind.JUSTICE: Justice(),
    Kind.DIPLOMA: Diploma(),
    Kind.GENDER: Gender(),
    Kind.ANSWER: Answer(),
}
_NOBODY_KNOWS = Asking()


def _asking(kind: str) -> Asking:
    return KINDS.get(kind, _NOBODY_KNOWS)


def any_of(known: Iterable[bool | None]) -> bool | None:
    """Yes where one is; no where each is known to be no; else not known."""
    told = list(known)
    if any(told):
        return True
    return False if told and None not in told else None


def _age(facts: Facts, as_of: date) -> int | None:
    """None where the birth date isn't known, or can't be right."""
    if facts.birth_date is None or facts.birth_date > as_of:
        return None
    return age_on(as_of, facts.birth_date)


# --- Words --------------------------------------------------------------------------------------------------------


def area_name(code: str) -> str:
    area = current_place().area(code)
    return area.in_language(get_language() or "en") if area else code


def language_name(code: str) -> str:
    return str(LANGUAGES.get(code, code))


def either(names: Iterable[str], *, and_: bool = False) -> str:
    """`a, b or c`; with `and_`: `a, b and c`."""
    listed: Sequence[str] = list(names)
    if len(listed) < 2:
        return "".join(listed)
    said = {"first": ", ".join(listed[:-1]), "last": listed[-1]}
    return (gettext("%(first)s and %(last)s") if and_ else gettext("%(first)s or %(last)s")) % said


def _sentence(words: str) -> str:
    """With a capital letter at its beginning and a point at its end."""
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
