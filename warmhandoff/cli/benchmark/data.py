"""A made-up network of a given size, written by the owner in sets; the promises are proved over it afterwards.

As for a restored dump, triggers are off while it is written, and foreign keys and indexes are made after it: they are then
checked over all rows. Check constraints hold throughout. What the triggers would have kept is proved by `promises.run()` over
all rows: data that break a promise are never measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import connections
from django.db.models import NOT_PROVIDED, Model
from psycopg import sql

from warmhandoff.foundation import promises
from warmhandoff.foundation.codes import sort_key
from warmhandoff.participants.identity import keeping

STATEMENTS: Final = Path(__file__).with_name("data.sql")
FIRST_NAMES: Final = (
    "Rosa", "Luis", "Denise", "Marcus", "Inés", "Jamal", "Keisha", "Andrés", "Tanya", "Óscar", "Maria", "José", "Angela",
    "Darnell", "Lucía", "Kevin", "Ebony", "Rafael", "Tiffany", "Héctor", "Nia", "Carlos", "Monique", "Ángel", "Patricia",
    "Terrence", "Yolanda", "Miguel", "Crystal", "Antonio", "Latoya", "Jesús", "Sandra", "Andre", "Gloria", "Ramón", "Brenda",
    "Tyrone", "Silvia", "Eduardo", "Michelle", "Javier", "Veronica", "Isaiah", "Leticia", "Manuel", "Shanice", "Pedro",
)  # fmt: skip
LAST_NAMES: Final = (
    "Mendoza", "Carter", "Álvarez", "Webb", "Johnson", "Hernández", "Brown", "García", "Jackson", "López", "Washington",
    "Martínez", "Robinson", "Pérez", "Harris", "Gómez", "Walker", "Sánchez", "Scott", "Ramírez", "Green", "Torres", "Adams",
    "Flores", "Nelson", "Rivera", "Mitchell", "Ortiz", "Turner", "Cruz", "Parker", "Reyes", "Evans", "Morales", "Edwards",
    "Gutiérrez", "Collins", "Chávez", "Stewart", "Ramos", "Morris", "Vásquez", "Cook", "Castillo", "Rogers", "Jiménez", "Peterson",
    "Romero", "Bailey", "Herrera", "Cooper", "Medina", "Richardson", "Aguilar", "Cox", "Vargas", "Howard", "Guzmán", "Ward",
    "Méndez", "Okafor", "Salazar", "Brooks", "Soto", "Kelly", "Delgado", "Price", "Pena", "Bennett", "Ríos", "Wood", "Alvarado",
    "Barnes", "Sandoval", "Ross", "Contreras", "Henderson", "Valdez", "Coleman", "Ibarra", "Jenkins", "Estrada", "Perry", "Zapata",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large the network is."""

    people: int
    referrals: int
    organizations: int


class Broken(Exception):
    """The data break a promise, so nothing is measured on them."""


def build(size: Size, using: str = "owner") -> list[promises.Finding]:
    """Write the network into the empty, migrated database, and prove the promises over it."""
    with connections[using].cursor() as cursor:
        # For this connection alone: the data are made up and made again, in statements as large as the network.
        cursor.execute(
            "SET synchronous_commit = off; SET work_mem = '128MB'; SET maintenance_work_mem = '512MB'; SET jit = off"
        )
        _write_what_statements_need(cursor, size)
        with _triggers_off(cursor), _keys_and_indexes_afterwards(cursor), _defaults(cursor):
            for statement in statements():
                cursor.execute(statement)
        keeping.rebuild(using)  # its questions need the indexes
        _set_counters(cursor)
        # As the server itself would have done after a while: not while pages are measured.
        cursor.execute("VACUUM (ANALYZE)")
    findings = promises.run(using)
    connections[using].close()
    if any(finding.broken for finding in findings):
        raise Broken("\n".join(line for each in findings for line in each.examples))
    return findings


def statements() -> Iterator[str]:
    for statement in STATEMENTS.read_text("utf-8").split(";\n"):
        if statement.strip():
            yield statement


def _write_what_statements_need(cursor: Any, size: Size) -> None:
    cursor.execute("CREATE TEMP TABLE size (people bigint, referrals bigint, organizations bigint)")
    cursor.execute("INSERT INTO size VALUES (%s, %s, %s)", [size.people, size.referrals, size.organizations])
    for table, names in (("first_names", FIRST_NAMES), ("last_names", LAST_NAMES)):
        cursor.execute(f"CREATE TEMP TABLE {table} (i bigint PRIMARY KEY, name text, sort text)")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in enumerate(names):
                copy.write_row((*row, sort_key(row[1])))


@contextmanager
def _triggers_off(cursor: Any) -> Iterator[None]:
    """Ours alone, the history's too: the database's own, which keep foreign keys, can't be switched off by an owner."""
    cursor.execute(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT tgisinternal AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        " AND c.relname NOT LIKE 'procrastinate%'"
    )
    tables = [row[0] for row in cursor.fetchall()]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def _keys_and_indexes_afterwards(cursor: Any) -> Iterator[None]:
    """Foreign keys looked up row by row, and indexes kept row by row, cost most of the time. Primary keys stay."""
    keys = _named(
        cursor,
        "SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c"
        " WHERE c.contype IN ('f', 'u') AND c.conrelid::regclass::text NOT LIKE 'procrastinate%'"
        " AND c.connamespace = 'public'::regnamespace ORDER BY c.contype, 1, 2",
    )
    indexes = _named(
        cursor,
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisprimary"
        " AND t.relname NOT LIKE 'procrastinate%'"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1, 2",
    )
    for table, name, _definition in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for _table, name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield  # what was half written is dropped with its database
    for _table, _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in reversed(keys):  # what a key points at must be unique first
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@contextmanager
def _defaults(cursor: Any) -> Iterator[None]:
    """What the statements don't name is as in a new row of the model: such a column needs no word in them."""
    defaults = [
        (sql.Identifier(model._meta.db_table), sql.Identifier(column), sql.Literal(value))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model.__module__.startswith("warmhandoff.")
        for column, value in _plain_defaults(model)
    ]
    for table, column, value in defaults:
        cursor.execute(sql.SQL("ALTER TABLE {} ALTER {} SET DEFAULT {}").format(table, column, value))
    yield
    for table, column, _value in defaults:
        cursor.execute(sql.SQL("ALTER TABLE {} ALTER {} DROP DEFAULT").format(table, column))


def _plain_defaults(model: type[Model]) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        plain = not callable(field.default) or field.default in (list, dict)
        if (
            not field.null
            and not field.primary_key
            and not field.is_relation
            and field.db_default is NOT_PROVIDED
            and plain
        ):
            value = field.get_default()
            if value is not None:
                yield field.column, field.get_db_prep_save(value, connections["owner"])


def _named(cursor: Any, statement: str) -> list[tuple[str, str, str]]:
    cursor.execute(statement)
    return list(cursor.fetchall())


def _set_counters(cursor: Any) -> None:
    """Rows were numbered by hand: the next one gets the next number."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'"
    )
    for table, column in cursor.fetchall():
        last = f"SELECT max({column}) AS last FROM {table}"  # noqa: S608  the database's own names
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), last) FROM ({last}) l WHERE last IS NOT NULL",  # noqa: S608
            [table, column],
        )
