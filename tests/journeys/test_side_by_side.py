"""Two browsers side by side: what one of them does, the other says, without being touched."""

from __future__ import annotations

import itertools
import time

import pytest

from tests import cast
from tests.journeys.world import NARROW, PICTURES, WIDE, Person, World
from warmhandoff.web.site import settings as shipped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

SHIPPED = shipped.LIVE_SECONDS
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture(autouse=True)
def often(settings):
    settings.LIVE_SECONDS = 0.5


def polls(person: Person) -> list[str]:
    """What the page asks from now on."""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url) if "since=" in request.url else None)
    return asked


def hears(person: Person, words: str, within: float = 6) -> None:
    person.page.locator(".live-line", has_text=words).first.wait_for(timeout=within * 1000)


def is_fit_for_everybody(person: Person, name: str) -> None:
    """As it stands at the foot of the window; and examined where it covers nothing, so that each color can be told."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (NARROW, WIDE):
        person.page.set_viewport_size({"width": width, "height": 900})
        person.page.screenshot(path=PICTURES / f"live-{name}-{width}.png")
    person.page.evaluate("document.querySelector('.live').style.position = 'static'")
    person.looks(name)


def says_yes(receiver: Person) -> None:
    receiver.follows("Yes, we have a place").writes(caller_name="Jo").presses("Say yes").sees("Thank you")


def test_an_answer_from_a_mail_appears_on_the_other_s_today(world: World):
    world.refer()
    denise = world.member("denise", pictures="side-by-side").today()
    box = denise.page.locator("main input[name=q]")
    box.fill("Mar")
    before = box.evaluate("box => [box.selectionStart, window.scrollY, box.getBoundingClientRect().top]")
    says_yes(world.receiver())
    hears(denise, "Sunrow Solar School said yes")
    denise.sees("just now", "Show it")
    assert box.input_value() == "Mar"
    assert box.evaluate("box => document.activeElement === box")
    after = box.evaluate("box => [box.selectionStart, window.scrollY, box.getBoundingClientRect().top]")
    assert after == before, "nothing moved"
    assert denise.page.locator(".live-line").count() == 1
    is_fit_for_everybody(denise, "today-with-news")
    denise.page.wait_for_timeout(1500)
    assert denise.page.locator(".live-line").count() == 1, "told once"
    denise.follows("Show it").sees("Sunrow Solar School said yes")


def test_both_sides_of_a_referral_stay_side_by_side(world: World):
    file = world.take_in()
    with world.cast.acting("denise", world.clock.get()) as member:
        cast.refer(file, world.cast.services["carpentry"], member)
    code = world.referral().code
    denise = world.member("denise", pictures="side-by-side").goes_to(f"/referrals/{code}/")
    person = world.member("marcus", pictures="side-by-side").goes_to(f"/people/{file.code}/")
    listing = world.member("marcus").goes_to("/referrals/")
    vera = world.member("vera", pictures="side-by-side").goes_to(f"/referrals/{code}/yes/")
    vera.writes(caller_name="Vera").presses("Say yes").sees("Recorded")
    for each in (denise, person, listing):
        hears(each, "Valley Trades said yes")
    is_fit_for_everybody(denise, "referral-with-news")
    is_fit_for_everybody(person, "person-with-news")
    is_fit_for_everybody(listing, "referrals-with-news")


def test_a_page_that_nobody_looks_at_asks_nothing(world: World):
    world.refer()
    denise = world.member("denise").today()
    denise.page.evaluate(HIDE, True)
    denise.page.wait_for_timeout(300)
    asked = polls(denise)
    says_yes(world.receiver())
    denise.page.wait_for_timeout(1500)
    assert asked == []
    denise.page.evaluate(HIDE, False)
    hears(denise, "Sunrow Solar School said yes", within=3)


def test_after_signing_out_a_page_says_so_and_rests(world: World):
    denise = world.member("denise", pictures="side-by-side").today()
    elsewhere = denise.context.new_page()
    elsewhere.goto(world.url + "/referrals/")
    elsewhere.evaluate("document.querySelector('form[action$=\"sign-out/\"]').submit()")
    elsewhere.wait_for_url("**/sign-in/**")
    denise.sees("You are signed out here. What you see may be old.", "Open it again")
    is_fit_for_everybody(denise, "signed-out")
    asked = polls(denise)
    denise.page.wait_for_timeout(1500)
    assert asked == []


def test_without_a_connection_a_page_says_so_and_goes_on_when_it_is_back(world: World):
    world.refer()
    denise = world.member("denise").today()
    denise.context.set_offline(True)
    denise.page.locator(".live-stopped", has_text="No connection just now").wait_for(timeout=10_000)
    denise.context.set_offline(False)
    says_yes(world.receiver())
    hears(denise, "Sunrow Solar School said yes", within=12)
    assert denise.page.locator(".live-stopped").inner_text() == ""


def test_without_scripts_a_link_asks(world: World):
    world.refer()
    denise = world.member("denise", scripts=False, pictures="side-by-side").today("What is new since")
    says_yes(world.receiver())
    denise.looks("plain-before")
    denise.follows("What is new since").sees("Sunrow Solar School said yes")
    denise.looks("plain-after")


def test_pages_that_were_opened_together_do_not_ask_together(world: World):
    denise = world.member("denise").today()
    asked: list[float] = []
    denise.page.on(
        "request", lambda request: asked.append(time.monotonic()) if "since=" in request.url else None
    )
    denise.page.wait_for_timeout(5500)
    pauses = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert len(pauses) >= 5
    assert all(0.35 < pause < 1.2 for pause in pauses), pauses
    assert max(pauses) - min(pauses) > 0.02, "each pause is another one"


@pytest.mark.slow
def test_at_the_pace_that_is_shipped_the_other_browser_hears_within_twenty_seconds(world: World, settings):
    """The one test that waits as long as people do: every other one asks more often."""
    settings.LIVE_SECONDS = SHIPPED
    assert SHIPPED <= 20
    world.refer()
    denise = world.member("denise").today()
    says_yes(world.receiver())
    hears(denise, "Sunrow Solar School said yes", within=SHIPPED + 2)  # the answer itself takes a moment
