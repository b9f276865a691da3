"""The look, in a real browser: every part of it, wide and narrow, with errors shown and menus open."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Page

from tests.house.pages import assert_page_ok
from tests.web.staff import PASSWORD, account, membership
from tests.web.test_accounts import code_for
from warmhandoff.network.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.web.style_guide.urls"),
]

TEMPLATES = Path(__file__).parent / "style_guide" / "templates"
PICTURES = settings.VAR_DIR / "pictures"


@pytest.fixture(autouse=True)
def style_guide(settings):
    engines = [{**settings.TEMPLATES[0], "DIRS": [str(TEMPLATES)]}]
    settings.TEMPLATES = engines


def photograph(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("everything", "/look/"),
        ("fields", "/look/fields/"),
        ("link", "/look/link/"),
        ("moved", "/look/refuses/moved/"),
        ("role", "/look/refuses/role/"),
        ("nothing-here", "/nothing/here/"),
        ("sign-in", "/account/sign-in/"),
        ("join", "/account/join/"),
        ("password", "/account/password/"),
        ("password-sent", "/account/password/sent/"),
        ("old-link", "/account/password/new/1-set-password/"),
        ("sign-out", "/account/inactive/"),
    ],
)
def test_page(live_server, page, name, path):
    page.goto(live_server.url + path)
    photograph(page, name)
    assert_page_ok(page)


def test_errors_are_shown_and_focus_is_on_them(live_server, page):
    page.goto(live_server.url + "/look/fields/")
    page.fill("[name=email]", "nobody")
    page.fill("[name=born_day]", "31")
    page.select_option("[name=born_month]", "2")
    page.fill("[name=born_year]", "1990")
    page.click("button:has-text('Save')")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.classList.contains('summary')")
    photograph(page, "fields-with-errors")
    assert_page_ok(page)
    page.click(".summary a:has-text('Language')")
    assert page.evaluate("document.activeElement.name") == "language"


def test_spanish(live_server, page):
    page.goto(live_server.url + "/look/link/")
    page.click("button:has-text('Español')")
    assert page.get_attribute("html", "lang") == "es"
    assert page.url.endswith("/look/link/")
    assert_page_ok(page)


@pytest.fixture
def member(live_server, page, settings):
    """Somebody with two memberships, signed in, in the demo (no second step asked)."""
    cache.clear()
    settings.DEMO = True
    first = membership(
        account("Maximiliana-Guadalupe Montenegro-Villavicencio", "max@eastgate.example"), Role.LEAD
    )
    membership(first.user, of="Harbor Reentry and Friends of the Lower Harbor Neighborhood Association")
    page.goto(live_server.url + "/account/sign-in/")
    page.fill("[name=login]", "max@eastgate.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button:has-text('Sign in')")
    return first


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("member-everything", "/look/"),
        ("member-organizations", "/organizations/"),
        ("member-security", "/account/security/"),
        ("member-app", "/account/security/app/"),
        ("member-password", "/account/password/change/"),
        ("member-sign-out", "/account/sign-out/"),
        ("member-refused", "/look/refuses/role/"),
    ],
)
def test_page_of_a_member(live_server, page, member, name, path):
    page.goto(live_server.url + path)
    photograph(page, name)
    assert_page_ok(page)


def test_the_menu_of_a_member(live_server, page, member):
    page.goto(live_server.url + "/organizations/")  # nothing lies under the open menu there
    page.click("details.me summary")
    photograph(page, "member-menu")
    assert_page_ok(page)
    page.keyboard.press("Escape")
    assert not page.is_visible("details.me li")
    assert page.evaluate("document.activeElement.localName") == "summary"


def test_recovery_codes(live_server, page, member):
    page.goto(live_server.url + "/account/security/app/")
    page.fill("[name=code]", code_for(page.text_content(".code")))
    page.click("button:has-text('Turn it on')")
    photograph(page, "member-codes")
    assert page.url.endswith("/account/security/codes/")
    assert_page_ok(page)


def test_with_scripts_off(live_server, chromium, member):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url + "/look/fields/")
        page.click("button:has-text('Save')")
        assert page.is_visible("text=Nothing was saved yet.")
        page.goto(live_server.url + "/account/sign-in/")
        page.fill("[name=login]", "max@eastgate.example")
        page.fill("[name=password]", PASSWORD)
        page.click("main button:has-text('Sign in')")
        page.goto(live_server.url + "/organizations/")
        page.click("details.me summary")
        page.click("details.me button:has-text('Sign out')")
        assert page.url.endswith("/account/sign-in/")


def test_a_swap_moves_focus_to_the_news_and_needs_nothing_inline(live_server, page):
    page.goto(live_server.url + "/look/swaps/")
    page.click("text=Do it")
    page.wait_for_selector("text=Done.")
    assert page.evaluate("document.activeElement.hasAttribute('data-focus')")
    swapped = page.inner_html("#part")
    assert_page_ok(page)
    page.goto(live_server.url + "/look/swaps/?done=1")
    assert page.locator("#part").inner_text().strip() == "Done."
    assert "Done." in swapped
    assert page.evaluate("document.querySelectorAll('style').length") == 0


def test_a_refused_swap_shows_the_refusal_as_a_page(live_server, page):
    page.goto(live_server.url + "/look/swaps/")
    page.click("text=Refused")
    page.wait_for_selector("text=This has moved on since you opened it.")
    assert page.locator("main").count() == 1
    assert_page_ok(page)
