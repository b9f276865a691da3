"""A day that counts for the exit rule, as each subject says it: below them all, so that `served` can gather them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Days:
    """Of one enrollment: a day on which they were served, or one for which it is planned."""

    enrollment_id: int
    served_on: date | None = None
    planned_on: date | None = None
