"""The navigator's board: the longest wait first, by code, with the one button that helps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY, Cast
from tests.web.desk import Desk
from warmhandoff.custody.models import Custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.network.roles import Permission, may
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
LATER = MONDAY + timedelta(days=8)


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


@pytest.fixture
def waiting(c) -> Referral:
    with c.acting("denise") as denise:
        return cast.refer(cast.take_in(denise), c.services["carpentry"], denise)


def luz(c, at=LATER) -> Desk:
    desk = Desk(c, "luz")
    desk.at = at
    return desk


def test_who_may_enter(c):
    for name, member in c.members.items():
        Desk(c, name).get("/network/", 200 if may(member.role, Permission.WATCH_NETWORK) else 403)


def test_nobody_waits_too_long(c, waiting):
    said = luz(c, MONDAY).get("/network/")
    assert "Nobody waits longer than promised" in said
    assert "Nobody has counted yet who is without a holder" in said
    assert "Everybody has answered in time lately." in said


def test_where_they_wait_by_code_and_never_who(c, waiting):
    with clock.at(LATER), scoping.acting_as(None):
        board.check_holders()
    said = luz(c).get("/network/")
    assert "1 waits longer than promised 0 people without a holder, 1 checked:" in said
    assert (
        f"{waiting.code} At Valley Trades Carpentry basics, from Eastgate Community Partners No answer."
        in said
    )
    assert "Rosa" not in said
    assert "Valley Trades : no answer to 1 referral" in said


def test_the_button_reminds_once_and_then_it_is_a_call(c, waiting):
    desk = luz(c)
    assert [b.text for b in desk.soup("/network/").select("main .lines--wait .usa-button")] == [
        "Remind Valley Trades"
    ]
    said = desk.send("/network/", at=f"/network/{waiting.code}/remind/")
    assert "Valley Trades is reminded. The mail is on its way." in said
    assert "You reminded them today." in said
    button = desk.soup("/network/").select_one("main .lines--wait .usa-button")
    assert (button.text, button["href"]) == ("Call Valley Trades", "tel:5550100")
    with c.acting("denise", LATER):
        assert ReferralEvent.objects.filter(kind="network_reminded").count() == 1
    told = Desk(c, "denise")
    told.at = LATER
    assert "sent a reminder" in told.get(f"/referrals/{waiting.code}/")


@pytest.fixture
def another(c) -> Service:
    """Another place of the same kind."""
    return c.services["it"]


def test_another_place_is_suggested_to_whoever_holds_the_person(c, waiting, another):
    desk = luz(c)
    link = desk.soup("/network/").select_one(f'main a[href="/network/{waiting.code}/suggest/"]')
    assert link.text == "Suggest another place"
    page = desk.soup(link["href"])
    assert "Instead of Carpentry basics, from Eastgate Community Partners" in page.main.get_text(" ")
    assert "Rosa" not in page.main.get_text()
    offered = [each["value"] for each in page.select("main [name=place]")]
    assert another.code in offered and c.services["carpentry"].code not in offered
    assert "Choose one." in desk.send(link["href"], 422)
    said = desk.send(link["href"], place=another.code, note="They begin on Monday.")
    assert f"Suggested: {another.organization.name}." in said
    denise = Desk(c, "denise")
    denise.at = LATER
    assert "The network’s office suggests another place." in denise.get("/today/")
    assert another.name in denise.get(f"/referrals/{waiting.code}/")


def test_the_same_place_is_suggested_once(c, waiting, another):
    desk, address = luz(c), f"/network/{waiting.code}/suggest/"
    desk.send(address, place=another.code)
    assert "It was suggested already" in desk.send(address, 409, place=another.code)


def test_where_no_other_place_can_be_asked_one_calls(c, waiting):
    Service.objects.exclude(pk=c.services["carpentry"].pk).update(active=False)
    said = luz(c).get(f"/network/{waiting.code}/suggest/")
    assert "No other service of this kind can be asked now." in said
    assert "Call Valley Trades, 555-0100" in said


def test_only_a_navigator_suggests_and_only_what_is_on_their_board(c, waiting, another):
    address = f"/network/{waiting.code}/suggest/"
    for name in ("denise", "marcus", "vera"):
        Desk(c, name).get(address, 403)
    luz(c).get("/network/NOSUCH/suggest/", 404)


def test_where_somebody_must_decide_another_place_is_the_button(c, waiting, another):
    with c.acting("vera") as vera:
        actions.decline(
            referral=Referral.objects.get(pk=waiting.pk),
            reason="full",
            tell_person=True,
            by=vera.actor,
        )
    button = luz(c).soup("/network/").select_one("main .lines--wait .usa-button")
    assert (button.text, button["href"]) == ("Suggest another place", f"/network/{waiting.code}/suggest/")


# --- Asking to take over --------------------------------------------------------------------------------------------


@pytest.fixture
def asked(c, waiting) -> str:
    """Luz asks whether the office may take the person over; the address of her question."""
    desk, address = luz(c), f"/network/{waiting.code}/take-over/"
    link = desk.soup("/network/").select_one(f'main a[href="{address}"]')
    assert link.text == "Ask to take over"
    page = desk.get(address)
    assert "Luz Ortega answers for it" in page and "Rosa" not in page
    said = desk.send(address, note="Nobody has answered them.")
    assert f"Asked about {waiting.code}. They answer by" in said
    assert "You asked to take them over. They answer by" in said
    row = desk.soup("/network/")
    assert not row.select(f'main a[href="{address}"]'), "one question at a time"
    return str(row.find("a", string="Open the question")["href"])


def test_the_office_waits_by_code_and_reads_no_name(c, waiting, asked):
    for address in ("/today/", asked):
        said = luz(c).get(address)
        assert f"Referral {waiting.code}" in said and "Rosa" not in said
    assert "You asked whoever holds them to hand them over to you." in luz(c).get(asked)


def test_the_holder_says_yes_and_the_office_holds_them(c, waiting, asked):
    denise = Desk(c, "denise")
    denise.at = LATER
    assert "Network Office asks you to hand them over." in denise.get("/today/")
    page = denise.get(asked)
    assert "Nobody has answered them." in page
    assert "Network Office pregunta si puede ayudarle de ahora en adelante" in page
    assert "Offer them to another organization" in page
    denise.send(asked, how="paper")
    said = luz(c).get("/network/")
    assert "They said yes: they are with you." in said and "Rosa" in said
    with c.acting("luz", LATER):
        assert Custody.objects.get(until__isnull=True).queue_id == c.queues["office"].pk


def test_the_holder_says_no_and_the_board_says_why(c, waiting, asked):
    denise = Desk(c, "denise")
    denise.at = LATER
    choices = [each["value"] for each in denise.soup(f"{asked}no/").select("[name=reason]")]
    assert "goes_on_here" in choices and "offered_elsewhere" not in choices
    denise.send(f"{asked}no/", reason="goes_on_here")
    said = luz(c).get("/network/")
    assert "They said no to your taking them over: they go on being helped here." in said
    assert "Ask to take over" not in said
    assert "It was asked already" in luz(c).send(f"/network/{waiting.code}/take-over/", 409)


def test_offered_to_somebody_else_the_board_says_so(c, waiting, asked):
    denise = Desk(c, "denise")
    denise.at = LATER
    elsewhere = denise.soup(asked).find("a", string="Offer them to another organization")["href"]
    denise.send(elsewhere, to=c.organizations["harbor"].code, how="screen")
    assert "They said no to your taking them over: they are offered to another organization." in luz(c).get(
        "/network/"
    )


def test_only_a_navigator_asks_and_only_what_is_on_their_board(c, waiting):
    for name in ("denise", "marcus", "vera", "grace"):
        Desk(c, name).get(f"/network/{waiting.code}/take-over/", 403)
    luz(c).get("/network/NOSUCH/take-over/", 404)


def test_a_row_of_nobody_is_not_there(c, waiting):
    luz(c).post("/network/NOSUCH/remind/", 302)
    with c.acting("luz", LATER):
        key = luz(c).soup("/network/").select_one("main [name=form_key]")["value"]
    luz(c).post("/network/NOSUCH/remind/", 404, form_key=key)


def test_a_name_only_where_the_office_itself_takes_part(c):
    with c.acting("luz") as navigator:
        file = cast.take_in(navigator, cast.told("Nora", "Quist"))
        cast.refer(file, c.services["carpentry"], navigator)
    soup = luz(c).soup("/network/")
    assert soup.select_one(f'main .lines--wait a[href="/people/{file.code}/"]').text == "Nora Q."


def test_declines_that_contradict_the_directory(c, waiting):
    with c.acting("vera") as vera:
        actions.decline(
            referral=Referral.objects.get(pk=waiting.pk), reason="full", tell_person=True, by=vera.actor
        )
    said = luz(c, MONDAY + timedelta(days=1)).get("/network/")
    assert "Declines to look at 1 Valley Trades , Carpentry basics" in said
    assert "The directory says: Open, 4 seats." in said


def test_waitlists_coming_due_and_room_that_has_lapsed(c, waiting):
    with c.acting("vera") as vera:
        actions.waitlist(
            referral=Referral.objects.get(pk=waiting.pk),
            review_on=(MONDAY + timedelta(days=10)).date(),
            by=vera.actor,
        )
    Service.objects.filter(pk=c.services["housing"].pk).update(
        room_as_of=(MONDAY - timedelta(days=31)).date()
    )
    said = luz(c, MONDAY + timedelta(days=1)).get("/network/")
    assert "Valley Trades , Carpentry basics: 1 person on the waitlist, next look Thu, Dec 3" in said
    assert "Harbor Reentry , Housing help : “Open, 4 seats”, last confirmed 32 days ago." in said
