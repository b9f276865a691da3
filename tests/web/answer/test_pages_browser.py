"""Every page behind the link, in a real browser: wide, narrow, in each state, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from tests import cast
from tests.house.pages import assert_page_ok, browser
from tests.web.answer.behind import SECRETS, Behind
from warmhandoff.foundation import mail_links, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import LinkCode, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

PICTURES = settings.VAR_DIR / "pictures"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
        yield page
        assert not [text for text in refused if "Content Security Policy" in text], refused


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


def sent(service: str = "solar", mode: str = "refer") -> Behind:
    """Sent now: the pages are served by another thread, on the machine's clock."""
    c = cast.network()
    with c.acting("denise", NOW) as denise:
        person = cast.told(availability="weekdays", pronouns="she/her")
        file = cast.take_in(denise, person)
        referral = cast.refer(file, c.services[service], denise, mode=mode)
    return Behind(c, file, referral, NOW)


def act(b: Behind, verb: str, **more) -> None:
    actor = link_actor(b.link.pk, b.link.organization_id)
    with scoping.acting_as(actor, classes=("contact", "needs", "narrative")):
        getattr(actions, verb)(referral=Referral.objects.get(pk=b.referral.pk), by=actor, **more)


def digits(b: Behind) -> str:
    return mail_links.digits_of(LinkCode.objects.filter(link=b.link).latest("pk"))


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"answer-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_page_ok(page)


def test_from_the_mail_to_the_end(live_server, page):
    b = sent()
    page.goto(live_server.url + b.url)
    assert not [word for word in SECRETS if word in page.content()]
    look(page, "question")
    page.click("button:has-text('We have it')")
    look(page, "seen")
    page.click("a:has-text('Ask a question')")
    look(page, "ask")
    page.click("button:has-text('Send the question')")
    look(page, "ask-errors")
    page.fill("[name=question]", "Is a morning class all right?")
    page.click("button:has-text('Send the question')")
    look(page, "asked")
    page.click("a:has-text('Yes, we have a place')")
    look(page, "yes")
    page.fill("[name=caller_name]", "Jo")
    page.click("button:has-text('Say yes')")
    look(page, "accepted")
    page.click("button:has-text('Show how to reach them')")
    look(page, "code")
    page.fill("[name=code]", "000000" if digits(b) != "000000" else "111111")
    page.click("button:has-text('Go on')")
    look(page, "code-wrong")
    page.fill("[name=code]", digits(b))
    page.click("button:has-text('Go on')")
    assert "Rosa Mendoza" in page.content()
    look(page, "granted")
    page.click("a:has-text('Record first contact')")
    look(page, "contact")
    page.click("label:has-text('Yes, we talked')")
    page.click("label:has-text('text message')")
    page.click("button:has-text('Record this')")
    look(page, "contacted")
    page.click("a:has-text('It has begun')")
    look(page, "begin")
    page.click("button:has-text('Record that it has begun')")
    look(page, "engaged")
    page.click("a:has-text('It ended early')")
    look(page, "end")
    page.click("a:has-text('Back')")
    page.click("a:has-text('They completed it')")
    page.click("button:has-text('Record that they completed it')")
    look(page, "completed")
    assert b.again().state == "completed"


def test_no_with_errors_and_thanks(live_server, page):
    b = sent()
    page.goto(live_server.url + b.url + "no/")
    look(page, "no")
    page.click("button:has-text('Send this answer')")
    look(page, "no-errors")
    page.click("label:has-text('Full, no date yet')")
    page.click("button:has-text('Send this answer')")
    look(page, "declined")


def test_a_transfer_asks_for_the_code_first(live_server, page):
    b = sent("carpentry", "transfer")
    page.goto(live_server.url + b.url)
    look(page, "transfer")
    page.click("a:has-text('Yes, we have a place')")
    look(page, "transfer-code-first")


def test_lost_contact_says_what_is_missing(live_server, page):
    b = sent()
    act(b, "accept", reply=actions.Reply("Jo"))
    page.goto(live_server.url + b.url + "lost/")
    look(page, "lost")


def test_links_that_open_nothing(live_server, page):
    b = sent()
    page.goto(live_server.url + b.url + "wrong-mailbox/")
    look(page, "wrong-mailbox")
    old = b.url
    mail_links.renew(b.link)
    page.goto(live_server.url + old)
    look(page, "replaced")
    page.click("button:has-text('Send a fresh link')")
    look(page, "fresh")
    page.goto(live_server.url + b.url + "wrong-mailbox/")
    page.click("button:has-text('Stop this link')")
    look(page, "revoked")
    page.goto(live_server.url + "/a/1.1.forged/")
    look(page, "unknown")


def test_in_spanish(live_server, page):
    b = sent()
    page.goto(live_server.url + b.url)
    page.click("a:has-text('Español')")
    assert page.get_attribute("html", "lang") == "es"
    look(page, "question-es")
    page.click(".choice a >> nth=0")
    assert page.get_attribute("html", "lang") == "es"
    look(page, "yes-es")


def test_with_scripts_off(live_server, chromium):
    b = sent()
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.set_default_timeout(8000)
        page.goto(live_server.url + b.url)
        page.click("a:has-text('Yes, we have a place')")
        page.fill("[name=caller_name]", "Jo")
        page.click("button:has-text('Say yes')")
        page.click("button:has-text('Show how to reach them')")
        page.fill("[name=code]", digits(b))
        page.click("button:has-text('Go on')")
        assert "Rosa Mendoza" in page.content()
        page.click("a:has-text('Record first contact')")
        page.click("label:has-text('Yes, we talked')")
        page.click("label:has-text('Text message')")
        page.click("button:has-text('Record this')")
        page.click("a:has-text('It has begun')")
        page.click("button:has-text('Record that it has begun')")
        page.click("a:has-text('They completed it')")
        page.click("button:has-text('Record that they completed it')")
        assert "Thank you. They completed it." in page.content()
    assert b.again().state == "completed"
