"""Every page of the desk in a real browser: wide, narrow, in each state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests import cast
from tests.house.pages import assert_page_ok, browser
from warmhandoff.directory.models import Criterion, Service
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import AnswerLink, Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

PICTURES = settings.VAR_DIR / "pictures"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser, live_server) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.set_default_timeout(8000)
        page.at = live_server.url
        yield page


def sign_in(page: Page, c: cast.Cast, name: str) -> None:
    client = Client()
    client.force_login(c.members[name].user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.at}]
    )


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"referrals-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_page_ok(page)


def rosa(c: cast.Cast, needs=("WRK-TRN",)):
    with c.acting("denise", NOW) as denise:
        person = cast.told(availability="weekdays", pronouns="she/her")
        return cast.take_in(denise, person, needs)


def fill_the_directory(c: cast.Cast) -> None:
    """Room confirmed, full until a day, a requirement: one of each."""
    for name, more in (
        ("solar", {"verified_on": current_place().day_of(NOW)}),
        ("carpentry", {"full_until": current_place().day_of(NOW) + timedelta(days=365)}),
    ):
        Service.objects.filter(pk=c.services[name].pk).update(**more)
    Criterion.objects.create(service=c.services["it"], kind="diploma")


def test_referring_from_the_need_to_what_happens_if_nobody_answers(page, c):
    file = rosa(c, ("WRK-TRN", "HSG"))
    fill_the_directory(c)
    sign_in(page, c, "denise")
    page.goto(f"{page.at}/referrals/new/{file.code}/")
    look(page, "need")
    page.click("a:has-text('Find a place') >> nth=0")
    look(page, "fits")
    page.click("button:has-text('See what they will be told')")
    look(page, "preview")
    page.click("button:has-text('Send to')")
    look(page, "preview-errors")
    page.fill("[name=note]", "She can start before summer.")
    page.click("label:has-text('They said yes to exactly this')")
    page.click("button:has-text('Send to')")
    look(page, "sent")
    page.goto(f"{page.at}/referrals/")
    look(page, "list-out")
    page.goto(f"{page.at}/referrals/?tab=in")
    look(page, "list-in-empty")


def test_a_no_is_fine(page, c):
    file = rosa(c)
    sign_in(page, c, "denise")
    page.goto(f"{page.at}/referrals/new/{file.code}/?service={c.services['solar'].code}")
    page.click("button:has-text('They say no')")
    look(page, "refused")


def test_the_receiver_who_signs_in(page, c):
    file = rosa(c)
    with c.acting("denise", NOW) as denise:
        referral = cast.refer(file, c.services["carpentry"], denise, mode="transfer")
    sign_in(page, c, "vera")
    page.goto(f"{page.at}/referrals/?tab=in")
    assert "Rosa" not in page.content()
    look(page, "list-in")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    assert "Rosa" not in page.content()
    look(page, "receiver-asked")
    page.click("a:has-text('Not us')")
    look(page, "receiver-no")
    page.goto(f"{page.at}/referrals/{referral.code}/yes/")
    look(page, "receiver-yes")
    page.click("button:has-text('Say yes')")
    assert "Rosa Mendoza" in page.content()
    look(page, "receiver-accepted")


def test_deciding_what_is_next(page, c):
    file = rosa(c)
    with c.acting("denise", NOW) as denise:
        referral = cast.refer(file, c.services["solar"], denise, alternatives=[c.services["carpentry"].pk])
    link = AnswerLink.objects.get(referral_id=referral.pk)
    with scoping.acting_as(
        link_actor(link.pk, link.organization_id), classes=("contact", "needs", "narrative")
    ) as _:
        by = link_actor(link.pk, link.organization_id)
        asked = Referral.objects.get(pk=referral.pk)
        actions.ask(referral=asked, text="Is a morning class all right?", by=by)
    sign_in(page, c, "denise")
    page.goto(f"{page.at}/referrals/{referral.code}/")
    look(page, "question-waits")
    page.click("a:has-text('Answer the question')")
    look(page, "reply")
    page.goto(f"{page.at}/referrals/{referral.code}/stop-sharing/")
    look(page, "stop-sharing")
    page.goto(f"{page.at}/referrals/{referral.code}/withdraw/")
    look(page, "withdraw")
    with scoping.acting_as(
        link_actor(link.pk, link.organization_id), classes=("contact", "needs", "narrative")
    ):
        asked = Referral.objects.get(pk=referral.pk)
        actions.decline(referral=asked, reason="full", detail="full_open", by=by)
    page.goto(f"{page.at}/referrals/{referral.code}/")
    look(page, "declined")
    page.click("a:has-text('Decide what is next')")
    look(page, "settle")
    page.click("button:has-text('Decide this')")
    look(page, "settle-errors")
    page.click("a:has-text('See who')")
    look(page, "again")
