"""Reading a CSV file that somebody made by hand: what is wrong is said by row and field, all of it at once.

And writing one: the rows with what is wrong beside them, to be mended and fed again. Whatever a spreadsheet would run as a
formula is refused on the way in, and made plain text on the way out.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 200_000
# A spreadsheet runs a cell that begins so as a formula: whoever opens an export of ours later must not run theirs.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS_UTF_8 = "Save it again as “CSV UTF-8” in your spreadsheet."
# What a mended file carries besides: read over when it is fed again.
OURS = ("row", "why", "mend")
QUOTES = "Close each quotation mark that is opened, and write two of them for one inside a text."


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one field of one row (row 0: the file), and what to do about it. The heading is row 1."""

    row: int
    field: str
    says: str
    mend: str
    # Nothing can be said of what comes after it: not even the good rows can be kept.
    ends: bool = False

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
    """The rows that could be read, and everything that is wrong so far. `cells` are all rows as they stand in the file."""

    heading: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)


def read(path: Path, columns: Sequence[str], longest: Mapping[str, int]) -> Table:
    """Read the file at `path`, which must have these columns, in any order; texts may be as long as `longest` says."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Table(
            troubles=[
                Trouble(0, "", f"{path} can't be read: {error.strerror}.", "Check the path.", ends=True)
            ]
        )
    return parse(raw, columns, longest)


def parse(
    raw: bytes, columns: Sequence[str], longest: Mapping[str, int], places: Mapping[str, str] | None = None
) -> Table:
    """The same of what a file held. `places` names the file's own column for each of ours, where it is called otherwise."""
    table = Table()
    text = _text(raw, table)
    if text is None:
        return table
    found: dict[str, int] | None = None
    for number, cells in _cells(text, table):
        if number == 1:
            table.heading = [cell.strip() for cell in cells]
            found = _places(table, columns, places or {})
            if found is None:
                return table
        elif any(cell.strip() for cell in cells) and found is not None:
            table.cells[number] = cells
            _row(number, cells, found, longest, table)
    if not table.heading and not table.troubles:
        table.troubles.append(
            Trouble(0, "", "It is empty.", f"Its first row is: {','.join(columns)}.", ends=True)
        )
    return table


def heading_of(raw: bytes) -> Table:
    """Only the first row, with what is wrong with the file as a whole."""
    table = Table()
    text = _text(raw, table)
    first = next(_cells(text, table), None) if text is not None else None
    if first is not None:
        table.heading = [cell.strip() for cell in first[1]]
        _check_heading(table)
    elif not table.troubles:
        table.troubles.append(Trouble(0, "", "It is empty.", "Its first row names the columns.", ends=True))
    return table


def _text(raw: bytes, table: Table) -> str | None:
    if len(raw) > MOST_BYTES:
        says = f"It is larger than {MOST_BYTES // (1024 * 1024)} MB."
        table.troubles.append(Trouble(0, "", says, "Split it into several files.", ends=True))
        return None
    if raw.startswith(UTF_16) or (len(raw) > 3 and raw[1:2] == b"\0"):
        table.troubles.append(Trouble(0, "", "Its letters are written in UTF-16.", SAVE_AS_UTF_8, ends=True))
        return None
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        table.troubles.append(
            Trouble(0, "", "It is a spreadsheet's own file, and no CSV.", SAVE_AS_UTF_8, ends=True)
        )
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        wrong = Trouble(row, "its letters", "There is a letter that is not UTF-8.", SAVE_AS_UTF_8, ends=True)
        table.troubles.append(wrong)
        return None


def _cells(text: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """The rows by number, up to the first that can't be read."""
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS + 1:
                says = f"It has more than {MOST_ROWS:,} rows."
                table.troubles.append(Trouble(0, "", says, "Split it into several files.", ends=True))
                return
            yield number, cells
    except csv.Error as error:
        says = f"It can't be read as CSV ({error})."
        table.troubles.append(Trouble(number + 1, "the row", says, QUOTES, ends=True))


def _delimiter(text: str) -> str:
    """Where a comma is the decimal sign, spreadsheets write semicolons."""
    first = text.partition("\n")[0]
    return ";" if ";" in first and "," not in first else ","


# --- The heading --------------------------------------------------------------------------------------------------


def _heading_trouble(table: Table, says: str, mend: str) -> None:
    table.troubles.append(Trouble(1, "the heading", says, mend, ends=True))


def _check_heading(table: Table) -> None:
    """A heading has a name for each column, each once."""
    named = [cell for cell in table.heading if cell]
    if len(table.heading) > 1 and len(named) == 1:
        says = f"“{named[0]}” is a title over all columns, and no column's name."
        _heading_trouble(table, says, "Take the rows above the columns' names away.")
        return
    if len(named) < len(table.heading):
        number = table.heading.index("") + 1
        says = f"Column {number} has no name: cells of the heading were merged, or it is empty."
        _heading_trouble(table, says, "Unmerge the cells, and give each column its own name.")
    folded = [cell.casefold() for cell in named]
    for name in sorted({cell for cell in folded if folded.count(cell) > 1}):
        says = f"“{name}” stands there {folded.count(name)} times."
        _heading_trouble(table, says, "Give each column its own name, or take one away.")


def _places(table: Table, columns: Sequence[str], places: Mapping[str, str]) -> dict[str, int] | None:
    """Where each of our columns stands; None where the heading doesn't say."""
    _check_heading(table)
    folded = [cell.casefold() for cell in table.heading]
    wanted = {column: places.get(column, column).casefold() for column in columns}
    missing = [column for column, name in wanted.items() if name not in folded]
    if missing and not table.troubles:
        says = f"There is no column {', no column '.join(missing)}."
        _heading_trouble(table, says, f"Write: {','.join(columns)}.")
    if table.troubles:
        return None
    return {column: folded.index(name) for column, name in wanted.items()}


# --- A row --------------------------------------------------------------------------------------------------------


def _row(
    number: int, cells: list[str], places: Mapping[str, int], longest: Mapping[str, int], table: Table
) -> None:
    width = len(table.heading)
    if len(cells) != width:
        says = f"It has {len(cells)} columns where {width} belong."
        mend = "Put a text that has a comma in it into quotation marks; leave an empty column empty."
        table.troubles.append(Trouble(number, "the row", says, mend))
        return
    values = {column: cells[place] for column, place in places.items()}
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
    plain = cell.lstrip(" ").removeprefix("'")
    if plain.startswith(FORMULA):
        says = f"It begins with {plain[0]!r}, which a spreadsheet runs as a formula."
        return Trouble(number, column, says, "Take that sign away.")
    if len(cell) > most:
        return Trouble(
            number, column, f"It has {len(cell)} letters; there is room for {most}.", "Shorten it."
        )
    return None


# --- On the way out -----------------------------------------------------------------------------------------------


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs: what begins like a formula becomes text by an apostrophe before it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def written(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A file of these columns for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([harmless(str(row[column])) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_be_mended(table: Table, troubles: Iterable[Trouble], *, only_bad: bool) -> bytes:
    """The file once more: its own columns, and for each row its number, what is wrong with it, and the mend.

    All rows where nothing was written; only the bad ones where the good ones were.
    """
    wrong: dict[int, list[Trouble]] = {}
    for trouble in troubles:
        wrong.setdefault(trouble.row, []).append(trouble)
    kept = [place for place, name in enumerate(table.heading) if name.casefold() not in OURS]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*(harmless(table.heading[place]) for place in kept), *OURS])
    for number, cells in table.cells.items():
        theirs = wrong.get(number, [])
        if theirs or not only_bad:
            shown = [harmless(cells[place]) if place < len(cells) else "" for place in kept]
            why = " ".join(f"{each.field}: {each.says}" for each in theirs)
            writer.writerow([*shown, number, harmless(why), " ".join(each.mend for each in theirs)])
    return out.getvalue().encode("utf-8-sig")
