"""What the demo's pages may know of everybody: counts, never a row. Functions of the owner answer, and only in a demo.

They are made whenever a demo begins, in its own database, and written from what stands in the code today: the check is
the very proofs that `warmhandoff check` runs, so that the two can't drift apart. Each refuses where the mark is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, connections, transaction
from psycopg import sql

from warmhandoff.foundation import promises
from warmhandoff.referrals.states import ACCEPTED, SENT, UNDER_WAY

# Runs as the owner, who sees every row; the mark is asked each time, since whoever may call it may call it anywhere.
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS TABLE ({columns})
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $counts$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT 1 FROM foundation_databasemark WHERE kind = 'demo') THEN
        RAISE EXCEPTION 'only a demo counts everybody for everybody' USING ERRCODE = '42501', CONSTRAINT = 'wh_counts_demo';
    END IF;
    {body}
END
$counts$
"""


NAMES = ("wh_demo_check", "wh_demo_houses", "wh_demo_ways")


def install(using: str = "owner") -> None:
    """Make these functions anew, as the owner; the app's login may call them."""
    bodies = (
        (_FINDING, _questions(promises.all_of_them(using))),
        (_HOUSE, f"RETURN QUERY {_HOUSES};"),
        (_WAY, f"RETURN QUERY {_WAYS};"),
    )
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        uninstall(using)
        for name, (columns, body) in zip(NAMES, bodies, strict=True):
            cursor.execute(_FUNCTION.format(name=name, columns=columns, body=body))
            cursor.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {name}() TO wh_app")


def uninstall(using: str = "owner") -> None:
    with connections[using].cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


# --- The check ----------------------------------------------------------------------------------------------------

_FINDING = "promise text, says text, examined bigint, broken bigint"


@dataclass(frozen=True)
class Finding:
    """One promise: how many rows were examined for it, and how many break it."""

    promise: str
    says: str
    examined: int
    broken: int


def check() -> list[Finding]:
    """Each promise, proved anew over all rows; whoever asks learns two numbers a promise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT promise, min(says), sum(examined)::bigint, sum(broken)::bigint FROM wh_demo_check()"
            " GROUP BY promise ORDER BY promise"
        )
        return [Finding(*row) for row in cursor.fetchall()]


def _questions(proofs: Iterable[promises.Proof]) -> str:
    return "\n".join(
        f"RETURN QUERY SELECT {_said(proof.promise)}, {_said(proof.says)}, ({proof.examined})::bigint,"
        f" (SELECT count(*) FROM ({proof.broken}) AS broken_rows);"
        for proof in proofs
    )


def _said(words: str) -> str:
    return f"{sql.Literal(words).as_string()}::text"


# --- The living picture -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class House:
    """An organization that takes part: how many people it holds, who of its staff answers for them, whom it serves."""

    code: str
    name: str
    people: int
    named: int
    staff: int
    late: int
    serves: int


@dataclass(frozen=True)
class Way:
    """From who holds them to whom was asked: how many wait for an answer, and how many for the call after a yes."""

    sender: str
    receiver: str
    asked: int
    accepted: int


def houses() -> list[House]:
    """Whoever holds somebody or serves somebody, or was asked to; who holds most people first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wh_demo_houses() ORDER BY people DESC, serves DESC, name")
        return [House(*row) for row in cursor.fetchall()]


def ways() -> list[Way]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wh_demo_ways() ORDER BY sender, receiver")
        return [Way(*row) for row in cursor.fetchall()]


_HOUSE = "code text, name text, people bigint, named bigint, staff bigint, late bigint, serves bigint"
_HOUSES = f"""
SELECT o.code::text, o.name::text, h.people, h.named, h.staff, h.late, s.serves
  FROM network_organization o
 CROSS JOIN LATERAL (
    SELECT count(*) AS people, count(m.id) AS named, count(DISTINCT m.id) AS staff,
           count(*) FILTER (WHERE EXISTS (SELECT 1 FROM foundation_duty d WHERE d.person_id = c.person_id
                                             AND d.closed_at IS NULL AND d.due_at < wh_now())) AS late
      FROM custody_custody c
      LEFT JOIN network_queue q ON q.id = c.queue_id
      LEFT JOIN network_membership m ON m.id = COALESCE(c.membership_id, q.lead_id) AND m.state = 'active'
     WHERE c.organization_id = o.id AND c.until IS NULL) h
 CROSS JOIN LATERAL (
    SELECT count(DISTINCT r.person_id) AS serves FROM referrals_referral r
      JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL AND c.organization_id <> o.id
     WHERE r.receiver_id = o.id AND r.state IN ({", ".join(f"'{state}'" for state in UNDER_WAY)})) s
 WHERE o.standing = 'member' AND o.state = 'active' AND (h.people > 0 OR s.serves > 0 OR EXISTS (
    SELECT 1 FROM referrals_referral r WHERE r.receiver_id = o.id AND r.state = '{SENT}'))
"""
_WAY = "sender text, receiver text, asked bigint, accepted bigint"
_WAYS = f"""
SELECT f.code::text, t.code::text, count(*) FILTER (WHERE r.state = '{SENT}'), count(*) FILTER (WHERE r.state = '{ACCEPTED}')
  FROM referrals_referral r
  JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL
  JOIN network_organization f ON f.id = c.organization_id
  JOIN network_organization t ON t.id = r.receiver_id AND t.id <> f.id
 WHERE r.state IN ('{SENT}', '{ACCEPTED}')
 GROUP BY f.code, t.code
"""
