"""Accounts begin with an invitation, are protected by a second step, and tell strangers nothing."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.web.staff import PASSWORD, account, membership, organization, signed_in
from warmhandoff.foundation import scoping
from warmhandoff.foundation.actors import system_actor
from warmhandoff.network import account_mails, actions
from warmhandoff.network.invitations import token_of
from warmhandoff.network.models import AccountMail, Invitation, Membership, User
from warmhandoff.network.roles import Role

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "four quiet horses waiting"


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


@pytest.fixture
def invitation(db) -> Invitation:
    at = organization()
    with scoping.acting_as(system_actor(at.pk)) as context:
        by = system_actor(context.organization_id)
        return actions.invite(
            organization=at, email="jo@eastgate.example", name="Jo Park", role=Role.LEAD, by=by
        )


def sign_in(client: Client, email: str = "denise@eastgate.example", password: str = PASSWORD):
    return client.post("/account/sign-in/", {"login": email, "password": password})


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def delivered():
    """The one mail about an account that waits, as the worker sends it."""
    account_mails.deliver(AccountMail.objects.get().pk)
    return mail.outbox[-1]


def said(answer) -> str:
    return " ".join(BeautifulSoup(answer.content, "lxml").get_text().split())


def test_sign_in_and_out():
    membership()
    client = Client()
    assert sign_in(client).headers["Location"] == "/"
    assert (
        client.get("/").headers["Location"] in {"/organizations/", "/today/"}
        or client.get("/").status_code == 302
    )
    assert client.post("/account/sign-out/").headers["Location"] == "/account/sign-in/"
    assert client.get("/organizations/").headers["Location"].startswith("/account/sign-in/")


def test_a_get_does_not_sign_out(settings):
    settings.DEMO = True
    client = signed_in(membership())
    assert client.get("/account/sign-out/").status_code == 200
    assert client.get("/organizations/").status_code == 200


@pytest.mark.parametrize("email", ["denise@eastgate.example", "nobody@nowhere.example"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(email):
    account()
    answer = sign_in(Client(), email, "not the password")
    assert "Email and password don't go together." in said(answer)


def test_many_wrong_passwords_are_paused():
    account()
    client = Client()
    for _ in range(6):
        answer = sign_in(client, password="not the password")
    assert "Too many tries." in said(answer)
    assert "Too many tries." in said(sign_in(client)), "even the right one has to wait"


def test_nobody_signs_up_uninvited():
    assert "Accounts are made by invitation" in said(Client().get("/account/join/"))
    Client().post(
        "/account/join/",
        {"email": "x@x.example", "name": "X", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert not User.objects.exists()


def test_an_invited_person_makes_an_account(invitation):
    client = Client()
    link = f"/invitation/{token_of(invitation)}/"
    page = client.get(link)
    assert "Eastgate Community Partners invites you" in said(page)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "Accounts are made by invitation" in said(client.get("/account/join/")), (
        "opening the link changed nothing"
    )
    assert client.post(link).headers["Location"] == "/account/join/"
    typed = {
        "email": "another@elsewhere.example",
        "name": "Jo  Park",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    assert client.post("/account/join/", typed).headers["Location"] == "/"
    member = Membership.objects.get()
    assert (member.user.email, member.user.name, member.role) == ("jo@eastgate.example", "Jo Park", "lead")
    assert EmailAddress.objects.get(user=member.user).verified
    assert client.get("/organizations/").headers["Location"] == "/account/security/app/", (
        "the second step comes next"
    )
    assert Client().get(link).status_code == 410
    assert "has ended" in said(Client().post(link))


@pytest.mark.parametrize("token", ["X7K9.forged", "X7K9", "..", "é.ü"])
def test_a_forged_invitation(token, invitation):
    assert Client().get(f"/invitation/{token}/").status_code == 410
    assert Client().get(f"/invitation/{invitation.code}.{'A' * 24}/").status_code == 410


def test_whoever_has_an_account_already_adds_the_organization(invitation, settings):
    settings.DEMO = True
    user = account("Jo Park", "jo@eastgate.example")
    membership(user, of="Harbor Reentry")
    client = Client()
    assert client.post(f"/invitation/{token_of(invitation)}/").headers["Location"] == "/account/sign-in/"
    sign_in(client, "jo@eastgate.example")
    assert client.get("/").headers["Location"] == "/account/invited/"
    assert "invites you" in said(client.get("/account/invited/"))
    client.post("/account/invited/")
    assert "Eastgate Community Partners" in said(client.get("/organizations/"))
    assert user.memberships.count() == 2


def test_an_invitation_is_not_for_whoever_is_signed_in(invitation, settings):
    settings.DEMO = True
    client = signed_in(membership())
    client.post(f"/invitation/{token_of(invitation)}/")
    assert "for somebody else" in said(client.get("/account/invited/"))
    client.post("/account/invited/")
    assert Membership.objects.count() == 1
    assert client.get("/").headers["Location"] != "/account/invited/"


@pytest.mark.parametrize("password", ["short", "q1w2e3r4t5y6", "jo@eastgate.example"])
def test_weak_passwords_are_refused(password, invitation):
    client = Client()
    client.post(f"/invitation/{token_of(invitation)}/")
    answer = client.post("/account/join/", {"name": "Jo Park", "password1": password, "password2": password})
    assert answer.status_code == 200
    assert BeautifulSoup(answer.content, "lxml").select_one("#id_password1_error")


def test_a_forgotten_password():
    account("Denise Carter")
    client = Client()
    assert (
        client.post("/account/password/", {"email": "denise@eastgate.example"}).headers["Location"]
        == "/account/password/sent/"
    )
    sent = delivered()
    assert "Denise" not in sent.body + sent.subject
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    link = re.search(r"http://[^/]+(/account/password/new/\S+)", sent.body)[1]
    form = client.get(link).headers["Location"]
    assert client.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}).status_code == 302
    assert sign_in(client, password=NEW_PASSWORD).headers["Location"] == "/"
    assert "This link has ended" in said(Client().get(link))


def test_a_forgotten_password_of_an_unknown_address_looks_the_same():
    answer = Client().post("/account/password/", {"email": "nobody@nowhere.example"})
    assert answer.headers["Location"] == "/account/password/sent/"
    assert "no account" in delivered().body


def test_an_account_without_a_password_chooses_one(settings):
    settings.DEMO = True
    member = membership()
    client = signed_in(member)
    member.user.set_unusable_password()
    member.user.save()
    client.force_login(member.user)
    page = client.get("/account/password/change/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/account/"), page.redirect_chain
    assert "Choose a password" in said(client.get("/account/password/choose/"))
    client.post("/account/password/choose/", {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    member.user.refresh_from_db()
    assert member.user.check_password(NEW_PASSWORD)


def set_up_app(client: Client) -> str:
    page = client.get("/account/security/app/")
    secret = BeautifulSoup(page.content, "lxml").select_one(".code").get_text()
    answer = client.post("/account/security/app/", {"code": code_for(secret)})
    assert answer.status_code == 302, said(answer)
    return secret


def test_the_second_step(settings):
    settings.DEMO = False
    member = membership()
    client = Client()
    sign_in(client)
    secret = set_up_app(client)
    assert client.get("/organizations/").status_code == 200
    codes = [
        each.get_text()
        for each in BeautifulSoup(client.get("/account/security/codes/").content, "lxml").select(".codes li")
    ]
    assert len(codes) == 10
    stored = Authenticator.objects.get(user=member.user, type="totp").data["secret"]
    assert secret not in stored

    fresh = Client()
    assert sign_in(fresh).headers["Location"].startswith("/account/second-step/")
    assert fresh.get("/organizations/").headers["Location"].startswith("/account/sign-in/"), (
        "a password alone opens nothing"
    )
    assert "This code is not right" in said(fresh.post("/account/second-step/", {"code": "000000"}))
    assert fresh.post("/account/second-step/", {"code": codes[0]}).headers["Location"] == "/"
    assert fresh.get("/organizations/").status_code == 200

    again = Client()
    sign_in(again)
    assert "This code is not right" in said(again.post("/account/second-step/", {"code": codes[0]})), (
        "each code works once"
    )


def test_the_demo_asks_for_no_second_step(settings):
    settings.DEMO = True
    assert signed_in(membership()).get("/organizations/").status_code == 200


def test_one_works_for_one_organization_at_a_time(settings):
    settings.DEMO = True
    first = membership()
    second = membership(first.user, of="Harbor Reentry", role=Role.PEER_MENTOR)
    client = signed_in(first)
    assert "Denise Carter, Eastgate Community Partners" in said(client.get("/organizations/"))
    client.post("/organizations/", {"membership": second.code})
    assert "Denise Carter, Harbor Reentry" in said(client.get("/organizations/"))


def test_nobody_switches_to_somebody_elses_membership(settings):
    settings.DEMO = True
    other = membership(account("Jo", "jo@harbor.example"), of="Harbor Reentry")
    client = signed_in(membership())
    assert client.post("/organizations/", {"membership": other.code}).status_code == 404
    assert "Denise Carter, Eastgate" in said(client.get("/organizations/"))


def test_an_ended_membership_opens_nothing(settings):
    settings.DEMO = True
    member = membership()
    client = signed_in(member)
    Membership.objects.filter(pk=member.pk).update(state="ended", ended_at="2026-11-23T12:00Z")
    assert "don't belong to an organization" in said(client.get("/organizations/"))
