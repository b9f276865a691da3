"""Days, spans and lists as people say them, and the words that are data, read once a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.dates import full_day as full_day
from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.jurisdictions.place import current_place

A_WEEK = 6


def today() -> date:
    return clock.today(current_place().zone)


def day_of(moment: datetime) -> date:
    return current_place().day_of(moment)


def day(value: date | datetime) -> str:
    """`today`, `yesterday`, `Tuesday`, `November 6`, `November 6, 2025`."""
    on = day_of(value) if isinstance(value, datetime) else value
    return _day(on, today(), translation.get_language() or "")


# A page says the same few days again and again.
@lru_cache(maxsize=1024)
def _day(on: date, today: date, _language: str) -> str:
    away = (on - today).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if away in near:
        return near[away]
    if abs(away) <= A_WEEK:
        return formats.date_format(on, "l")
    if on.year == today.year:
        return formats.date_format(on, pgettext("a day of this year, at length", "F j"))
    return full_day(on)


def on_day(value: date | datetime) -> str:
    """`today`, `on Friday`, `on November 6`: when something was done."""
    on = day_of(value) if isinstance(value, datetime) else value
    if abs((on - today()).days) <= 1:
        return day(on)
    return _("on %(day)s") % {"day": day(on)}


def weekday(value: date | datetime) -> str:
    """`Monday, November 23`, with the year where it isn't this one."""
    on = day_of(value) if isinstance(value, datetime) else value
    return _weekday(on, on.year == today().year, translation.get_language() or "")


@lru_cache(maxsize=1024)
def _weekday(on: date, this_year: bool, _language: str) -> str:
    if this_year:
        return formats.date_format(on, pgettext("a day of this year, with its weekday", "l, F j"))
    return formats.date_format(on, pgettext("a day of another year, with its weekday", "l, F j, Y"))


def business_days(since: datetime, *, until: datetime | None = None) -> str:
    """`10 business days`, from the day of `since` to that of `until`, or to today."""
    number = current_place().business_days_between(day_of(since), day_of(until) if until else today())
    return ngettext("%(number)s business day", "%(number)s business days", number) % {"number": number}


def span(length: timedelta) -> str:
    """`40 seconds`, `3 minutes`, `5 hours`, `2 days`."""
    seconds = max(int(length.total_seconds()), 1)
    if seconds < 60:
        return ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds}
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    if seconds < 86400:
        hours = seconds // 3600
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours}
    days = seconds // 86400
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


class Facts(dict[str, Any]):
    """What sentences are filled with. A sentence needs few of them: each is worked out when it is asked for, once."""

    def __getitem__(self, name: str) -> str:
        fact = super().__getitem__(name)
        if callable(fact):
            fact = self[name] = fact()
        return str(fact)

    def __or__(self, other: Any) -> Facts:  # type: ignore[override]
        return Facts({**self, **other})


def together(things: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(things) < 2:
        return "".join(things)
    return _("%(first)s and %(last)s") % {"first": ", ".join(things[:-1]), "last": things[-1]}


def inside(words: str) -> str:
    """Words as they stand inside a sentence: `job training`, but `ID and documents`."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def last_seen(on: date | None) -> str:
    """`Last seen on Nov 12. `, as a sentence before another; nothing where that isn't known."""
    return _("Last seen on %(day)s. ") % {"day": short_day(on)} if on else ""


@dataclass(frozen=True)
class Words:
    """Texts that are data, in the language of the page."""

    terms: dict[tuple[str, str], str]

    def of(self, vocabulary: str, code: str) -> str:
        return self.terms.get((vocabulary, code), code)

    def inside(self, vocabulary: str, code: str) -> str:
        return inside(self.of(vocabulary, code))


def words_of(*vocabularies: str) -> Words:
    spoken = translation.get_language() or "en"
    found = [term for term in terms.known().values() if term.vocabulary in vocabularies]
    return Words({(term.vocabulary, term.code): term.in_language(spoken) for term in found})
