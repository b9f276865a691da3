"""The demo's pages in a real browser, wide and narrow."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.demo.test_mailbox import send
from tests.house.pages import assert_page_ok
from tests.mailbox import free_port
from warmhandoff.demo import mailbox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.urls("tests.web.demo.urls"),
    pytest.mark.usefixtures("in_the_demo"),
]
PICTURES = settings.VAR_DIR / "pictures"


def test_pages(page, live_server, told, settings):
    port = free_port()
    with mailbox.running(host="127.0.0.1", port=port, folder=settings.DEMO_MAIL_DIR):
        send(
            port,
            text=f"Answer here:\n{live_server.url}/a/27.1.d0JuEcf5jzAb3oCav6bbYT9Hd0JuEcf5jzAb3oCav6bbYT9H/",
        )

    def look(name):
        assert_page_ok(page)
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=PICTURES / f"demo-{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})

    page.goto(f"{live_server.url}/demo/")
    look("start")
    page.get_by_role("button", name="Open the mail").click()
    page.get_by_role("link", name="referrals@sunrow.example").click()
    look("mailbox")
    page.get_by_role("link", name="A referral waits").click()
    page.get_by_text("What the mail carries besides").click()
    look("mail")
    page.get_by_role("link", name="Move the clock").click()
    look("clock")
    page.get_by_role("button", name="Let one business day pass").click()
    look("clock-moved")
    page.get_by_role("link", name="Check").click()
    look("check")
    page.get_by_role("link", name="Be someone else").click()
    page.get_by_role("button", name="Be Denise Carter").click()
    assert page.locator(".demo strong").inner_text() == "Denise Carter, case manager"
