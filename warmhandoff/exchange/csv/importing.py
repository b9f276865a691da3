"""An import, tried or done: what is wrong with which row, what came of the others, and the file to be mended.

Trying writes everything and takes it back, so that it says what doing would do. Nothing is half done: all rows are written,
or, where the good ones are to be kept, all but the bad ones; else none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction

from warmhandoff.exchange.csv.table import Row, Table, Trouble, to_be_mended
from warmhandoff.foundation.models import Actor


@dataclass
class Written:
    """What came of each row by its number, the counts by what they count, and what only writing could find wrong."""

    came: dict[int, str]
    counts: dict[str, Counter[str]]
    troubles: list[Trouble] = field(default_factory=list)


# Hears how many rows are written so far; to stop the work, it raises.
Tell = Callable[[int], None]


class Write(Protocol):
    def __call__(self, rows: Sequence[Row], *, by: Actor, tell: Tell) -> Written: ...


@dataclass(frozen=True)
class Importer:
    """One kind of file: its columns, what is right, how it is written, and which columns name a row."""

    columns: Sequence[str]
    longest: Mapping[str, int]
    check: Callable[[Sequence[Row]], Iterable[Trouble]]
    write: Write
    label: Sequence[str]


@dataclass(frozen=True)
class Tried:
    """What came, or would come, of a file."""

    table: Table
    troubles: list[Trouble]
    came: dict[int, str]
    counts: dict[str, Counter[str]]
    is_written: bool
    errors_file: bytes

    @property
    def rows(self) -> int:
        return len(self.table.cells)

    @property
    def bad_rows(self) -> set[int]:
        return {trouble.row for trouble in self.troubles}

    @property
    def can_be_read(self) -> bool:
        return not any(trouble.ends for trouble in self.troubles)


def tell_nobody(done: int) -> None:
    """Whoever waits for a short file needs no word on the way."""


def attempt(
    table: Table, importer: Importer, *, by: Actor, keep_good: bool, write: bool, tell: Tell = tell_nobody
) -> Tried:
    """Write the table, or only find out what writing it would do."""
    troubles = [*table.troubles, *importer.check(table.rows)]
    written, is_written = Written({}, {name: Counter() for name in ("organizations", "services")}), False
    if not any(trouble.ends for trouble in troubles):
        bad = {trouble.row for trouble in troubles}
        good = [row for row in table.rows if row.number not in bad]
        with transaction.atomic():
            written = importer.write(good, by=by, tell=tell)
            troubles += written.troubles
            is_written = write and (keep_good or not troubles)
            transaction.set_rollback(not is_written)
    troubles.sort(key=lambda trouble: (trouble.row, trouble.field))
    readable = not any(trouble.ends for trouble in troubles)
    mended = to_be_mended(table, troubles, only_bad=keep_good) if troubles and readable else b""
    return Tried(table, troubles, written.came, written.counts, is_written, mended)
