"""Several lists of rows in one statement: the parts of a page that no join puts together.

    notes, needs = together.read(Narrative.objects.filter(...), Need.objects.filter(...))

Each part is a subquery of its own, under the same row policies as ever, in its own order. Rows are whole: no part of a
queryset that changes what a row is (`values`, `annotate`, `select_related`) is looked at.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from itertools import count, groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState
from django.db.models.sql import InsertQuery
from psycopg.sql import quote

Key = int | str | uuid.UUID | date


@dataclass(frozen=True)
class Many:
    """Keys that are given as one list, to be looked for with `__among`: one statement serves however many there are."""

    keys: Sequence[int | uuid.UUID]
    of: type = int


Given = Key | Sequence[int] | Many


def read(*parts: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each part."""
    text, values = _written(parts)
    return _rows_of(parts, text, values)


class Prepared:
    """Parts that a page asks for again and again with other keys: what is asked is worked out once in a process.

        _PARTS = together.Prepared(lambda file, people: (Need.objects.filter(file=file), User.objects.filter(pk__in=people)))
        needs, users = _PARTS.read(file=3, people=[1, 2])

    What is given are keys, codes, days, moments (aware), lists of numbers to be looked for with `__in`, and `Many` keys. Nothing else in
    the parts may depend on who asks or when: no clock, no reader, no place (the row policies hold as ever, they stand in the
    database).
    """

    def __init__(self, parts: Callable[..., Sequence[QuerySet[Any]]]) -> None:
        self._parts = parts
        # One for each number of keys that the lists have.
        self._for = lru_cache(maxsize=256)(self._prepare)

    def read(self, **given: Given) -> list[list[Any]]:
        """The rows of each part for these keys."""
        given = {name: _rounded(keys) for name, keys in given.items()}
        parts, text, values = self._for(tuple((name, _shape(keys)) for name, keys in given.items()))
        keys = [key for each in given.values() for key in _listed(each)]
        return _rows_of(parts, text, [keys[one.at] if isinstance(one, _Place) else one for one in values])

    def _prepare(self, shapes: tuple[tuple[str, _Shape], ...]) -> _Statement:
        """The statement with stand-ins for the keys, and where each of them stands in it."""
        numbers = count(_NO_KEY)
        given = {name: _stand_ins(shape, numbers) for name, shape in shapes}
        at = {
            _alone(key): _Place(n)
            for n, key in enumerate(key for each in given.values() for key in _listed(each))
        }
        parts = self._parts(
            **{name: list(keys.keys) if isinstance(keys, Many) else keys for name, keys in given.items()}
        )
        text, values = _written(parts)
        places = [at.get(key, value) if isinstance(key := _alone(value), Key) else value for value in values]
        if lost := set(at.values()) - {one for one in places if isinstance(one, _Place)}:
            raise ValueError(f"{len(lost)} of the keys don't stand in the statement as they are given.")
        return parts, *_with_constants(text, places)


@dataclass(frozen=True)
class _Place:
    """Where a key is put in, by its number among all that are given."""

    at: int


_Shape = tuple[
    type, int | type | None
]  # a key's type, and how many there are of it in a list; of many, what they are
_Statement = tuple[Sequence[QuerySet[Any]], str, list[Any]]
_NO_KEY = 2**62  # no row has come so far
_NO_DAY = datetime(9999, 1, 1, 0, 0, 1, tzinfo=UTC)


def _rounded(keys: Given) -> Given:
    """A list's last key again, until there are 1, 2, 4, 8 ...: so few statements serve lists of any length."""
    if isinstance(keys, Key | Many) or not keys:
        return keys
    return [*keys, *[keys[-1]] * ((1 << (len(keys) - 1).bit_length()) - len(keys))]


def _shape(keys: Given) -> _Shape:
    if isinstance(keys, Many):
        return (Many, keys.of)
    return (type(keys), None) if isinstance(keys, Key) else (int, len(keys))


def _listed(keys: Given) -> Sequence[Any]:
    if isinstance(keys, Many):
        return [list(keys.keys)]
    return [keys] if isinstance(keys, Key) else keys


def _alone(value: Any) -> Any:
    """The stand-in of many keys is a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _stand_ins(shape: _Shape, numbers: Iterator[int]) -> Given:
    kind, many = shape
    if isinstance(many, type):
        return Many([_stand_in(many, next(numbers))], of=many)  # type: ignore[list-item]  # of numbers or keys
    if many is not None:
        return [next(numbers) for _ in range(many)]
    return _stand_in(kind, next(numbers))


def _stand_in(kind: type, number: int) -> Key:
    if kind is uuid.UUID:
        return uuid.UUID(int=number)
    if kind is str:
        return str(number)
    if kind is int:
        return number
    # So many days before the calendar's last: nothing has such a date.
    day = _NO_DAY - timedelta(days=number - _NO_KEY)
    return day if kind is datetime else day.date()


def _written(parts: Sequence[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """One statement that asks for all parts, and its values."""
    texts: list[str] = []
    values: list[Any] = []
    for part in parts:
        columns = [field.attname for field in part.model._meta.concrete_fields]
        try:
            text, part_values = part.values_list(*columns).query.get_compiler(part.db).as_sql()
        except EmptyResultSet:
            texts.append("NULL")
            continue
        # As lists: the names of its columns, again and again, are most of a row.
        names = ",".join(f"c{n}" for n in range(len(columns)))
        texts.append(
            f"(SELECT json_agg(json_build_array({names}))::text FROM ({text}) row({names}))"  # noqa: S608  what Django wrote
        )
        values += part_values
    return f"SELECT {', '.join(texts)}", values


def _with_constants(text: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with what is the same each time written into it: the server then plans by it, once."""
    left = iter(values)
    keys = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(left)
        if isinstance(value, str | bool | int):
            return quote(value).replace("%", "%%")
        keys.append(value)
        return "%s"

    return re.sub("%%|%s", written, text), keys


def _rows_of(parts: Sequence[QuerySet[Any]], text: str, values: Sequence[Any]) -> list[list[Any]]:
    using = parts[0].db
    with connections[using].cursor() as cursor:
        cursor.execute(text, values)
        found = cursor.fetchone()
    return [_rows(part.model, rows, using) for part, rows in zip(parts, found, strict=True)]


def _rows(model: type[Model], text: str | None, using: str) -> list[Model]:
    names, converted = _columns(model)
    rows = json.loads(text or "[]", parse_float=None if _has_json(model) else Decimal)
    for row in rows:
        for at, convert in converted:
            if row[at] is not None:
                row[at] = convert(row[at])
    return [_row(model, using, dict(zip(names, row, strict=True))) for row in rows]


def _row(model: type[Model], using: str, values: dict[str, Any]) -> Model:
    """As `from_db` makes one, without going through each field once more: a story of years is made of a thousand."""
    one = model.__new__(model)
    one.__dict__ = values
    one._state = state = ModelState()
    state.adding, state.db = False, using
    return one


@cache
def _has_json(model: type[Model]) -> bool:
    """Whether it has a column of JSON, whose numbers are Python's own: of any other model a fraction is exact."""
    return any(isinstance(field, JSONField) for field in model._meta.concrete_fields)


@cache
def _columns(model: type[Model]) -> tuple[list[str], list[tuple[int, Callable[[Any], Any]]]]:
    """What the attributes are called, and (which of them, what makes its value of what came)."""
    fields = model._meta.concrete_fields
    return (
        [field.attname for field in fields],
        [(n, convert) for n, field in enumerate(fields) if (convert := _converter(field))],
    )


def _converter(field: Any) -> Callable[[Any], Any] | None:
    """None for words, numbers and yes or no, which are in JSON as they are in Python."""
    while field.is_relation:
        field = field.target_field
    if isinstance(field, CharField | TextField | IntegerField | BooleanField):
        return None
    if isinstance(field, DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, DateField):
        return date.fromisoformat
    if isinstance(field, DecimalField) and not _has_json(field.model):
        return Decimal
    convert: Callable[[Any], Any] = _uuid if isinstance(field, UUIDField) else field.to_python
    return convert


# A story of years says the same one again and again.
_uuid = lru_cache(maxsize=4096)(uuid.UUID)


def write(rows: Sequence[Model]) -> None:
    """Write new rows of several kinds in one statement. None may refer to another of them; their numbers are not told back."""
    if not rows:
        return
    using = connections[rows[0]._state.db or "default"].alias
    texts: list[str] = []
    values: list[Any] = []
    for kind, of_kind in groupby(rows, type):
        model: type[Model] = kind
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        query = InsertQuery(model)
        query.insert_values(fields, list(of_kind))
        ((text, kind_values),) = query.get_compiler(using).as_sql()
        texts.append(f"rows{len(texts)} AS ({text})")
        values += kind_values
    with connections[using].cursor() as cursor:
        cursor.execute(f"WITH {', '.join(texts)} SELECT", values)
