"""What was said before and is said otherwise now, in words: the label of the answer, what it was, what it became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Actor
from warmhandoff.network.reading import name_of
from warmhandoff.participants.models import FileChange, FileEvent, Participant, Unknown
from warmhandoff.participants.profile import NO, YES
from warmhandoff.participants.reading import said_before
from warmhandoff.web.people.asking import ATTESTED, PAPER_STANDS, PAPERS, WHYS
from warmhandoff.web.people.forms import LANGUAGES, area_choices
from warmhandoff.web.today import said

LABELS: dict[str, Any] = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "birth_date": gettext_lazy("Birth date"),
    "pronouns": gettext_lazy("Pronouns"),
    "language": gettext_lazy("Language"),
    "speaks": gettext_lazy("Also speaks"),
    "area": gettext_lazy("Area"),
    "street": gettext_lazy("Street"),
    "zip_code": gettext_lazy("ZIP code"),
    "availability": gettext_lazy("When they are free"),
    "do_not_contact": gettext_lazy("Asked for quiet"),
    **{str(kind): words for kind, words in PAPERS.items()},
    "diploma": gettext_lazy("High-school diploma or its equal"),
    "employment": gettext_lazy("Work"),
    "housing": gettext_lazy("Housing"),
    "justice": gettext_lazy("Ever involved with the justice system"),
    "attested_by": gettext_lazy("Who says so"),
    "gender": gettext_lazy("Gender"),
    "races": gettext_lazy("Race or origin"),
    "veteran": gettext_lazy("Veteran"),
    "disability": gettext_lazy("Disability"),
}
VOCABULARIES = {
    "availability": "availability",
    "employment": "employment",
    "housing": "housing_status",
    "gender": "gender",
    "races": "race",
}
SEVERAL = ("speaks", "races")


@dataclass(frozen=True)
class Changed:
    """One answer as it was and as it became."""

    label: str
    was: str
    became: str


@dataclass(frozen=True)
class Before:
    """What was said otherwise in one moment, and who wrote it down."""

    at: datetime
    by: str
    changes: list[Changed]


def told_before(file: Participant, *, by: Actor) -> list[Before]:
    """All that was answered otherwise before, beyond the contact details; newest first. Opening it is written down."""
    found = said_before(file, by=by)
    moments = {one.changed_at for one in found}
    events = FileEvent.objects.filter(file=file, recorded_at__in=moments).select_related("by").order_by("-id")
    writers = {event.recorded_at: event.by for event in events}
    told = [
        Before(at, name_of(writers[at]) if at in writers else "", changed(those))
        for at, those in groupby(found, key=lambda one: one.changed_at)
    ]
    return [one for one in told if one.changes]


def changed(changes: Iterable[FileChange]) -> list[Changed]:
    """Those that can be told: why a question had no answer is told by the answer."""
    return [
        Changed(str(LABELS[one.field]), _words(one.field, one.was), _words(one.field, one.became))
        for one in changes
        if one.field in LABELS
    ]


def _words(field: str, value: str) -> str:
    if value in Unknown.values:
        return str(dict(WHYS)[value])
    if field == "birth_date" and value:
        return said.full_day(date.fromisoformat(value))
    parts = value.split(",") if field in SEVERAL else [value]
    if field in VOCABULARIES:
        return said.together([terms.word(VOCABULARIES[field], part) for part in parts if part])
    choices = _choices(field)
    return said.together([str(choices.get(part, part)) for part in parts if part])


def _choices(field: str) -> Mapping[str, object]:
    if field in PAPERS:
        return dict(PAPER_STANDS)
    if field in ("language", "speaks"):
        return LANGUAGES
    if field == "area":
        return dict(area_choices())
    if field == "attested_by":
        return dict(ATTESTED)
    return {YES: _("yes"), NO: _("no")}
