"""The paper and the pages around it, as an eye meets them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.cast import MONDAY
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.participants.profile import Answers, learn
from warmhandoff.referrals import carried

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def test_how_they_look(page: Page, live_server, c):  # noqa: F811
    let_it_be(MONDAY)
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise)
        learn(file=rosa, answers=Answers(papers={"photo_id": "has"}, gender="woman"), by=denise.actor)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/{rosa.code}/facts/")
    look(page, "people-facts")
    page.goto(f"{live_server.url}/people/{rosa.code}/carry/")
    look(page, "people-carry")
    page.select_option("select[name=service]", c.services["solar"].code)
    page.get_by_role("button", name="Make the paper").click()
    look(page, "people-paper")
    page.emulate_media(media="print")
    page.screenshot(path="var/pictures/people-paper-print.png", full_page=True)
    page.emulate_media(media="screen")
    with c.acting("denise"):
        code = carried.code_of(carried.open_of(rosa).get().slip)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/c/")
    look(page, "carried-type")
    page.get_by_label("The code on the paper").fill("CCCC")
    page.get_by_role("button", name="Go on").click()
    look(page, "carried-wrong")
    page.get_by_label("The code on the paper").fill(code)
    page.get_by_role("button", name="Go on").click()
    look(page, "carried-page")
    page.get_by_role("button", name="Yes, they came and we help them").click()
    look(page, "carried-thanks")
    page.goto(f"{live_server.url}/c/GONE-GONE/")
    look(page, "carried-gone")
