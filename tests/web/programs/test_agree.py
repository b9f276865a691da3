"""What somebody agreed to is asked for once more: from the line on Today to a yes, a no, and a second press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY
from tests.programs.test_agree_again import ASKED, ENDS, fire
from tests.web.desk import Desk
from warmhandoff.participants.models import Consent, Share

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def one(c):
    cast.program(c)
    with c.acting("denise") as denise:
        return cast.enrolled(c, denise, active=True)


def page(one):
    return reverse("programs:agree", args=[one.code])


def test_from_today_to_a_yes(c, one):
    fire(ASKED)
    desk = Desk(c, "denise")
    desk.at = ENDS - timedelta(days=1)
    today = desk.soup(reverse("today:home"))
    line = today.find("a", href=page(one))
    assert line is not None and line.get_text(strip=True) == "Ask them"
    said = " ".join(today.get_text(" ").split())
    assert "Pathways to Work: their yes to telling Network Office ends on" in said
    asked = desk.get(page(one))
    assert "Their yes ends on November 22, 2028." in asked and "pays for this program" in asked
    told = desk.send(page(one), answer="yes", how="screen")
    assert "Written down." in told
    assert "agreed once more" in desk.get(reverse("programs:enrollment", args=[one.code]))
    with c.acting("denise", ENDS):
        assert Share.objects.filter(revoked_at=None).count() == 1
    assert desk.soup(reverse("today:home")).find("a", href=page(one)) is None


def test_a_no_and_a_witness(c, one):
    desk = Desk(c, "denise")
    desk.send(page(one), 422, answer="no", how="spoken")
    desk.send(page(one), answer="no", how="paper")
    with c.acting("denise"):
        assert Consent.objects.filter(refused=True, purpose="program").count() == 1
        assert Share.objects.filter(revoked_at=None).count() == 1
    assert "doesn’t agree that the agency learns" in desk.get(reverse("programs:enrollment", args=[one.code]))


def test_after_it_has_run_out_the_page_says_so(c, one):
    desk, enrollment = Desk(c, "denise"), reverse("programs:enrollment", args=[one.code])
    assert desk.soup(enrollment).find("a", href=page(one)) is None, "two years ahead nobody is pressed"
    desk.at = MONDAY + timedelta(days=731)
    assert "No longer: their yes ended on" in desk.get(enrollment)
    assert desk.soup(enrollment).find("a", href=page(one)) is not None
    assert "Their yes ended on November 22, 2028." in desk.get(page(one))


@pytest.mark.parametrize(("name", "status"), [("tavo", 403), ("grace", 403), ("ines", 404)])
def test_who_may_not(c, one, name, status):
    Desk(c, name).get(page(one), status=status)
