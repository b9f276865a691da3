"""Percentiles of what was timed, in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    return {"p50": at(seconds, 0.50), "p95": at(seconds, 0.95)}


def at(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
