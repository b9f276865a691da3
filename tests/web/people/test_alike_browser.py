"""The box and the list of people who may be one, as a browser shows them: as one types, with scripts off, wide and narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.cast import MONDAY
from tests.house.pages import assert_page_ok
from tests.web.people.test_alike import BORN, PHONE, taken_in
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


@pytest.fixture
def memo(c):
    taken_in(c, "denise", "Ana", "Zapata")
    taken_in(c, "denise", "Guillermo", "Hernandes")
    return taken_in(c, "denise", "Guillermo", "Hernández Ríos", BORN, PHONE)


def test_as_one_types(page, live_server, c, memo):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/people/")
    box = page.get_by_label("Find or add a person")
    box.press_sequentially("Memo Ernandez", delay=20)
    expect(page.get_by_role("heading", name="2 people may be meant")).to_be_visible()
    expect(page.locator("#results li").last).to_contain_text("Add someone new")
    assert page.url == f"{live_server.url}/people/"
    assert_page_ok(page)
    look(page, "people-alike")
    box.fill("nov 2 1984")
    expect(page.get_by_text("Born the same day")).to_be_visible()
    box.fill("Hernande")
    expect(page.get_by_role("heading", name="whose name begins with")).to_be_visible()
    look(page, "people-begins-and-alike")
    box.fill("Xiomara Quisquiliam")
    expect(page.get_by_role("heading", name="Nobody of yours is like")).to_be_visible()
    look(page, "people-nobody-alike")


def test_with_scripts_off(chromium, live_server, c, memo):  # noqa: F811
    let_it_be(MONDAY)
    with chromium.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        enter(plain, live_server, c, "denise")
        plain.goto(f"{live_server.url}/people/")
        plain.get_by_label("Find or add a person").fill("Memo Ernandez")
        plain.get_by_role("button", name="Find", exact=True).click()
        expect(plain.get_by_text("Another form of the first name").first).to_be_visible()


def test_the_same_person_twice(page, live_server, c, memo):  # noqa: F811
    let_it_be(MONDAY)
    taken_in(c, "denise", "Memo", "Ernandez", BORN, PHONE)
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/people/duplicates/")
    expect(page.get_by_text("Born the same day")).to_be_visible()
    look(page, "people-twice")
    page.get_by_role("button", name="They are two people").first.click()
    expect(page.get_by_text("No two of your files")).to_be_visible()
    look(page, "people-twice-none")
