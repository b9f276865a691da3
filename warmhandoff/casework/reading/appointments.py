"""What is planned with someone, and when it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Min, QuerySet

from warmhandoff.casework.models import Appointment
from warmhandoff.casework.states import PLANNED
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant


def appointments_of(file: Participant) -> QuerySet[Appointment]:
    """All that were ever made with someone, the latest first."""
    found = Appointment.objects.filter(file=file).select_related("membership__user", "location", "mailbox")
    return found.order_by("-starts_at", "-id")


def planned(file: Participant) -> QuerySet[Appointment]:
    """What is still to come or to be told of: whatever nobody has said of how it went, the first one first."""
    return appointments_of(file).filter(state=PLANNED).order_by("starts_at", "id")


def next_planned(file: Participant) -> date | None:
    """The day of the next appointment with someone, where one is to come."""
    return next_planned_of([file.pk]).get(file.pk)


def next_planned_of(file_ids: Iterable[int]) -> dict[int, date]:
    """The same for many files, in one statement; those without one are not in it."""
    to_come = Appointment.objects.filter(file_id__in=list(file_ids), state=PLANNED, ends_at__gt=clock.now())
    found = to_come.order_by().values("file_id").annotate(first=Min("starts_at"))
    place = current_place()
    return {row["file_id"]: place.day_of(row["first"]) for row in found}


def appointment_or_404(code: str) -> Appointment:
    found = (
        Appointment.objects.filter(code=code, organization_id=current_organization())
        .select_related("file", "membership__user", "location", "mailbox")
        .first()
    )
    if found is None:
        raise NotYours()
    return found
