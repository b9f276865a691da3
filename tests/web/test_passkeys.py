"""A passkey stands for password and code. In a real browser, with an authenticator of its own."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.house.pages import assert_page_ok
from tests.web.staff import PASSWORD, account, membership, signed_in
from tests.web.test_look import photograph
from warmhandoff.network import account_mails
from warmhandoff.network.models import AccountMail

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


@pytest.fixture
def key(page):
    """An authenticator that the browser makes up: it knows its holder, as a phone does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    number = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows_its_holder(yes: bool) -> None:
        session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": yes})

    return knows_its_holder


@pytest.fixture
def site(live_server, settings):
    # A passkey belongs to a name; numbers have none.
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in_with_password(page, site):
    page.goto(f"{site}/account/sign-in/")
    page.get_by_label("Email").fill("denise@eastgate.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up(page):
    page.get_by_role("link", name="Set up a passkey instead").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()


@pytest.mark.browser
def test_set_up_sign_in_with_it_alone_rename_and_remove(page, key, site):
    membership()
    sign_in_with_password(page, site)
    page.get_by_role("heading", name="Set up the second step").wait_for()
    page.get_by_role("link", name="Set up a passkey instead").click()
    assert_page_ok(page)
    photograph(page, "passkey-new")
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    kinds = sorted(Authenticator.objects.values_list("type", flat=True))
    assert kinds == ["recovery_codes", "webauthn"]
    account_mails.deliver(AccountMail.objects.get().pk)
    assert [sent.subject for sent in mail.outbox] == ["Your sign-in is safer now"]

    page.context.clear_cookies()
    page.goto(f"{site}/account/sign-in/")
    assert_page_ok(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Today").wait_for()  # no password, no code

    page.goto(f"{site}/account/security/")
    assert_page_ok(page)
    photograph(page, "passkey-security")
    page.goto(f"{site}/account/security/passkeys/")
    assert_page_ok(page)
    photograph(page, "passkey-list")
    page.get_by_role("link", name="Rename My phone").click()
    assert_page_ok(page)
    page.get_by_label("What you call it").fill("Old phone")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Old phone").click()
    assert_page_ok(page)
    page.get_by_role("button", name="Remove it").click()
    page.get_by_role("heading", name="Set up the second step").wait_for()  # nobody works without one
    assert not Authenticator.objects.exists()


@pytest.mark.browser
def test_it_is_the_second_step_after_a_password_too(page, key, site):
    membership()
    sign_in_with_password(page, site)
    set_up(page)
    page.context.clear_cookies()
    sign_in_with_password(page, site)
    page.get_by_role("heading", name="Second step").wait_for()
    assert_page_ok(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Today").wait_for()


@pytest.mark.browser
def test_a_key_that_does_not_know_its_holder_opens_nothing(page, key, site):
    membership()
    sign_in_with_password(page, site)
    set_up(page)
    page.context.clear_cookies()
    key(False)
    page.goto(f"{site}/account/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey didn't work, or you stopped it.").wait_for()
    photograph(page, "passkey-trouble")
    assert_page_ok(page)
    page.goto(f"{site}/today/")
    page.get_by_role("heading", name="Sign in").wait_for()


def test_whoever_has_none_is_not_offered_one():
    user = account()
    membership(user)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "unused"})
    client = Client()
    client.post("/account/sign-in/", {"login": user.email, "password": PASSWORD})
    page = client.get("/account/second-step/").content.decode()
    assert "Second step" in page
    assert "Use your passkey" not in page


@pytest.mark.parametrize("said", ["", "{}", "[]", "not json", json.dumps({"id": "x", "response": {}})])
def test_a_made_up_answer_opens_nothing(said):
    membership()
    client = Client()
    answer = client.post("/account/sign-in/passkey/", {"credential": said})
    assert answer.status_code in (302, 403)
    assert client.get("/today/").status_code == 302
    assert "/account/sign-in/" in client.get("/today/").headers["Location"]


def test_a_strangers_key_is_neither_seen_nor_removed():
    theirs = account("Paul Okafor", "paul@harbor.example")
    key = Authenticator.objects.create(
        user=theirs, type="webauthn", data={"name": "Paul's phone", "credential": {}}
    )
    user = account()
    mine = membership(user)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "unused"})
    client = signed_in(mine)
    assert "Paul" not in client.get("/account/security/passkeys/").content.decode()
    for path in (f"/account/security/passkeys/{key.pk}/", f"/account/security/passkeys/{key.pk}/remove/"):
        assert client.get(path).status_code in (302, 404)
        assert client.post(path, {"name": "mine"}).status_code in (302, 404)
    assert Authenticator.objects.get(pk=key.pk).data["name"] == "Paul's phone"
