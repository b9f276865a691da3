"""Promises that are proved over all rows.

Each room registers the queries that prove its part: how many rows were examined, and which break the promise. `warmhandoff
check` runs them as the owner, who sees every row, and prints one line a promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connections

from warmhandoff.foundation.rows import tables_without_their_policy

_proofs: list[Proof] = []


@dataclass(frozen=True)
class Proof:
    """`examined` counts rows; `broken` selects (what is wrong, which row) for each row that breaks the promise."""

    promise: str
    says: str
    examined: str
    broken: str


@dataclass
class Finding:
    promise: str
    rows: int = 0
    broken: int = 0
    says: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def proves(*proofs: Proof) -> None:
    _proofs.extend(proofs)


def registered() -> list[Proof]:
    return sorted(_proofs, key=lambda proof: (proof.promise, proof.says))


def run(using: str = "owner", *, most_examples: int = 10) -> list[Finding]:
    """All promises, in order, over all rows."""
    findings: dict[str, Finding] = {}
    with connections[using].cursor() as cursor:
        for proof in sorted(_proofs, key=lambda p: p.promise):
            finding = findings.setdefault(proof.promise, Finding(proof.promise))
            cursor.execute(proof.examined)
            finding.rows += cursor.fetchone()[0]
            cursor.execute(proof.broken)
            broken = cursor.fetchall()
            finding.broken += len(broken)
            if proof.says not in finding.says:
                finding.says.append(proof.says)
            room = most_examples - len(finding.examples)
            finding.examples += [f"{what}: {which}" for what, which in broken[:room]]
    _policies(findings.setdefault("P8", Finding("P8")), using)
    return list(findings.values())


def _policies(finding: Finding, using: str) -> None:
    """P8 also means: each table with the policy its model declares, or on the open list."""
    examined, wrong = tables_without_their_policy(using)
    finding.rows += examined
    finding.broken += len(wrong)
    finding.examples += [f"{what}: {table}" for what, table in wrong]
