"""Reading the texts that are data.

They may change while the product runs. Each process keeps them, with the version that they stood in, and reads them anew when a
transaction hears of another one (`versions`: it is told with the context). Which are in force goes by the day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone, translation

from warmhandoff.foundation import clock, versions
from warmhandoff.foundation.models import Term, TermsVersion


@dataclass(frozen=True)
class _Kept:
    """What this process keeps, and of which version it is."""

    version: int | None = None
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)


_kept = _Kept()


def known() -> dict[tuple[str, str], Term]:
    """Every term by (vocabulary, code), in the order of its vocabulary."""
    global _kept
    version = versions.of_terms()
    if version is None:
        version = current_version()
    kept = _kept
    if kept.version != version:
        # Read after the version was heard: what is kept may be newer than it says, and never older.
        found = Term.objects.order_by("vocabulary", "position", "code")
        _kept = kept = _Kept(version, {(term.vocabulary, term.code): term for term in found})
    return kept.terms


def current_version() -> int:
    return TermsVersion.objects.values_list("version", flat=True).get()


def changed() -> None:
    """This transaction changed them: it reads its own words from now on, and nobody else does before it commits."""
    global _kept
    _kept = _Kept()
    versions.changed(current_version())


@receiver(post_migrate)
def forget(**_: Any) -> None:
    global _kept
    _kept = _Kept()


def today() -> date:
    """The day by which a term is in force: the one where the request is (the place's), the worker's own elsewhere."""
    return clock.now().astimezone(timezone.get_current_timezone()).date()


def is_valid(term: Term, on: date) -> bool:
    return (term.valid_from is None or term.valid_from <= on) and (
        term.valid_to is None or term.valid_to >= on
    )


def in_force(vocabulary: str) -> list[Term]:
    """The terms of a vocabulary that are in force today, in their order."""
    on = today()
    return [term for term in known().values() if term.vocabulary == vocabulary and is_valid(term, on)]


def is_in_force(vocabulary: str, code: str, *, parent: str | None = None) -> bool:
    """Whether someone may choose this code today (below `parent`, where that is said)."""
    return any(
        term.code == code and (parent is None or term.parent == parent) for term in in_force(vocabulary)
    )


def word(vocabulary: str, code: str, language: str | None = None) -> str:
    """What a code is called, also one that is no longer in force; the code itself where nobody named it."""
    term = known().get((vocabulary, code))
    return term.in_language(language or translation.get_language() or "en") if term else code


def choices(vocabulary: str, language: str | None = None) -> list[tuple[str, str]]:
    """(code, words) for a form."""
    spoken = language or translation.get_language() or "en"
    return [(term.code, term.in_language(spoken)) for term in in_force(vocabulary)]
