"""The first administrator of a network, and a second step that was lost."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from warmhandoff.cli.begin import begin
from warmhandoff.cli.second_step import take_off
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.foundation.models import Message
from warmhandoff.network.invitations import open_token
from warmhandoff.network.models import Organization, User
from warmhandoff.network.roles import Role

pytestmark = pytest.mark.django_db


def test_begin_makes_the_office_and_invites_its_administrator():
    said = begin(office="Network Office", name="Ana Ruiz", email="Ana@office.example")
    token = said.rsplit("/", 2)[-2]
    invitation = open_token(token)
    assert invitation is not None and invitation.email == "ana@office.example"
    assert invitation.role == Role.NETWORK_ADMINISTRATOR
    assert Message.objects.get().notice == "network.invitation"


def test_begin_twice_or_with_a_wrong_address_leaves_nothing():
    with pytest.raises(BadValue):
        begin(office="Network Office", name="Ana Ruiz", email="not an address")
    assert not Organization.objects.exists()
    begin(office="Network Office", name="Ana Ruiz", email="ana@office.example")
    with pytest.raises(DomainError):
        begin(office="network office", name="Ben", email="ben@office.example")
    assert Organization.objects.count() == 1


def test_a_lost_second_step_is_taken_off():
    user = User.objects.create_user("denise@eastgate.example", "Denise Carter", "a long enough password")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert take_off("Denise@Eastgate.example") == 1
    assert not Authenticator.objects.filter(user=user).exists()
    with pytest.raises(BadValue):
        take_off("nobody@eastgate.example")
