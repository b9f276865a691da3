"""What was typed into the one box: a name, a birth date, a phone number, the organization's own code, in any order.

A birth date may stand in any usual order, in figures or with the month's name in English or Spanish; where day and month
could be either, the order of the place's people (month first) is tried before the other, and a comparison forgives the
swap. What is neither a date nor a number is a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from warmhandoff.foundation import clock
from warmhandoff.foundation.codes import ALPHABET
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.identity.known import Born, Known, digits
from warmhandoff.participants.identity.names import plain, tokens

LONGEST = 80
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero", "feb february febrero", "mar march marzo", "apr april abr abril", "may mayo",
            "jun june junio", "jul july julio", "aug august ago agosto", "sep sept september septiembre set setiembre",
            "oct october octubre", "nov november noviembre", "dec december dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
OLDEST = 1900

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_BETWEEN = r"(?:\s*[,./-]\s*|\s+(?:de\s+|del\s+|of\s+)?)"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|º|°)?{_BETWEEN}(?P<month>{_MONTH})\.?(?:{_BETWEEN}(?P<year>\d{{4}}|\d{{2}}))?\b",
        rf"\b(?P<month>{_MONTH})\.?{_BETWEEN}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:{_BETWEEN}(?P<year>\d{{4}}|\d{{2}}))?\b",
        rf"\b(?P<year>\d{{4}}){_BETWEEN}(?P<month>{_MONTH}){_BETWEEN}(?P<day>\d{{1,2}})\b",
        r"(?<![\d-])(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})(?![\d-])",
        r"(?<![\d/.-])(?P<first>\d{1,2})(?P<between>[/.-])(?P<second>\d{1,2})(?P=between)(?P<year>\d{4}|\d{2})(?![\d/.-])",
        r"(?<![\d/.-])(?P<first>\d{1,2}) (?P<second>\d{1,2}) (?P<year>\d{4})(?![\d/.-])",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<!\d)(?P<first>\d\d)(?P<second>\d\d)(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?![\d/.-])",
    )
]
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s().-]{2,}\d(?!\w)")
_CODE = re.compile(rf"(?<!\w)[{ALPHABET}]{{10}}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """One search: words that may be first or last names in any order, and what else was told."""

    words: tuple[str, ...] = ()
    born: Born | None = None
    phone: str = ""
    ending: str = ""  # the last four digits of a phone
    code: str = ""

    @property
    def is_a_name_alone(self) -> bool:
        return not (self.born or self.phone or self.ending or self.code)

    def as_known(self) -> Known:
        phone = self.phone or self.ending
        return Known(
            given=self.words,
            family=self.words,
            born=self.born,
            phones=frozenset((phone,)) if phone else frozenset(),
        )


def asked(typed: str) -> Asked:
    """What stands in the box, in whatever order."""
    text = typed.replace("\x00", "")[:LONGEST]
    code, text = _code(text)
    born, text = _born(text)
    phone, ending, text = _phone(text)
    return Asked(words=_names(text), born=born, phone=phone, ending=ending, code=code)


def _names(text: str) -> tuple[str, ...]:
    """Whatever has letters. `Mendoza, Rosa` says which is which, but either order is tried anyway."""
    letters = plain(text)
    return tokens(letters) if letters else ()


def _code(text: str) -> tuple[str, str]:
    """A file's code has letters and figures: ten figures alone are a phone number, ten letters a name."""
    for found in _CODE.finditer(text):
        if re.search(r"\d", found[0]) and re.search(r"[A-Za-z]", found[0]):
            return found[0].upper(), _without(text, found)
    return "", text


def _born(text: str) -> tuple[Born | None, str]:
    for pattern in _DATES:
        for found in pattern.finditer(text):
            born = _date(found.groupdict())
            if born:
                return born, _without(text, found)
    return None, text


def _date(parts: dict[str, str | None]) -> Born | None:
    year = _year(parts.get("year") or "")
    if year is None:
        return None
    for month, day in _month_and_day(parts):
        born = Born(year, month, day)
        if _can_be(born):
            return born
    return None


def _month_and_day(parts: dict[str, str | None]) -> Iterator[tuple[int, int]]:
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        yield from ((first, second), (second, first))
    elif parts.get("month"):
        month = (parts["month"] or "").casefold()
        yield MONTHS.get(month) or int(month), int(parts["day"] or 0)
    else:
        yield 0, 0


def _year(text: str) -> int | None:
    """0 where none was told; two figures are the last century's unless that year has come."""
    if not text:
        return 0
    today = clock.today(current_place().zone)
    year = int(text)
    if len(text) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    return year if OLDEST <= year <= today.year else None


def _can_be(born: Born) -> bool:
    if not born.month:
        return True
    try:
        date(born.year or 2000, born.month, born.day)
    except ValueError:
        return False
    return True


def _phone(text: str) -> tuple[str, str, str]:
    """(number, last four digits, what is left)"""
    for found in _PHONE.finditer(text):
        number = digits(found[0])
        if number:
            return number, "", _without(text, found)
    ending = re.search(r"(?<![\w-])\d{4}(?!\w)", text)
    return ("", ending[0], _without(text, ending)) if ending else ("", "", text)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
