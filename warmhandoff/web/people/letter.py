"""What a person's own copy of their file is made of: sections of plain words; and how each subject adds its own (`copies`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from warmhandoff.web.people.noted import Notes
from warmhandoff.web.today import said


@dataclass
class Fact:
    label: str
    value: str


@dataclass
class Item:
    day: str
    says: str
    notes: list[str] = field(default_factory=list)
    # The day as a machine reads it.
    on: str = ""


@dataclass
class Section:
    heading: str
    lines: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def tell(self, on: date | datetime, says: str, notes: Sequence[str] = ()) -> None:
        day = said.day_of(on) if isinstance(on, datetime) else on
        self.items.append(Item(said.full_day(day), says, list(notes), day.isoformat()))

    def in_order(self) -> Section:
        """What was told subject by subject, day by day."""
        self.items.sort(key=lambda item: item.on)
        return self


# What others say about the person's safety is told to them in person, and on no paper that somebody else may find.
SPOKEN_ONLY = "violence_prevention"


@dataclass(frozen=True)
class Wording:
    """What a part is told with: the notes as they stand, those that are left out, and the language."""

    language: str
    notes: Notes
    left_out: frozenset[int]

    def words(self, kind: str, pk: int) -> list[str]:
        """What was noted about it, without what tells about somebody else."""
        return [
            one.text for one in self.notes.about(kind, [pk]) if one.text and one.note.pk not in self.left_out
        ]


@dataclass(frozen=True)
class Part:
    """What one subject adds to the copy.

    `rows` are whole rows found by the number of the file, as in a story (`telling.Teller`), read for all parts in one statement.
    `notes`: the kinds of notes that stand in this part, and so not in the story once more.
    """

    rows: Callable[[int], tuple[QuerySet[Any], ...]]
    tells: Callable[[Sequence[list[Any]], Wording], Iterable[Section]]
    notes: tuple[str, ...] = ()


def as_it_stands(rows: Iterable[Any]) -> list[Any]:
    """Without what was corrected, and without corrections that say that it never was."""
    found = list(rows)
    gone = {row.supersedes_id for row in found}
    return [row for row in found if row.pk not in gone and not getattr(row, "struck", False)]


def on_paper(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of rows that have a class each: those of which a paper may tell."""
    return rows.exclude(data_class=SPOKEN_ONLY)
