"""Asking once more, and two files in which something goes on, as a browser shows them, wide and narrow. Photographs go to var/pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page
from warmhandoff.casework.actions import plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
__all__ = ["chromium", "page"]


def test_asked_once_more_and_two_files(page: Page, live_server, c, rosa):
    cast.program(c)
    with c.acting("denise") as denise:
        one = cast.enrolled(c, denise, file=rosa, active=True)
        twice = cast.take_in(denise, cast.told("Rossa", "Mendosa"))
        plan.begin_plan(file=twice, review_on=cast.MONDAY.date() + timedelta(days=30), by=denise.actor)
    let_it_be(cast.MONDAY)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/programs/taking-part/{one.code}/agreed/")
    look(page, "programs-agree")
    page.get_by_role("button", name="Record what they said").click()
    look(page, "programs-agree-refused")
    page.locator("label[for=id_answer_1]").click()
    page.get_by_text("On paper", exact=True).click()
    page.get_by_role("button", name="Record what they said").click()
    look(page, "programs-agree-no")
    page.goto(f"{live_server.url}/people/{rosa.code}/holder/same-as/{twice.code}/")
    look(page, "people-same-both-go-on")
    with c.acting("denise") as denise:
        plan.end_plan(plan=plan.Plan.objects.get(file=twice), scores={}, by=denise.actor)
    page.reload()
    look(page, "people-same-one-goes-on")
