"""The board, the import and the handover list in a real browser: wide, narrow, full, empty; each looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.cast import Cast
from tests.web.desk import Desk
from tests.web.organization.test_pages_browser import look
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.network.models import Membership, Organization
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def c(settings) -> Cast:
    settings.DEMO = True
    found = cast.network()
    Membership.objects.update(started_at=datetime(2026, 1, 5, 18, tzinfo=UTC))
    Organization.objects.filter(pk=found.organizations["bright"].pk).update(phone="")
    return found


def enter(page: Page, c: Cast, name: str, live_server) -> None:
    desk = Desk(c, name)
    cookie = desk.client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


def sent(c: Cast, days: int, first: str, last: str, service: str) -> Referral:
    with c.acting("denise", ago(days)) as denise:
        file = cast.take_in(denise, cast.told(first, last))
        return cast.refer(file, c.services[service], denise)


def test_the_board(c, page, live_server):
    enter(page, c, "luz", live_server)
    page.goto(f"{live_server.url}/network/")
    look(page, "board-empty")
    # As of a day on which the services say what they are.
    Service.objects.update(room_as_of=ago(40).date(), verified_on=ago(40).date())
    sent(c, 21, "Rosa", "Mendoza", "carpentry")
    accepted = sent(c, 14, "Andre", "Wells", "carpentry")
    with c.acting("vera", ago(13)) as vera:
        actions.accept(
            referral=Referral.objects.get(pk=accepted.pk), reply=actions.Reply("Vera"), by=vera.actor
        )
    sent(c, 9, "Nora", "Quist", "it")
    asked = sent(c, 8, "Omar", "Diaz", "carpentry")
    with c.acting("vera", ago(8)) as vera:
        actions.ask(referral=Referral.objects.get(pk=asked.pk), text="Which weekdays?", by=vera.actor)
    refused = sent(c, 7, "Lena", "Park", "carpentry")
    with c.acting("vera", ago(6)) as vera:
        actions.decline(
            referral=Referral.objects.get(pk=refused.pk), reason="full", tell_person=True, by=vera.actor
        )
    listed = sent(c, 2, "Kofi", "Mensah", "carpentry")
    with c.acting("vera", ago(1)) as vera:
        review_on = (NOW + timedelta(days=9)).date()
        actions.waitlist(referral=Referral.objects.get(pk=listed.pk), review_on=review_on, by=vera.actor)
    with clock.at(NOW), scoping.acting_as(None):
        board.check_holders()
    page.goto(f"{live_server.url}/network/")
    look(page, "board")
    page.get_by_role("button", name="Remind Valley Trades").first.click()
    page.get_by_text("is reminded").wait_for()
    look(page, "board-reminded")


def test_the_import(c, page, live_server, tmp_path):
    enter(page, c, "adam", live_server)
    page.goto(f"{live_server.url}/organization/import/")
    look(page, "import")
    file = tmp_path / "partners.csv"
    good = "".join(f"Chrysalis,cbo,Job {n},WRK-TSE,Hollywood,000\n" for n in range(4))
    file.write_text(
        "organization,kind,service,service_code,place,Document\n"
        + good
        + "Chrysalis,charity,=Housing,HSG,Hollywood,000\n"
    )
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload the file").click()
    look(page, "import-match")
    page.get_by_label("source").select_option("Document")
    page.get_by_text("Bring in the good rows").click()
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_role("heading", name="1 of 5 rows needs mending").wait_for()
    look(page, "import-tried")
    page.get_by_role("button", name="Bring in the 4 good rows").click()
    page.get_by_role("heading", name="4 rows are brought in").wait_for()
    look(page, "import-done")


def test_the_handover_list(c, page, live_server):
    with c.acting("denise", ago(1)) as denise:
        for first, last in (("Rosa", "Mendoza"), ("Andre", "Wells"), ("Ana", "Zapata")):
            cast.take_in(denise, cast.told(first, last))
    enter(page, c, "marcus", live_server)
    page.goto(f"{live_server.url}/organization/people/{c.members['denise'].code}/close/")
    page.get_by_text("Choose one by one for 3 people").click()
    look(page, "handover")


def test_what_stands_for_the_network(c, page, live_server):
    enter(page, c, "adam", live_server)
    for name, address in (
        ("administration", ""), ("consent", "consent/"), ("new-consent", "consent/add/"), ("place", "place/"),
    ):  # fmt: skip
        page.goto(f"{live_server.url}/administration/{address}")
        look(page, name)
