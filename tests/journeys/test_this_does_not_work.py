"""Somebody says that something doesn't work; the office hears it and says back; partners say that they have it too."""

from __future__ import annotations

import pytest

from tests.journeys.world import PICTURES, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def test_from_a_page_s_foot_to_an_answer_and_a_voice(world: World):
    denise = world.member("denise", pictures="improve").today()
    with denise.context.expect_page() as opened:
        denise.page.locator("footer a").click()
    beside = opened.value
    assert beside.url.endswith("/improvements/say/?on=today%3Ahome"), "the page that was open stays open"
    denise.page = beside
    denise.sees("This doesn’t work for us", "Please name nobody").looks("say")
    denise.presses("Say it").looks("say-error")
    denise.writes(trying="Find somebody by the street they live in", happened="Nothing came.")
    denise.presses("Say it").sees("Thank you", "Under “Today”", "New").looks("mine")
    luz = world.member("luz", pictures="improve").goes_to("/improvements/office/").looks("office")
    luz.follows("Find somebody by the street").sees("Nothing came.", "on a desk’s width").looks("one")
    luz.chooses("Planned").writes(words="Finding somebody by their street").presses("Save, and tell them")
    luz.sees("Say in one sentence why").looks("one-error")
    luz.writes(said="We add it in spring.").presses("Save, and tell them").sees("Saved", "Planned")
    paul = world.member("paul", pictures="improve").goes_to("/improvements/")
    paul.sees("Finding somebody by their street", "We add it in spring.").looks("list")
    paul.presses("We have this too").sees("1 organization has it too", "You have this too").looks("list-too")
    paul.sees_no("Denise", "Find somebody by the street")
    denise.goes_to("/improvements/mine/").sees("We add it in spring.", "Planned").looks("mine-answered")


def test_a_visitor_in_spanish_without_scripts(world: World):
    world.refer()
    sunrow = world.receiver(scripts=False, pictures="improve-es")
    sunrow.page.click("header a:has-text('Español')")
    address = sunrow.page.locator("footer a").get_attribute("href")
    assert address == "/improvements/say/?on=answer%3Apage&lang=es"
    sunrow.goes_to(address).sees("Esto no nos funciona", "Por favor no nombre a nadie").looks("say")
    sunrow.writes(trying="Responder desde el teléfono").presses("Decirlo")
    sunrow.sees("Gracias. La oficina de la red lo lee.", "anote este código").looks("said")
    code = sunrow.page.locator("main strong.num").inner_text()
    world.somebody().goes_to("/improvements/said/").writes(code=code).presses("Look").sees("New", "Said")


def test_two_people_on_one_form(world: World, settings):
    settings.LIVE_SECONDS = 0.5
    file = world.take_in()
    denise = world.member("denise", pictures="two").goes_to(f"/people/{file.code}/contact/")
    marcus = world.member("marcus", pictures="two").goes_to(f"/people/{file.code}/contact/")
    marcus.sees("Denise Carter has this open since")
    denise.page.locator(".live-other", has_text="Marcus Webb has this open since").wait_for(timeout=6000)
    PICTURES.mkdir(parents=True, exist_ok=True)
    denise.page.screenshot(path=PICTURES / "two-live-other-1280.png")
    denise.page.locator("[name=last_name]").fill("Mendoza Ruiz")
    assert denise.page.locator("[name=last_name]").input_value() == "Mendoza Ruiz"
    denise.page.locator("main form.form button:has-text('Save')").click()
    denise.sees("Saved.")
    marcus.page.locator(".live-line", has_text="Denise Carter changed the contact details").wait_for(
        timeout=6000
    )
    marcus.writes(last_name="Mendosa", street="12 Elm Street")
    marcus.page.locator("main form.form button:has-text('Save')").click()
    marcus.sees("Somebody changed this while you had it open", "Mendoza Ruiz", "Denise Carter changed")
    assert marcus.page.evaluate("document.activeElement.getAttribute('aria-labelledby')") == "meanwhile"
    assert marcus.page.locator("[name=street]").input_value() == "12 Elm Street"
    marcus.page.evaluate("document.querySelector('.live').style.position = 'static'")
    marcus.looks("side-by-side")
    marcus.page.locator("main form.form button:has-text('Save')").click()
    marcus.sees("Saved.", "Mendosa")
