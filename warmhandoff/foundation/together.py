"""Several lists of rows in one statement: the parts of a page that no join puts together.

    notes, needs = together.read(Narrative.objects.filter(...), Need.objects.filter(...))

Each part is a subquery of its own, under the same row policies as ever, in its own order. Rows are whole: no part of a
queryset that changes what a row is (`values`, `annotate`, `select_related`) is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.sql import InsertQuery


def read(*parts: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each part."""
    texts, values = [], []
    using = parts[0].db
    for part in parts:
        columns = [field.attname for field in part.model._meta.concrete_fields]
        try:
            text, part_values = part.values_list(*columns).query.get_compiler(using).as_sql()
        except EmptyResultSet:
            texts.append("NULL")
            continue
        texts.append(f"(SELECT json_agg(row)::text FROM ({text}) row)")  # noqa: S608  what Django wrote
        values += part_values
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", values)
        found = cursor.fetchone()
    return [_rows(part.model, text, using) for part, text in zip(parts, found, strict=True)]


def _rows(model: type[Model], text: str | None, using: str) -> list[Model]:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    return [
        model.from_db(using, names, [field.to_python(row[field.column]) for field in fields])
        for row in json.loads(text or "[]")
    ]


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
