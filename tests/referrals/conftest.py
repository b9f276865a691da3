"""Rosa, held by Denise; one referral to Sunrow, which answers by mail, and one to Valley, where Vera signs in."""

from __future__ import annotations

import pytest

from tests import cast
from tests.standing import _network, c  # noqa: F401
from warmhandoff.referrals.models import Referral


@pytest.fixture
def rosa(c):  # noqa: F811
    with c.acting("denise") as denise:
        return cast.take_in(denise)


@pytest.fixture
def mailed(c, rosa) -> Referral:  # noqa: F811
    with c.acting("denise") as denise:
        return cast.refer(rosa, c.services["solar"], denise)


@pytest.fixture
def asked(c, rosa) -> Referral:  # noqa: F811
    with c.acting("denise") as denise:
        return cast.refer(rosa, c.services["carpentry"], denise)


@pytest.fixture
def offered(c, rosa) -> Referral:  # noqa: F811
    """A transfer."""
    with c.acting("denise") as denise:
        return cast.refer(rosa, c.services["carpentry"], denise, mode="transfer")


@pytest.fixture
def stands(c):  # noqa: F811
    """The referral as it stands now, for whoever acts."""
    return lambda referral: Referral.objects.get(pk=referral.pk)


@pytest.fixture
def do(c, stands):  # noqa: F811
    """Have a member do something about a referral, as it stands now."""

    def act(who, verb, referral, at=None, **more):
        with c.acting(who, at) as member:
            return verb(referral=stands(referral), by=member.actor, **more)

    return act
