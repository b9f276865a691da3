"""Which rows whom: each model says it in a nested `Rows`, and each migration makes the database agree.

Deny by default: a table without a declaration gets no grant at all, and the migration stops with its name. Row security
is ENABLEd and not FORCEd: the app's login owns nothing, so it is bound; the owner's promise functions must see all rows.

    class Rows:
        rule = own()                       # rows of one organization
        rule = open_table("why it holds nothing about a person")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models

ME = "(SELECT NULLIF(current_setting('wh.organization', true), '')::bigint)"
# Compared as arrays, so that the planner may evaluate it once per statement.
CLASSES = "(SELECT string_to_array(current_setting('wh.classes', true), ','))::text[]"

SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"
CHANGING = (SELECT, INSERT, UPDATE)
APPENDING = (SELECT, INSERT)
EVERYTHING = (SELECT, INSERT, UPDATE, DELETE)


@dataclass(frozen=True)
class Rule:
    """`read` and `write` are SQL conditions over a row of the table; `open_because` makes the table open instead."""

    read: str = ""
    write: str = ""
    grants: tuple[str, ...] = CHANGING
    open_because: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.open_because)


def own(column: str = "organization_id", grants: tuple[str, ...] = CHANGING) -> Rule:
    """Rows of the organization that acts: one equality, which keeps the ordered index usable."""
    return Rule(read=f"{column} = {ME}", write=f"{column} = {ME}", grants=grants)


def of_class(data_class: str | None = None, grants: tuple[str, ...] = EVERYTHING) -> Rule:
    """A data-class table under a file: the organization's own rows, or those of a live share, and only readable classes.

    Without `data_class` the row's own column of that name says it. Deleting is for forgetting and for replacing a projection.
    """
    named = f"'{data_class}'::text" if data_class else "data_class::text"
    readable = f"{named} = ANY({CLASSES})"
    shared = (
        "file_id IN (SELECT s.file_id FROM participants_share s"
        f" WHERE s.recipient_id = {ME} AND s.data_class = {named}"
        " AND s.revoked_at IS NULL AND s.until > wh_now())"
    )
    return Rule(
        read=f"{readable} AND (organization_id = {ME} OR {shared})",
        write=f"organization_id = {ME}",
        grants=grants,
    )


def condition(read: str, write: str | None = None, grants: tuple[str, ...] = CHANGING) -> Rule:
    """A condition of its own; `{me}` stands for the organization that acts."""
    return Rule(
        read=read.format(me=ME), write=(read if write is None else write).format(me=ME), grants=grants
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
    "usersessions_usersession": open_table("sign-ins of staff"),
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
        for table in sorted(present & rules.keys()):
            for statement in statements_for(table, rules[table]):
                cursor.execute(statement)
        _sync_functions(cursor)


def statements_for(table: str, rule: Rule) -> Iterator[str]:
    yield f'REVOKE ALL ON "{table}" FROM PUBLIC, wh_app, wh_reader, wh_employer, wh_eraser'
    yield f'GRANT {", ".join(rule.grants)} ON "{table}" TO wh_app'
    for name in ("read", "insert", "update", "delete"):
        yield f'DROP POLICY IF EXISTS wh_{name} ON "{table}"'
    if rule.is_open:
        yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'
        return
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'CREATE POLICY wh_read ON "{table}" FOR SELECT TO wh_app USING ({rule.read})'
    yield f'CREATE POLICY wh_insert ON "{table}" FOR INSERT TO wh_app WITH CHECK ({rule.write})'
    if UPDATE in rule.grants:
        yield f'CREATE POLICY wh_update ON "{table}" FOR UPDATE TO wh_app USING ({rule.write}) WITH CHECK ({rule.write})'
    if DELETE in rule.grants:
        yield f'CREATE POLICY wh_delete ON "{table}" FOR DELETE TO wh_app USING ({rule.write})'


def _sync_functions(cursor: Any) -> None:
    cursor.execute("GRANT USAGE ON SCHEMA public TO wh_app, wh_reader, wh_employer, wh_eraser")
    cursor.execute("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO wh_app")
    cursor.execute(
        "SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.prokind = 'f' AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    )
    for signature, name in cursor.fetchall():
        cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, wh_app")
        if not name.startswith(OWNER_ONLY_FUNCTIONS):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO wh_app")


def tables_without_their_policy(using: str = "owner") -> tuple[int, list[tuple[str, str]]]:
    """(tables examined, (what is wrong, table) of each whose policies or grants are not the declared ones)."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
        )
        secured = dict(cursor.fetchall())
        cursor.execute(
            "SELECT tablename, policyname, cmd, roles::text[], permissive FROM pg_policies WHERE schemaname = 'public'"
        )
        policies: dict[str, set[tuple[str, str, str, str]]] = {}
        for table, name, command, roles, permissive in cursor.fetchall():
            policies.setdefault(table, set()).add((name, command, ",".join(roles), permissive))
        cursor.execute(
            "SELECT table_name, array_agg(DISTINCT privilege_type::text) FROM information_schema.role_table_grants"
            " WHERE table_schema = 'public' AND grantee IN ('wh_app', 'PUBLIC') GROUP BY table_name"
        )
        granted = {table: set(privileges) for table, privileges in cursor.fetchall()}
    rules = dict(declared_rules())
    wrong = []
    for table in sorted(secured):
        rule = rules.get(table)
        if rule is None:
            wrong.append(("table that nobody declared", table))
            continue
        if granted.get(table, set()) != set(rule.grants):
            wrong.append(("grants other than declared", table))
        if secured[table] == rule.is_open:
            wrong.append(
                ("row security is off" if secured[table] is False else "row security on an open table", table)
            )
        if policies.get(table, set()) != _expected_policies(rule):
            wrong.append(("policies other than declared", table))
    return len(secured), wrong


def _expected_policies(rule: Rule) -> set[tuple[str, str, str, str]]:
    if rule.is_open:
        return set()
    commands = {"read": SELECT, "insert": INSERT}
    commands |= {"update": UPDATE} if UPDATE in rule.grants else {}
    commands |= {"delete": DELETE} if DELETE in rule.grants else {}
    return {(f"wh_{name}", command, "wh_app", "PERMISSIVE") for name, command in commands.items()}
