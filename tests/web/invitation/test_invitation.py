"""An invitation by mail: who invites, where, as what; accepted once, by an account of its own or one that is there."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from tests.cast import MONDAY, Cast
from tests.mailbox import body, mail_server, run_jobs
from tests.web.desk import Desk
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError
from warmhandoff.network import actions
from warmhandoff.network.invitations import token_of
from warmhandoff.network.models import Invitation, Membership, Organization, User

PASSWORD = "four quiet horses waiting"


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


def invited(cast: Cast, email: str = "jo@eastgate.example", at=MONDAY) -> Invitation:
    with cast.acting("marcus", at=at) as marcus:
        return actions.invite(
            organization=cast.organizations["eastgate"],
            email=email,
            name="Jo Park",
            role="case_manager",
            by=marcus.actor,
        )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_from_the_mail_to_the_desk(cast, settings):
    invited(cast, at=clock.now())
    with mail_server(settings) as box:
        run_jobs()
    (mail,) = box.received
    link = next(line for line in body(mail, "plain").splitlines() if line.startswith("http"))
    visitor = Desk()
    visitor.at = clock.now()
    address = link.removeprefix(settings.ROOT_URL)
    said = visitor.get(address)
    assert "Eastgate Community Partners invites you" in said
    assert "Your role: case manager." in said
    assert "Marcus Webb invited you." in said
    assert not User.objects.filter(email="jo@eastgate.example").exists(), "opening changes nothing"
    assert "Make your account" in visitor.post(address)
    typed = {"name": "Jo Park", "password1": PASSWORD, "password2": PASSWORD, "email": "x@x.example"}
    visitor.post("/account/join/", **typed)
    member = Membership.objects.get(user__email="jo@eastgate.example")
    assert (member.role, member.organization) == ("case_manager", cast.organizations["eastgate"])
    assert EmailAddress.objects.get(user=member.user).verified
    assert "Jo Park" in visitor.get("/organization/")
    assert "This invitation has ended" in Desk().get(address, 410)
    assert Membership.objects.filter(user=member.user).count() == 1


@pytest.mark.django_db
def test_what_no_longer_opens(cast):
    invitation = invited(cast)
    address = f"/invitation/{token_of(invitation)}/"
    late = Desk()
    late.at = MONDAY.replace(month=12, day=8)
    assert "older than two weeks" in late.get(address, 410)
    with cast.acting("marcus") as marcus:
        actions.withdraw_invitation(invitation=invitation, by=marcus.actor)
    assert "taken back" in Desk().get(address, 410)
    assert "has ended" in Desk().post(address, 410)
    assert "has ended" in Desk().get(f"/invitation/{invitation.code}.{'A' * 24}/", 410)


@pytest.mark.django_db
def test_it_is_accepted_once_and_in_time(cast):
    invitation, user = invited(cast), User.objects.create_user("jo@eastgate.example", "Jo Park")
    with clock.at(MONDAY.replace(month=12, day=8)), pytest.raises(DomainError):
        actions.accept_invitation(invitation=invitation, user=user)
    with cast.acting("marcus"):
        assert actions.accept_invitation(invitation=invitation, user=user).role == "case_manager"
        with pytest.raises(DomainError) as refused:
            actions.accept_invitation(invitation=invitation, user=user)
    assert refused.value.code == "already_there"


@pytest.mark.django_db
def test_an_organization_that_closed_takes_nobody_in(cast):
    invitation, user = invited(cast), User.objects.create_user("jo@eastgate.example", "Jo Park")
    Organization.objects.filter(pk=invitation.organization_id).update(state="closed", closed_at=MONDAY)
    invitation.refresh_from_db()
    with cast.acting("luz"), pytest.raises(DomainError):
        actions.accept_invitation(invitation=invitation, user=user)
    assert not Membership.objects.filter(user=user).exists()


@pytest.mark.django_db
def test_somebody_with_an_account_adds_the_organization(cast):
    desk = Desk(cast, "ines")
    address = f"/invitation/{token_of(invited(cast, 'ines@harbor.example'))}/"
    assert "invites you to work with them here" in desk.post(address)
    with clock.at(MONDAY):
        desk.client.post("/account/invited/")
    assert Membership.objects.filter(user=cast.members["ines"].user).count() == 2
    assert "Eastgate Community Partners" in desk.get("/organizations/")
