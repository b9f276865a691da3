"""Who can see, on what ground; and stopping it."""

from __future__ import annotations

import pytest

from tests import cast
from tests.web.people.desk import by_link, form_of, get, person, post, signed_in, text
from warmhandoff.participants.models import Consent, Participant, Share
from warmhandoff.referrals import actions as referrals

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def shared(c, rosa):
    """Sunrow said yes: it may read contact and need."""
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["solar"], denise)
    with by_link(referral) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)
    return referral


def stop_page(page) -> str:
    return page.select_one("a[href$='/stop/']")["href"]


def test_nobody_is_said_too(c, rosa):
    assert "No other organization can see anything of this file." in text(
        get(signed_in(c, "denise"), person(rosa, "who_can_see"))
    )


def test_what_who_and_until_when(c, rosa, shared):
    told = text(get(signed_in(c, "denise"), person(rosa, "who_can_see")))
    assert "Sunrow Solar School Contact, need They agreed today. Shared since Mon, Nov 23" in told
    assert "Until May 22, 2027" in told


def test_stopping_asks_once_more_and_then_stops_that_second(c, rosa, shared):
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    page = get(client, address)
    assert "With Sunrow Solar School." in text(page)
    assert Share.objects.using("owner").filter(revoked_at__isnull=True).count() == 2  # asking changes nothing
    values = form_of(page)
    for _press in range(2):
        assert post(client, address, values).headers["Location"] == person(rosa, "who_can_see")
    assert not Share.objects.using("owner").filter(revoked_at__isnull=True).exists()
    told = text(get(client, person(rosa)))
    assert "Rosa took back the agreement to share with Sunrow Solar School." in told
    assert get(client, person(rosa, "who_can_see")).select("a[href$='/stop/']") == []


def test_stopping_takes_an_unanswered_question_back(c, rosa):
    with c.acting("denise") as denise:
        referral = cast.refer(rosa, c.services["carpentry"], denise)
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    post(client, address, form_of(get(client, address)))
    referral = type(referral).objects.using("owner").get(pk=referral.pk)
    assert (referral.state, referral.end_reason) == ("withdrawn", "person_changed")
    assert "Decide what’s next" in text(get(client, person(rosa)), ".next")


def test_who_may_not(c, rosa, shared):
    client = signed_in(c, "denise")
    address = stop_page(get(client, person(rosa, "who_can_see")))
    values = form_of(get(client, address))
    for name, status in (("tavo", 403), ("grace", 403), ("ines", 404)):
        assert post(signed_in(c, name), address, values).status_code == status
    assert (
        post(client, address.replace(Consent.objects.using("owner").get().code, "NOSUCH"), values).status_code
        == 404
    )
    assert post(client, address, {"pressed": "1"}).status_code == 422
    assert Share.objects.using("owner").filter(revoked_at__isnull=True).count() == 2


def test_somebody_elses_consent_is_not_this_persons(c, rosa, shared):
    with c.acting("denise") as denise:
        other = cast.take_in(denise, cast.told("Andre", "Wilson"))
    consent = Consent.objects.using("owner").get()
    assert (
        signed_in(c, "denise").get(f"/people/{other.code}/who-can-see/{consent.code}/stop/").status_code
        == 404
    )
    assert Participant.objects.using("owner").count() == 3
