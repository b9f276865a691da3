"""What a person takes part in, and when their groups meet, for their own page: from the owner's functions, bound to their way in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection


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

    state: str
    applied_on: date
    review_on: date | None
    enrolled_on: date | None
    ended_on: date | None
    organization: str
    phone: str
    name: str
    name_es: str


def programs() -> list[OwnProgram]:
    """Theirs, what goes on first, four at most; none for anybody but a person behind their own live way in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_own_programs()::text")
        (found,) = cursor.fetchone()
    return [_program(one) for one in json.loads(found or "[]")]


def _program(told: dict[str, str]) -> OwnProgram:
    days = {
        name: date.fromisoformat(told[name]) if told[name] else None
        for name in ("applied_on", "review_on", "enrolled_on", "ended_on")
    }
    return OwnProgram(**{**told, **days})  # type: ignore[arg-type]


def meetings() -> list[OwnMeeting]:
    """The next four of whoever acts; none for anybody but a person behind their own live way in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_own_groups()::text")
        (found,) = cursor.fetchone()
    return [_made(one) for one in json.loads(found or "[]")]


def _made(told: dict[str, str]) -> OwnMeeting:
    moments = {
        name: datetime.fromisoformat(told[name]) if told[name] else None
        for name in ("starts_at", "ends_at", "was_at")
    }
    return OwnMeeting(**{**told, **moments})  # type: ignore[arg-type]
