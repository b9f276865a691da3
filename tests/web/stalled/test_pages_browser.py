"""Each page of the sheet in a real browser: wide, narrow, with errors and without, in both languages, with scripts and without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from tests import cast
from tests.web.network.test_pages_browser import enter
from tests.web.organization.test_pages_browser import look
from tests.web.stalled.asked import Asked, ask, asked
from warmhandoff.foundation import clock, mail_links
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral, StallLinkCode

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=64)


@pytest.fixture(autouse=True)
def nothing_counted_yet(the_cast):
    cache.clear()


@pytest.fixture
def sunrow(settings) -> Asked:
    settings.DEMO = True
    return asked(4, began=LONG_AGO, at=NOW)


def day(number: int) -> str:
    return (clock.today(current_place().zone) + timedelta(days=number)).isoformat()


def goes_on(page: Page, code: str, *, seen: int = -3, by: int = 14) -> None:
    page.locator(f"[id='{code}'] label:text-is('Yes')").click()
    page.fill(f"[name='{code}-last_seen_on']", day(seen))
    page.select_option(f"[name='{code}-what_next']", "next_session")
    page.fill(f"[name='{code}-next_by']", day(by))


def give_code(page: Page) -> None:
    page.click("button:has-text('Send the code')")
    page.fill("[name=code]", mail_links.digits_of(StallLinkCode.objects.latest("pk")))
    page.click("button:has-text('Go on')")


def test_from_the_mail_to_the_last_answer(sunrow, page, live_server):
    rosa, andre, lily, omar = (each.code for each in sunrow.referrals)
    page.goto(live_server.url + sunrow.url())
    assert "Rosa" not in page.content() and rosa in page.content()
    look(page, "stalled-before-the-code")
    give_code(page)
    assert "Rosa M." in page.content()
    look(page, "stalled-rows")
    assert not page.locator(f"[name='{rosa}-next_by']").is_visible(), "a row opens with its answer"
    goes_on(page, rosa)
    look(page, "stalled-answering")
    goes_on(page, andre, by=45)
    page.locator(f"[id='{lily}'] label:text-is('No')").click()
    assert not page.locator(f"[name='{lily}-next_by']").is_visible()
    page.click("button:has-text('Save what is answered')")
    look(page, "stalled-errors")
    assert "The others are kept" in page.inner_text("main")
    page.fill(f"[name='{andre}-next_by']", day(20))
    page.select_option(f"[name='{lily}-why']", "moved_away")
    page.locator(f"[id='{lily}'] button").click()
    look(page, "stalled-saved")
    goes_on(page, omar)
    page.click("button:has-text('Save what is answered')")
    assert "Nothing is left to answer" in page.inner_text("h1")
    look(page, "stalled-done")
    page.locator(f"a[href$='again={omar}']").click()
    assert page.input_value(f"[name='{omar}-next_by']") == day(14)
    look(page, "stalled-say-it-right")
    page.click("a:has-text('Tell us')")
    look(page, "stalled-not-your-mailbox")
    page.click("button:has-text('Stop this link')")
    look(page, "stalled-stopped")


def test_in_spanish(sunrow, page, live_server):
    page.goto(live_server.url + sunrow.url() + "?lang=es")
    page.click("button:has-text('Enviar el código')")
    page.fill("[name=code]", mail_links.digits_of(StallLinkCode.objects.latest("pk")))
    page.click("main button >> nth=0")
    rosa = sunrow.referrals[0].code
    page.locator(f"[id='{rosa}'] label:text-is('Sí')").click()
    page.click("button:has-text('Guardar lo contestado')")
    said = page.inner_text("main")
    assert "Diga para cuándo." in said and "How does it go" not in said
    look(page, "stalled-spanish")


def test_without_scripts(sunrow, chromium: Browser, live_server):
    with chromium.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(live_server.url + sunrow.url())
        give_code(page)
        rosa, andre = (each.code for each in sunrow.referrals[:2])
        goes_on(page, rosa)
        page.locator(f"[id='{rosa}'] button").click()
        assert "1 answer is kept." in page.inner_text("main")
        goes_on(page, andre, seen=3)
        page.click("button:has-text('Save what is answered')")
        assert "This day is still to come." in page.inner_text("main")


def test_behind_the_sign_in(settings, page, live_server, the_cast):
    settings.DEMO = True
    c = the_cast
    for first in ("Rosa", "Andre"):
        with c.acting("denise", LONG_AGO) as denise:
            sent = cast.refer(cast.take_in(denise, cast.told(first)), c.services["carpentry"], denise)
        with c.acting("vera", LONG_AGO) as vera:
            actions.accept(
                referral=Referral.objects.get(pk=sent.pk), reply=actions.Reply("Vera"), by=vera.actor
            )
    enter(page, c, "vera", live_server)
    page.goto(f"{live_server.url}/referrals/stalled/")
    look(page, "stalled-desk-empty")
    ask(c, "valley", NOW)
    page.goto(f"{live_server.url}/referrals/?tab=in")
    look(page, "stalled-desk-list")
    page.click("a:has-text('Say how it goes')")
    look(page, "stalled-desk")
    page.locator("label:text-is('No')").first.click()
    page.select_option("select[name$='-why'] >> nth=0", "lost_contact")
    page.click("button:has-text('Save what is answered')")
    assert "It is too early to call this contact lost." in page.inner_text("main")
    look(page, "stalled-desk-too-early")
    page.goto(f"{live_server.url}/referrals/{sent.code}/still/")
    look(page, "stalled-one")


def test_the_board_names_who_has_not_answered(settings, page, live_server):
    settings.DEMO = True
    a = asked(3, began=LONG_AGO, at=NOW - timedelta(days=12))
    enter(page, a.cast, "luz", live_server)
    page.goto(f"{live_server.url}/network/")
    assert "Asked how it goes, and no answer" in page.inner_text("main")
    look(page, "stalled-board")
