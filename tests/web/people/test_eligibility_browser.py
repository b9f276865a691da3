"""Eligibility as a browser shows it, wide and narrow: one who is, one who nearly is, one who was; proofs, waivers, refusals."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.cast import MONDAY
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.programs.actions import eligibility as verbs
from warmhandoff.programs.actions.eligibility import Said
from warmhandoff.programs.models import Program, Proof, Waiver

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
TODAY = MONDAY.date()
ALL = ("of_age", "justice_history", "behavioral_health")


@pytest.fixture
def people(c):
    cast.program(c, "sector")
    cast.program(c, "sector-expansion")
    files = {}
    with c.acting("denise") as denise:
        for name, shown, ago in (
            ("Rosa", ALL, 60),
            ("Ana", ("of_age", "justice_history"), 3),
            ("Luis", ALL, 300),
        ):
            files[name] = cast.take_in(denise, cast.told(name, "Mendoza", birth_date=date(1990, 3, 4)))
            for each in shown:
                method = "document" if each == "of_age" else "self"
                said = Said(True, method, TODAY - timedelta(days=ago))
                verbs.verify(file=files[name], shown=each, said=said, by=denise.actor)
        verbs.ask_waiver(
            file=files["Ana"], program=Program.objects.get(slug="sector"), criterion="health", reason="safety",
            lapses_on=TODAY + timedelta(days=60), why="She fears that her sister hears of it.", by=denise.actor,
        )  # fmt: skip
    return files


def test_who_is_who_nearly_is_and_who_was(page: Page, live_server, c, people):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    for name, says in (
        ("Rosa", "All of it is met since"),
        ("Ana", "Not eligible yet"),
        ("Luis", "Was eligible, and is not now"),
    ):
        page.goto(f"{live_server.url}/people/{people[name].code}/eligibility/")
        assert says in page.inner_text("main")
        look(page, f"eligibility-{name.lower()}")
    page.click("text=Span by span >> nth=0")
    look(page, "eligibility-spans")


def test_the_forms(page: Page, live_server, c, people):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    base = f"{live_server.url}/people/{people['Ana'].code}/eligibility/"
    page.goto(base + "justice_history/")
    look(page, "eligibility-proof")
    page.click("main button.usa-button")
    page.wait_for_selector(".usa-error-message")
    look(page, "eligibility-proof-refused")
    with c.acting("denise"):
        proof = Proof.objects.filter(file=people["Ana"], shown="justice_history").get()
        waiver = Waiver.objects.get()
    page.goto(f"{base}proofs/{proof.code}/correct/")
    look(page, "eligibility-correct")
    page.goto(base + "ask/sector/justice/")
    look(page, "eligibility-waiver")
    page.goto(base + "other/trauma_prevention/")
    look(page, "eligibility-other")
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/today/")
    assert "asks that a condition be passed over" in page.inner_text("main")
    page.goto(f"{base}waivers/{waiver.code}/")
    look(page, "eligibility-decide")
    page.click("text=Pass it over")
    page.wait_for_selector("text=Passed over, until")
    look(page, "eligibility-passed-over")
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/today/")
    page.click("text=Read it")
    page.wait_for_selector("text=I have read it")
    look(page, "eligibility-decided")
    page.click("text=I have read it")
    page.wait_for_selector(".saved")


def test_programs_under_administration(page: Page, live_server, c, people):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "adam")
    for where, name in (
        ("", "programs"),
        ("sector-expansion/", "program"),
        ("sector-expansion/contract/", "contract"),
    ):
        page.goto(f"{live_server.url}/administration/programs/{where}")
        look(page, f"administration-{name}")
    page.goto(f"{live_server.url}/administration/programs/sector/")
    page.click("text=Change it from a day on >> nth=1")
    page.wait_for_selector("main form")
    look(page, "administration-condition")


def test_the_way_by_keys_alone_and_without_scripts(chromium, live_server, c, people):  # noqa: F811
    let_it_be(MONDAY)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        enter(page, live_server, c, "denise")
        page.goto(f"{live_server.url}/people/{people['Luis'].code}/eligibility/")
        page.click("main a.usa-button >> text=Write down what was shown")
        page.click("label:text-is('Yes')")
        page.click("label:has-text('Their own word')")
        page.click("main form button.usa-button")
        assert "Written down." in page.inner_text("body")
