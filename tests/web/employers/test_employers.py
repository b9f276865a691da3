"""Employers, least wages and occupations on their pages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tests.cast import MONDAY
from tests.programs import paid_work
from tests.web.people.test_work import Desk
from warmhandoff.employers.models import Employer, EmployerContact
from warmhandoff.foundation import clock
from warmhandoff.labor_market.models import WageFloor

pytestmark = pytest.mark.django_db


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


def test_an_employer_with_a_worksite_and_whom_one_asks(c):
    desk = Desk(c)
    assert "No employer is written down yet" in desk.get("/employers/")
    desk.send("/employers/add/", name="Ocampo Print Works")
    assert (
        "on the list already"
        in desk.send("/employers/add/", 422, name="ocampo  print works").content.decode()
    )
    path = f"/employers/{Employer.objects.get().code}/"
    site = {
        "address": "1200 Palm Street, Los Angeles",
        "locality": "los_angeles_city",
        "locality_source": "the county’s locator, Nov 23",
    }
    desk.send(path + "worksites/add/", **site)
    assert "on the list already" in desk.send(path + "worksites/add/", 422, **site).content.decode()
    page = desk.get(path)
    assert "An hour pays at least $17.87" in page and "not verified yet" in page
    who = {"name": "Joan Ocampo", "email": "joan@ocampo.example", "language": "es"}
    assert "Career Connections" in desk.get(path + "contacts/add/")
    desk.send(path + "contacts/add/", **who)
    with c.acting("denise"):
        contact = EmployerContact.objects.get()
        assert contact.mailbox.language == "es"
    desk.send(f"{path}contacts/{contact.code}/", **who | {"email": "j@ocampo.example", "title": "Shift lead"})
    assert "j@ocampo.example" in desk.get(path)
    assert "1200 Palm Street" in desk.get("/employers/?q=print") and "No employer here is called" in desk.get(
        "/employers/?q=bakery"
    )


def test_whom_one_organization_asks_another_does_not_see(c):
    with c.acting("denise") as denise:
        site, contact = paid_work.worksite(denise)
    page = Desk(c, "ines").get(f"/employers/{site.employer.code}/")
    assert "1200 Palm Street" in page and "Joan" not in page
    Desk(c, "ines").get(f"/employers/{site.employer.code}/contacts/{contact.code}/", 404)
    Desk(c, "grace").get(f"/employers/{site.employer.code}/")
    Desk(c, "grace").get("/employers/add/", 403)


def test_least_wages_are_told_with_their_source_and_set_by_the_administrator(c):
    adam = Desk(c, "adam")
    page = adam.get("/employers/least-wages/")
    assert "$17.87" in page and "not verified yet" in page and page.index("Hold today") < page.index("Before")
    floor = {
        "locality": "los_angeles_city",
        "rate": "18.40",
        "source": "wagesla.example",
        "valid_from_month": "7",
        "valid_from_day": "1",
    }
    adam.send("/employers/least-wages/add/", 422, **floor, valid_from_year="2026")
    assert (
        "hours were paid by it" in adam.says and WageFloor.objects.filter(rate=Decimal("18.40")).count() == 0
    )
    adam.send("/employers/least-wages/add/", **floor, valid_from_year="2027")
    assert WageFloor.objects.get(rate=Decimal("18.40")).verified_on is not None
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    pasadena = WageFloor.objects.get(locality__code="pasadena")
    with clock.at(MONDAY):
        assert (
            adam.client.post(f"/employers/least-wages/{pasadena.code}/verify/", {"form_key": key}).status_code
            == 302
        )
    pasadena.refresh_from_db()
    assert pasadena.verified_on == MONDAY.date()
    denise = Desk(c)
    assert "I read it there today" not in denise.get("/employers/least-wages/")
    denise.get("/employers/least-wages/add/", 403)


def test_occupations_by_sector_and_by_name(c):
    desk = Desk(c)
    page = desk.get("/employers/occupations/")
    assert "Green jobs" in page and "$28.65" in page and "not verified yet" in page
    found = desk.get("/employers/occupations/?q=welder")
    assert "Welders, Cutters, Solderers, and Brazers" in found and "$27.00" in found
    assert "No occupation is called" in desk.get("/employers/occupations/?q=wizard")
    one = desk.get("/employers/occupations/47-2231/")
    assert "$22.63 $23.48" in one and "Bureau of Labor Statistics" in one
    desk.get("/employers/occupations/99-9999/", 404)
