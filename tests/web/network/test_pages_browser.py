"""The board, the import and the handover list in a real browser: wide, narrow, full, empty; each looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import cast
from tests.cast import Cast
from tests.web.desk import Desk
from tests.web.organization.test_pages_browser import look
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, scoping
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership, Organization
from warmhandoff.referrals import actions, board
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
NOW = datetime.now(UTC)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
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
    Service.objects.update(
        room_as_of=current_place().day_of(ago(40)), verified_on=current_place().day_of(ago(40))
    )
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
        review_on = current_place().day_of(NOW + timedelta(days=9))
        actions.waitlist(referral=Referral.objects.get(pk=listed.pk), review_on=review_on, by=vera.actor)
    with clock.at(NOW), scoping.acting_as(None):
        board.check_holders()
    page.goto(f"{live_server.url}/network/")
    look(page, "board")
    page.get_by_role("button", name="Remind Valley Trades").first.click()
    page.get_by_text("is reminded").wait_for()
    look(page, "board-reminded")


def test_asking_to_take_over(c, page, live_server):
    """From the board to the holder's yes, and what the office reads then; and the question after a completed service."""
    waits = sent(c, 21, "Rosa", "Mendoza", "carpentry")
    sent(c, 14, "Nora", "Quist", "it")
    at = live_server.url
    enter(page, c, "luz", live_server)
    page.goto(f"{at}/network/")
    page.get_by_role("link", name=f"Ask to take over, {waits.code}").click()
    page.wait_for_selector("h1:has-text('Ask to take over')")
    look(page, "take-over")
    page.get_by_label("Why do you ask?").fill(
        "Nobody has answered you for three weeks. We know two places with room."
    )
    page.get_by_role("button", name="Ask them").click()
    page.get_by_text("You asked to take them over.").wait_for()
    look(page, "take-over-asked")
    page.goto(f"{at}/today/")
    page.locator("summary", has_text="Coming up").click()
    look(page, "take-over-today")
    page.get_by_role("link", name=f"Referral {waits.code}").click()
    page.wait_for_selector("h1")
    look(page, "take-over-waits")
    question = page.url

    page.context.clear_cookies()
    enter(page, c, "denise", live_server)
    page.goto(f"{at}/today/")
    look(page, "take-over-holder")
    page.goto(question)
    look(page, "take-over-answer")
    page.goto(f"{question}no/")
    look(page, "take-over-no")
    page.goto(question)
    page.get_by_text("On paper").click()
    page.get_by_role("button", name="Yes, hand them over").click()
    page.get_by_text("Handed over, with all that is open for them.").wait_for()
    page.context.clear_cookies()
    enter(page, c, "luz", live_server)
    page.goto(f"{at}/network/")
    look(page, "take-over-yes")


def test_after_a_completed_service(c, page, live_server):
    done = sent(c, 9, "Rosa", "Mendoza", "carpentry")
    for verb, said in (
        (actions.accept, {"reply": actions.Reply("Vera")}),
        (actions.engage, {}),
        (actions.complete, {}),
    ):
        with c.acting("vera", ago(1)) as vera:
            verb(referral=Referral.objects.get(pk=done.pk), by=vera.actor, **said)
    enter(page, c, "denise", live_server)
    page.goto(f"{live_server.url}/today/")
    look(page, "met-today")
    page.get_by_role("link", name="Say whether it is met").first.click()
    page.wait_for_selector("h1:has-text('is it met')")
    look(page, "met")
    page.get_by_role("button", name="Not yet").click()
    page.get_by_text("stays open. Decide with them what is next.").wait_for()


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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_spoiled_file_is_mended_and_fed_again(c, chromium, live_server, tmp_path, scripts):
    """As somebody does it: the wrong letters, then a formula; the file that comes back is mended, and goes in whole."""
    file = tmp_path / "partners.csv"
    rows = "Fundación,cbo,Jobs,WRK-TSE,Hollywood,000\nFundación,cbo,=Housing,HSG,Hollywood,000\n"
    with chromium.new_context(java_script_enabled=scripts, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        enter(page, c, "adam", live_server)

        def feed(heading: str, encoding: str = "utf-8") -> None:
            file.write_text(heading + rows, encoding)
            page.goto(f"{live_server.url}/organization/import/")
            page.get_by_label("CSV file").set_input_files(file)
            page.get_by_role("button", name="Upload the file").click()

        feed("organization,kind,service,service_code,place,source\n", "latin-1")
        page.get_by_text("There is a letter that is not UTF-8").first.wait_for()
        if scripts:
            look(page, "import-letters")
        feed("organization,kind,service,service_code,,source\n")
        page.get_by_text("cells of the heading were merged").first.wait_for()
        feed("organization,kind,service,service_code,place,Paper\n")
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_text("Choose which column of your file this is.").first.wait_for()
        page.get_by_label("source").select_option("Paper")
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_role("heading", name="1 of 2 rows needs mending").wait_for()
        assert page.get_by_role("button", name="Bring in the").count() == 0
        with page.expect_download() as coming:
            page.get_by_role("link", name="Get the file to mend").click()
        spoiled = Path(coming.value.path()).read_text("utf-8-sig")
        assert "'=Housing" in spoiled
        file.write_text(spoiled.replace("'=Housing", "Housing"), "utf-8-sig")
        page.get_by_role("link", name="Bring in the mended file").click()
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="Upload the file").click()
        assert page.get_by_label("source").input_value() == "Paper", "remembered"
        page.get_by_role("button", name="See what would happen").click()
        page.get_by_role("heading", name="All 2 rows can be brought in").wait_for()
        page.get_by_role("button", name="Bring them in").click()
        page.get_by_role("heading", name="2 rows are brought in").wait_for()
    assert sorted(Service.objects.filter(organization__name="Fundación").values_list("name", flat=True)) == [
        "Housing",
        "Jobs",
    ]


def test_a_long_file_while_it_is_worked_on(c, page, live_server, tmp_path, monkeypatch):
    monkeypatch.setattr("warmhandoff.exchange.csv.upload.AT_ONCE_BYTES", 0)
    enter(page, c, "adam", live_server)
    file = tmp_path / "partners.csv"
    good = "".join(f"Chrysalis,cbo,Job {n},WRK-TSE,Hollywood,000\n" for n in range(4))
    file.write_text("organization,kind,service,service_code,place,source\n" + good)
    page.goto(f"{live_server.url}/organization/import/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload the file").click()
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_text("0 of 4 rows done.").wait_for()
    look(page, "import-works")
    page.get_by_role("button", name="Stop, and bring in nothing").click()
    page.get_by_role("heading", name="Nothing was brought in").wait_for()
    look(page, "import-stopped")


def test_suggesting_another_place(c, page, live_server):
    waiting = sent(c, 14, "Rosa", "Mendoza", "carpentry")
    enter(page, c, "luz", live_server)
    page.goto(f"{live_server.url}/network/{waiting.code}/suggest/")
    page.get_by_role("button", name="Suggest it").click()
    look(page, "board-suggest-errors")
    page.get_by_text("IT support training, Bright IT").click()
    page.get_by_role("button", name="Suggest it").click()
    page.get_by_text("Suggested: Bright IT.").wait_for()
    look(page, "board-suggested")
    Service.objects.exclude(pk=waiting.service_id).update(active=False)
    page.goto(f"{live_server.url}/network/{waiting.code}/suggest/")
    look(page, "board-suggest-none")


def test_the_handover_list(c, page, live_server):
    with c.acting("denise", ago(1)) as denise:
        for first, last in (("Rosa", "Mendoza"), ("Andre", "Wells"), ("Ana", "Zapata")):
            cast.take_in(denise, cast.told(first, last))
    enter(page, c, "marcus", live_server)
    page.goto(f"{live_server.url}/organization/people/{c.members['denise'].code}/close/")
    page.get_by_text("Notes, checklists, or somebody else for one of the 3 people").click()
    look(page, "handover")


def test_what_stands_for_the_network(c, page, live_server):
    enter(page, c, "adam", live_server)
    for name, address in (
        ("administration", ""), ("consent", "consent/"), ("new-consent", "consent/add/"), ("place", "place/"),
    ):  # fmt: skip
        page.goto(f"{live_server.url}/administration/{address}")
        look(page, name)
