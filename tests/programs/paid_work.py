"""A made-up worksite, and somebody who works there: for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests import cast
from warmhandoff.employers import actions as employers
from warmhandoff.employers.models import Employer, EmployerContact, Site
from warmhandoff.labor_market.models import Locality, Occupation
from warmhandoff.network import access
from warmhandoff.programs.actions import hours, work
from warmhandoff.programs.models import PaidWork, Timesheet

LAST_WEEK = date(2026, 11, 16)  # a Monday; the tests act on the Monday after it
EIGHTS = (8, 8, 8, 8, 8, 0, 0)


def worksite(
    by: access.Member,
    *,
    name: str = "Ocampo Print Works",
    locality: str = "los_angeles_city",
    email: str = "joan@ocampo.example",
) -> tuple[Site, EmployerContact]:
    """An employer with one address, and a supervisor whom `by`'s organization asks there."""
    employer = Employer.objects.filter(name=name).first() or employers.add_employer(name=name, by=by.actor)
    site = employer.sites.first() or employers.add_site(
        employer=employer,
        told=employers.Address("1200 Palm Street, Los Angeles", Locality.objects.get(code=locality)),
        by=by.actor,
    )
    contact = employers.add_contact(
        employer=employer, told=employers.Asked("Joan Ocampo", "Shift lead", "555-0177", email), by=by.actor
    )
    return site, contact


def planned(
    c: cast.Cast, by: access.Member, *, hourly: str = "19.50", agreed: bool = True, **more: object
) -> PaidWork:
    """Somebody who takes part is to work there from the week before; they have agreed to be introduced as Rosa M."""
    enrollment = more.pop("enrollment", None) or cast.enrolled(c, by, on=date(2026, 11, 2))
    site, supervisor = more.pop("at", None) or worksite(by)
    first = more.pop("begins", LAST_WEEK)
    found = work.plan_work(
        enrollment=enrollment,
        place=work.Place(site, site.employer, supervisor, "pwe", Occupation.objects.get(soc="51-5112")),
        planned=work.Planned(first, first + timedelta(days=102), 200),
        hourly=Decimal(hourly),
        by=by.actor,
    )
    if agreed:
        work.introduce(work=found, agrees=True, how="spoken", name="Rosa M.", by=by.actor)
    return found


def begun(c: cast.Cast, by: access.Member, **more: object) -> PaidWork:
    return work.start_work(work=planned(c, by, **more), on=LAST_WEEK, by=by.actor)


def written(
    found: PaidWork, by: access.Member, days: tuple[object, ...] = EIGHTS, week: date = LAST_WEEK
) -> Timesheet:
    return hours.write_hours(work=found, week=week, hours=[Decimal(str(day)) for day in days], by=by.actor)
