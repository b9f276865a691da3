"""What a person takes part in, as their own page says it, and the pages of its own that tell more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.programs.own_page import OwnProgram
from warmhandoff.programs.states import PARTICIPANT_WORDS, WAITLISTED


@dataclass(frozen=True)
class Takes:
    """One program, how it stands, and since when."""

    program: str
    organization: str
    says: str
    when: str


MORE: dict[str, Any] = {
    "group": gettext_lazy("My group"),
    "hours": gettext_lazy("My hours of paid work"),
    "papers": gettext_lazy("What my program asks"),
}


def taking_part(programs: Sequence[OwnProgram]) -> list[Takes]:
    """What goes on first."""
    spanish = (get_language() or "en").startswith("es")
    return [
        Takes(
            program=one.name_es if spanish else one.name,
            organization=one.organization,
            says=str(PARTICIPANT_WORDS[one.state]),
            when=_when(one),
        )
        for one in programs
    ]


def more_of(programs: Sequence[OwnProgram]) -> list[str]:
    """Which pages tell more."""
    there = {
        "group": any(one.has_group for one in programs),
        "hours": any(one.has_work for one in programs),
        "papers": any(one.ended_on is None for one in programs),
    }
    return [page for page in MORE if there[page]]


def _when(one: OwnProgram) -> str:
    if one.state == WAITLISTED and one.review_on:
        return _("They look at the list again on %(day)s") % {"day": short_day(one.review_on)}
    return _("Since %(day)s") % {"day": short_day(one.ended_on or one.enrolled_on or one.applied_on)}
