"""Who holds how many, and who of them was not reached for long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import cast
from tests.cast import MONDAY, told
from tests.web.people.desk import get, signed_in, text
from warmhandoff.casework.actions.services import Gave, give
from warmhandoff.participants import actions as participants
from warmhandoff.participants import correcting
from warmhandoff.participants.models import FileEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
LATER = MONDAY + timedelta(days=28)
LONG_AFTER = MONDAY + timedelta(days=100)


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def people(c):
    """Denise holds Rosa, who was reached, and Maria, who was tried; Marcus holds Andre, whom a service was given."""
    with c.acting("denise") as denise:
        rosa, maria = cast.take_in(denise), cast.take_in(denise, told("Maria", "Pineda"))
    with c.acting("marcus") as marcus:
        andre = cast.take_in(marcus, told("Andre", "Wilson"))
    with c.acting("denise", LATER) as denise:
        participants.log_contact(file=rosa, how="voice", by=denise.actor)
        participants.log_contact(file=maria, how="voice", reached=False, by=denise.actor)
    with c.acting("marcus", LATER) as marcus:
        give(file=andre, gave=Gave("food", marcus.membership, LATER.date()), by=marcus.actor)
    return {"rosa": rosa, "maria": maria, "andre": andre}


def test_the_fullest_first_with_who_was_not_reached(c, people):
    at = LATER + timedelta(days=5)
    page = get(signed_in(c, "marcus"), reverse("organization:caseloads"), at)
    assert "3 people are held here. 1 was not reached for 30 days." in text(page)
    lines = [" ".join(one.get_text(" ").split()) for one in page.select("main .lines > li")]
    assert lines[0].startswith("Denise Carter 2 people") and "1 not reached for long" in lines[0]
    assert lines[1].startswith("Marcus Webb 1 person") and "not reached" not in lines[1]


def test_one_caseload_by_who_is_longest_out_of_touch(c, people):
    address = reverse("organization:caseload_of", args=[c.members["denise"].code])
    at = LATER + timedelta(days=5)
    page = get(signed_in(c, "marcus"), address, at)
    assert [one.text for one in page.select("main .lines strong")] == ["Maria Pineda", "Rosa Mendoza"]
    assert "Not reached yet 33 days" in text(page)
    page = get(signed_in(c, "marcus"), f"{address}?only=out_of_touch", at)
    assert [one.text for one in page.select("main .lines strong")] == ["Maria Pineda"]


def test_what_was_given_and_then_stopped(c, people):
    address = reverse("organization:caseload_of", args=[c.members["marcus"].code])
    page = text(get(signed_in(c, "marcus"), f"{address}?only=without_service", LONG_AFTER))
    assert "Andre Wilson" in page and "72 days" in page
    address = reverse("organization:caseload_of", args=[c.members["denise"].code])
    page = text(get(signed_in(c, "marcus"), f"{address}?only=without_service", LONG_AFTER))
    assert "Nobody of this kind." in page  # whom nothing is given here is not counted as forgotten


def test_a_struck_contact_reaches_nobody(c, people):
    with c.acting("denise", LATER) as denise:
        event = FileEvent.objects.get(file=people["rosa"], kind="contacted")
        correcting.strike(event=event, reason="mistake", by=denise.actor)
    page = get(signed_in(c, "marcus"), reverse("organization:caseloads"), LATER + timedelta(days=5))
    assert "2 were not reached for 30 days." in text(page)


def test_the_queue_and_a_caseload_without_anybody(c):
    client = signed_in(c, "marcus")
    assert "Nobody is held here now." in text(get(client, reverse("organization:caseloads")))
    assert "Nobody is held here now." in text(
        get(client, reverse("organization:caseload_of", args=["queue"]))
    )


def test_another_house_and_a_case_manager_see_none_of_it(c, people):
    mine = reverse("organization:caseload_of", args=[c.members["denise"].code])
    assert signed_in(c, "paul").get(mine).status_code == 404
    assert signed_in(c, "denise").get(reverse("organization:caseloads")).status_code == 403
    assert "Nobody is held here now." in text(get(signed_in(c, "paul"), reverse("organization:caseloads")))
