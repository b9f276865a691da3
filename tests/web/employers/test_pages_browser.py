"""Ending a contact or a worksite, and another supervisor, wide and narrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from tests.programs import paid_work
from tests.web.network.test_pages_browser import enter
from tests.web.organization.test_pages_browser import look
from warmhandoff.employers import actions as employers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)


@pytest.fixture
def c(settings, the_cast):
    cache.clear()
    settings.DEMO = True
    return the_cast


def test_each_page(c, page, live_server):
    with c.acting("denise", NOW) as denise:
        found = paid_work.begun(c, denise)
        file, joan, site = found.file, found.supervisor, found.site
        employer = site.employer
        told = employers.Asked("Sam Ito", "Floor lead", "555-0178", "sam@ocampo.example")
        employers.add_contact(employer=employer, told=told, by=denise.actor)
    enter(page, c, "denise", live_server)
    there, one = (
        f"{live_server.url}/employers/{employer.code}/",
        f"{live_server.url}/people/{file.code}/work/{found.code}/",
    )
    page.goto(f"{one}?say=change_supervisor")
    page.click("main form button.usa-button")
    page.wait_for_selector(".summary")
    look(page, "work-another-supervisor")
    page.goto(f"{there}contacts/{joan.code}/end/")
    look(page, "employer-end-contact")
    page.click("main form button.usa-button")
    page.wait_for_selector(".saved")
    page.goto(f"{there}worksites/{site.code}/end/")
    look(page, "employer-end-site")
    page.click("main form button.usa-button")
    page.wait_for_selector(".saved")
    look(page, "employer-ended")
    page.goto(one)
    look(page, "work-nobody-oversees")
