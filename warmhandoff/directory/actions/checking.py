"""Whether criteria can be what they say: each refusal names what is wrong and the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from warmhandoff.directory.eligibility import DOCUMENTS, GENDERS, KINDS, NO, YES, Kind, Rule
from warmhandoff.foundation.errors import BadValue
from warmhandoff.jurisdictions.place import current_place

OLDEST = 120
LONGEST = 200
CAN_FOLLOW = (Kind.DOCUMENT, Kind.DIPLOMA)


def check_criteria(criteria: Iterable[Rule]) -> None:
    for rule in criteria:
        if rule.kind not in KINDS:
            raise _refused("There is no such requirement.", "Choose one from the list.")
        if rule.kind == Kind.AGE:
            _check_years(rule)
        _check_values(rule)
        if rule.can_follow and rule.kind not in CAN_FOLLOW:
            raise _refused("Only papers can be brought later.", "Take “can be brought later” away.")
        if max(len(rule.words_en), len(rule.words_es)) > LONGEST:
            raise _refused(f"These words are longer than {LONGEST} characters.", "Say it in one sentence.")


def _check_years(rule: Rule) -> None:
    years = [year for year in (rule.at_least, rule.at_most) if year is not None]
    if not years:
        raise _refused("An age needs a number of years.", "Say from which age, up to which, or both.")
    if not all(0 <= year <= OLDEST for year in years):
        raise _refused(f"An age is a number from 0 to {OLDEST}.", "Write the years.")
    if years != sorted(years):
        raise _refused("The youngest age is above the oldest.", "Exchange the two.")


def _check_values(rule: Rule) -> None:
    known = _KNOWN.get(rule.kind)
    if known is None:
        return
    if not rule.values:
        raise _refused(
            "A requirement of this kind needs at least one choice.", "Choose one, or take it away."
        )
    if set(rule.values) - set(known()):
        raise _refused("There is no such choice.", "Choose one from the list.")


_KNOWN: dict[str, Callable[[], Iterable[str]]] = {
    Kind.AREA: lambda: [area.code for area in current_place().areas],
    Kind.LANGUAGE: lambda: current_place().languages,
    Kind.DOCUMENT: lambda: DOCUMENTS,
    Kind.JUSTICE: lambda: (YES, NO),
    Kind.GENDER: lambda: GENDERS,
}


def _refused(says: str, mend: str) -> BadValue:
    return BadValue("criteria", says, mend=mend)
