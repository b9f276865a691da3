"""The pages about who holds someone, as a browser shows them: wide and narrow, filled, refused, settled; and without scripts."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests import cast
from tests.cast import MONDAY
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.custody import moves
from warmhandoff.custody.models import Handover
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


@pytest.fixture
def asked(c, rosa):
    """Vera serves Rosa, whom Denise holds, and asked for her; and took in somebody who looks like her."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
        cast.take_in(denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        served = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
        return moves.request(
            file=served, asked=c.organizations["eastgate"], by=vera.actor, membership=vera.membership,
            note="We see her every day, and she would like one place for everything.",
        )  # fmt: skip


def test_each_page_wide_and_narrow(page: Page, live_server, c, rosa, asked):  # noqa: F811
    let_it_be(MONDAY)
    enter(page, live_server, c, "denise")
    at = live_server.url

    page.goto(f"{at}{reverse('today:home')}")
    look(page, "moves-today")
    page.goto(f"{at}{reverse('people:move', args=[asked.code])}")
    look(page, "moves-request")
    page.get_by_role("button", name="Yes, hand them over").click()
    page.wait_for_selector(".usa-error-message")
    look(page, "moves-request-refused")
    page.goto(f"{at}{reverse('people:refuse_move', args=[asked.code])}")
    look(page, "moves-no")
    page.goto(f"{at}{reverse('people:moves', args=[rosa.code])}")
    look(page, "moves-overview")
    page.get_by_role("link", name="Compare the two").click()
    page.wait_for_selector("h1")
    look(page, "moves-merge")
    page.goto(f"{at}{reverse('people:offer', args=[rosa.code])}")
    look(page, "moves-offer")

    enter(page, live_server, c, "vera")
    page.goto(f"{at}{reverse('people:move', args=[asked.code])}")
    look(page, "moves-asker")
    page.goto(f"{at}{reverse('people:withdraw_move', args=[asked.code])}")
    look(page, "moves-take-back")
    with c.acting("denise") as denise:
        moves.refuse(handover=Handover.objects.get(), reason="not_now", by=denise.actor)
    page.goto(f"{at}{reverse('people:move', args=[asked.code])}")
    look(page, "moves-declined")
    with c.acting("vera"):
        served = Participant.objects.get(
            person_id=rosa.person_id, organization_id=c.organizations["valley"].pk
        )
    page.goto(f"{at}{reverse('people:ask', args=[served.code])}")
    look(page, "moves-ask")


def test_a_yes_without_scripts(chromium, live_server, c, rosa, asked):  # noqa: F811
    let_it_be(MONDAY)
    with chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        enter(page, live_server, c, "denise")
        page.goto(f"{live_server.url}{reverse('people:move', args=[asked.code])}")
        page.get_by_text("On paper").click()
        page.get_by_role("button", name="Yes, hand them over").click()
        page.wait_for_selector("text=Valley Trades")
        assert page.url.endswith(reverse("people:person", args=[rosa.code]))
