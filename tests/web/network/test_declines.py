"""The desk of second looks: oldest first, by code; sent back with a note, confirmed, or another place named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.web.desk import Desk
from warmhandoff.referrals import actions
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TUESDAY = MONDAY + timedelta(days=1)
NOTE = "Their area is served since May."


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def no(c) -> Referral:
    with c.acting("denise") as denise:
        asked = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        return actions.decline(
            referral=Referral.objects.get(pk=asked.pk), reason="not_met", detail="area", by=vera.actor
        )


def desk(c, name="luz", at=TUESDAY) -> Desk:
    found = Desk(c, name)
    found.at = at
    return found


def stands(c, no) -> Referral:
    with c.acting("denise"):
        return Referral.objects.get(pk=no.pk)


def test_the_navigator_finds_it_on_today_on_the_board_and_at_the_desk(c, no):
    luz = desk(c)
    today = luz.get("/today/")
    assert f"Referral {no.code}" in today
    assert "Valley Trades said no to a referral from Eastgate Community Partners. Look once more." in today
    assert luz.soup("/network/").select_one('main a[href="/network/declines/"]').text == "1 decline to review"
    said = luz.get("/network/declines/")
    assert "1 decline waits for a second look" in said and "Rosa" not in said
    assert f"{no.code} Valley Trades Carpentry basics, from Eastgate Community Partners" in said
    assert "“Doesn't meet a requirement”" in said
    page = luz.get(f"/network/declines/{no.code}/")
    assert "Valley Trades said no: “Doesn't meet a requirement”" in page and "Rosa" not in page
    assert "The network looks once more at declines for this reason" in page


def test_sent_back_with_a_note_the_receiver_reads_it_and_the_round(c, no):
    luz = desk(c)
    address = f"/network/declines/{no.code}/send-back/"
    assert "never of the person" in luz.get(address)
    said = luz.send(address, note=NOTE)
    assert "Valley Trades is asked once more." in said and "No decline waits for a second look" in said
    vera = desk(c, "vera")
    page = vera.get(f"/referrals/{no.code}/")
    assert "You are asked for the second time." in page and NOTE in page
    assert "asks Valley Trades once more about Carpentry basics" in vera.get("/today/")
    assert "The network’s office asks you once more. You see who it is after you say yes." in vera.get(
        "/today/"
    )
    denise = desk(c, "denise")
    assert "asks Valley Trades once more about Carpentry basics" in denise.get("/today/")
    told = denise.get(f"/referrals/{no.code}/")
    assert (
        NOTE in told
        and "The network’s office has looked at the no, and asks Valley Trades once more." in told
    )
    assert "Valley Trades said no: Lives outside our area." in told
    assert "Primero dijeron que no." in told, "what Rosa is told, in her language"


def test_a_second_press_shows_the_firsts_result(c, no):
    luz, other = desk(c), desk(c)
    address = f"/network/declines/{no.code}/send-back/"
    key = luz.soup(address).select_one("main [name=form_key]")["value"]
    stale = other.soup(address).select_one("main [name=form_key]")["value"]
    luz.post(address, 302, note=NOTE, form_key=key)
    luz.post(address, 302, note=NOTE, form_key=key)
    assert stands(c, no).asked_times == 2
    assert "This was decided already" in other.post(address, 409, note=NOTE, form_key=stale)
    assert "They were asked once more." in luz.get(f"/network/declines/{no.code}/")


def test_the_no_stands(c, no):
    luz = desk(c)
    said = luz.send(f"/network/declines/{no.code}/", at=f"/network/declines/{no.code}/stands/")
    assert "The no stands. Both sides hear it." in said
    denise = desk(c, "denise")
    assert "looked at the no of Valley Trades about Carpentry basics: it stands" in denise.get("/today/")
    assert "The network’s office has looked at this no: it stands." in denise.get(
        f"/referrals/{no.code}/settle/"
    )


def test_another_place_is_named(c, no):
    luz, address = desk(c), f"/network/declines/{no.code}/elsewhere/"
    offered = [each["value"] for each in luz.soup(address).select("main [name=place]")]
    assert c.services["it"].code in offered and c.services["carpentry"].code not in offered
    assert "Suggested: Bright IT. Whoever holds the person decides." in luz.send(
        address, place=c.services["it"].code, note="Room from Monday."
    )
    assert "Room from Monday." in desk(c, "denise").get(f"/referrals/{no.code}/settle/")


def test_whoever_holds_the_person_is_told_that_nobody_waits_and_decides(c, no):
    denise = desk(c, "denise")
    assert "The network’s office looks at this no once more. You needn’t wait for it." in denise.get(
        "/today/"
    )
    page = denise.get(f"/referrals/{no.code}/settle/")
    assert "You needn’t wait" in page and "Ask for a second look" not in page
    with c.acting("denise", TUESDAY) as member:
        actions.settle(referral=stands(c, no), outcome="stays", by=member.actor)
    luz = desk(c)
    assert "No decline waits for a second look" in luz.get("/network/declines/")
    assert "decided otherwise meanwhile" in luz.get(f"/network/declines/{no.code}/")
    luz.get(f"/network/declines/{no.code}/send-back/", 302)


def test_whoever_holds_the_person_asks_for_a_look(c):
    with c.acting("denise") as denise:
        asked = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    with c.acting("vera") as vera:
        actions.decline(referral=Referral.objects.get(pk=asked.pk), reason="full", by=vera.actor)
    denise = desk(c, "denise")
    settle = f"/referrals/{asked.code}/settle/"
    page = denise.soup(settle)
    form = page.select_one(f'main form[action="/referrals/{asked.code}/second-look/"]')
    key = form.select_one("[name=form_key]")["value"]
    assert "room" in [each["value"] for each in form.select("[name=why]")]
    denise.post(f"/referrals/{asked.code}/second-look/", 302, form_key=key)
    denise.post(f"/referrals/{asked.code}/second-look/", 302, why="room", form_key=key)
    assert "You needn’t wait" in denise.get(settle)
    luz = desk(c)
    assert "Eastgate Community Partners asks for a look: We heard that there is room." in luz.get(
        "/network/declines/"
    )
    assert SecondLook.objects.using("owner").get().because == "sender"


def test_only_a_navigator_and_only_what_is_there(c, no):
    for address in (
        "/network/declines/",
        f"/network/declines/{no.code}/",
        f"/network/declines/{no.code}/send-back/",
    ):
        for name in ("denise", "marcus", "vera"):
            desk(c, name).get(address, 403)
    for ending in ("", "send-back/", "elsewhere/"):
        desk(c).get(f"/network/declines/NOSUCH/{ending}", 404)
    with c.acting("denise") as denise:
        other = cast.refer(cast.take_in(denise, cast.told("Andre", "Wells")), c.services["it"], denise)
    desk(c).get(f"/network/declines/{other.code}/", 404)


def test_a_name_only_where_the_office_itself_takes_part(c):
    with c.acting("luz") as navigator:
        file = cast.take_in(navigator, cast.told("Nora", "Quist"))
        asked = cast.refer(file, c.services["carpentry"], navigator)
    with c.acting("vera") as vera:
        actions.decline(referral=Referral.objects.get(pk=asked.pk), reason="not_met", by=vera.actor)
    soup = desk(c).soup("/network/declines/")
    assert soup.select_one(f'main .lines--wait a[href="/people/{file.code}/"]').text == "Nora Q."
