"""Referring: three parts on one page, consent, the preview that tells the truth."""

from __future__ import annotations

import pytest

from tests import cast
from tests.web.referrals.signed import Desk
from warmhandoff.participants.models import Need

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def no_second_step(settings):
    settings.DEMO = True


@pytest.fixture
def rosa():
    c = cast.network()
    with c.acting("denise") as denise:
        file = cast.take_in(denise)
        need = Need.objects.get(file=file)
    return c, file, need


def test_who_fits(rosa):
    c, file, need = rosa
    page = Desk(c, "denise").page(f"/referrals/new/{file.code}/")
    assert "Sunrow Solar School" in page and "Valley Trades" in page
    assert "Fits, 4 seats" in page


def test_what_they_will_see(rosa):
    c, file, need = rosa
    page = Desk(c, "denise").page(
        f"/referrals/new/{file.code}/", need=need.pk, service=c.services["solar"].code
    )
    assert "Rosa Mendoza" in page
