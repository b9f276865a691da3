"""Members of staff for the web's own tests."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from warmhandoff.network.models import Membership, Organization, User
from warmhandoff.network.roles import Role

PASSWORD = "a long walk by the river"


def organization(name: str = "Eastgate Community Partners") -> Organization:
    return Organization.objects.get_or_create(name=name, defaults={"kinds": ["cbo"]})[0]


def account(name: str = "Denise Carter", email: str = "denise@eastgate.example") -> User:
    user = User.objects.create_user(email, name, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def membership(
    user: User | None = None,
    role: Role = Role.CASE_MANAGER,
    of: str = "Eastgate Community Partners",
    **more: Any,
) -> Membership:
    return Membership.objects.create(user=user or account(), organization=organization(of), role=role, **more)


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client
