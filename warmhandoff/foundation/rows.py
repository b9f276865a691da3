"""Which rows whom: each model says it in a nested `Rows`, and each migration makes the database agree.

Deny by default: a table without a declaration gets no grant at all, and the migration stops with its name. Row security
is ENABLEd and not FORCEd: the app's login owns nothing, so it is bound; the owner's promise functions must see all rows.

    class Rows:
        rule = own()                       # rows of one organization
        rule = open_table("why it holds nothing about a person")
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models
from psycopg import sql

ME = "(SELECT NULLIF(current_setting('wh.organization', true), '')::bigint)"
ACTOR = "(SELECT NULLIF(current_setting('wh.actor', true), '')::bigint)"
# Compared as arrays, so that the planner may evaluate it once per statement.
CLASSES = "(SELECT string_to_array(current_setting('wh.classes', true), ','))::text[]"

SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
CHANGING = (SELECT, INSERT, UPDATE)
APPENDING = (SELECT, INSERT)
EVERYTHING = (SELECT, INSERT, UPDATE, DELETE)


@dataclass(frozen=True)
class Rule:
    """`read` and `write` are SQL conditions over a row of the table; `open_because` makes the table open instead.

    `{table}` in a condition is the table itself: where another table decides, ask it for this one row (EXISTS), by an index.
    `IN` would first gather all that the organization has there, at each statement, one of a single row too.
    `begin` is the condition of a new row, where it is narrower than `write`.
    """

    read: str = ""
    write: str = ""
    grants: tuple[str, ...] = CHANGING
    open_because: str = ""
    begin: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.open_because)


def own(data_class: str | None = None, *, grants: tuple[str, ...] = CHANGING) -> Rule:
    """Rows of the organization that acts: one equality, which keeps the ordered index usable.

    With `data_class` they are read only by whoever reads that class.
    """
    mine = f"organization_id = {ME}"
    return Rule(read=f"{mine} AND {reads(data_class)}" if data_class else mine, write=mine, grants=grants)


def one_members(*, grants: tuple[str, ...] = CHANGING) -> Rule:
    """Rows of one member (`membership_id`), for that member and the system alone: no colleague reads them."""
    theirs = (
        f"EXISTS (SELECT 1 FROM foundation_actor a WHERE a.id = {ACTOR}"
        " AND (a.kind = 'system' OR a.kind = 'member' AND a.subject_id = {table}.membership_id))"
    )
    mine = f"organization_id = {ME} AND {theirs}"
    return Rule(read=mine, write=mine, grants=grants)


def reads(data_class: str) -> str:
    """The condition that whoever acts reads this data class."""
    return f"'{data_class}'::text = ANY({CLASSES})"


def of_class(
    data_class: str | None = None, grants: tuple[str, ...] = EVERYTHING, *, about: tuple[str, ...] = ()
) -> Rule:
    """A data-class table under a file: the organization's own rows, or those of a live share, and only readable classes.

    Without `data_class` the row's own column of that name says it. `about` names columns that must be the share's too: free
    text is shared about one thing, never the whole file's. Deleting is for forgetting and for replacing a projection.
    """
    named = f"'{data_class}'::text" if data_class else "{table}.data_class::text"
    readable = f"{named} = ANY({CLASSES})"
    same = [f"s.{column} = {{table}}.{column}" for column in ("file_id", *about)]
    shared = (
        f"EXISTS (SELECT 1 FROM participants_share s WHERE {' AND '.join(same)} AND s.data_class::text = {named}"
        f" AND s.recipient_id = {ME} AND s.revoked_at IS NULL AND s.until > wh_now())"
    )
    return Rule(
        read=f"{readable} AND (organization_id = {ME} OR {shared})",
        write=f"organization_id = {ME}",
        grants=grants,
    )


def condition(
    read: str,
    write: str | None = None,
    grants: tuple[str, ...] = CHANGING,
    *,
    begin: str = "",
    data_class: str | None = None,
) -> Rule:
    """Conditions of its own; `{me}` stands for the organization that acts. With `data_class`, read only by who reads it."""
    written = (read if write is None else write).replace("{me}", ME)
    mine = read.replace("{me}", ME)
    return Rule(
        read=f"({mine}) AND {reads(data_class)}" if data_class else mine,
        write=written,
        grants=grants,
        begin=begin.replace("{me}", ME),
    )


def open_table(because: str, grants: tuple[str, ...] = EVERYTHING) -> Rule:
    """A table without personal data of participants; the reason is printed by the house test and the check."""
    return Rule(grants=grants, open_because=because)


# Tables of libraries: none holds anything about a participant. Whatever is not named here or in a model has no grant.
LIBRARY_TABLES: dict[str, Rule] = {
    "django_migrations": open_table("which migrations ran", grants=(SELECT,)),
    "django_content_type": open_table("names of models"),
    "django_session": open_table("sign-ins: signed keys and ids of staff"),
    "django_site": open_table("the site's name"),
    "auth_group": open_table("unused groups of staff accounts", grants=(SELECT,)),
    "auth_group_permissions": open_table("unused groups of staff accounts", grants=(SELECT,)),
    "auth_permission": open_table("unused permissions of staff accounts", grants=(SELECT,)),
    "account_emailaddress": open_table("staff accounts' mail addresses"),
    "account_emailconfirmation": open_table("staff accounts' mail addresses"),
    "mfa_authenticator": open_table("staff accounts' second factors"),
    "pghistory_context": open_table(
        "unused: the context stands in each history row", grants=(SELECT, INSERT)
    ),
    "procrastinate_jobs": open_table("jobs hold ids and codes alone"),
    "procrastinate_events": open_table("what happened to jobs"),
    "procrastinate_periodic_defers": open_table("when periodic jobs ran"),
    "procrastinate_workers": open_table("which workers are alive"),
    "django_cache": open_table("counters of sign-in attempts by hashed key"),
}
# Functions that prove, erase or move the clock: the app's login may not run them unless they guard themselves.
OWNER_ONLY_FUNCTIONS = ("wh_assert_", "wh_guard_", "wh_because_", "wh_erase_")


class RowsMissing(Exception):
    """A table that nobody said who may read."""


def declared_rules() -> Iterator[tuple[str, Rule]]:
    """(table, rule) of each table of the product and its libraries."""
    yield from LIBRARY_TABLES.items()
    for model in apps.get_models(include_auto_created=True):
        ours = model.__module__.startswith("warmhandoff.") or hasattr(model, "pgh_tracked_model")
        if ours and model._meta.managed and not model._meta.proxy:
            yield model._meta.db_table, rule_of(model)


def rule_of(model: type[models.Model]) -> Rule:
    tracked: Any = getattr(model, "pgh_tracked_model", None)
    if tracked is not None:
        # A history table holds what its table held: the same rows are visible, and nothing is ever changed.
        of_table = rule_of(tracked)
        return Rule(of_table.read, of_table.write, APPENDING, of_table.open_because)
    rows = getattr(model, "Rows", None)
    if rows is None and model._meta.auto_created:
        return rule_of(model._meta.auto_created)  # type: ignore[arg-type]
    if rows is None:
        raise RowsMissing(f"{model._meta.label} does not say who may read its rows: give it a nested Rows")
    rule: Rule = rows.rule
    return rule


def sync_after_migrate(sender: object, using: str = "default", **kwargs: object) -> None:
    if using == "owner":
        sync(using)


def sync(using: str = "owner") -> None:
    """Make grants and policies equal to the declarations, in one transaction."""
    from django.db import transaction

    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        present = {row[0] for row in cursor.fetchall()}
        rules = dict(declared_rules())
        undeclared = sorted(present - rules.keys())
        if undeclared:
            raise RowsMissing(f"no one said who may read: {', '.join(undeclared)}")
        _drop_policies(cursor)
        for table in sorted(present & rules.keys()):
            for statement in statements_for(table, rules[table]):
                cursor.execute(statement)
        _sync_functions(cursor)


def statements_for(table: str, rule: Rule) -> Iterator[str]:
    yield f'REVOKE ALL ON "{table}" FROM PUBLIC, wh_app, wh_reader, wh_employer, wh_eraser'
    yield f'GRANT {", ".join(rule.grants)} ON "{table}" TO wh_app'
    if rule.is_open:
        yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'
        return
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield from policies_for(table, rule)


def policies_for(table: str, rule: Rule) -> Iterator[str]:
    """The policies that a rule declares, as statements."""
    if rule.is_open:
        return
    read, write, begin = (
        each.replace("{table}", f'"{table}"') for each in (rule.read, rule.write, rule.begin or rule.write)
    )
    yield f'CREATE POLICY wh_read ON "{table}" FOR SELECT TO wh_app USING ({read})'
    yield f'CREATE POLICY wh_insert ON "{table}" FOR INSERT TO wh_app WITH CHECK ({begin})'
    if UPDATE in rule.grants:
        yield f'CREATE POLICY wh_update ON "{table}" FOR UPDATE TO wh_app USING ({write}) WITH CHECK ({write})'
    if DELETE in rule.grants:
        yield f'CREATE POLICY wh_delete ON "{table}" FOR DELETE TO wh_app USING ({write})'


def _drop_policies(cursor: Any) -> None:
    cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    for table, name in cursor.fetchall():
        cursor.execute(f'DROP POLICY "{name}" ON "{table}"')


def _sync_functions(cursor: Any) -> None:
    cursor.execute("GRANT USAGE ON SCHEMA public TO wh_app, wh_reader, wh_employer, wh_eraser")
    cursor.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, wh_app")
    cursor.execute(_COUNTERS_OF_LIBRARIES)
    for (name,) in cursor.fetchall():
        cursor.execute(f"GRANT USAGE ON SEQUENCE {name} TO wh_app")
    cursor.execute(
        "SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prokind = 'f' AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )
    for signature, name in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, wh_app")
        if not name.startswith(OWNER_ONLY_FUNCTIONS):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO wh_app")


# The database numbers our own rows by itself; whoever may read such a counter could count other organizations' people.
_COUNTERS_OF_LIBRARIES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'S' AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
"""


# --- Proof --------------------------------------------------------------------------------------------------------

# What it is called, command, roles, kind, and both conditions as the database itself writes them down.
_POLICIES = """
SELECT c.relname, p.polname, p.polcmd::text,
       COALESCE((SELECT string_agg(r.rolname, ',' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY(p.polroles)), 'public'),
       CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
       COALESCE(pg_get_expr(p.polqual, p.polrelid), ''), COALESCE(pg_get_expr(p.polwithcheck, p.polrelid), '')
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
"""
# Every right on a table, view or column of ours that anyone but its owner has; 0 is everybody.
_GRANTS = """
SELECT c.relname, a.privilege_type, COALESCE(r.rolname, 'public'), ''
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.grantee <> c.relowner
UNION ALL
SELECT c.relname, a.privilege_type, COALESCE(r.rolname, 'public'), t.attname
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
       aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
 WHERE n.nspname = 'public' AND a.grantee <> c.relowner
"""
_TABLES = """
SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
# What is wrong, with which table. The three literals say what is declared; the rest asks the database what is there.
_WRONG = f"""
WITH declared AS (SELECT * FROM jsonb_to_recordset(%(tables)s::jsonb) AS d(name text, is_open boolean, is_ours boolean)),
     wanted_policy AS (SELECT * FROM jsonb_to_recordset(%(policies)s::jsonb)
                       AS p(name text, policy text, command text, roles text, kind text, reads text, writes text)),
     wanted_grant AS (SELECT * FROM jsonb_to_recordset(%(grants)s::jsonb) AS g(name text, permits text, grantee text, of_column text)),
     there AS (SELECT t.relname::text AS name, t.relrowsecurity AS secured FROM ({_TABLES}) t),
     policy AS (SELECT x.relname::text AS name, x.polname::text, x.polcmd, x.roles, x.kind, x.reads, x.writes
                FROM ({_POLICIES} WHERE n.nspname = 'public') AS x(relname, polname, polcmd, roles, kind, reads, writes)),
     granted AS (SELECT x.relname::text AS name, x.permits::text, x.grantee::text, x.of_column::text
                 FROM ({_GRANTS}) AS x(relname, permits, grantee, of_column))
SELECT 'table that is missing' AS what, d.name AS which FROM declared d
 WHERE d.is_ours AND NOT EXISTS (SELECT 1 FROM there t WHERE t.name = d.name)
UNION ALL
SELECT 'table that nobody declared', t.name FROM there t WHERE NOT EXISTS (SELECT 1 FROM declared d WHERE d.name = t.name)
UNION ALL
SELECT 'grants other than declared', t.name FROM there t JOIN declared d ON d.name = t.name
 WHERE t.name IN (SELECT name FROM (TABLE granted EXCEPT TABLE wanted_grant) more UNION SELECT name FROM (TABLE wanted_grant EXCEPT TABLE granted) less)
UNION ALL
SELECT CASE WHEN t.secured THEN 'row security on an open table' ELSE 'row security is off' END, t.name
  FROM there t JOIN declared d ON d.name = t.name WHERE t.secured = d.is_open
UNION ALL
SELECT 'policies other than declared', t.name FROM there t JOIN declared d ON d.name = t.name
 WHERE t.name IN (SELECT name FROM (TABLE policy EXCEPT TABLE wanted_policy) more UNION SELECT name FROM (TABLE wanted_policy EXCEPT TABLE policy) less)
ORDER BY 2, 1
"""


def policies_proof(using: str = "owner") -> tuple[str, str]:
    """(how many tables there are, which of them aren't as declared): two questions that anybody who sees the catalog may ask."""
    rules = dict(declared_rules())
    ours = rules.keys() - LIBRARY_TABLES.keys()
    with connections[using].cursor() as cursor:
        cursor.execute(_TABLES)
        there = {row[0] for row in cursor.fetchall()}
        policies = [
            dict(zip(_OF_A_POLICY, (table, *declared), strict=True))
            for table in sorted(there & rules.keys())
            for declared in sorted(_declared_policies(cursor, table, rules[table]))
        ]
    tables = [
        {"name": table, "is_open": rule.is_open, "is_ours": table in ours} for table, rule in rules.items()
    ]
    grants = [
        {"name": table, "permits": permits, "grantee": "wh_app", "of_column": ""}
        for table, rule in rules.items()
        for permits in rule.grants
    ]
    said = {"tables": tables, "policies": policies, "grants": grants}
    return f"SELECT count(*) FROM ({_TABLES}) t", _WRONG % {
        name: _literal(each) for name, each in said.items()
    }


_OF_A_POLICY = ("name", "policy", "command", "roles", "kind", "reads", "writes")


def _literal(value: object) -> str:
    return sql.Literal(json.dumps(value)).as_string()


def tables_without_their_policy(using: str = "owner") -> tuple[int, list[tuple[str, str]]]:
    """(tables examined, (what is wrong, table) of each whose policies or grants are not the declared ones)."""
    examined, wrong = policies_proof(using)
    with connections[using].cursor() as cursor:
        cursor.execute(examined)
        count = cursor.fetchone()[0]
        cursor.execute(wrong)
        return count, cursor.fetchall()


def _declared_policies(cursor: Any, table: str, rule: Rule) -> set[tuple[str, ...]]:
    """What the table's policies must read like.

    The database writes a condition down in its own way, so it is asked to write down the declared ones: on an empty twin of
    the table that exists for a moment, for us alone, and locks nothing that anyone uses.
    """
    if rule.is_open:
        return set()
    cursor.execute(f'CREATE TEMP TABLE "{table}" (LIKE public."{table}")')
    try:
        for statement in policies_for(f'pg_temp"."{table}', rule):
            cursor.execute(statement)
        cursor.execute(f"{_POLICIES} WHERE p.polrelid = 'pg_temp.\"{table}\"'::regclass")
        return {tuple(rest) for _, *rest in cursor.fetchall()}
    finally:
        cursor.execute(f'DROP TABLE pg_temp."{table}"')
