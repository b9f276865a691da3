"""Reading the texts that are data.

They change with a migration alone, and a migration restarts the processes: each process reads them once and keeps them.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import translation

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Term

_kept: dict[tuple[str, str], Term] = {}


def known() -> dict[tuple[str, str], Term]:
    """Every term by (vocabulary, code), in the order of its vocabulary."""
    global _kept
    if not _kept:
        found = Term.objects.order_by("vocabulary", "position", "code")
        _kept = {(term.vocabulary, term.code): term for term in found}
    return _kept


@receiver(post_migrate)
def forget(**_: Any) -> None:
    global _kept
    _kept = {}


def in_force(vocabulary: str) -> list[Term]:
    """The terms of a vocabulary that are in force today, in their order."""
    today = clock.now().date()
    return [
        term
        for term in known().values()
        if term.vocabulary == vocabulary
        and (term.valid_from is None or term.valid_from <= today)
        and (term.valid_to is None or term.valid_to >= today)
    ]


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
