"""What a person reads of their program on their own page: from the owner's functions, bound to their way in.

What they give is put into the rooms' own records, unsaved, so that the same readings judge it as for staff.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from warmhandoff.directory.eligibility import Facts
from warmhandoff.foundation.models import Actor
from warmhandoff.programs.eligibility import OF_THE_CONTACT, condition_of
from warmhandoff.programs.models import (
    Criterion,
    PaidWork,
    SessionTemplate,
    Timesheet,
    TimesheetAnswer,
    WorkWage,
)
from warmhandoff.programs.reading.dosage import Dosage, dosage, what_became
from warmhandoff.programs.reading.work import is_sent_back, weeks_missing
from warmhandoff.programs.spans import Condition, Found, Known, Passed, Shown, judge
from warmhandoff.programs.states import TAKES_PART

# Not a word of it on any page of theirs, by a rule of the house: somebody may look over their shoulder.
NEVER_TOLD = "violence_prevention"
# A week can be handed in from its Friday on.
FRIDAY = timedelta(days=4)


@dataclass(frozen=True)
class OwnMeeting:
    """A meeting that they are to come to. `was_at`: it was to be then, before it moved."""

    starts_at: datetime
    ends_at: datetime
    was_at: datetime | None
    group: str
    room: str
    organization: str
    phone: str
    number: int
    title: str
    title_es: str
    required: bool
    make_up: bool


@dataclass(frozen=True)
class OwnProgram:
    """What they take part in, asked for, or left."""

    code: str
    state: str
    applied_on: date
    review_on: date | None
    enrolled_on: date | None
    ended_on: date | None
    organization_id: int
    organization: str
    phone: str
    file: str
    name: str
    name_es: str
    has_group: bool
    has_work: bool

    @property
    def takes_part(self) -> bool:
        return self.state in TAKES_PART


@dataclass(frozen=True)
class OwnGroup:
    """A group of theirs, and what they have had of it. `enrollment` and `file` are codes."""

    name: str
    curriculum: str
    curriculum_es: str
    organization: str
    phone: str
    enrollment: str
    file: str
    is_over: bool
    dosage: Dosage


@dataclass(frozen=True)
class OwnWork:
    """Paid work of theirs. `known_as`: the name that they agreed to there; empty where they said no, None where nobody asked."""

    work: PaidWork
    sheets: list[Timesheet]
    superseded: list[Timesheet]
    wages: list[WorkWage]
    organization_id: int
    organization: str
    phone: str
    enrollment: str
    employer: str
    supervisor: str
    is_mailed: bool
    known_as: str | None

    @property
    def is_asked_there(self) -> bool:
        """A mail goes to the supervisor when hours are handed in."""
        return self.is_mailed and bool(self.known_as)

    def to_write(self, today: date) -> list[date]:
        """The weeks that nobody wrote down, the first one first: this one from its Friday on."""
        is_over = self.work.ended_on is not None
        missing = weeks_missing(self.work, self.sheets, today)
        return [week for week in missing if is_over or week + FRIDAY <= today]

    def to_mend(self) -> list[Timesheet]:
        """What the worksite sent back."""
        return [one for one in self.sheets if is_sent_back(one)]


@dataclass(frozen=True)
class OwnAsked:
    """What a program of theirs asks, and what is known of it."""

    enrollment: str
    name: str
    name_es: str
    organization: str
    phone: str
    findings: list[Found]


def programs() -> list[OwnProgram]:
    """Theirs, what goes on first, four at most; none for anybody but a person behind their own live way in."""
    return [OwnProgram(**_dated(one)) for one in _asked("wh_own_programs") or []]


def meetings() -> list[OwnMeeting]:
    """The next four of whoever acts."""
    return [_meeting(one) for one in _asked("wh_own_groups") or []]


def _meeting(told: dict[str, str]) -> OwnMeeting:
    moments = {
        name: datetime.fromisoformat(told[name]) if told[name] else None
        for name in ("starts_at", "ends_at", "was_at")
    }
    return OwnMeeting(**{**told, **moments})  # type: ignore[arg-type]


def groups() -> list[OwnGroup]:
    """Theirs, those that go on first, with what they have had."""
    told = _asked("wh_own_sessions") or {"groups": [], "sessions": [], "said": []}
    sessions = [SessionTemplate(**one) for one in told["sessions"]]
    became = what_became(
        (enrollment, template, mark, date.fromisoformat(on), *rest)
        for enrollment, template, mark, on, *rest in told["said"]
    )
    found = []
    for one in told["groups"]:
        version, enrollment = one.pop("version_id"), one.pop("enrollment_id")
        theirs = [each for each in sessions if each.version_id == version]
        found.append(OwnGroup(dosage=dosage(theirs, became, enrollment), **one))
    return found


def works() -> list[OwnWork]:
    """Theirs, what goes on first, with each week that was written down, the newest first."""
    return [_work(one) for one in _asked("wh_own_work") or []]


def _work(told: dict[str, Any]) -> OwnWork:
    weeks = [(week.pop("stands"), _sheet(week)) for week in told.pop("weeks")]
    wages = [WorkWage(**_dated(wage)) for wage in told.pop("wages")]
    facts = {
        name: told.pop(name)
        for name in ("code", "state", "planned_from", "planned_hours", "started_on", "ended_on")
    }
    return OwnWork(
        work=PaidWork(**_dated(facts)),
        sheets=[sheet for stands, sheet in weeks if stands],
        superseded=[sheet for stands, sheet in weeks if not stands],
        wages=wages,
        **told,
    )


def _sheet(told: dict[str, Any]) -> Timesheet:
    sheet = Timesheet(
        code=told["code"],
        week=date.fromisoformat(told["week"]),
        hours=[Decimal(each) for each in told["hours"]],
        by=Actor(kind=told["by"]),
    )
    if told["approved"] is not None:
        sheet.answer = TimesheetAnswer(
            approved=told["approved"],
            reason=told["reason"],
            seen=told["seen"],
            recorded_at=datetime.fromisoformat(told["recorded_at"]),
        )
    return sheet


def asked(on: date) -> list[OwnAsked]:
    """What their programs ask, on a day, of what a page may say."""
    told = _asked("wh_own_eligibility") or []
    rows = Criterion.objects.filter(program_id__in={one["program_id"] for one in told})
    found: dict[int, list[Condition]] = {}
    for row in rows:
        found.setdefault(row.program_id, []).append(condition_of(row))
    return [_judged(one, found.get(one["program_id"], []), on) for one in told]


def _told(conditions: Iterable[Condition]) -> list[Condition]:
    """Without who comes first, what is never told, and what the contact alone can't show."""
    return [
        one
        for one in conditions
        if not one.is_focus
        and one.data_class != NEVER_TOLD
        and (one.shown_by or one.rule.kind in OF_THE_CONTACT)
    ]


def _judged(told: dict[str, Any], conditions: list[Condition], on: date) -> OwnAsked:
    # A choice that such a thing stands in may be met by that: of the rest of it is told what is there, and nothing that seems open.
    never = {one.either for one in conditions if one.data_class == NEVER_TOLD and one.either}
    born = told["birth_date"]
    known = Known(
        Facts(birth_date=date.fromisoformat(born) if born else None, area=told["area"] or None),
        tuple(Shown(**_dated(one)) for one in told["proofs"]),
        tuple(Passed(**_dated(one)) for one in told["waivers"]),
    )
    words = {name: told[name] for name in ("name", "name_es", "organization", "phone")}
    return OwnAsked(
        enrollment=told["code"],
        findings=[
            found
            for found in judge(_told(conditions), known, on).findings
            if found.is_met or found.condition.either not in never
        ],
        **words,
    )


# --- What the functions give --------------------------------------------------------------------------------------


def _asked(function: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}()::text")  # a name of ours
        (found,) = cursor.fetchone()
    return json.loads(found, parse_float=Decimal) if found else None


DAYS = ("valid_from", "lapses_on", "shown_on", "planned_from")


def _dated(told: dict[str, Any]) -> dict[str, Any]:
    """The same; what is a day there is one here."""
    return {
        name: date.fromisoformat(value) if value and (name in DAYS or name.endswith("_on")) else value
        for name, value in told.items()
    }
