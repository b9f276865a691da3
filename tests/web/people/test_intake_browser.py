"""Intake as a hand and an eye meet it: how many taps it takes, what is kept while one types, and how it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import perf_counter

import pytest
from playwright.sync_api import Page, Route, expect

from tests.cast import MONDAY
from tests.house.pages import assert_page_ok
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.models import Contact, Draft, Need, Participant, Reach

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

# Runs before the page's own scripts: writes down every press of a pointer and every key, as the browser saw them.
RECORDER = """
window.addEventListener("pointerdown", e => { if (e.isTrusted) record("tap", e.target); }, true);
window.addEventListener("keydown", e => { if (e.isTrusted) record(e.key.length === 1 ? "letter" : "key", e.target, e.key); }, true);
function record(kind, where, key) {
  const trace = JSON.parse(sessionStorage.getItem("trace") || "[]");
  trace.push({kind, where: where.name || where.htmlFor || where.innerText || "", key: key || "", at: Math.round(performance.now())});
  sessionStorage.setItem("trace", JSON.stringify(trace));
}
"""
MOST_TAPS = 12


@pytest.fixture
def denise(page: Page, live_server, c) -> Iterator[Page]:  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/new/")
    yield page


def press(page: Page, words: str) -> None:  # noqa: F811
    page.locator("main label").filter(has_text=words).first.click()


def test_the_five_questions_take_twelve_taps(page: Page, live_server, c):  # noqa: F811
    """Age, name, language, a safe way, needs, then saved: the letters of a name and the digits of a number are typed besides."""
    page.add_init_script(RECORDER)
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/new/")
    begun = perf_counter()
    press(page, "Yes, 18 or older")
    page.get_by_label("First name").click()
    page.keyboard.type("Rosa")
    page.keyboard.press("Tab")
    page.keyboard.type("Mendoza")
    press(page, "Spanish")
    press(page, "Text message")
    page.get_by_label("Phone number, for a text or a call").click()
    page.keyboard.type("213-555-0123")
    press(page, "Job training")
    press(page, "Housing")
    page.locator("input[name=look][value=yes] + label").click()
    page.get_by_role("button", name="Take them in").click()
    expect(page.locator("main")).to_contain_text("Rosa is with you now")
    seconds = perf_counter() - begun
    trace = json.loads(page.evaluate("sessionStorage.getItem('trace')"))
    taps = [one for one in trace if one["kind"] != "letter"]
    print(json.dumps({"taps": len(taps), "letters": len(trace) - len(taps), "seconds": round(seconds, 1)}))
    assert 0 < len(taps) <= MOST_TAPS, taps
    assert len(trace) - len(taps) == len("RosaMendoza213-555-0123")
    assert set(Need.objects.using("owner").values_list("code", flat=True)) == {"WRK-TRN", "HSG"}
    assert Contact.objects.using("owner").get().language == "es"
    # The first thing on the page after saving is what is next.
    assert page.locator("section.next h2").first.inner_text().startswith("Next:")


def test_number_and_address_are_asked_once_a_way_is_chosen(denise: Page):
    phone, email = denise.locator("[name=phone]"), denise.locator("[name=email]")
    assert not phone.is_visible() and not email.is_visible()
    press(denise, "There is no safe way yet")
    assert not phone.is_visible()
    for way in ("Email", "Phone call", "Text message"):
        press(denise, way)
        assert phone.is_visible() and email.is_visible()
    phone.fill("555-01")
    denise.get_by_role("button", name="Take them in").click()
    assert phone.is_visible() and "with its digits" in denise.inner_text(".summary")
    press(denise, "There is no safe way yet")
    assert phone.is_visible(), "what is refused stays in sight"


@pytest.mark.parametrize(
    "field", ["last_name_unknown", "birth_date_unknown", "language", "way", "needs_unknown"]
)
def test_no_answer_is_two_taps_away(denise: Page, field):
    taps = 0
    box = denise.locator(f"details.why-not:has(input[name={field}])")
    box.locator("summary").click()
    taps += 1
    box.locator("label").filter(has_text="They prefer not to say").click()
    taps += 1
    assert denise.locator(f"input[name={field}]:checked").get_attribute("value") == "prefers_not"
    assert taps == 2


def test_what_is_typed_is_kept_and_comes_back(denise: Page, live_server):
    press(denise, "Yes, 18 or older")
    denise.get_by_label("First name").fill("Rosa")
    press(denise, "Housing")
    expect(denise.locator("#kept")).to_contain_text("Kept at")
    denise.get_by_label("Last name", exact=True).press_sequentially("Men")
    denise.wait_for_timeout(1500)
    denise.goto(f"{live_server.url}/people/")  # as if the tab had been closed
    denise.get_by_role("link", name="Go on with Rosa M.").click()
    assert denise.get_by_label("First name").input_value() == "Rosa"
    assert denise.get_by_label("Last name", exact=True).input_value() == "Men"
    assert denise.locator("input[name=needs][value=HSG]").is_checked()
    assert Draft.objects.using("owner").count() == 1
    look(denise, "people-intake-restored")


def test_without_a_connection_it_says_so_and_tries_again(denise: Page):
    denise.get_by_label("First name").fill("Rosa")
    expect(denise.locator("#kept")).to_contain_text("Kept at")
    denise.context.set_offline(True)
    denise.get_by_label("Last name", exact=True).fill("Mendoza")
    expect(denise.locator("#kept")).to_contain_text("Not kept: there is no connection.")
    denise.context.set_offline(False)
    expect(denise.locator("#kept")).to_contain_text("Kept at", timeout=12_000)
    assert Draft.objects.using("owner").get().answers["last_name"] == ["Mendoza"]


def test_signed_out_meanwhile_it_is_there_after_signing_in(denise: Page, live_server, c):
    denise.get_by_label("First name").fill("Rosa")
    expect(denise.locator("#kept")).to_contain_text("Kept at")
    denise.context.clear_cookies(name="sessionid")
    denise.get_by_label("Last name", exact=True).fill("M")
    denise.wait_for_url("**/account/sign-in/**")
    enter(denise, live_server, c, "denise")
    denise.goto(f"{live_server.url}/today/")
    denise.get_by_role("link", name="Go on: Someone new").click()
    assert denise.get_by_label("First name").input_value() == "Rosa"


def test_no_younger_opens_the_warm_contact_at_once_and_keeps_nothing(denise: Page):
    denise.get_by_label("First name").fill("Kid")
    expect(denise.locator("#kept")).to_contain_text("Kept at")
    press(denise, "No, younger")
    denise.wait_for_url("**/people/new/under-18/")
    expect(denise.locator("main")).to_contain_text("Call now, while the young person is with you")
    assert not Draft.objects.using("owner").exists() and not Participant.objects.using("owner").exists()
    assert not Duty.objects.using("owner").filter(closed_at__isnull=True).exists()
    look(denise, "people-under-18")


def test_a_birth_date_of_a_child_does_the_same(denise: Page):
    denise.locator("select[name=birth_date_month]").select_option("5")
    denise.locator("input[name=birth_date_day]").fill("1")
    denise.locator("input[name=birth_date_year]").fill("2012")
    denise.wait_for_url("**/people/new/under-18/")
    assert not Draft.objects.using("owner").exists()


def test_with_scripts_off_every_step_can_be_done(chromium, live_server, c):  # noqa: F811
    let_it_be(MONDAY)
    with chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False) as context:
        page = context.new_page()
        enter(page, live_server, c, "denise")
        page.goto(f"{live_server.url}/people/new/")
        press(page, "Yes, 18 or older")
        page.get_by_label("First name").fill("Rosa")
        page.get_by_role("button", name="Keep for later").click()
        page.get_by_role("link", name="Go on with Rosa").click()
        page.locator("details.why-not:has(input[name=way]) summary").click()
        page.locator("details.why-not:has(input[name=way]) label").filter(
            has_text="They prefer not to say"
        ).click()
        press(page, "Housing")
        page.get_by_role("button", name="Take them in").click()
        assert "Rosa is with you now" in page.inner_text("main")
    assert not Draft.objects.using("owner").exists() and not Reach.objects.using("owner").exists()


def test_nothing_fades_while_what_is_typed_is_kept(denise: Page):
    """Each pause in typing keeps it: a button that pales meanwhile looks as if it couldn't be pressed, and is hard to read."""
    kept: list[Route] = []
    denise.route("**/people/new/keep/", lambda route: kept.append(route))
    denise.get_by_label("First name").fill("Rosa")
    denise.wait_for_selector("form.intake.htmx-request")
    take_in = denise.get_by_role("button", name="Take them in")
    assert take_in.evaluate("one => getComputedStyle(one).opacity") == "1"
    assert_page_ok(denise)
    assert len(kept) == 1
    kept[0].continue_()
    denise.wait_for_selector("form.intake:not(.htmx-request)")


def test_how_it_looks(denise: Page):
    look(denise, "people-intake")
    press(denise, "Yes, 18 or older")
    denise.get_by_label("First name").fill("Rosa")
    press(denise, "Email")
    denise.locator("details:has(input[name=last_name_unknown]) summary").click()
    look(denise, "people-intake-half")
    for fold in denise.locator("details").all():
        if not fold.evaluate("one => one.open || one.closest('header') !== null"):
            fold.evaluate("one => one.open = true")
    look(denise, "people-intake-open")
    denise.get_by_role("button", name="Take them in").click()
    look(denise, "people-intake-refused")
    assert denise.locator(".summary").evaluate("one => one === document.activeElement")


def test_how_it_looks_in_spanish(page: Page, live_server, c):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    page.context.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
    page.goto(f"{live_server.url}/people/new/")
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.locator(".spoken-aside").first.get_attribute("lang") == "en"
    look(page, "people-intake-spanish")
