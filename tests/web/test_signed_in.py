"""A session ends when its hours are over or the account is closed, and what isn't a session begins anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.web.staff import membership, signed_in
from warmhandoff.foundation import clock
from warmhandoff.network.models import Membership, User

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/sign-in/"


def sent_to_sign_in(client: Client) -> bool:
    answer = client.get("/organization/")
    return answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)


@pytest.fixture
def here() -> tuple[Membership, Client]:
    one = membership()
    Authenticator.objects.create(user=one.user, type=Authenticator.Type.TOTP, data={"secret": ""})
    client = signed_in(one)
    assert client.get("/organization/").status_code == 200
    return one, client


def test_a_session_ends_after_its_hours(here):
    _one, client = here
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert sent_to_sign_in(client)


def test_a_clock_that_is_moved_ends_no_session(here):
    _one, client = here
    with clock.at(timezone.now() + timedelta(days=30)):
        assert client.get("/organization/").status_code == 200


def test_whose_account_is_closed_is_signed_out(here):
    one, client = here
    User.objects.filter(pk=one.user_id).update(is_active=False)
    assert sent_to_sign_in(client)


def test_a_session_of_no_account_is_signed_out(here):
    _one, client = here
    session = client.session
    session[SESSION_KEY] = str(2**31 - 1)
    session.save()
    assert sent_to_sign_in(client)


def test_whose_work_has_ended_belongs_nowhere(here):
    one, client = here
    Membership.objects.filter(pk=one.pk).update(state=Membership.State.ENDED, ended_at=timezone.now())
    assert client.get("/organization/").status_code == 403


@pytest.mark.parametrize("key", ["", "x" * 32, "'; DROP TABLE", "é" * 40, "a" * 500])
def test_what_is_no_session_begins_anew(key):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert sent_to_sign_in(client)
    assert client.get(SIGN_IN).status_code == 200


def test_another_s_password_hash_in_a_session_opens_nothing(here):
    one, client = here
    one.user.set_password("four quiet horses waiting")
    one.user.save()
    assert sent_to_sign_in(client)


def test_the_account_comes_with_its_memberships_in_one_statement(here):
    _one, client = here
    with CaptureQueriesContext(connection) as said:
        client.get("/organization/")
    assert sum("network_user" in each["sql"] for each in said[:3]) == 1
    assert sum("django_session" in each["sql"] for each in said) == 1
