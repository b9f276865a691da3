"""The card and the shared screen: a code and a birth date, wrong dates that stop it, and a screen that forgets."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import MONDAY, Cast, take_in, told
from tests.web.desk import Desk, text_of
from tests.web.own.themself import BORN, Themself
from warmhandoff.foundation import clock
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnGrant, OwnLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    cache.clear()
    return the_cast


@pytest.fixture
def rosa(cast) -> Themself:
    return Themself(cast, card=True)


class Screen:
    """A screen in a waiting room."""

    def __init__(self, card: str) -> None:
        self.client, self.at, self.card, self.page = Client(), MONDAY, card, ""

    def type(self, status: int = 302, **more: str) -> str:
        with clock.at(self.at):
            answer = self.client.post("/me/screen/", {"code": self.card, **BORN, **more})
        assert answer.status_code == status, text_of(answer.content)
        self.page = answer.headers.get("Location", "")
        return text_of(answer.content)

    def get(self, address: str = "", status: int = 200):
        with clock.at(self.at):
            answer = self.client.get(address or self.page)
        assert answer.status_code == status, (address, answer.status_code)
        return answer


@pytest.fixture
def screen(rosa) -> Screen:
    return Screen(own_links.code_of(rosa.link))


def wrong(days: int = 1) -> dict[str, str]:
    return {**BORN, "born_day": str(5 + days)}


# --- The card -----------------------------------------------------------------------------------------------------


def test_staff_print_it_and_no_name_stands_on_it(cast, rosa):
    denise = Desk(cast, "denise")
    page = f"/people/{rosa.file.code}/their-page/"
    key = denise.soup(page).select_one("form:has([name=way][value=card]) [name=form_key]")["value"]
    said = denise.post(page, form_key=key, way="card", language="es")
    assert "Apunte aquí la cámara" in said
    newest = OwnLink.objects.latest("pk")
    card = denise.soup(f"{page}{newest.code}/card/").select_one(".paper")
    assert own_links.code_of(newest) in card.get_text() and card.select_one("svg.qr")
    for name in ("Rosa", "Mendoza", "Eastgate", "Denise", "1990"):
        assert name not in card.get_text()
    rosa.link.refresh_from_db()
    assert rosa.link.revoked_at is not None, "a new card stops the one before"


def test_the_picture_leads_to_the_birth_date_and_that_to_the_page(rosa):
    assert "When were you born?" in text_of(rosa.client.get(rosa.url(), follow=True).content)
    said = rosa.post("code/", **BORN)
    assert "Hi Rosa." in said


def test_typed_in_any_spelling(rosa, screen):
    for spelling in (screen.card.lower(), screen.card.replace("-", ""), f" {screen.card} "):
        client = Client()
        with clock.at(MONDAY):
            answer = client.post("/me/", {"code": spelling, **BORN})
            assert answer.status_code == 302
            assert "Hi Rosa." in text_of(client.get(answer.headers["Location"]).content)


def test_a_wrong_date_opens_nothing_and_the_tenth_stops_the_card(rosa):
    for number in range(9):
        assert "does not go with this card" in rosa.post("code/", 422, **wrong(number + 1))
        cache.clear()
    assert "This card no longer works" in rosa.post("code/", 422, **wrong())
    assert "This page is closed" in rosa.post("code/", 410, **BORN)


def test_a_right_date_begins_the_count_anew(rosa):
    for _ in range(9):
        rosa.post("code/", 422, **wrong())
    rosa.post("code/", **BORN)
    rosa.link.refresh_from_db()
    assert rosa.link.tries == 0


def test_codes_are_not_tried_out(rosa, screen):
    for _ in range(30):
        screen.client.post("/me/", {"code": "XXXX-XXXX-XXXX", **BORN})
    answer = screen.client.post("/me/", {"code": screen.card, **BORN})
    assert answer.status_code == 422 and "Many codes were tried" in text_of(answer.content)
    assert screen.client.post("/me/", {"code": "XXXX", **BORN}).status_code == 422


def test_without_a_birth_date_there_is_no_card(cast):
    with cast.acting("denise") as denise:
        file = take_in(denise, told("Nadia"))
    said = Desk(cast, "denise").get(f"/people/{file.code}/their-page/")
    assert "Their birth date isn’t written down" in said and "The card is in" not in said


def test_a_card_is_stopped_by_staff_alone(cast, rosa):
    page = f"/people/{rosa.file.code}/their-page/{rosa.link.code}/stop/"
    Desk(cast, "ines").get(page, 404)
    Desk(cast, "tavo").get(page, 403)
    denise = Desk(cast, "denise")
    assert "Stop this card?" in denise.get(page)
    assert "Stopped. It opens nothing any more." in denise.send(page)
    denise.get(page, 404)
    rosa.get("code/", 410)


def test_a_mailed_link_is_sent_only_where_they_said_it_is_theirs(cast):
    rosa = Themself(cast)
    denise = Desk(cast, "denise")
    denise.at = MONDAY + timedelta(minutes=11)
    page = f"/people/{rosa.file.code}/their-page/"
    key = denise.soup(page).select_one("form:has([name=way][value=mail]) [name=form_key]")["value"]
    mailbox = denise.soup(page).select_one("[name=mailbox]")["value"]
    said = denise.post(page, 422, form_key=key, way="mail", mailbox=mailbox)
    assert "Ask them first. If others read it too, give them a card." in said
    assert "Sent. The mail names nobody" in denise.post(
        page, form_key=key, way="mail", mailbox=mailbox, theirs="on"
    )
    key = denise.soup(page).select_one("form:has([name=way][value=mail]) [name=form_key]")["value"]
    assert "A mail with their page went there a few minutes ago." in denise.post(
        page, 429, form_key=key, way="mail", mailbox=mailbox, theirs="on"
    )


# --- The shared screen --------------------------------------------------------------------------------------------


def test_a_shared_screen_forgets_after_a_minute(screen):
    screen.type()
    page = screen.get()
    assert b'target="_blank"' not in page.content, "nothing stays open beside it for the next one"
    assert "Hi Rosa." in text_of(page.content)
    assert (
        page.headers["Refresh"] == "60; url=/me/screen/forget/"
        and page.headers["Cache-Control"] == "no-store"
    )
    assert "After one minute without a press it forgets you." in text_of(page.content)
    screen.at = MONDAY + timedelta(seconds=61)
    gone = screen.get(status=302)
    assert gone.headers["Location"] == "/me/screen/forget/"
    said = text_of(screen.client.get(gone.headers["Location"], follow=True).content)
    assert "This screen has forgotten whoever was here." in said and "Rosa" not in said
    assert not any(value.value for value in screen.client.cookies.values() if value.key.startswith("wh_"))


def test_what_was_typed_wrong_does_not_stay_on_the_screen(screen):
    with clock.at(MONDAY):
        answer = screen.client.post("/me/screen/", {"code": screen.card, **wrong()})
    assert answer.status_code == 422 and answer.headers["Refresh"] == "60; url=/me/screen/forget/"
    assert "Refresh" not in screen.client.post("/me/", {"code": screen.card, **wrong()}).headers


def test_each_press_is_another_minute(screen):
    screen.type()
    for second in (50, 100, 150):
        screen.at = MONDAY + timedelta(seconds=second)
        screen.get()
    screen.at = MONDAY + timedelta(seconds=211)
    screen.get(status=302)


def test_what_the_history_of_the_screen_keeps_opens_nothing(screen, rosa):
    """Neither its address nor the card's own is worth anything to who comes next; the birth date is asked anew."""
    screen.type()
    screen.get()
    screen.client.get("/me/screen/forget/")
    assert screen.get(status=302).headers["Location"] == "/me/screen/forget/"
    rosa_token = rosa.url().split("?")[0]
    assert rosa_token not in screen.page, "the card's own address never stands there"
    screen.client.cookies.clear()
    screen.get(status=302)


def test_the_next_one_at_the_screen_sees_themself(cast, rosa, screen):
    other = Themself(cast, card=True, first_name="Samuel", last_name="Osgood")
    screen.type()
    screen.get()
    screen.client.get("/me/screen/forget/")
    second = Screen(own_links.code_of(other.link))
    second.client = screen.client
    second.type()
    said = text_of(second.get().content)
    assert "Hi Samuel." in said and "Rosa" not in said


def test_pages_behind_the_screen_forget_too_and_give_no_files(screen):
    screen.type()
    for path in ("wrong/", "file/"):
        page = screen.get(screen.page + path)
        assert page.headers["Refresh"].startswith("60;")
    assert "does not give files" in text_of(screen.get(screen.page + "file/").content)
    for path in ("file/data/", "file/pdf/0/"):
        with clock.at(screen.at):
            assert screen.client.post(screen.page + path).status_code == 302


def test_leaving_the_screen_is_forgetting(screen):
    screen.type()
    screen.get()
    with clock.at(screen.at):
        answer = screen.client.post(screen.page + "leave/")
    assert answer.status_code == 302 and answer.headers["Location"] == "/me/screen/"
    screen.get(status=302)
    assert not OwnGrant.objects.filter(until__gt=MONDAY).exists()


def test_the_screen_in_spanish_stays_in_spanish(screen):
    with clock.at(MONDAY):
        answer = screen.client.post("/me/screen/?lang=es", {"code": screen.card, **BORN})
        page = screen.client.get(answer.headers["Location"])
    assert "Hola, Rosa." in text_of(page.content)
    assert page.headers["Refresh"] == "60; url=/me/screen/forget/?lang=es"
    said = text_of(screen.client.get("/me/screen/forget/?lang=es", follow=True).content)
    assert "Esta pantalla ya olvidó" in said
    assert re.search(r"Después de un minuto", said)
