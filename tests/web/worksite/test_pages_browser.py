"""Hours in a real browser, wide and narrow, from the plan to the supervisor's word; scripts off for the supervisor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from tests.programs import paid_work
from tests.programs.paid_work import written
from tests.web.network.test_pages_browser import enter
from tests.web.organization.test_pages_browser import look
from warmhandoff.foundation import mail_links
from warmhandoff.programs.actions import hours
from warmhandoff.programs.models import WorksiteLink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


def test_the_supervisor_without_scripts(c, chromium, live_server):
    with c.acting("denise", NOW) as denise:
        sheet = written(paid_work.begun(c, denise), denise, (8, 7.5, 8, 0, 6.25, 0, 0))
    address = f"{live_server.url}/w/{mail_links.token_of(WorksiteLink.objects.get())}/"
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        page.click("text=Something is not right")
        page.click("button:has-text('Send it back')")
        assert page.title().startswith("Error")
        page.click("label:has-text('The hours of a day differ')")
        page.click("button:has-text('Send it back')")
        assert "Nothing waits for you" in page.content()
    with c.acting("denise", NOW) as denise:
        hours.correct_hours(sheet=sheet, hours=sheet.hours, reason="sent_back", by=denise.actor)


def test_each_page_of_the_supervisor(c, page, live_server):
    with c.acting("denise", NOW) as denise:
        sheet = written(paid_work.begun(c, denise), denise, (8, 7.5, 8, 0, 6.25, 0, 0))
    address = f"{live_server.url}/w/{mail_links.token_of(WorksiteLink.objects.get())}/"
    page.goto(address)
    look(page, "worksite-waits")
    page.goto(f"{address}not-right/{sheet.code}/?lang=es")
    page.click("form button")
    look(page, "worksite-not-right")
    page.goto(address)
    page.click("button:has-text('hours are right')")
    look(page, "worksite-nothing")
    page.goto(f"{live_server.url}/w/{'x' * 12}/")
    look(page, "worksite-gone")


def test_paid_work_of_somebody(c, page, live_server):
    with c.acting("denise", NOW) as denise:
        found = paid_work.planned(c, denise, agreed=False)
        home = f"{live_server.url}/people/{found.file.code}/work/"
    enter(page, c, "denise", live_server)
    page.goto(f"{home}new/")
    page.click("button:has-text('Plan it')")
    look(page, "work-plan-errors")
    page.goto(f"{home}{found.code}/")
    look(page, "work-introduce")
    page.click("label:has-text('Yes, they agree')")
    page.fill("[name=name]", "Rosa M.")
    page.click("label:has-text('They said so to us')")
    page.click("button:has-text('Write it down')")
    page.click("button:has-text('Write it down')")  # they have begun, on the planned day
    look(page, "work-first-hours")
    page.click("text=Write down the hours")
    page.fill("[name=day_0]", "25")
    page.click("button:has-text('Save the hours')")
    look(page, "work-hours-errors")
    page.fill("[name=day_0]", "8")
    page.click("button:has-text('Save the hours')")
    look(page, "work-weeks")
    page.click("text=Approve by a signed paper")
    look(page, "work-own-hours")
    page.goto(home)
    look(page, "work-list")


def test_employers_and_wages(c, page, live_server):
    enter(page, c, "denise", live_server)
    page.goto(f"{live_server.url}/employers/")
    look(page, "employers-none")
    with c.acting("denise", NOW) as denise:
        site, _contact = paid_work.worksite(denise)
    page.goto(f"{live_server.url}/employers/")
    look(page, "employers-list")
    address = f"{live_server.url}/employers/{site.employer.code}/"
    page.goto(address)
    look(page, "employer")
    page.goto(f"{address}worksites/add/")
    page.click("button:has-text('Add it')")
    look(page, "employer-worksite-errors")
    page.goto(f"{address}contacts/add/")
    look(page, "employer-contact")
    page.goto(f"{live_server.url}/employers/occupations/")
    look(page, "occupations")
    page.goto(f"{live_server.url}/employers/occupations/47-2231/")
    look(page, "occupation")
    enter(page, c, "adam", live_server)
    page.goto(f"{live_server.url}/employers/least-wages/")
    look(page, "least-wages")
    page.goto(f"{live_server.url}/employers/least-wages/add/")
    page.click("button:has-text('Write it down')")
    look(page, "least-wage-errors")
