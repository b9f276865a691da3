"""Services given: those of a person, of a day, and when the last one was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import Count, QuerySet

from warmhandoff.casework.models import CoachingSession, ServiceGiven
from warmhandoff.foundation import privacy, terms
from warmhandoff.foundation.models import Actor, Term
from warmhandoff.foundation.scoping import current, current_organization
from warmhandoff.network.models import Membership
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import LOGGED


def last_service(file: Participant) -> date | None:
    """The day of the last service that was given to somebody, of whichever kind; None where there was none."""
    return last_services([file.pk]).get(file.pk)


def last_services(files: Collection[int]) -> dict[int, date]:
    """The same for many of this organization's files; only those that had one.

    It is the day alone, so that whoever reads taking part computes it alike, whether or not they read that it was health care.
    """
    if not files:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT of_file, last_on FROM wh_last_services(%s)", [list(files)])
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Given:
    """What was given to a person, newest first: what stands, and for each what it corrected."""

    services: list[ServiceGiven]
    before: dict[int, ServiceGiven]

    def first_of(self, service: ServiceGiven) -> ServiceGiven:
        """The row that it was recorded with, before it was corrected: what else was said then belongs to it."""
        while service.pk in self.before:
            service = self.before[service.pk]
        return service

    def session_of(self, service: ServiceGiven) -> CoachingSession | None:
        return getattr(self.first_of(service), "coaching", None)

    @cached_property
    def totals(self) -> dict[str, Decimal]:
        """Units by code, the most first."""
        found: dict[str, Decimal] = {}
        for service in self.services:
            found[service.code] = found.get(service.code, Decimal(0)) + service.units
        return dict(sorted(found.items(), key=lambda item: -item[1]))


def given_to(file: Participant, *, by: Actor) -> Given:
    """Every service given to somebody that `by` may read; opening a class that is logged writes the log."""
    rows = list(
        ServiceGiven.objects.filter(file=file)
        .select_related("staff__user", "by", "coaching")
        .order_by("-on", "-id")
    )
    opened = {row.data_class for row in rows} & LOGGED
    if opened:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=opened, by=by)
    by_id = {row.pk: row for row in rows}
    gone = {row.supersedes_id for row in rows}
    return Given(
        services=[row for row in rows if row.pk not in gone and not row.struck],
        before={row.pk: by_id[row.supersedes_id] for row in rows if row.supersedes_id in by_id},
    )


def given_on(day: date, code: str) -> QuerySet[ServiceGiven]:
    """What was given on a day under a code, to anyone of this organization's people."""
    return ServiceGiven.objects.standing().filter(organization_id=current_organization(), on=day, code=code)


def usual_codes(staff: Membership, since: date) -> list[str]:
    """What a colleague gave since a day, the most often first."""
    found = ServiceGiven.objects.standing().filter(staff=staff, on__gte=since)
    return list(
        found.order_by()
        .values("code")
        .annotate(n=Count("pk"))
        .order_by("-n", "code")
        .values_list("code", flat=True)
    )


def offered() -> list[Term]:
    """The services that can be recorded now, of the classes that the reader reads."""
    classes = current().classes
    return [term for term in terms.in_force("service_given") if term.data_class in classes]


def unit_of(code: str) -> str:
    """What a service is counted in: the code of its unit."""
    term = terms.known().get(("service_given", code))
    return term.parent if term else ""
