"""The guide at the foot of each page: closed and opened, carried along, and never ahead of what happened."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client

from warmhandoff.demo import followed
from warmhandoff.demo.acts import refer
from warmhandoff.demo.lives import LIVES
from warmhandoff.referrals import actions as referrals
from warmhandoff.web.demo import guide
from warmhandoff.web.demo.guide import Here

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.urls("tests.web.demo.urls"),
    pytest.mark.usefixtures("in_the_demo"),
]


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def strip(client, address="/today/"):
    found = BeautifulSoup(client.get(address).content, "lxml").select_one("aside.steps")
    return " ".join(found.get_text(" ").split()) if found else ""


def follower(**more):
    client = Client(**more)
    client.get("/demo/")
    token = client.cookies["csrftoken"].value
    client.post("/demo/follow/", {"csrfmiddlewaretoken": token})
    return client


def test_it_is_closed_until_somebody_follows(told):
    client = Client()
    client.post("/demo/be/", {"role": "case-manager"})
    assert strip(client).startswith("Follow one person through the network")
    assert strip(client, "/demo/") == ""  # that page leads into the story by itself
    assert strip(follower()).startswith("Step 1 of 6. You are Denise.")


def test_it_closes_and_opens_where_one_is(told):
    client = follower()
    answer = client.post("/demo/guide/", {"back": "/people/?q=ro"})
    assert answer.headers["Location"] == "/people/?q=ro"
    assert "Open the guide" in strip(client)
    client.post("/demo/be/", {"role": "navigator"})
    assert "Open the guide" in strip(client)
    client.post("/demo/guide/", {"back": "/today/", "open": "yes"})
    assert "Step 1 of 6." in strip(client)
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""):
        assert client.post("/demo/guide/", {"back": elsewhere}).headers["Location"] == "/demo/"


def test_it_is_carried_from_one_sign_in_to_the_next(told):
    client = follower()
    for role in ("navigator", "network", "partner"):
        client.post("/demo/be/", {"role": role})
        assert "Step 1 of 6." in strip(client, "/demo/clock/"), role


def test_its_presses_work_from_a_page_that_names_no_origin(told):
    """Answer pages send no referrer, so a browser names no origin with what is pressed there."""
    client = follower(enforce_csrf_checks=True)
    answer = client.post("/demo/be/", {"role": "case-manager"}, headers={"origin": "null"})
    assert answer.status_code == 302
    assert client.post("/demo/guide/", {"back": "/today/"}, headers={"origin": "null"}).status_code == 302
    assert client.post("/demo/clock/", {"days": "6"}, headers={"origin": "null"}).status_code == 403


def test_it_goes_on_where_the_story_is(told):
    assert guide.step(followed.standing(), Here()).number == 1
    sent(told)
    story = followed.standing()
    assert (story.chapter, story.receiver) == ("asked", "Sunrow Solar School")
    assert guide.step(story, Here()).number == 2
    assert strip(follower(), "/demo/check/").startswith("Step 2 of 6. Asked. Denise goes on holding Rosa.")
    with told.network.acting("luz") as luz:
        referrals.close_organization(organization=told.network.houses["eastgate"], by=luz.actor)
    story = followed.standing()
    assert story.chapter == "closed"
    assert followed.holder_of(story).name == "Network Office"
    assert strip(follower(), "/demo/mailbox/").startswith(
        "Step 5 of 6. Eastgate Community Partners has closed. Luz Ortega holds Rosa now"
    )
    assert strip(follower(), "/demo/check/").startswith("Step 6 of 6.")


def test_a_story_that_went_another_way_is_told_so(told):
    referral = sent(told)
    with told.network.acting("denise") as denise:
        referrals.withdraw(referral=referral, reason="person_changed", by=denise.actor)
    client = follower()
    assert "went another way" in strip(client, "/demo/check/")


def test_the_partner_reads_the_mailbox_that_was_asked(told):
    client = follower()
    sent(told, "carpentry")
    client.post("/demo/be/", {"role": "partner", "then": "asked"})
    page = BeautifulSoup(client.get("/demo/mailbox/").content, "lxml")
    assert "Valley Trades, without an account" in page.select_one(".demo").get_text()


def sent(told, offer="solar"):
    rosa = next(life for life in LIVES if life.name == followed.NAME)
    refer("denise", offer)(told, rosa)
    with told.network.acting("denise"):
        return told.referral(rosa)
