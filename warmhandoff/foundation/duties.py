"""Opening and closing duties. Rooms call these; what a duty means stands in the room's `protocol.py`.

A room also names its kinds here, in words that may stand in a mail: nothing about a person, a need or a place.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Actor, Duty


@dataclass(frozen=True)
class Owner:
    """Whose duty it is: one member, or the members of one queue."""

    organization_id: int
    membership_id: int | None = None
    queue_id: int | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of duty as a mail may name it. `waits`: the next move is somebody else's, until it is late. `for_all`: whoever owes it
    sees it, whatever their role."""

    words: Any
    waits: bool = False
    for_all: bool = False


_kinds: dict[str, Kind] = {}
_ANY = Kind(_("Something that is open"))


def name(kinds: Mapping[str, Kind]) -> None:
    """Register a room's kinds of duty."""
    _kinds.update(kinds)


def kind_of(code: str) -> Kind:
    return _kinds.get(code, _ANY)


def named_kinds() -> dict[str, Kind]:
    return dict(_kinds)


def kinds_for_all() -> list[str]:
    """What whoever owes it sees, whatever their role."""
    return [code for code, kind in _kinds.items() if kind.for_all]


def open_duty(
    *,
    owner: Owner,
    kind: str,
    due_at: datetime,
    by: Actor,
    person_id: uuid.UUID | None = None,
    subject: tuple[str, int] | None = None,
    detail: str = "",
    holds_release: bool = False,
    max_days: int = 30,
) -> Duty:
    subject_kind, subject_id = subject or ("", None)
    return Duty.objects.create(
        organization_id=owner.organization_id,
        membership_id=owner.membership_id,
        queue_id=owner.queue_id,
        kind=kind,
        detail=detail,
        person_id=person_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        due_at=due_at,
        holds_release=holds_release,
        max_days=max_days,
        opened_by=by,
    )


def open_about(subject: tuple[str, int], *kinds: str) -> QuerySet[Duty]:
    """Open duties about a subject that the context may see, of these kinds (all, where none is named)."""
    found = Duty.objects.filter(subject_kind=subject[0], subject_id=subject[1], closed_at__isnull=True)
    return found.filter(kind__in=kinds) if kinds else found


def close(duties: QuerySet[Duty], *, how: str, by: Actor) -> int:
    """Close those of `duties` that are still open; returns how many."""
    return duties.filter(closed_at__isnull=True).update(closed_at=clock.now(), closed_by=by, closed_how=how)
