"""The desk of second looks in a real browser, wide and narrow, full and empty; and what both sides read of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import cast
from tests.proofs.scene import pressing
from tests.web.network.test_pages_browser import enter
from tests.web.organization.test_pages_browser import look
from warmhandoff.foundation.mail_links import address_of
from warmhandoff.network.models import Membership
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import AnswerLink, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)
NOTE = "The service’s page says that it serves all of the South Bay since May. Please look at the area once more."


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    found = the_cast
    Membership.objects.update(started_at=datetime(2026, 1, 5, 18, tzinfo=UTC))
    return found


def declined(
    c, days: float, first: str, service: str = "carpentry", reason: str = "not_met", detail: str = "area"
) -> Referral:
    with c.acting("denise", NOW - timedelta(days=days + 1)) as denise:
        asked = cast.refer(cast.take_in(denise, cast.told(first)), c.services[service], denise)
    at = NOW - timedelta(days=days)
    if service == "carpentry":
        with c.acting("vera", at) as vera:
            actions.decline(
                referral=Referral.objects.get(pk=asked.pk), reason=reason, detail=detail, by=vera.actor
            )
    else:
        with pressing(asked, at) as (link, found):
            actions.decline(referral=found, reason=reason, detail=detail, by=link)
    return asked


def test_the_desk(c, page, live_server):
    enter(page, c, "luz", live_server)
    page.goto(f"{live_server.url}/network/declines/")
    look(page, "declines-empty")
    first = declined(c, 6, "Rosa")
    asked = declined(c, 1, "Omar", reason="full", detail="full_open")
    with c.acting("denise", NOW - timedelta(hours=20)) as denise:
        actions.ask_for_look(referral=Referral.objects.get(pk=asked.pk), why="room", by=denise.actor)
    again = declined(c, 3, "Lena", reason="wrong_service", detail="need_differs")
    with c.acting("luz", NOW - timedelta(days=2)) as luz:
        actions.send_back(party=board.row_or_404(again.code), note=NOTE, by=luz.actor)
    with c.acting("vera", NOW - timedelta(days=1)) as vera:
        actions.decline(
            referral=Referral.objects.get(pk=again.pk),
            reason="wrong_service",
            detail="need_differs",
            by=vera.actor,
        )
    page.goto(f"{live_server.url}/network/declines/")
    look(page, "declines")
    page.goto(f"{live_server.url}/network/")
    look(page, "declines-board")
    page.goto(f"{live_server.url}/today/")
    look(page, "declines-today")
    page.goto(f"{live_server.url}/network/declines/{asked.code}/")
    look(page, "decline-asked-for")
    page.goto(f"{live_server.url}/network/declines/{again.code}/")
    look(page, "decline-second")
    page.goto(f"{live_server.url}/network/declines/{first.code}/")
    look(page, "decline")
    page.get_by_role("link", name="Send it back with a note").click()
    page.get_by_role("button", name="Ask them once more").click()
    look(page, "decline-send-back-errors")
    page.get_by_label("What should they look at again?").fill(NOTE)
    page.get_by_role("button", name="Ask them once more").click()
    page.get_by_text("is asked once more.").wait_for()
    look(page, "declines-sent-back")
    page.goto(f"{live_server.url}/network/declines/{first.code}/")
    look(page, "decline-done")


def test_what_both_sides_read(c, page, live_server):
    asked = declined(c, 1, "Rosa")
    enter(page, c, "denise", live_server)
    page.goto(f"{live_server.url}/today/")
    look(page, "look-sender-today")
    page.goto(f"{live_server.url}/referrals/{asked.code}/settle/")
    look(page, "look-settle")
    full = declined(c, 1, "Omar", reason="full", detail="full_open")
    page.goto(f"{live_server.url}/referrals/{full.code}/settle/")
    page.get_by_text("Was this no a mistake?").click()
    look(page, "look-ask")
    page.get_by_text("We heard that there is room").click()
    page.get_by_role("button", name="Ask for a second look").click()
    page.get_by_text("You needn’t wait: decide when you want to.").wait_for()
    look(page, "look-asked")
    with c.acting("luz", NOW) as luz:
        actions.send_back(party=board.row_or_404(asked.code), note=NOTE, by=luz.actor)
    page.goto(f"{live_server.url}/referrals/{asked.code}/")
    look(page, "look-sender-sent-back")
    page.context.clear_cookies()
    enter(page, c, "vera", live_server)
    page.goto(f"{live_server.url}/referrals/{asked.code}/")
    look(page, "look-receiver-signed-in")


def test_behind_the_link(c, page, live_server, settings):
    settings.ROOT_URL = live_server.url
    asked = declined(c, 1, "Rosa", service="solar")
    page.goto(address_of(AnswerLink.objects.get(referral=asked)))
    look(page, "look-link-declined")
    with c.acting("luz", NOW) as luz:
        actions.send_back(party=board.row_or_404(asked.code), note=NOTE, by=luz.actor)
    page.goto(address_of(AnswerLink.objects.get(referral=asked)))
    look(page, "look-link-asked-again")
