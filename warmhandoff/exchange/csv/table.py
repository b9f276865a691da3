"""Reading a CSV file that somebody made by hand: what is wrong is said by row and field, all of it at once."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024
# A spreadsheet runs a cell that begins so as a formula: whoever opens an export of ours later must not run theirs.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS_UTF_8 = "Save it again as “CSV UTF-8” in your spreadsheet."


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one field of one row (row 0: the file), and what to do about it. The heading is row 1."""

    row: int
    field: str
    says: str
    mend: str

    def __str__(self) -> str:
        where = f"Row {self.row}, {self.field}" if self.row else "The file"
        return f"{where}: {self.says} {self.mend}"


@dataclass(frozen=True)
class Row:
    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass
class Table:
    """The rows that could be read, and everything that is wrong so far."""

    rows: list[Row] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def read(path: Path, columns: Sequence[str], longest: dict[str, int]) -> Table:
    """Read `path`, which must have exactly `columns`; texts may be as long as `longest` says."""
    table = Table()
    text = _text(path, table)
    if text is not None:
        _rows(text, columns, longest, table)
    return table


def _text(path: Path, table: Table) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        table.troubles.append(Trouble(0, "", f"{path} can't be read: {error.strerror}.", "Check the path."))
        return None
    if len(raw) > MOST_BYTES:
        table.troubles.append(Trouble(0, "", "It is larger than 5 MB.", "Split it into several files."))
        return None
    if raw.startswith(UTF_16):
        table.troubles.append(Trouble(0, "", "Its letters are written in UTF-16.", SAVE_AS_UTF_8))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        wrong = Trouble(row, "its letters", "There is a letter that is not UTF-8.", SAVE_AS_UTF_8)
        table.troubles.append(wrong)
        return None


def _rows(text: str, columns: Sequence[str], longest: dict[str, int], table: Table) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1:
                if not _is_heading(cells, columns, table):
                    return
            elif any(cell.strip() for cell in cells):
                _row(number, cells, columns, longest, table)
    except csv.Error as error:
        mend = "Close each quotation mark that is opened, and write two of them for one inside a text."
        table.troubles.append(Trouble(number + 1, "the row", f"It can't be read as CSV ({error}).", mend))
    if number == 0:
        table.troubles.append(Trouble(0, "", "It is empty.", f"Its first row is: {','.join(columns)}."))


def _is_heading(cells: list[str], columns: Sequence[str], table: Table) -> bool:
    if [cell.strip().casefold() for cell in cells] == list(columns):
        return True
    table.troubles.append(
        Trouble(1, "the heading", "The columns are not the expected ones.", f"Write: {','.join(columns)}.")
    )
    return False


def _row(
    number: int, cells: list[str], columns: Sequence[str], longest: dict[str, int], table: Table
) -> None:
    if len(cells) != len(columns):
        says = f"It has {len(cells)} columns where {len(columns)} belong."
        mend = "Put a text that has a comma in it into quotation marks; leave an empty column empty."
        table.troubles.append(Trouble(number, "the row", says, mend))
        return
    values = dict(zip(columns, cells, strict=True))
    found = [
        trouble
        for column, cell in values.items()
        if (trouble := _trouble(number, column, cell, longest[column]))
    ]
    table.troubles += found
    if not found:
        table.rows.append(Row(number, {column: " ".join(cell.split()) for column, cell in values.items()}))


def _trouble(number: int, column: str, cell: str, most: int) -> Trouble | None:
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in cell) or "\x7f" in cell:
        return Trouble(number, column, "There is an invisible character in it.", "Type the text anew.")
    if cell.lstrip(" ").startswith(FORMULA):
        first = repr(cell.lstrip(" ")[0])
        return Trouble(
            number,
            column,
            f"It begins with {first}, which a spreadsheet runs as a formula.",
            "Take that sign away.",
        )
    if len(cell) > most:
        return Trouble(
            number, column, f"It has {len(cell)} letters; there is room for {most}.", "Shorten it."
        )
    return None
