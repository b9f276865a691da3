"""What a person takes part in, as their own page says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warmhandoff.jurisdictions.dates import short_day
from warmhandoff.programs import own_page
from warmhandoff.programs.states import PARTICIPANT_WORDS, WAITLISTED


@dataclass(frozen=True)
class Takes:
    """One program, how it stands, and since when."""

    program: str
    organization: str
    says: str
    when: str


def taking_part() -> list[Takes]:
    """What goes on first."""
    spanish = (get_language() or "en").startswith("es")
    return [
        Takes(
            program=one.name_es if spanish else one.name,
            organization=one.organization,
            says=str(PARTICIPANT_WORDS[one.state]),
            when=_when(one),
        )
        for one in own_page.programs()
    ]


def _when(one: own_page.OwnProgram) -> str:
    if one.state == WAITLISTED and one.review_on:
        return _("They look at the list again on %(day)s") % {"day": short_day(one.review_on)}
    return _("Since %(day)s") % {"day": short_day(one.ended_on or one.enrolled_on or one.applied_on)}
