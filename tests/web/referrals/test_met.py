"""After a completed service: the holder asks whether the need is met, in both languages, and says so with one press."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY, Cast
from tests.web.desk import Desk
from warmhandoff.participants.models import Need
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SOON = MONDAY + timedelta(hours=1)


@pytest.fixture
def c(settings) -> Cast:
    settings.DEMO = True
    return cast.network()


@pytest.fixture
def completed(c) -> Referral:
    with c.acting("denise") as denise:
        sent = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    for verb, said in (
        (actions.accept, {"reply": actions.Reply("Vera")}),
        (actions.engage, {}),
        (actions.complete, {}),
    ):
        with c.acting("vera") as vera:
            verb(referral=Referral.objects.get(pk=sent.pk), by=vera.actor, **said)
    return sent


def desk(c, name="denise") -> Desk:
    found = Desk(c, name)
    found.at = SOON
    return found


def need(c) -> Need:
    with c.acting("denise", SOON):
        return Need.objects.get()


def test_from_today_to_a_press(c, completed):
    denise, address = desk(c), f"/referrals/{completed.code}/met/"
    today = denise.soup("/today/")
    assert (
        "The referral to Carpentry basics at Valley Trades is done. Ask them whether it is met."
        in denise.get("/today/")
    )
    assert today.find("a", string="Say whether it is met")["href"] == address
    page = denise.soup(address)
    assert [each.text for each in page.select("main button")] == ["Yes, it is met", "Not yet"]
    spanish = page.select_one("main [lang=es]").get_text()
    assert "¿Ya tiene lo que necesitaba?" in spanish and "job training" not in spanish.lower()
    said = denise.send(address, said="met")
    assert "Job training: met, and closed." in said
    assert need(c).outcome == "met"
    assert "Say whether it is met" not in denise.get("/today/")


def test_not_yet_leaves_the_need_open(c, completed):
    said = desk(c).send(f"/referrals/{completed.code}/met/", said="not_yet")
    assert "Job training stays open. Decide with them what is next." in said
    assert need(c).closed_on is None


def test_a_second_press_shows_the_first(c, completed):
    denise, address = desk(c), f"/referrals/{completed.code}/met/"
    key = denise.soup(address).select_one("main [name=form_key]")["value"]
    for answer in ("not_yet", "met"):
        assert "stays open" in denise.post(address, said=answer, form_key=key) or answer == "met"
    assert need(c).closed_on is None
    denise.get(address, 302)


def test_who_is_not_asked_sees_nothing_of_it(c, completed):
    address = f"/referrals/{completed.code}/met/"
    desk(c, "vera").get(address, 302)
    desk(c, "ines").get(address, 404)
    desk(c, "tavo").get(address, 403)
