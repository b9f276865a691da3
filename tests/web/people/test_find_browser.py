"""The box that finds people, as a browser shows it on Today and on People: however they are spelt, in Spanish, without scripts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.cast import MONDAY
from tests.web.people.test_alike import BORN, PHONE, taken_in
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

# What is typed, and who is meant.
SPELT = {
    "Guilermo Hernandes": "Guillermo Hernández Ríos",
    "Memo Hernández": "Guillermo Hernández Ríos",
    "Guillermo Hernandez 2/11/1984": "Guillermo Hernández Ríos",
    "Lupe Castillo 3/7/1991": "Guadalupe Núñez",
    "rios hernandez guillermo": "Guillermo Hernández Ríos",
    "guadalupe nunez": "Guadalupe Núñez",
    "Zoe Sapata": "Zoë Zapata",
    "Liz Wodson": "Elizabeth Woodson",
    "march 7 1991": "Guadalupe Núñez",
    "0177": "Guillermo Hernández Ríos",
}


@pytest.fixture
def people(c):
    taken_in(c, "denise", "Ana", "Vega", date(1980, 1, 30))
    taken_in(c, "denise", "Guillermo", "Hernández Ríos", BORN, PHONE)
    taken_in(c, "denise", "Guadalupe", "Núñez", date(1991, 3, 7))
    # Without a birth date.
    taken_in(c, "denise", "Zoë", "Zapata")
    taken_in(c, "denise", "Elizabeth", "Woodson")
    taken_in(c, "ines", "Xiomara", "Quisbertana", BORN, PHONE)
    let_it_be(MONDAY)


def results(page: Page, typed: str) -> Locator:  # noqa: F811
    """What stands below the box once it answers for these words."""
    expect(page.locator("#results-heading")).to_contain_text(typed)
    return page.locator("#results")


@pytest.mark.parametrize("desk", ["today", "people"])
def test_however_they_are_spelt(page, live_server, c, people, desk):  # noqa: F811
    enter(page, live_server, c, "denise")
    address = f"{live_server.url}/{desk}/"
    page.goto(address)
    box = page.get_by_label("Find or add a person")
    expect(page.get_by_text("Name, birth date, phone or code, in any order")).to_be_visible()
    for typed, name in SPELT.items():
        box.fill(typed)
        found = results(page, typed)
        expect(found.locator("strong a").first).to_have_text(name)
        expect(found.locator("li").last).to_contain_text("Add someone new")
    for typed in ("Xiomara Quisbertana", "Nobody Whoever"):
        box.fill(typed)
        expect(results(page, typed).locator("strong a")).to_have_count(0)
        expect(page.get_by_role("heading", name="Nobody of yours is like")).to_be_visible()
    assert page.url == address
    expect(box).to_be_focused()


def test_on_today_the_answer_stands_above_the_day_and_goes_again(page, live_server, c, people):  # noqa: F811
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/today/")
    expect(page.locator("#results")).to_be_hidden()
    look(page, "today-find")
    box = page.get_by_label("Find or add a person")
    box.press_sequentially("Memo Ernandez", delay=20)
    expect(results(page, "Memo Ernandez").locator("strong a")).to_have_text(["Guillermo Hernández Ríos"])
    look(page, "today-found")
    page.keyboard.press("Enter")
    expect(results(page, "Memo Ernandez")).to_be_visible()
    assert page.url.endswith("/today/")
    box.fill("")
    expect(page.locator("#results")).to_be_hidden()
    box.fill("Memo")
    results(page, "Memo").get_by_role("link", name="Guillermo Hernández Ríos").click()
    expect(page.get_by_role("heading", name="Guillermo H.")).to_be_visible()


@pytest.mark.parametrize("desk", ["today", "people"])
def test_in_spanish(page, live_server, c, people, desk):  # noqa: F811
    enter(page, live_server, c, "denise")
    page.context.set_extra_http_headers({"accept-language": "es"})
    page.goto(f"{live_server.url}/{desk}/")
    box = page.get_by_label("Buscar o añadir a una persona")
    box.fill("Memo Hernandes")
    expect(
        results(page, "Memo Hernandes").get_by_role("link", name="Guillermo Hernández Ríos")
    ).to_be_visible()
    told = page.locator("#results").inner_text()
    assert "Otra forma del nombre" in told and "Añadir" in told
    assert not re.search(r"\b(person|people|spelt|Held|Add|name)\b", told)
    look(page, f"{desk}-found-spanish")


@pytest.mark.parametrize("desk", ["today", "people"])
def test_without_scripts(chromium, live_server, c, people, desk):  # noqa: F811
    with chromium.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        enter(plain, live_server, c, "denise")
        plain.goto(f"{live_server.url}/{desk}/")
        plain.get_by_label("Find or add a person").fill("Liz Wodson")
        plain.get_by_role("button", name="Find", exact=True).click()
        expect(plain.get_by_role("link", name="Elizabeth Woodson")).to_be_visible()
        assert plain.url == f"{live_server.url}/people/"
