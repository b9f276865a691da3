"""Reading the texts that are data."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import translation

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Term


def in_force(vocabulary: str) -> QuerySet[Term]:
    """The terms of a vocabulary that are in force today, in their order."""
    today = clock.now().date()
    return (
        Term.objects.filter(vocabulary=vocabulary)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        .order_by("position", "code")
    )


def word(vocabulary: str, code: str, language: str | None = None) -> str:
    """What a code is called, also one that is no longer in force; the code itself where nobody named it."""
    term = Term.objects.filter(vocabulary=vocabulary, code=code).first()
    return term.in_language(language or translation.get_language() or "en") if term else code


def choices(vocabulary: str, language: str | None = None) -> list[tuple[str, str]]:
    """(code, words) for a form."""
    spoken = language or translation.get_language() or "en"
    return [(term.code, term.in_language(spoken)) for term in in_force(vocabulary)]
