"""How the people of an organization are spread over those who hold them, and who of them is slipping away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef

from warmhandoff.casework.protocol import OUT_OF_TOUCH_DAYS, WITHOUT_SERVICE_DAYS
from warmhandoff.casework.reading.services import last_services
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import FileEvent, Participant

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Kept:
    """One person who is held: when somebody was last in touch with them, what was given last, what is due."""

    person_id: uuid.UUID
    owner: Owner
    step_id: int
    due_at: datetime
    # Talked with, or given something; the day they came to whoever holds them where neither has happened yet.
    in_touch: date | None
    served: date | None
    held_since: date
    today: date

    @property
    def days_out_of_touch(self) -> int:
        return (self.today - (self.in_touch or self.held_since)).days

    @property
    def is_out_of_touch(self) -> bool:
        return self.days_out_of_touch >= OUT_OF_TOUCH_DAYS

    @property
    def days_without_service(self) -> int:
        """Since the last service; 0 for whom none is given here."""
        return (self.today - self.served).days if self.served else 0

    @property
    def is_without_service(self) -> bool:
        return self.days_without_service >= WITHOUT_SERVICE_DAYS

    @property
    def is_late(self) -> bool:
        return self.due_at < clock.now()

    @property
    def is_due_soon(self) -> bool:
        return not self.is_late and self.due_at < clock.now() + SOON


@dataclass
class Load:
    """All whom one colleague, or the queue, holds: longest out of touch first."""

    owner: Owner
    people: list[Kept] = field(default_factory=list)

    @property
    def out_of_touch(self) -> list[Kept]:
        return [each for each in self.people if each.is_out_of_touch]

    @property
    def without_service(self) -> list[Kept]:
        return [each for each in self.people if each.is_without_service]

    @property
    def late(self) -> list[Kept]:
        return [each for each in self.people if each.is_late]

    @property
    def due_soon(self) -> list[Kept]:
        return [each for each in self.people if each.is_due_soon]


def caseloads(owner: Owner | None = None) -> list[Load]:
    """Every load of this organization, or that of one holder; the fullest first."""
    here = current_organization()
    held = Custody.objects.filter(organization_id=here, until__isnull=True)
    if owner is not None and owner.membership_id:
        held = held.filter(membership_id=owner.membership_id)
    elif owner is not None:
        held = held.filter(queue_id=owner.queue_id or 0)
    rows = list(
        held.order_by("id").values_list(
            "person_id", "membership_id", "queue_id", "next_step_id", "next_step__due_at", "since"
        )
    )
    files = dict(
        Participant.objects.filter(
            organization_id=here, person_id__among=[row[0] for row in rows]
        ).values_list("person_id", "pk")
    )
    talked, served = _talked(list(files.values())), last_services(list(files.values()))
    place = current_place()
    today = clock.today(place.zone)
    loads: dict[Owner, Load] = {}
    for person_id, membership_id, queue_id, step_id, due_at, since in rows:
        file = files.get(person_id, 0)
        last = [day for day in (talked.get(file), served.get(file)) if day]
        holder = Owner(here, membership_id=membership_id, queue_id=queue_id)
        loads.setdefault(holder, Load(holder)).people.append(
            Kept(
                person_id=person_id,
                owner=holder,
                step_id=step_id,
                due_at=due_at,
                in_touch=max(last, default=None),
                served=served.get(file),
                held_since=place.day_of(since),
                today=today,
            )
        )
    for load in loads.values():
        load.people.sort(key=lambda each: -each.days_out_of_touch)
    return sorted(loads.values(), key=lambda load: -len(load.people))


def _talked(files: list[int]) -> dict[int, date]:
    """The day on which somebody here last talked with them, by file; a try is no talk."""
    later = FileEvent.objects.filter(supersedes_id=OuterRef("pk"))
    found = (
        FileEvent.objects.filter(
            ~Exists(later), file_id__in=files, kind=FileEvent.Kind.CONTACTED, detail__endswith=":reached"
        )
        .order_by()
        .values_list("file_id")
        .annotate(last=Max("happened_at"))
    )
    place = current_place()
    return {file: place.day_of(last) for file, last in found}
