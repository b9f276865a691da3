"""What a program is called and goes by on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import ProgramTerms


def terms_on(program_ids: Iterable[int], on: date | None = None) -> dict[int, ProgramTerms]:
    """What these programs go by on that day (today); where none is in force then, what came last before it, or first after."""
    day = on or clock.today(current_place().zone)
    return _on(ProgramTerms.objects.filter(program_id__among=list(program_ids)), day)


def _on(all_terms: Iterable[ProgramTerms], day: date) -> dict[int, ProgramTerms]:
    found: dict[int, ProgramTerms] = {}
    for terms in sorted(all_terms, key=lambda one: one.valid_from):
        if terms.valid_from <= day or terms.program_id not in found:
            found[terms.program_id] = terms
    return found


def name_of(program_id: int, all_terms: Iterable[ProgramTerms], on: date, language: str) -> str:
    """What a program was called on that day, in that language."""
    terms = _on(all_terms, on).get(program_id)
    return "" if terms is None else called(terms, language)


def called(terms: ProgramTerms, language: str) -> str:
    return terms.name_es if language.startswith("es") else terms.name


def in_force(on: date) -> Q:
    """Of what has a first and perhaps a last day: those that hold on this one."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
