"""In a browser: what is late can be given a new day, who covers stands on the card, and a sharing that was stopped is on Today."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.web.people.desk import days, person
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401  fixtures
from warmhandoff.foundation import clock, scoping
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.network import absence
from warmhandoff.network.reading import today
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnAccess, OwnLink
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def stops_herself(c, file, consent) -> None:
    """On her own page, behind a card."""
    with c.acting("denise") as denise:
        link = OwnLink.objects.create(
            kind=OwnLink.Kind.CARD,
            organization_id=file.organization_id,
            dies_at=clock.now() + own_links.CARD_LIVES,
        )
        OwnAccess.objects.create(
            link=link, file=file, organization_id=file.organization_id, person_id=file.person_id, given_by=denise.actor
        )  # fmt: skip
        herself = participant_actor(link.pk, file.organization_id)
        with scoping.acting_as(herself, classes=("contact", "needs", "narrative")):
            referrals.stop_sharing(consent=consent, by=herself)


def test_as_a_browser_shows_it(c, rosa, page, live_server):  # noqa: F811
    with c.acting("denise") as denise:
        asked = cast.refer(rosa, c.services["carpentry"], denise)
        absence.say_away(
            membership=denise.membership, from_day=today(), until_day=today() + timedelta(days=30), cover=c.members["marcus"],
            by=denise.actor,
        )  # fmt: skip
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=asked.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    stops_herself(c, rosa, asked.consent)
    let_it_be(days(9))
    enter(page, live_server, c, "vera")
    page.goto(live_server.url + "/today/")
    assert "It goes on: say until when" in page.text_content("main")
    look(page, "today-late-goes-on")
    enter(page, live_server, c, "marcus")
    page.goto(live_server.url + "/today/")
    assert "Stopped sharing with Valley Trades. Ask them what is next." in page.text_content("main")
    look(page, "today-stopped-sharing")
    page.goto(live_server.url + person(rosa))
    assert "You cover." in page.text_content("main")
    look(page, "person-covered")
    page.goto(live_server.url + "/today/")
    page.click("a:has-text('Record call')")
    assert page.locator("input[name=finishes]").count(), "and so it is done"
