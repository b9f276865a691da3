"""Behind a service's mailed link: a look changes nothing, two taps answer, words need the code, a forged link opens nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client

from tests.cast import MONDAY, Cast
from tests.web.desk import Desk, text_of
from warmhandoff.directory import actions
from warmhandoff.directory.models import (
    CapacityStatement,
    Service,
    ServiceChange,
    ServiceLink,
    ServiceLinkCode,
)
from warmhandoff.foundation import clock, mail_links, messages, scoping
from warmhandoff.foundation.actors import mailbox_actor
from warmhandoff.foundation.models import ContactPoint, FormKey, Message

pytestmark = pytest.mark.django_db


class Owner:
    """Whoever reads Sunrow's mailbox: nobody there has an account."""

    def __init__(self, cast: Cast, service: str = "solar") -> None:
        self.cast, self.service_name, self.at = cast, service, MONDAY
        self.client = Client()
        with cast.acting("denise"):
            self.link = actions.ask_the_mailbox(service=self.service)

    @property
    def service(self) -> Service:
        return Service.objects.select_related("organization").get(pk=self.cast.services[self.service_name].pk)

    def url(self, path: str = "") -> str:
        return f"/s/{mail_links.token_of(self.link)}/{path}"

    def get(self, path: str = "", status: int = 200, client: Client | None = None) -> str:
        with clock.at(self.at):
            answer = (client or self.client).get(self.url(path))
        assert answer.status_code == status, (path, answer.status_code)
        return answer.content.decode()

    def press(self, path: str, status: int = 302, form_on: str = "", **data: Any) -> str:
        """Send the form; the text of the page that follows."""
        key = re.search(r'name="form_key" value="([^"]+)"', self.get(form_on))
        return self.post(path, status, form_key=key[1] if key else "", **data)

    def post(self, path: str, status: int = 302, client: Client | None = None, **data: Any) -> str:
        client = client or self.client
        with clock.at(self.at):
            answer = client.post(self.url(path), data)
            assert answer.status_code == status, (path, answer.status_code, text_of(answer.content))
            if status == 302:
                answer = client.get(answer.headers["Location"])
        return text_of(answer.content)

    def give_code(self) -> None:
        self.press("code/send/", form_on="code/")
        code = ServiceLinkCode.objects.latest("pk")
        self.press("code/", form_on="code/", code=mail_links.digits_of(code))


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


@pytest.fixture
def owner(cast) -> Owner:
    return Owner(cast)


def counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (CapacityStatement, ServiceChange, ServiceLinkCode, Message, FormKey)
    )


def test_a_look_changes_nothing(owner):
    before = counts()
    for path in ("", "code/", "wrong-mailbox/"):
        owner.get(path)
        with clock.at(MONDAY):
            owner.client.head(owner.url(path))
    for path in ("true/", "room/", "code/send/", "fresh/", "words/", "places/add/"):
        owner.get(path, 302)
    assert counts() == before
    link = ServiceLink.objects.get()
    assert (link.generation, link.revoked_at, link.signed_as) == (1, None, "")


def test_the_first_thing_is_whether_there_is_room(owner):
    said = owner.get()
    assert said.index("Is there room?") < said.index("And everything else?")
    assert "Open, 4 seats" in text_of(said)


def test_one_tap_says_that_all_is_true(owner):
    assert "Thank you. The directory says that all of this is true today." in owner.press("true/")
    service = owner.service
    assert (service.verified_on, service.room_as_of, service.seats) == (MONDAY.date(), MONDAY.date(), 4)
    with owner.cast.acting("denise"):
        change = service.changes.get()
    assert (change.what, change.by.kind) == ("confirmed", "mailbox")


def test_room_takes_effect_at_once_and_carries_the_name_that_was_given(owner):
    said = owner.press("room/", room="full", your_name="Jo at the desk")
    assert "Thank you. The directory says so as of now." in said and "Full, no date yet" in said
    assert (owner.service.room, owner.service.room_said_by) == ("full", "Jo at the desk")
    assert 'name="your_name"' not in owner.get(), "asked once"
    assert "Full, no date yet" in Desk(owner.cast, "denise").get("/directory/?text=solar")


def test_a_second_press_of_the_same_form_is_the_first(owner):
    key = re.search(r'name="form_key" value="([^"]+)"', owner.get())[1]
    for _ in range(3):
        owner.post("room/", form_key=key, room="waitlist")
    assert CapacityStatement.objects.count() == 1


def test_what_is_kept_of_a_form_never_holds_the_address(owner):
    owner.press("room/", room="open")
    assert not [each.result for each in FormKey.objects.all() if "/s/" in each.result]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Press one of the three answers."),
        ({"room": "maybe"}, "Select a valid choice"),
        ({"room": "open", "seats": "-1"}, "Write a number from 1 to 999"),
        (
            {"room": "full", "full_until_month": "1", "full_until_day": "1", "full_until_year": "2020"},
            "This day has passed.",
        ),
    ],
)
def test_room_that_can_not_be(owner, data, says):
    assert says in owner.press("room/", 422, **data)
    assert not CapacityStatement.objects.exists()


def test_without_its_key_a_press_changes_nothing(owner):
    owner.post("true/")
    owner.post("room/", 422, room="full")
    assert not CapacityStatement.objects.exists() and not ServiceChange.objects.exists()


def test_words_need_the_code(owner):
    for path in ("words/", "places/add/"):
        assert "First a code, to this mailbox" in text_of(
            owner.client.get(owner.url(path), follow=True).content
        )
        owner.post(path, form_key="00000000-0000-0000-0000-000000000000", name="Stolen", address="Nowhere 1")
    assert owner.service.name == "Solar Installer training" and not ServiceChange.objects.exists()
    owner.give_code()
    said = owner.press("words/", form_on="words/", name="Solar and battery training", service_code="WRK-TRN",
                       area="south", languages=["en", "es"], mailbox="referrals@sunrow.example",
                       name_es="Curso de instalación solar")  # fmt: skip
    assert "The network's office reads the new words before they stand" in said
    assert owner.service.name == "Solar Installer training"
    change = ServiceChange.objects.get(state="waiting")
    assert [line[0] for line in change.lines] == ["name"]
    assert "New words for the directory wait for you." in Desk(owner.cast, "luz").get("/today/")


def test_the_code_is_this_browsers_for_twelve_hours(owner):
    owner.give_code()
    owner.get("words/")
    owner.get("words/", 302, client=Client())
    owner.at = MONDAY + timedelta(hours=12, minutes=1)
    owner.get("words/", 302)


def test_five_wrong_codes_and_it_is_spent(owner):
    owner.press("code/send/", form_on="code/")
    right = mail_links.digits_of(ServiceLinkCode.objects.get())
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(4):
        assert "That isn't the code we sent." in owner.press("code/", 422, form_on="code/", code=wrong)
    assert "Ask for a new one" in owner.press("code/", 422, form_on="code/", code=wrong)
    assert "can no longer be used" in owner.press("code/", 422, form_on="code/", code=right), "spent for good"
    owner.get("words/", 302)


def test_a_code_lives_ten_minutes(owner):
    owner.press("code/send/", form_on="code/")
    right = mail_links.digits_of(ServiceLinkCode.objects.get())
    owner.at = MONDAY + timedelta(minutes=11)
    assert "can no longer be used" in owner.press("code/", 422, form_on="code/", code=right)


def test_codes_are_not_sent_without_end(owner):
    for _ in range(5):
        owner.press("code/send/", form_on="code/")
    assert "Several codes were sent" in owner.press("code/send/", 429, form_on="code/")
    assert ServiceLinkCode.objects.count() == 5


def test_places_stand_at_once_after_the_code(owner):
    owner.give_code()
    said = owner.press(
        "places/add/", form_on="places/add/", address="12 Palm Street", opens_0="18:00", closes_0="08:00"
    )
    assert "12 Palm Street" in said and "6 pm to 8 am" in said
    place = owner.service.locations.get()
    owner.press(f"places/{place.code}/", form_on=f"places/{place.code}/", address="14 Palm Street")
    place.refresh_from_db()
    assert place.address == "14 Palm Street"


def test_a_place_of_another_service_is_not_there(owner, cast):
    owner.give_code()
    with cast.acting("paul") as paul:
        theirs = actions.add_place(
            service=Service.objects.get(pk=cast.services["housing"].pk),
            told=actions.ToldPlace(address="1 Harbor Way"), by=paul.actor,
        )  # fmt: skip
    owner.get(f"places/{theirs.code}/", 404)


@pytest.mark.parametrize("change", ["signature", "number", "generation", "empty", "words"])
def test_a_forged_link_opens_nothing(owner, change):
    number, generation, signature = mail_links.token_of(owner.link).split(".")
    token = {
        "signature": f"{number}.{generation}.{'A' * len(signature)}",
        "number": f"{int(number) + 1}.{generation}.{signature}",
        "generation": f"{number}.{int(generation) + 1}.{signature}",
        "empty": "..",
        "words": "é.ü.ß",
    }[change]
    for method in (owner.client.get, owner.client.post):
        answer = method(f"/s/{token}/" if method == owner.client.get else f"/s/{token}/true/")
        assert answer.status_code == 404
        assert "This link opens nothing" in text_of(answer.content)
    assert not ServiceChange.objects.exists()


def test_an_answer_links_token_opens_no_service_and_the_other_way_round(owner):
    number, generation, _ = mail_links.token_of(owner.link).split(".")
    message = f"{number}.{generation}"
    assert owner.client.get(f"/s/{mail_links.signed('answer', message)}/").status_code == 404
    assert owner.client.get(f"/a/{mail_links.token_of(owner.link)}/").status_code == 404


def test_a_new_mail_stops_the_old_link_and_the_old_one_asks_for_a_fresh_one(owner):
    old = owner.url()
    owner.at = MONDAY + timedelta(hours=1)
    with owner.cast.acting("denise", at=owner.at):
        owner.link = actions.ask_the_mailbox(service=owner.service)
    owner.get()
    with clock.at(owner.at):
        gone = owner.client.get(old)
        assert gone.status_code == 410 and "A newer mail was sent" in text_of(gone.content)
        assert owner.client.post(f"{old}true/").status_code == 410
    with clock.at(owner.at + timedelta(minutes=11)):
        after = owner.client.post(f"{old}fresh/", follow=True)
    assert "A fresh link is on its way" in text_of(after.content)
    assert Message.objects.filter(notice="directory.still_true").count() == 3
    assert not ServiceChange.objects.exists()


def test_a_link_that_was_left_lying_dies(owner):
    owner.at = MONDAY + timedelta(days=31)
    assert "This link is too old" in text_of(owner.get(status=410))


def test_a_link_stops_with_its_mailbox_and_its_service(owner):
    Service.objects.filter(pk=owner.service.pk).update(mailbox=None)
    assert "This link was stopped" in text_of(owner.get(status=410))


def test_the_wrong_mailbox_stops_the_link_for_good(owner):
    key = re.search(r'name="form_key" value="([^"]+)"', owner.get("wrong-mailbox/"))[1]
    with clock.at(MONDAY):
        owner.client.post(owner.url("wrong-mailbox/"), {"form_key": key})
    owner.get(status=410)
    owner.at = MONDAY + timedelta(hours=1)
    desk = Desk(owner.cast, "denise")
    desk.at = owner.at
    said = desk.send(f"/directory/{owner.service.code}/", 409, at=f"/directory/{owner.service.code}/ask/")
    assert "isn't theirs" in said


def test_the_wrong_mailbox_is_the_leads_to_mend(cast):
    """Harbor Reentry has a lead: on Today, with the page where the mailbox is changed."""
    owner = Owner(cast, "housing")
    key = re.search(r'name="form_key" value="([^"]+)"', owner.get("wrong-mailbox/"))[1]
    with clock.at(MONDAY):
        owner.client.post(owner.url("wrong-mailbox/"), {"form_key": key})
    paul = Desk(cast, "paul")
    today = paul.soup("/today/")
    line = next(each for each in today.select("li") if "No mail could ask" in each.get_text())
    assert "Housing help" in line.get_text()
    where = line.select_one(".usa-button")["href"]
    assert "Yes, there is room" in paul.get(where)
    assert "No mail could ask" not in Desk(cast, "denise").get("/today/")
    paul.send(where, room="open")
    assert "No mail could ask" not in paul.get("/today/")


def test_words_that_were_sent_back_come_with_the_link_to_say_them_otherwise(cast):
    owner = Owner(cast, "housing")
    owner.give_code()
    owner.press("words/", form_on="words/", name="Housing and rent help", service_code="HSG",
                mailbox="referrals@harbor.example")  # fmt: skip
    change = ServiceChange.objects.get(state="waiting")
    luz = Desk(cast, "luz")
    luz.at = owner.at = MONDAY + timedelta(hours=1)
    luz.send(f"/directory/changes/{change.code}/", note="Which rent help?")
    message = Message.objects.get(notice="directory.sent_back")
    with clock.at(owner.at):
        messages.deliver(message.pk)
    owner.link.refresh_from_db()
    sent = mail.outbox[-1]
    assert "Which rent help?" in sent.body and owner.url() in sent.body
    page = text_of(owner.get())
    assert "Your change was sent back" in page and "Luz Ortega: “Which rent help?”" in page


def test_after_a_word_about_room_the_next_question_has_the_filled_button(owner):
    def filled(address: str) -> list[str]:
        soup = BeautifulSoup(owner.get(address), "lxml")
        return [each.get_text() for each in soup.select("main .usa-button:not(.usa-button--outline)")]

    assert filled("") == ["Yes, there is room"]
    assert filled("?done=room") == ["Yes, all of it is still true"]


def test_many_presses_are_paused(owner):
    for _ in range(40):
        owner.post("true/")
    owner.post("true/", 429)


def test_at_most_one_mail_in_ten_minutes(owner):
    with owner.cast.acting("denise", at=MONDAY + timedelta(minutes=9)), pytest.raises(actions.TooSoon):
        actions.ask_the_mailbox(service=owner.service)
    assert Message.objects.count() == 1


def test_any_member_may_have_them_asked_from_the_services_page(cast):
    service = cast.services["solar"]
    desk = Desk(cast, "denise")
    address = f"/directory/{service.code}/"
    assert "We asked them." in desk.send(address, at=f"{address}ask/")
    assert [each.organization_id for each in Message.objects.all()] == [service.organization_id]
    assert "sunrow.example" not in desk.get(address), "the mailbox itself is nobody else's"


def test_the_mail_says_what_stands_and_nothing_about_anybody(owner):
    message = Message.objects.get()
    with clock.at(MONDAY):
        messages.deliver(message.pk)
    sent = mail.outbox[-1]
    assert sent.to == ["referrals@sunrow.example"]
    assert "Is this still true? Solar Installer training" in sent.subject
    assert "Open, 4 seats" in sent.body and owner.url() in sent.body
    message.refresh_from_db()
    assert mail_links.token_of(owner.link) not in message.kept_text


def test_in_the_mailboxes_language(owner):
    point = owner.link.mailbox_id
    with scoping.acting_as(mailbox_actor(point, owner.link.organization_id)):
        ContactPoint.objects.filter(pk=point).update(language="es")
    page = owner.get()
    assert 'lang="es"' in page and "Curso de instalación solar" in page
    assert "Is there room?" not in page


def test_the_browser_is_told_to_keep_the_address_to_itself(owner):
    with clock.at(MONDAY):
        answer = owner.client.get(owner.url())
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store" and "noindex" in answer.headers["X-Robots-Tag"]
