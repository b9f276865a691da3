"""Who takes part, who waits, who is near the day on which they count as out: for the Programs desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import Participant
from warmhandoff.programs.models import Contract, Enrollment
from warmhandoff.programs.reading.served import Standing, standing_of
from warmhandoff.programs.reading.terms import in_force
from warmhandoff.programs.states import APPLIED, OPEN, TAKES_PART, WAITLISTED


def contracts_of(on: date) -> QuerySet[Contract]:
    """What this organization delivers on that day."""
    ours = Contract.objects.filter(in_force(on), provider_id=current_organization())
    return ours.select_related("agency", "funding").order_by("program_id", "valid_from", "id")


def places_taken(contracts: Sequence[Contract]) -> dict[int, int]:
    """How many take part, by contract."""
    taking_part = Enrollment.objects.filter(contract__in=contracts, state__in=TAKES_PART).order_by()
    return dict(taking_part.values("contract_id").annotate(n=Count("pk")).values_list("contract_id", "n"))


def our_enrollment(code: str) -> Enrollment:
    """This organization's own, with this code."""
    found = Enrollment.objects.filter(code=code, organization_id=current_organization())
    one = found.select_related(
        "file__listing", "file__contact", "contract__agency", "contract__funding"
    ).first()
    if one is None:
        raise NotYours()
    return one


def open_enrollments(file: Participant) -> QuerySet[Enrollment]:
    """What somebody takes part in here, asks for or waits for."""
    found = Enrollment.objects.filter(file=file, state__in=OPEN).select_related("contract__agency")
    return found.order_by("applied_on", "id")


@dataclass(frozen=True)
class Desk:
    """What the Programs desk asks about: whom to look at first, and how many there are."""

    asked: list[Enrollment]
    waiting: list[Enrollment]
    near: list[tuple[Enrollment, Standing]]
    taking_part: QuerySet[Enrollment]


def desk(contract: Contract | None = None) -> Desk:
    """Of this organization, of one contract where it is named: first whom the rule is near, who asked first, who is looked at first."""
    ours = Enrollment.objects.filter(organization_id=current_organization()).select_related(
        "file__listing", "contract__agency"
    )
    if contract is not None:
        ours = ours.filter(contract=contract)
    taking_part = ours.filter(state__in=TAKES_PART)
    today = clock.today(current_place().zone)
    standings = standing_of(taking_part)
    near = [
        (one, standings[one.pk])
        for one in taking_part
        if one.pk in standings and standings[one.pk].is_near(today)
    ]
    return Desk(
        asked=list(ours.filter(state=APPLIED).order_by("applied_on", "id")),
        waiting=list(ours.filter(state=WAITLISTED).order_by("review_on", "applied_on", "id")),
        near=sorted(near, key=lambda each: (each[1].out_on or today, each[0].pk)),
        taking_part=taking_part.order_by("file__listing__last_sort", "id"),
    )
