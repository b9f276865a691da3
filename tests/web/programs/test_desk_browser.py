"""The Programs desk and an enrollment as a browser shows them, wide and narrow, filled and empty. Photographs go to var/pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.web.people.desk import days, let_pass
from tests.web.people.test_pages_browser import LONG, chromium, enter, let_it_be, look, page
from warmhandoff.casework.actions.plan import begin_plan
from warmhandoff.programs.actions import enrollment as verbs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
__all__ = ["chromium", "page"]
TODAY = cast.MONDAY.date()


def test_the_desk_filled(page: Page, live_server, c, rosa):
    first = cast.program(c)
    cast.program(c, slug="second", slots=2)
    with c.acting("denise") as denise:
        near = cast.enrolled(c, denise, contract=first, file=rosa, on=TODAY - timedelta(days=80), active=True)
        for name in (("Omar", "Reed"), ("Tia", "Brooks"), LONG):
            cast.enrolled(c, denise, contract=first, file=cast.take_in(denise, cast.told(*name)))
        asks = verbs.apply(
            file=cast.take_in(denise, cast.told("Ana", "Ortiz")), contract=first, by=denise.actor
        )
        waits = verbs.apply(
            file=cast.take_in(denise, cast.told("Luis", "Prado")), contract=first, by=denise.actor
        )
        verbs.waitlist(enrollment=waits, review_on=TODAY + timedelta(days=12), by=denise.actor)
        begin_plan(file=rosa, review_on=TODAY + timedelta(days=30), by=denise.actor)
    let_pass(days(0))
    let_it_be(cast.MONDAY)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/programs/")
    look(page, "programs-desk")
    for name, one in (("near", near), ("asked", asks), ("waits", waits)):
        page.goto(f"{live_server.url}/programs/taking-part/{one.code}/")
        look(page, f"programs-enrollment-{name}")
    page.goto(f"{live_server.url}/programs/taking-part/{asks.code}/place/")
    look(page, "programs-enroll")
    page.get_by_role("button", name="They said yes").click()
    look(page, "programs-enroll-refused")
    page.goto(f"{live_server.url}/programs/taking-part/{asks.code}/list/")
    look(page, "programs-list")
    page.goto(f"{live_server.url}/programs/taking-part/{near.code}/left/")
    look(page, "programs-leave")
    page.goto(f"{live_server.url}/people/{rosa.code}/program/")
    look(page, "programs-person")
    page.goto(f"{live_server.url}/people/{rosa.code}/release/")
    look(page, "programs-release-in-the-way")


def test_the_desk_empty_and_asking(page: Page, live_server, c, rosa):
    let_it_be(cast.MONDAY)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/programs/")
    look(page, "programs-desk-none")
    cast.program(c)
    page.goto(f"{live_server.url}/programs/")
    look(page, "programs-desk-empty")
    page.goto(f"{live_server.url}/programs/apply/{rosa.code}/")
    look(page, "programs-apply")
    page.goto(f"{live_server.url}/people/{rosa.code}/program/")
    look(page, "programs-person-empty")
