"""Why a file is shown as alike, in words: what agrees first, then how the rest differs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from warmhandoff.participants.identity.scoring import Score

_SPELT = ("slip", "begins", "sounds", "alike")


def reasons(score: Score) -> list[str]:
    """Short parts of one sentence: "born the same day", "last name spelt differently"."""
    of = dict(score.levels)
    agree = [
        _birth(of.get("born", "")),
        _reached(of),
        *_names_alike(of.get("given", ""), of.get("family", "")),
    ]
    differ = [_other_name(of), _("another birth date") if of.get("born") in ("year", "other") else ""]
    return [words for words in (*agree, *differ) if words]


def in_words(score: Score) -> str:
    """One sentence."""
    text = ", ".join(reasons(score))
    return text[:1].upper() + text[1:]


def _birth(level: str) -> str:
    words: dict[str, str] = {
        "same": _("born the same day"),
        "swapped": _("day and month of birth the other way round"),
        "slip": _("one figure of the birth date differs"),
        "two_parts": _("part of the birth date is the same"),
        "day_told": _("born on that day"),
        "year_told": _("born that year"),
    }
    return words.get(level, "")


def _reached(of: dict[str, str]) -> str:
    if of.get("phone") == "same":
        return _("the same phone")
    if of.get("mail") == "same":
        return _("the same email address")
    return _("one figure of the phone differs") if of.get("phone") == "slip" else ""


def _names_alike(given: str, family: str) -> list[str]:
    if given == family == "same":
        return [_("the same name")]
    if given in _SPELT and family in (*_SPELT, "nearly"):
        return [_("name spelt differently")]
    return [_first(given), _last(family)]


def _first(level: str) -> str:
    if level == "nickname":
        return _("another form of the first name")
    if level == "initial":
        return _("first name begins the same")
    return _("first name spelt differently") if level in _SPELT else ""


def _last(level: str) -> str:
    if level == "nearly":
        return _("one of the two last names spelt differently")
    if level == "one_of_two":
        return _("one of the two last names is the same")
    return _("last name spelt differently") if level in _SPELT else ""


def _other_name(of: dict[str, str]) -> str:
    if of.get("given") == of.get("family") == "other":
        return _("another name")
    if of.get("given") == "other":
        return _("another first name")
    return _("another last name") if of.get("family") == "other" else ""
