"""What a database holds, in a form that can be compared: rows, and all that makes them safe.

Each part is a question that answers with (name, what it is). Rows are compared by number and by a sum over each row's
own fingerprint, so that a changed letter shows; nothing of a row's content leaves the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import sql

from warmhandoff.foundation import logins

ROWS: Final = "rows"
Contents = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Difference:
    part: str
    name: str
    before: str
    after: str


def read(connection: psycopg.Connection[Any]) -> Contents:
    """All parts, as that connection (the owner's) sees them."""
    connection.execute("SET timezone TO 'UTC'")
    ours = {"roles": [logins.OWNER, *logins.LOGIN_OF_GROUP, *logins.LOGIN_OF_GROUP.values()]}
    found = {
        part: {
            str(name): _in_one_way(str(what)) for name, what in connection.execute(question, ours).fetchall()
        }
        for part, question in _QUESTIONS.items()
    }
    found[ROWS] = {table: _rows(connection, table) for table in sorted(found["row security"])}
    return found


def _in_one_way(what: str) -> str:
    """PostgreSQL writes a list of words in two ways: as it was first told, and as it reads its own writing."""
    return _CAST_AS_A_LIST.sub(lambda found: f"ARRAY[{_CAST_ONE_BY_ONE(found[1])}]", what)


def _rows(connection: psycopg.Connection[Any], table: str) -> str:
    question = sql.SQL(
        "SELECT count(*) || ' rows, ' || COALESCE(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ONLY {} AS t"
    )
    row = connection.execute(question.format(sql.Identifier("public", table))).fetchone()
    return str(row[0]) if row else ""


def number_of_rows(contents: Contents) -> int:
    return sum(int(what.split()[0]) for what in contents[ROWS].values())


def differences(before: Contents, after: Contents, parts: tuple[str, ...] = ()) -> list[Difference]:
    """What is missing, added or other; of those parts, or of all."""
    found = []
    for part in parts or before:
        here, there = before[part], after[part]
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                found.append(Difference(part, name, here.get(name, "nothing"), there.get(name, "nothing")))
    return found


_WORD: Final = r"'(?:[^']|'')*'::character varying"
_CAST_AS_A_LIST: Final = re.compile(rf"\(ARRAY\[({_WORD}(?:, {_WORD})*)\]\)::text\[\]")
_CAST_ONE_BY_ONE: Final = partial(re.compile(f"({_WORD})").sub, r"(\1)::text")

_IN_PUBLIC: Final = "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"
_ACL: Final = """
SELECT {kind} || ' ' || {name}, COALESCE((SELECT string_agg(
           a.privilege_type || ' to ' || COALESCE(r.rolname, 'public'), ', ' ORDER BY a.privilege_type, r.rolname)
         FROM aclexplode({acl}) a LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> {owner}), 'nobody')
"""


def _acl(kind: str, name: str, acl: str, owner: str, rows: str) -> str:
    return _ACL.format(kind=f"'{kind}'", name=name, acl=acl, owner=owner) + rows


_QUESTIONS: Final = {
    "row security": f"SELECT c.relname, c.relrowsecurity || ' ' || c.relforcerowsecurity FROM pg_class c {_IN_PUBLIC} WHERE c.relkind IN ('r', 'p')",
    "columns": f"""
        SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
               || a.attidentity::text || a.attgenerated::text || ' ' || COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid {_IN_PUBLIC}
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm')""",
    "constraints": f"""
        SELECT c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
          FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid {_IN_PUBLIC} WHERE k.contype <> 'n'""",
    "indexes": f"SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_class c {_IN_PUBLIC} WHERE c.relkind = 'i'",
    "triggers": f"""
        SELECT c.relname || '.' || t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid {_IN_PUBLIC} WHERE NOT t.tgisinternal""",
    "functions": """
        SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner) || ' ' || md5(pg_get_functiondef(p.oid))
          FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind <> 'a'""",
    "types": """
        SELECT t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
          FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = 'public'::regnamespace
         GROUP BY t.typname""",
    "policies": """
        SELECT tablename || '.' || policyname, concat_ws(' | ', permissive, roles, cmd, qual, with_check)
          FROM pg_policies WHERE schemaname = 'public'""",
    "grants": " UNION ALL ".join(
        [
            _acl("table", "c.relname", "c.relacl", "c.relowner",
                 f"FROM pg_class c {_IN_PUBLIC} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')"),
            _acl("column", "c.relname || '.' || t.attname", "t.attacl", "c.relowner",
                 f"FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid {_IN_PUBLIC} WHERE t.attacl IS NOT NULL"),
            _acl("function", "p.oid::regprocedure::text", "COALESCE(p.proacl, acldefault('f', p.proowner))", "p.proowner",
                 "FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"),
            _acl("schema", "n.nspname", "n.nspacl", "n.nspowner", "FROM pg_namespace n WHERE n.nspname = 'public'"),
            _acl("database", "'this'", "COALESCE(d.datacl, acldefault('d', d.datdba))", "d.datdba",
                 "FROM pg_database d WHERE d.datname = current_database()"),
        ]
    ),
    "owners": f"SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c {_IN_PUBLIC} WHERE c.relkind <> 'i'",
    "counters": "SELECT sequencename, COALESCE(last_value::text, 'unused') FROM pg_sequences WHERE schemaname = 'public'",
    "roles": """
        SELECT r.rolname, concat_ws(' ', r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication,
                                    r.rolbypassrls, r.rolinherit,
               (SELECT string_agg(g.rolname, ',' ORDER BY g.rolname) FROM pg_roles g JOIN pg_auth_members m ON m.roleid = g.oid
                 WHERE m.member = r.oid))
          FROM pg_roles r WHERE r.rolname = ANY(%(roles)s)""",
    "settings": """
        SELECT 'this', array_to_string(s.setconfig, ', ') FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
         WHERE d.datname = current_database() AND s.setrole = 0""",
}  # fmt: skip
# What a database is made of, without what is in it: equal after migrations that were killed and run again.
MADE_OF: Final = (
    "row security", "columns", "constraints", "indexes", "triggers", "functions", "types", "policies", "grants", "owners",
)  # fmt: skip
