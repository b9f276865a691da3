"""An enrollment as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.reading.served import Standing, standing_of
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.programs.states import (
    ACTIVE,
    APPLIED,
    COMPLETED,
    ENROLLED,
    EXITED,
    OPEN,
    STAFF_WORDS,
    WAITLISTED,
)
from warmhandoff.web.today import said

CHIPS = {
    APPLIED: ("", "help_outline"), WAITLISTED: ("", "schedule"), ENROLLED: ("good", "check"), ACTIVE: ("good", "people"),
    COMPLETED: ("good", "check_circle"), EXITED: ("", "info_outline"),
}  # fmt: skip


@dataclass(frozen=True)
class TakingPart:
    """One enrollment as pages show it."""

    enrollment: Enrollment
    program: str
    standing: Standing | None = None

    @property
    def file(self) -> Participant:
        return self.enrollment.file

    @property
    def is_open(self) -> bool:
        return self.enrollment.state in OPEN

    @property
    def says(self) -> str:
        words = str(STAFF_WORDS[self.enrollment.state])
        return words[:1].upper() + words[1:]

    @property
    def kind(self) -> str:
        return CHIPS[self.enrollment.state][0]

    @property
    def icon(self) -> str:
        return CHIPS[self.enrollment.state][1]

    @property
    def review_said(self) -> str:
        return _said(self.enrollment.review_on)

    @property
    def served_said(self) -> str:
        return _said(self.standing.served_on) if self.standing else ""

    @property
    def planned_said(self) -> str:
        return _said(self.standing.planned_on) if self.standing else ""

    @property
    def out_said(self) -> str:
        return _said(self.standing.out_on) if self.standing else ""


def _said(on: date | None) -> str:
    return said.day(on) if on else ""


def taking_part(enrollments: Sequence[Enrollment]) -> list[TakingPart]:
    """The same with what they are called and how they stand, each read once."""
    terms = terms_on({one.program_id for one in enrollments}) if enrollments else {}
    standings = standing_of(enrollments)
    language = get_language() or "en"
    return [
        TakingPart(
            enrollment=one,
            program="" if one.program_id not in terms else called(terms[one.program_id], language),
            standing=standings.get(one.pk),
        )
        for one in enrollments
    ]
