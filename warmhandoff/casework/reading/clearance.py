"""Record clearance, for pages: opening it is written down, as of everything of the class justice."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from warmhandoff.casework.models import Clearance, ClearanceEvent
from warmhandoff.foundation import privacy
from warmhandoff.foundation.models import Actor
from warmhandoff.participants.models import Participant


def clearances_of(file: Participant, *, by: Actor) -> list[Clearance]:
    """With their steps in order, newest first; who looked is logged, where there is something to see."""
    found = list(_all().filter(file=file).order_by("-opened_on", "-id"))
    if found:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=["justice"], by=by)
    return found


def _all() -> QuerySet[Clearance]:
    steps = ClearanceEvent.objects.select_related("by").order_by("id")
    return Clearance.objects.prefetch_related(Prefetch("events", steps))
