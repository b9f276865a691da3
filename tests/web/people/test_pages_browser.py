"""Each page as a browser shows it, wide and narrow: filled, empty, refused. Photographs go to var/pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests import cast
from tests.cast import MONDAY
from tests.house.pages import assert_page_ok, browser
from tests.web.people.desk import by_link, days, let_pass
from warmhandoff.custody import actions as custody
from warmhandoff.foundation.models import DatabaseMark
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Need, Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

PICTURES = settings.VAR_DIR / "pictures"
LONG = "Maximiliana-Guadalupe", "Montenegro-Villavicencio de la Concepción"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        refusals: list[str] = []
        page.on("console", lambda said: refusals.append(said.text) if said.type == "error" else None)
        yield page
        assert not [one for one in refusals if "Content Security Policy" in one]


def let_it_be(moment: datetime) -> None:
    """The server asks the database what time it is; this one is marked as a test."""
    DatabaseMark.objects.using("owner").update(clock_offset=moment - datetime.now(UTC))


def enter(page: Page, live_server, c: cast.Cast, name: str) -> None:
    client = Client()
    client.force_login(c.members[name].user)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def look(page: Page, name: str, widths: tuple[int, ...] = (1280, 320)) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_page_ok(page, widths)


@pytest.fixture
def told(c) -> dict:
    """A week of Denise's: one silence, one yes, one no, one question from elsewhere, steps of all kinds."""
    files = {}
    with c.acting("denise") as denise:
        maria = files["maria"] = cast.take_in(
            denise,
            cast.told("Maria", "Pineda", pronouns="she/her", birth_date=date(1992, 3, 4)),
            ("WRK-TRN", "HSG", "ID"),
        )
        cast.refer(maria, c.services["carpentry"], denise)
        participants.log_contact(
            file=maria, how="text", by=denise.actor, note="Carpentry stays her first choice."
        )
        files["rosa"] = cast.take_in(denise)
        first = cast.refer(files["rosa"], c.services["solar"], denise)
        files["long"] = cast.take_in(denise, cast.told(*LONG), ("WRK-TRN", "FOD"))
        second = cast.refer(files["long"], c.services["it"], denise)
        files["andre"] = cast.take_in(denise, cast.told("Andre", "Wilson"), ("HSG", "MH"))
        cast.refer(files["andre"], c.services["housing"], denise)
    with by_link(second, days(1)) as (seen, actor):
        referrals.decline(
            referral=seen, reason="full", detail="full_until", full_until=date(2027, 3, 3), by=actor
        )
    now = days(9)
    let_pass(now)
    with c.acting("denise", now) as denise:
        files["omar"] = cast.take_in(denise, cast.told("Omar", "Ávila"))
        files["zoe"] = cast.take_in(denise, cast.told("Zoë", "Zapata"), ())
        custody.add_step(
            person_id=files["zoe"].person_id,
            kind="call",
            due_at=days(10),
            by=denise.actor,
            note="About orientation.",
        )
        custody.add_step(
            person_id=files["maria"].person_id, kind="documents", due_at=days(20), by=denise.actor
        )
        need = Need.objects.filter(file=files["maria"], code="ID").get()
        participants.close_need(need=need, outcome="met", by=denise.actor)
    with c.acting("ines", now) as ines:
        theirs = cast.take_in(ines, cast.told("Lena", "Ortiz"), ("WRK-TRN",))
        cast.refer(theirs, c.services["carpentry"], ines)
    with by_link(first, now) as (seen, actor):
        referrals.accept(referral=Referral.objects.get(pk=seen.pk), reply=referrals.Reply("Jo"), by=actor)
    let_it_be(now)
    return files


def test_today(live_server, page, c, told):
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/today/")
    look(page, "today")
    page.click("summary:has-text('Coming up')")
    look(page, "today-open")
    enter(page, live_server, c, "vera")
    page.goto(f"{live_server.url}/today/")
    look(page, "today-asked")


def test_today_empty(live_server, page, c):
    let_it_be(MONDAY)
    for name in ("denise", "tavo"):
        enter(page, live_server, c, name)
        page.goto(f"{live_server.url}/today/")
        look(page, f"today-empty-{name}")


def test_people(live_server, page, c, told):
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/")
    look(page, "people")
    page.fill("#find", "ma")
    page.wait_for_selector("h2:has-text('begins with')")
    assert page.locator(".lines strong").count() == 2
    assert page.evaluate("document.activeElement.id") == "find"
    look(page, "people-found")
    page.fill("#find", "nobody")
    page.wait_for_selector("text=Nobody of yours")
    look(page, "people-none")


@pytest.fixture
def much(c) -> Participant:
    """Denise holds forty-five; one of them since long ago, with a long name, many notes, needs, places and papers."""
    with c.acting("denise", days(-60)) as denise:
        for number in range(44):
            person = cast.told(("Ana", "José Luis", "Bo", LONG[0])[number % 4], f"{LONG[1]} {number:02}")
            cast.take_in(denise, person)
        told = cast.told(*LONG, pronouns="they/them", birth_date=date(1961, 2, 28))
        file = cast.take_in(denise, told, ("WRK-TRN", "HSG", "ID", "MH", "FOD", "TRN", "RCL"))
        participants.add_way(
            file=file, way=participants.Way("email", f"{'m' * 40}@correo-muy-largo.example"), by=denise.actor
        )
        for service in ("solar", "it", "housing"):
            cast.refer(file, c.services[service], denise)
    for day in range(-59, 0):
        with c.acting("denise", days(day)) as denise:
            note = "She asked about mornings, the bus, and who would be there. " * (1 + day % 5)
            participants.log_contact(file=file, how="text", by=denise.actor, note=note, reached=day % 3 > 0)
    let_it_be(MONDAY)
    return file


def test_with_much(live_server, page, c, much):
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/")
    look(page, "people-much")
    for part in ("", "referrals/", "needs/", "who-can-see/", "their-file/"):
        page.goto(f"{live_server.url}/people/{much.code}/{part}")
        look(page, f"person-much-{part.strip('/') or 'story'}")
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/people/duplicates/")
    look(page, "people-twice-much")


def test_intake(live_server, page, c, told):
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/new/?adult=yes")
    page.fill("[name=first_name]", "Rosa")
    page.fill("[name=last_name]", "Mendez")
    page.click("text=Take them in")
    assert page.evaluate("document.activeElement.classList.contains('summary')")
    look(page, "intake-known")


@pytest.mark.parametrize("who", ["maria", "rosa", "long", "andre", "zoe"])
def test_person(live_server, page, c, told, who):
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/{told[who].code}/")
    look(page, f"person-{who}")


@pytest.mark.parametrize("part", ["referrals", "needs", "who-can-see"])
def test_parts_of_a_person(live_server, page, c, told, part):
    enter(page, live_server, c, "denise")
    for who in ("maria", "zoe"):
        page.goto(f"{live_server.url}/people/{told[who].code}/{part}/")
        for details in page.locator("main details:not(.menu)").all():
            details.evaluate("one => one.open = true")
        look(page, f"person-{part}-{who}")


@pytest.mark.parametrize("act", ["record", "step", "contact", "contact/add", "assign", "release"])
def test_acts(live_server, page, c, told, act):
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/people/{told['maria'].code}/{act}/")
    look(page, f"act-{act.replace('/', '-')}")
    if act == "release":
        page.goto(f"{live_server.url}/people/{told['zoe'].code}/{act}/")
        look(page, "act-release-free")
    for name in ("first_name", "due_year", "happened_on_year"):
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", "")
    page.locator("main form:not(.find) button.usa-button").last.click()
    page.wait_for_load_state()
    if page.locator(".summary").count():
        look(page, f"act-{act.replace('/', '-')}-refused")


def test_more_opens_and_stopping_asks_once_more(live_server, page, c, told):
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/people/{told['rosa'].code}/")
    page.click("summary:has-text('More')")
    # Wide, the menu lies over the card, whose colors axe then can't judge; narrow, it stands in the page.
    look(page, "person-more", widths=(320,))
    page.keyboard.press("Escape")
    assert not page.locator("details.menu[open]").count()
    page.goto(f"{live_server.url}/people/{told['rosa'].code}/who-can-see/")
    page.click("text=Stop sharing")
    look(page, "stop-sharing")


def test_a_peer_mentor_and_a_receiver(live_server, page, c, told):
    enter(page, live_server, c, "tavo")
    page.goto(f"{live_server.url}/people/{told['maria'].code}/")
    look(page, "person-peer-mentor")
    page.goto(f"{live_server.url}/people/{told['maria'].code}/record/")
    look(page, "record-peer-mentor")


def test_released_and_in_spanish(live_server, page, c, told):
    with c.acting("denise", days(9)) as denise:
        custody.release(person_id=told["zoe"].person_id, reason="needs_met", by=denise.actor)
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/{told['zoe'].code}/")
    look(page, "person-released")
    page.context.set_extra_http_headers({"accept-language": "es"})
    page.goto(f"{live_server.url}/people/{told['maria'].code}/")
    look(page, "person-spanish")
    page.goto(f"{live_server.url}/today/")
    look(page, "today-spanish")


def test_corrections_and_their_file(live_server, page, c, told):
    """The story after corrections, the minute of undo, each form, and the page that makes the copy."""
    enter(page, live_server, c, "denise")
    person = f"{live_server.url}/people/{told['maria'].code}/"
    page.goto(f"{person}record/")
    page.fill("[name=note]", "Met at the libary.")
    page.click("main button:has-text('Write it down')")
    page.wait_for_selector("text=You have just written down this contact.")
    look(page, "person-undo")
    page.click("text=Correct this note >> nth=0")
    look(page, "correct-note")
    page.fill("[name=text]", "Met at the library.")
    page.click("main button:has-text('Correct it')")
    page.wait_for_selector(".story .note del")
    page.click(".story a:text-is('Correct') >> nth=0")
    look(page, "correct")
    page.click("label[for=id_reason_4]")
    page.click("main button:has-text('Correct it')")
    page.wait_for_selector("text=done by mistake")
    look(page, "person-corrected")
    page.goto(f"{person}their-file/")
    look(page, "their-file")
    enter(page, live_server, c, "tavo")
    page.goto(person)
    look(page, "person-peer-mentor-one-tap")
