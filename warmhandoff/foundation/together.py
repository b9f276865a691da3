"""Several lists of rows in one statement: the parts of a page that no join puts together.

    notes, needs = together.read(Narrative.objects.filter(...), Need.objects.filter(...))

Each part is a subquery of its own, under the same row policies as ever, in its own order. Rows are whole: no part of a
queryset that changes what a row is (`values`, `annotate`, `select_related`) is looked at.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet


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
