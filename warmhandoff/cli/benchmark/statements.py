"""Which statements count: those that read or change rows, without what opens, sets and ends a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection

_TRANSACTION: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ")
_CONTEXT: Final = "SELECT wh_enter("

Statement = tuple[Any, Any]


def is_transactions(sql: Any) -> bool:
    return str(sql).startswith(_TRANSACTION)


def is_counted(sql: Any) -> bool:
    return not is_transactions(sql) and not str(sql).startswith(_CONTEXT)


@contextmanager
def heard() -> Iterator[list[Statement]]:
    """The statements (text, values) that Django sends meanwhile, as the app's login."""
    said: list[Statement] = []

    def listen(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        said.extend((sql, each) for each in params) if many else said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield said


def counted(said: Sequence[Statement]) -> int:
    return sum(is_counted(sql) for sql, _ in said)
