"""How much two descriptions speak for one person: Fellegi and Sunter's weights over what was compared.

Each comparison ends at one level of its part (weights.toml). A level's weight is log2(m / u): how much oftener it is seen
between two descriptions of one person than between those of two strangers. What either side doesn't tell says
nothing: weight 0. Weights add up (I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64, 1969).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log2
from pathlib import Path

from rapidfuzz.distance import OSA, JaroWinkler

from warmhandoff.participants.identity.known import TAIL, Born, Known
from warmhandoff.participants.identity.names import sound, stands_for

WEIGHTS = Path(__file__).with_name("weights.toml")
# From best to worst: where several parts of a name are compared, the best pair counts.
GIVEN = ("same", "nickname", "slip", "begins", "sounds", "alike", "initial", "other")
FAMILY = ("same", "nearly", "one_of_two", "slip", "begins", "sounds", "alike", "other")
BORN = ("same", "swapped", "slip", "day_told", "two_parts", "year_told", "year", "other")
ANY = ("same", "slip", "other")
PLAIN = ("same", "other")
PARTS = {
    "given": GIVEN,
    "family": FAMILY,
    "born": BORN,
    "phone": ANY,
    "mail": ANY,
    "area": PLAIN,
    "postal": ANY,
}


Levels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Weights:
    """The file weights.toml: `of[part][level]` in bits, and from which sum on two files are called alike."""

    version: int
    of: dict[str, dict[str, float]]
    alike: float
    likely: float


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for one person, in bits, and what each part came to."""

    bits: float
    levels: tuple[tuple[str, str], ...]

    def level(self, part: str) -> str:
        return dict(self.levels).get(part, "")


@cache
def weights() -> Weights:
    with WEIGHTS.open("rb") as file:
        written = tomllib.load(file)
    return Weights(
        version=written["version"],
        of={part: {level: log2(m / u) for level, (m, u) in levels.items()} for part, levels in written["levels"].items()},
        alike=written["alike"],
        likely=written["likely"],
    )  # fmt: skip


def compared(told: Known, file: Known) -> Score:
    """Two descriptions whose first and last names stand in their fields, or in the other's."""
    names = max(
        (_names(told.given, told.family, file), _names(told.family, told.given, file)),
        key=_bits,
    )
    return _summed(names, told, file)


def levels_of(told: Known, file: Known) -> Levels:
    """What each part came to, names taken as they stand: what the weights are estimated from."""
    return (*_names(told.given, told.family, file), *_others(told, file))


def compared_in_any_order(words: tuple[str, ...], told: Known, file: Known) -> Score:
    """The same for one box, whose words may be first and last names in either order."""
    best = max((_names(given, family, file) for given, family in _ways_to_part(words)), key=_bits, default=())
    return _summed(best, told, file)


def _bits(levels: Levels) -> float:
    of = weights().of
    return sum(of[part][level] for part, level in levels)


def _summed(names: Levels, told: Known, file: Known) -> Score:
    levels = (*names, *_others(told, file))
    return Score(_bits(levels), levels)


def _names(given: tuple[str, ...], family: tuple[str, ...], file: Known) -> Levels:
    return tuple(
        (part, level)
        for part, level in (("given", _given(given, file.given)), ("family", _family(family, file.family)))
        if level
    )


def _others(told: Known, file: Known) -> Iterator[tuple[str, str]]:
    if told.born and file.born:
        yield "born", born_level(told.born, file.born)
    if told.phones and file.phones:
        yield "phone", _best(phone_level(a, b) for a in told.phones for b in file.phones)
    if told.mails and file.mails:
        yield "mail", _best(text_level(a, b) for a in told.mails for b in file.mails)
    if told.area and file.area:
        yield "area", "same" if told.area == file.area else "other"
    if told.postal and file.postal:
        yield "postal", text_level(told.postal, file.postal)


def _best(levels: Iterable[str]) -> str:
    return min(levels, key=ANY.index)


@lru_cache(maxsize=256)
def _ways_to_part(words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """First names then last names, or the other way round, wherever the one may end and the other begin."""
    if len(words) == 1:
        return ((words, ()), ((), words))
    return tuple(
        pair
        for cut in range(1, len(words))
        for pair in ((words[:cut], words[cut:]), (words[cut:], words[:cut]))
    )


# --- Names --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def _given(told: tuple[str, ...], file: tuple[str, ...]) -> str:
    if not told or not file:
        return ""
    best = min((GIVEN.index(_first_name(a, b)) for a in told for b in file), default=len(GIVEN) - 1)
    return "same" if "".join(told) == "".join(file) else GIVEN[best]


@lru_cache(maxsize=200_000)
def _first_name(a: str, b: str) -> str:
    if a == b:
        return "same"
    if 1 in (len(a), len(b)):
        return "initial" if a[0] == b[0] else "other"
    if not stands_for(a).isdisjoint(stands_for(b)) and sound(a) != sound(b):
        return "nickname"
    return _spelt(a, b)


@lru_cache(maxsize=200_000)
def _family(told: tuple[str, ...], file: tuple[str, ...]) -> str:
    if not told or not file:
        return ""
    if "".join(told) == "".join(file):
        return "same"
    best = FAMILY[min(FAMILY.index(_last_name(a, b)) for a in told for b in file)]
    if best == "same" and not (set(told) <= set(file) or set(file) <= set(told)):
        return _the_other_of_two(set(told) - set(file), set(file) - set(told))
    return best


def _the_other_of_two(told: set[str], file: set[str]) -> str:
    """One surname is the same: is the other one misspelt, or another name?"""
    close = any(_last_name(a, b) in ("slip", "begins", "sounds") for a in told for b in file)
    return "nearly" if close else "one_of_two"


@lru_cache(maxsize=200_000)
def _last_name(a: str, b: str) -> str:
    return "same" if a == b else _spelt(a, b)


def _spelt(a: str, b: str) -> str:
    """How far the spelling of two different names is apart."""
    shorter = min(len(a), len(b))
    if shorter >= 4 and OSA.distance(a, b, score_cutoff=1) <= 1:
        return "slip"
    if shorter >= 3 and (a.startswith(b) or b.startswith(a)):
        return "begins"
    if shorter >= 3 and sound(a) == sound(b):
        return "sounds"
    similarity = JaroWinkler.similarity(a, b)
    if similarity >= 0.94:
        return "slip"
    return (
        "alike"
        if similarity >= 0.85 or (shorter >= 6 and OSA.distance(a, b, score_cutoff=2) <= 2)
        else "other"
    )


# --- The rest -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def born_level(a: Born, b: Born) -> str:
    if not (a.whole and b.whole):
        return _part_of_a_date(a, b)
    if a == b:
        return "same"
    if a.year == b.year and (a.month, a.day) == (b.day, b.month):
        return "swapped"
    if OSA.distance(_eight(a), _eight(b), score_cutoff=1) <= 1:
        return "slip"
    same = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
    if same == 2:
        return "two_parts"
    return "year" if a.year == b.year else "other"


def _part_of_a_date(a: Born, b: Born) -> str:
    """Only what both tell is compared."""
    told = [(x, y) for x, y in ((a.year, b.year), (a.month, b.month), (a.day, b.day)) if x and y]
    if any(x != y for x, y in told):
        return "other"
    return "day_told" if len(told) == 2 else "year_told"


def _eight(born: Born) -> str:
    return f"{born.year:04}{born.month:02}{born.day:02}"


def phone_level(a: str, b: str) -> str:
    if min(len(a), len(b)) < TAIL:  # only the end was told
        return "same" if a[-4:] == b[-4:] else "other"
    if a[-TAIL:] == b[-TAIL:] and (len(a) != len(b) or a == b):
        return "same"
    return "slip" if OSA.distance(a[-TAIL:], b[-TAIL:], score_cutoff=1) <= 1 else "other"


def text_level(a: str, b: str) -> str:
    if a == b:
        return "same"
    return "slip" if OSA.distance(a, b, score_cutoff=1) <= 1 else "other"
