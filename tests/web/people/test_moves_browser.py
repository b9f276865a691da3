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
from warmhandoff.participants import actions as participants
from warmhandoff.participants import profile
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
    page.goto(f"{at}{reverse('people:ask_partner', args=[rosa.code])}")
    look(page, "ask-partner")

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


@pytest.fixture
def twice(c, rosa):
    """Denise holds Rosa, whom Vera served once; and Vera holds the same Rosa, who walked in there. Their files on her."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
        served = Participant.objects.get(person_id=rosa.person_id, organization_id=vera.organization_id)
    with c.acting("denise") as denise:
        referrals.withdraw(referral=Referral.objects.get(), reason="mistake", by=denise.actor)
        referrals.settle(referral=Referral.objects.get(), outcome="met_elsewhere", by=denise.actor)
        participants.open_need(file=rosa, code="WRK-TRN", by=denise.actor)
    with c.acting("vera") as vera:
        return served, cast.take_in(vera)


def test_two_holders_and_two_files_wide_and_narrow(page: Page, live_server, c, rosa, twice):  # noqa: F811
    let_it_be(MONDAY)
    served, own = twice
    at = live_server.url
    enter(page, live_server, c, "vera")
    same = f"{at}{reverse('people:same', args=[own.code, served.code])}"
    page.goto(same)
    look(page, "link-ask")
    page.get_by_role("button", name="Ask Eastgate").click()
    page.wait_for_selector("text=waiting for an answer")
    look(page, "link-waits")
    asked = reverse("people:move", args=[page.url.rstrip("/").rsplit("/", 1)[1]])

    enter(page, live_server, c, "denise")
    page.goto(at + asked)
    look(page, "link-asked")
    with c.acting("denise") as denise:
        cast.refer(rosa, c.services["solar"], denise)
    page.goto(at + asked)
    look(page, "link-asked-while-open")
    page.get_by_text("On screen, with me").click()
    page.get_by_role("button", name="Yes, connect").click()
    page.wait_for_selector("text=Connected. Both files stay")
    page.goto(f"{at}{reverse('people:moves', args=[rosa.code])}")
    look(page, "link-overview")
    page.get_by_role("link", name="Undo it").click()
    page.wait_for_selector("text=Both files stay as they are")
    look(page, "link-undo")

    enter(page, live_server, c, "vera")
    page.goto(f"{at}{reverse('people:person', args=[own.code])}")
    look(page, "link-behind")
    page.goto(f"{at}{reverse('people:moves', args=[own.code])}")
    look(page, "link-overview-behind")

    with c.acting("denise") as denise:
        other = cast.take_in(denise)
    enter(page, live_server, c, "denise")
    address = f"{at}{reverse('people:same', args=[rosa.code, other.code])}"
    page.goto(address)
    look(page, "merge-one-is-shown")
    with c.acting("denise") as denise:
        cast.refer(other, c.services["it"], denise)
    page.goto(address)
    look(page, "merge-not-yet")
    with c.acting("denise") as denise:
        third = cast.take_in(denise)
    page.goto(f"{at}{reverse('people:same', args=[rosa.code, third.code])}")
    page.get_by_role("button", name="Put together").click()
    page.wait_for_selector("text=Put together. You can undo it")
    page.goto(f"{at}{reverse('people:person', args=[third.code])}")
    look(page, "merge-led-on")
    page.goto(f"{at}{reverse('people:moves', args=[rosa.code])}")
    look(page, "merge-overview")
    page.get_by_role("link", name="Read the other file").click()
    page.wait_for_selector("text=Shown in another file")
    look(page, "merge-read-the-other")


def test_what_is_in_the_way_wide_and_narrow(page: Page, live_server, c, rosa, asked):  # noqa: F811
    let_it_be(MONDAY)
    with c.acting("denise") as denise:
        participants.open_need(file=rosa, code="HSG", by=denise.actor)
        cast.refer(rosa, c.services["housing"], denise, mode="transfer")
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}{reverse('people:move', args=[asked.code])}")
    look(page, "moves-request-waits")
    page.goto(f"{live_server.url}{reverse('people:offer', args=[rosa.code])}")
    look(page, "moves-offer-not-yet")
    with c.acting("denise") as denise:
        for housing in ("interim", "outside"):
            told = profile.Answers(papers={"photo_id": "has"}, housing=housing, races=("black", "hispanic"))
            profile.learn(file=rosa, answers=told, by=denise.actor)
    page.goto(f"{live_server.url}{reverse('people:facts', args=[rosa.code])}")
    look(page, "facts-said-before")


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
