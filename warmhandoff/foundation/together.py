"""Several lists of rows in one statement: the parts of a page that no join puts together.

    notes, needs = together.read(Narrative.objects.filter(...), Need.objects.filter(...))

Each part is a subquery of its own, under the same row policies as ever, in its own order. Rows are whole: no part of a
queryset that changes what a row is (`values`, `annotate`, `select_related`) is looked at.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import count, groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, CharField, IntegerField, Model, QuerySet, TextField
from django.db.models.base import ModelState
from django.db.models.sql import InsertQuery

Key = int | uuid.UUID | date


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

    What is given are keys, days, moments (aware), lists of numbers to be looked for with `__in`, and `Many` keys. Nothing else in
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
        return parts, text, places


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


def _stand_in(kind: type, number: int) -> int | uuid.UUID | date:
    if kind is uuid.UUID:
        return uuid.UUID(int=number)
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
        texts.append(f"(SELECT json_agg(row)::text FROM ({text}) row)")  # noqa: S608  what Django wrote
        values += part_values
    return f"SELECT {', '.join(texts)}", values


def _rows_of(parts: Sequence[QuerySet[Any]], text: str, values: Sequence[Any]) -> list[list[Any]]:
    using = parts[0].db
    with connections[using].cursor() as cursor:
        cursor.execute(text, values)
        found = cursor.fetchone()
    return [_rows(part.model, rows, using) for part, rows in zip(parts, found, strict=True)]


def _rows(model: type[Model], text: str | None, using: str) -> list[Model]:
    columns = _columns(model)
    return [
        _row(model, using, {name: convert(row[column]) for name, column, convert in columns})
        for row in json.loads(text or "[]")
    ]


def _row(model: type[Model], using: str, values: dict[str, Any]) -> Model:
    """As `from_db` makes one, without going through each field once more: a story of years is made of a thousand."""
    one = model.__new__(model)
    one.__dict__.update(values)
    one._state = ModelState()
    one._state.adding, one._state.db = False, using
    return one


@cache
def _columns(model: type[Model]) -> list[tuple[str, str, Callable[[Any], Any]]]:
    """(attribute, column, what makes the value of it)."""
    return [(field.attname, field.column, _converter(field)) for field in model._meta.concrete_fields]


def _converter(field: Any) -> Callable[[Any], Any]:
    """Words, numbers and yes or no are in JSON as they are in Python."""
    while field.is_relation:
        field = field.target_field
    as_it_is = isinstance(field, CharField | TextField | IntegerField | BooleanField)
    return _same if as_it_is else field.to_python


def _same(value: Any) -> Any:
    return value


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
