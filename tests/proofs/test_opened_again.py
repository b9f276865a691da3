"""An account that was closed and opened again gets nothing back by itself: each way is tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY, PASSWORD
from warmhandoff.custody.models import Custody
from warmhandoff.custody.reading import duties_for
from warmhandoff.foundation import clock
from warmhandoff.foundation.models import Duty
from warmhandoff.network import absence, actions
from warmhandoff.network.invitations import open_token, token_of
from warmhandoff.network.models import Absence, Membership, User
from warmhandoff.network.reading import covered_by, today
from warmhandoff.network.roles import Role
from warmhandoff.participants.models import Share
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.reading import who_answers

pytestmark = pytest.mark.django_db

AGAIN = MONDAY + timedelta(days=2)


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        rosa = cast.take_in(denise)
        cast.refer(rosa, c.services["solar"], denise)
        return rosa


def user_of(c) -> User:
    return User.objects.get(pk=c.members["denise"].user_id)


def close(c):
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["denise"], by=marcus.actor)


def open_again(c) -> Membership:
    """By an invitation, as every account is opened."""
    with c.acting("marcus", AGAIN) as marcus:
        invitation = actions.invite(
            organization=c.organizations["eastgate"], email="denise@eastgate.example", name="Denise Carter",
            role=Role.CASE_MANAGER, by=marcus.actor,
        )  # fmt: skip
        c.members["again"] = actions.accept_invitation(invitation=invitation, user=user_of(c))
        return c.members["again"]


def browser(c) -> Client:
    client, user = Client(), user_of(c)
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)
    return client


def test_no_custody_and_no_duty(c, rosa):
    close(c)
    again = open_again(c)
    assert again.pk != c.members["denise"].pk, "another work, under the same name"
    with c.acting("again", AGAIN) as denise:
        assert not duties_for(denise.membership)
        held = Custody.objects.get(person_id=rosa.person_id, until=None)
        assert held.membership is None and held.queue == c.queues["eastgate"]
        assert not Duty.objects.filter(membership_id=c.members["denise"].pk, closed_at=None)


def test_no_share_is_made_or_lives_again(c, rosa):
    """Shares are an organization's; one that was ended while they were gone stays ended."""
    with c.acting("denise") as denise:
        sent = cast.refer(rosa, c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        referrals.accept(
            referral=Referral.objects.get(pk=sent.pk), reply=referrals.Reply("Vera"), by=vera.actor
        )
    close(c)
    with c.acting("marcus") as marcus:
        before = set(Share.objects.values_list("pk", flat=True))
        assert before
        referrals.stop_sharing(consent=Referral.objects.get(pk=sent.pk).consent, by=marcus.actor)
    open_again(c)
    with c.acting("again", AGAIN):
        assert set(Share.objects.values_list("pk", flat=True)) == before
        assert not Share.objects.filter(revoked_at=None)


def test_news_about_whom_they_sent_goes_on_to_who_holds_them(c, rosa):
    close(c)
    open_again(c)
    with c.acting("again", AGAIN):
        referral = Referral.objects.get()
        told = who_answers(referral)
        assert told == c.members["marcus"]


def test_a_browser_that_was_signed_in_before_is_signed_out(c):
    old = browser(c)
    with clock.at(MONDAY):
        assert old.get("/today/").status_code == 200
    close(c)
    with clock.at(MONDAY):
        assert old.get("/today/").status_code == 403
    open_again(c)
    with clock.at(AGAIN):
        answer = old.get("/today/")
        assert answer.status_code == 302 and "/account/sign-in/" in answer.headers["Location"]
        assert SESSION_KEY not in old.session
        assert browser(c).get("/today/").status_code == 200, "who signs in anew comes in"


def test_one_who_works_elsewhere_too_signs_in_anew(c):
    """A sign-in that was good for another organization does not become good for this one."""
    with c.acting("paul") as paul:
        actions.add_member(
            user=user_of(c), organization=c.organizations["harbor"], role=Role.CASE_MANAGER, by=paul.actor
        )
    old = browser(c)
    close(c)
    with clock.at(MONDAY):
        assert old.get("/today/").status_code == 200, "for the other organization"
    open_again(c)
    with clock.at(AGAIN):
        assert old.get("/today/").status_code == 302


def test_a_link_for_a_new_password_that_was_mailed_before_opens_nothing(c):
    token = default_token_generator.make_token(user_of(c))
    assert default_token_generator.check_token(user_of(c), token)
    close(c)
    open_again(c)
    assert not default_token_generator.check_token(user_of(c), token)
    assert default_token_generator.check_token(user_of(c), default_token_generator.make_token(user_of(c))), (
        "a fresh one does"
    )


def test_an_invitation_that_was_on_its_way_before_opens_nothing(c):
    with c.acting("marcus") as marcus:
        invitation = actions.invite(
            organization=c.organizations["eastgate"], email="denise@eastgate.example", name="Denise Carter",
            role=Role.LEAD, by=marcus.actor,
        )  # fmt: skip
        token = token_of(invitation)
    close(c)
    open_again(c)
    with clock.at(AGAIN):
        assert open_token(token) is None


def test_neither_absences_nor_whom_they_covered(c):
    with c.acting("marcus") as marcus:
        absence.say_away(
            membership=c.members["denise"], from_day=today(), until_day=today() + timedelta(days=9),
            cover=marcus.membership, by=marcus.actor,
        )  # fmt: skip
    close(c)
    open_again(c)
    with c.acting("again", AGAIN) as denise:
        assert not Absence.objects.filter(ended_at=None)
        assert not covered_by(denise.membership, today())


def test_accepting_in_a_browser_of_before_asks_for_a_sign_in(c):
    """The mailed link alone does not make an old sign-in a new one."""
    old = browser(c)
    close(c)
    with c.acting("marcus", AGAIN) as marcus:
        invitation = actions.invite(
            organization=c.organizations["eastgate"], email="denise@eastgate.example", name="Denise Carter",
            role=Role.CASE_MANAGER, by=marcus.actor,
        )  # fmt: skip
        address = f"/invitation/{token_of(invitation)}/"
    with clock.at(AGAIN):
        old.post(address)
        assert old.post(reverse("accept_invitation")).status_code == 302
        assert user_of(c).memberships.filter(state="active").count() == 1
        assert SESSION_KEY not in old.session


def test_signed_in_for_the_invitation_one_goes_on(c):
    close(c)
    # A sign-in is dated by the machine's clock.
    with c.acting("marcus", datetime.now(UTC) - timedelta(seconds=2)) as marcus:
        invitation = actions.invite(
            organization=c.organizations["eastgate"], email="denise@eastgate.example", name="Denise Carter",
            role=Role.CASE_MANAGER, by=marcus.actor,
        )  # fmt: skip
        address = f"/invitation/{token_of(invitation)}/"
    user = user_of(c)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = Client()
    client.post(address)
    client.post("/account/sign-in/", {"login": user.email, "password": PASSWORD})
    client.post(reverse("accept_invitation"))
    assert client.get("/today/").status_code == 200
