"""Statements whose plans the server keeps.

Each row policy adds subqueries, so that planning a statement takes longer than reading by it. A connection sends a statement
as a prepared one from the second time on (`KEEP_PLANS` in the settings), and the server then keeps its plan: where that is no
worse than planning anew, as it is for all but the beginning of a name. A plan holds no rows and no values: the policies ask
at each execution who acts.

A kept plan belongs to one text with one set of types. So a number is sent as the same type whatever its size, and many are
sent as one list: `filter(pk__among=numbers)`, where `IN` is another text for each length.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.db.models import CharField, Field, ForeignKey, Lookup
from django.db.models.sql import Query
from psycopg.adapt import Dumper, PyFormat
from psycopg.types.numeric import IntDumper

# As many statements as all pages and verbs together have, for each connection.
KEPT: Final = 400


class SameIntDumper(IntDumper):
    """Numbers as `integer`, and what doesn't fit as ever."""

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:
        if -(2**31) <= obj < 2**31:
            return self._int4_dumper
        return super().upgrade(obj, format)


def keep_plans(connection: Any, **_: Any) -> None:
    raw = connection.connection
    raw.prepared_max = KEPT
    raw.adapters.register_dumper(int, SameIntDumper)


def go_by_kept_plans(using: str = DEFAULT_DB_ALIAS) -> None:
    """To the end of this transaction, statements go by the plans that are kept, whatever the values.

    For a page of many large statements by keys alone: the server believes that it plans better by the values each time, which
    takes longer than reading. Never where the beginning of a name is looked for.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")


class Among(Lookup):  # type: ignore[type-arg]  # not to be subscripted when it runs
    """`= ANY`: one of these values, or of the rows of a subquery, which is read once."""

    lookup_name = "among"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(lhs, ArraySubquery(rhs) if isinstance(rhs, Query) else rhs)

    def get_prep_lookup(self) -> Any:
        if hasattr(self.rhs, "resolve_expression"):
            return self.rhs
        field = self.lhs.output_field
        return [field.get_prep_value(each) for each in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "as_sql"):
            rhs, more = compiler.compile(self.rhs)
            return f"{lhs} = ANY({rhs})", [*params, *more]
        return f"{lhs} = ANY(%s)", [*params, self.rhs]


class Begins(Lookup):  # type: ignore[type-arg]  # not to be subscripted when it runs
    """The text begins so. `LIKE` isn't leakproof, so under a row policy no index serves it; `^@` is, and one does."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        rhs, more = self.process_rhs(compiler, connection)
        return f"{lhs} ^@ {rhs}", [*params, *more]


def ready() -> None:
    Field.register_lookup(Among)
    CharField.register_lookup(Begins)
    ForeignKey.register_lookup(Among)  # keys look no further up for theirs
    connection_created.connect(keep_plans, dispatch_uid="keep_plans")
