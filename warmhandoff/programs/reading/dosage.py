"""How much of a curriculum somebody has had: worked out from who came, never typed, and told session by session.

The required sessions of the version that their group runs by, each had at its own meeting or at a make-up, in whichever group of
that version. It is complete when none is missing. What is optional counts beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from warmhandoff.programs.models import CohortMember, SessionTemplate
from warmhandoff.programs.reading.attendance import HAD_IT, standing


@dataclass(frozen=True)
class Had:
    """A session that somebody had: on that day, at its own meeting or to make up for it."""

    on: date
    made_up: bool


@dataclass(frozen=True)
class Missed:
    """Why they have not had it: the last that was said of it."""

    on: date
    mark: str
    absence: str
    excused: bool | None


@dataclass(frozen=True)
class Session:
    """One session of the version, with what became of it for somebody; neither: it is still to come for them."""

    template: SessionTemplate
    had: Had | None = None
    missed: Missed | None = None


@dataclass(frozen=True)
class Dosage:
    """What somebody has had of a version."""

    sessions: list[Session] = field(default_factory=list)

    @property
    def required(self) -> list[Session]:
        return [one for one in self.sessions if one.template.required]

    @property
    def had(self) -> int:
        return sum(one.had is not None for one in self.required)

    @property
    def of(self) -> int:
        return len(self.required)

    @property
    def missing(self) -> list[int]:
        """The numbers of the required sessions that were held without them."""
        return [one.template.number for one in self.required if one.had is None and one.missed is not None]

    @property
    def to_come(self) -> list[int]:
        """The numbers of the required sessions of which nothing is said yet."""
        return [one.template.number for one in self.required if one.had is None and one.missed is None]

    @property
    def optional(self) -> int:
        return sum(one.had is not None for one in self.sessions if not one.template.required)

    @property
    def is_complete(self) -> bool:
        return bool(self.of) and self.had == self.of


Became = dict[tuple[int, int], tuple[Had | None, Missed | None]]
# What was said of one session: whose enrollment, which session, the mark, when, why not, excused, whether the meeting was beside the
# plan, the member's own group, and the one that it was in.
Said = tuple[int, int, str, date, str, bool | None, bool, int, int]


def dosages(members: Iterable[CohortMember]) -> dict[int, Dosage]:
    """Of each of these, by member: in two statements, however many."""
    wanted = list(members)
    sessions = _sessions({member.cohort.version_id for member in wanted})
    said = what_became(_said({member.enrollment_id for member in wanted}))
    return {
        member.pk: dosage(sessions.get(member.cohort.version_id, []), said, member.enrollment_id)
        for member in wanted
    }


def dosage_of(member: CohortMember) -> Dosage:
    return dosages([member])[member.pk]


def dosage(sessions: Iterable[SessionTemplate], said: Became, enrollment_id: int) -> Dosage:
    """What one enrollment comes to in these sessions of a version."""
    return Dosage([Session(each, *said.get((enrollment_id, each.pk), (None, None))) for each in sessions])


def _sessions(versions: Iterable[int]) -> dict[int, Sequence[SessionTemplate]]:
    found: dict[int, list[SessionTemplate]] = {}
    for template in SessionTemplate.objects.filter(version_id__in=versions).order_by("version_id", "number"):
        found.setdefault(template.version_id, []).append(template)
    return dict(found)


def _said(enrollments: Iterable[int]) -> Iterable[Said]:
    rows = standing().filter(member__enrollment_id__in=enrollments).order_by("on", "id")
    return rows.values_list(
        "member__enrollment_id", "template_id", "mark", "on", "absence", "excused",
        "meeting__make_up", "member__cohort_id", "meeting__cohort_id",
    )  # fmt: skip


def what_became(said: Iterable[Said]) -> Became:
    """By enrollment and session. Had once is had: a later absence, from a repeated session, takes nothing away."""
    found: Became = {}
    for enrollment, template, mark, on, absence, excused, beside, own, elsewhere in said:
        had, missed = found.get((enrollment, template), (None, None))
        if mark in HAD_IT:
            had = had or Had(on, beside or own != elsewhere)
        else:
            missed = Missed(on, mark, absence, excused)
        found[(enrollment, template)] = (had, missed)
    return found
