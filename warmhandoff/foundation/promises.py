"""Promises that are proved over all rows.

Each room registers the queries that prove its part: how many rows were examined, and which break the promise. `warmhandoff
check` runs them as the owner, who sees every row, and prints one line a promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connections

from warmhandoff.foundation.rows import policies_proof

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


def all_of_them(using: str = "owner") -> list[Proof]:
    """Each room's proofs, promise after promise, and that the tables are as declared: P8 means that too."""
    examined, wrong = policies_proof(using)
    return sorted(
        [*_proofs, Proof("P8", "no one sees what is not theirs", examined, wrong)],
        key=lambda proof: proof.promise,
    )


def run(using: str = "owner", *, most_examples: int = 10) -> list[Finding]:
    """All promises, in order, over all rows."""
    findings: dict[str, Finding] = {}
    proofs = all_of_them(using)
    with connections[using].cursor() as cursor:
        for proof in proofs:
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
    return list(findings.values())
