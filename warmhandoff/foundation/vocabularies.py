"""Shaping the texts that are data: adding, rewording, dating, ordering. Nothing is deleted, so that what was chosen keeps its words.

A room says which of its vocabularies may be shaped, and what it needs of them; nothing here knows what they mean. Each change is
kept: which field, from what to what, by whom, when.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.codes import sort_key
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor, Term, TermChange

LONGEST_CODE = 40


def all_of(vocabulary: str) -> QuerySet[Term]:
    """Every term of a vocabulary, also those that are no longer in force, in its order."""
    return Term.objects.filter(vocabulary=vocabulary).order_by("position", "code")


def term_or_404(vocabulary: str, code: str) -> Term:
    term = Term.objects.filter(vocabulary=vocabulary, code=code).first()
    if term is None:
        raise NotYours()
    return term


def changes_of(vocabularies: Sequence[str]) -> QuerySet[TermChange]:
    """What was changed, newest first."""
    return (
        TermChange.objects.filter(term__vocabulary__in=vocabularies)
        .select_related("term", "by")
        .order_by("-at", "-id")
    )


@transaction.atomic
def add(
    *,
    vocabulary: str,
    en: str,
    es: str,
    by: Actor,
    parent: str = "",
    valid_from: date | None = None,
    code: str = "",
) -> Term:
    """A new term, at the end of its list; its code is made of its English words and stays for ever.

    `code`: that of another list's term, which this one says in other words.
    """
    en, es = _worded(en, es)
    if not code:
        _require_new(vocabulary, parent, en)
    last = all_of(vocabulary).aggregate(last=Max("position"))["last"]
    term = Term.objects.create(
        vocabulary=vocabulary,
        parent=parent,
        code=code or _free_code(vocabulary, en),
        en=en,
        es=es,
        position=0 if last is None else last + 1,
        valid_from=valid_from,
    )
    _keep(term, by, [("added", "", en)])
    return term


@transaction.atomic
def change(*, term: Term, by: Actor, **values: Any) -> Term:
    """Reword a term, date it, or place it under another parent: only what differs is changed and kept."""
    term = Term.objects.select_for_update(no_key=True).get(pk=term.pk)
    if "en" in values or "es" in values:
        values["en"], values["es"] = _worded(values.get("en", term.en), values.get("es", term.es))
    differing = {name: value for name, value in values.items() if getattr(term, name) != value}
    if "en" in differing:
        _require_new(term.vocabulary, term.parent, differing["en"], but=term)
    told = [(name, _text(getattr(term, name)), _text(value)) for name, value in differing.items()]
    for name, value in differing.items():
        setattr(term, name, value)
    if term.valid_from and term.valid_to and term.valid_to < term.valid_from:
        raise BadValue("valid_to", "It would end before it begins.", mend="Choose a later day.")
    if differing:
        term.save(update_fields=list(differing))
        _keep(term, by, told)
    return term


@transaction.atomic
def end(*, term: Term, on: date | None, by: Actor, may_be_last: bool = False) -> Term:
    """The last day on which it may be chosen; None: no end. The last one of a list that is always asked stays."""
    if on is not None:
        if on < terms.today():
            raise BadValue("valid_to", "This day has passed.", mend="Choose today or a later day.")
        others = all_of(term.vocabulary).filter(parent=term.parent).exclude(pk=term.pk)
        goes_on = any(terms.is_valid(other, on) and other.valid_to is None for other in others)
        if not goes_on and not may_be_last:
            raise WrongState(
                "One choice of this list must go on without an end.", mend="Add another one first."
            )
    return change(term=term, by=by, valid_to=on)


@transaction.atomic
def move(*, term: Term, up: bool, by: Actor) -> bool:
    """One place up or down among those of the same parent. False where it stands there already."""
    among = list(all_of(term.vocabulary).filter(parent=term.parent).select_for_update(no_key=True))
    here = next(n for n, each in enumerate(among) if each.pk == term.pk)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(among):
        return False
    among[here], among[there] = among[there], among[here]
    places = sorted(each.position for each in among)
    if len(set(places)) < len(places):
        places = list(range(len(places)))
    moved = [(each, place) for each, place in zip(among, places, strict=True) if each.position != place]
    for each, place in moved:
        before, each.position = each.position, place
        each.save(update_fields=["position"])
        if each.pk == term.pk:
            _keep(each, by, [("position", str(before), str(place))])
    terms.changed()
    return True


def _worded(en: str, es: str) -> tuple[str, str]:
    """Both languages, or neither: a list is read by both."""
    en, es = " ".join(en.split()), " ".join(es.split())
    for name, words in (("en", en), ("es", es)):
        if not words:
            raise BadValue(name, "Say it in both languages.", mend="A few words are enough.")
    return en, es


def _require_new(vocabulary: str, parent: str, en: str, but: Term | None = None) -> None:
    for other in all_of(vocabulary).filter(parent=parent):
        same = sort_key(other.en) == sort_key(en) and (but is None or other.pk != but.pk)
        if same and (other.valid_to is None or other.valid_to >= terms.today()):
            raise BadValue("en", "This is in the list already.", mend="Reword the one that is there.")


def _free_code(vocabulary: str, en: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", sort_key(en)).strip("_")[: LONGEST_CODE - 4] or "term"
    taken = set(Term.objects.filter(vocabulary=vocabulary).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}_{n}" for n in range(2, 1000))) if code not in taken)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _keep(term: Term, by: Actor, told: Sequence[tuple[str, str, str]]) -> None:
    TermChange.objects.bulk_create(
        TermChange(term=term, field=field, before=before, after=after, by=by, at=clock.now())
        for field, before, after in told
    )
    terms.changed()
