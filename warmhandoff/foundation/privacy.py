"""Data classes, who may read them, and the log of who did."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from warmhandoff.foundation.models import AccessLog, Actor
from warmhandoff.foundation.scoping import current, current_organization

CLASSES_IN_USE = (
    "contact", "needs", "narrative", "work_education", "right_to_work", "demographics", "housing_family", "justice",
    "program", "violence_prevention",
)  # fmt: skip
# Every class that the design knows. A table for one is made when it is first used; a need carries the class of its code.
ALL_CLASSES = (
    "contact", "needs", "work_education", "housing_family", "health", "substance_use", "justice", "supervision",
    "violence_prevention", "demographics", "right_to_work", "narrative", "program",
)  # fmt: skip


def opened(*, person_id: uuid.UUID, subject: tuple[str, int], classes: Iterable[str], by: Actor) -> None:
    """Write down that `by` was shown these classes of a person's file."""
    AccessLog.objects.create(
        organization_id=current_organization(),
        actor=by,
        person_id=person_id,
        subject_kind=subject[0],
        subject_id=subject[1],
        data_classes=sorted(set(classes)),
        purpose=current().purpose,
    )
