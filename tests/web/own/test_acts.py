"""What a person does on their own page: yes or no, what is wrong, no more mails; and taking their file along."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.cast import MONDAY, Cast
from tests.web.desk import Desk
from tests.web.own.themself import Themself
from warmhandoff.custody import said_wrong
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import AccessLog, Duty, Message
from warmhandoff.participants.models import Consent, Narrative
from warmhandoff.participants.own_page import PageQuestion, SaidWrong
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings, the_cast) -> Cast:
    settings.DEMO = True
    return the_cast


@pytest.fixture
def rosa(cast) -> Themself:
    return Themself(cast).come_in()


@pytest.fixture
def denise(cast) -> Desk:
    return Desk(cast, "denise")


# --- Yes or no ----------------------------------------------------------------------------------------------------


def refer_page(rosa: Themself, service: str = "carpentry") -> str:
    return f"/referrals/new/{rosa.file.code}/?service={rosa.cast.services[service].code}"


@pytest.fixture
def asked(rosa, denise) -> PageQuestion:
    page = refer_page(rosa)
    assert "Put it on their own page" in denise.get(page)
    said = denise.send(
        page, say="page", days="90", parts=["reach"], note="Likes wood.", mode="refer", how=None, agreed=None
    )
    assert "It waits on their own page. With their yes it goes to Valley Trades." in said
    assert "Waits for their yes or no" in said
    with rosa.cast.acting("denise"):
        return PageQuestion.objects.get()


def test_a_question_is_put_and_read_whole_before_it_is_answered(rosa, asked):
    assert "Say yes or no to a question" in rosa.text()
    said = rosa.text(f"answer/{asked.code}/")
    assert "May we ask Valley Trades for you?" in said
    for part in ("Your name and your language", "How to reach you", "What you need", "“Likes wood.”"):
        assert part in said
    assert "Your birth date" not in said
    with rosa.cast.acting("denise"):
        assert not Consent.objects.exists() and not Referral.objects.exists()
    assert Message.objects.filter(notice="participants.page_asks").count() == 1


def test_yes_is_their_own_act_and_sends_it(rosa, asked, denise):
    assert "Thank you. You said yes." in rosa.press(f"answer/{asked.code}/", answer="yes")
    with rosa.cast.acting("denise"):
        consent, referral = Consent.objects.get(), Referral.objects.get()
        assert (consent.how, consent.language, consent.refused) == ("screen", "en", False)
        assert consent.form_version and consent.recorded_by.kind == "participant"
        assert (consent.expires_at - consent.given_at).days == 90
        assert (referral.consent_id, referral.state, referral.mode) == (consent.pk, "sent", "refer")
        assert referral.sender_membership_id == rosa.cast.members["denise"].pk
        notes = Narrative.objects.filter(about_kind="referral", about_id=referral.pk)
        assert [note.text for note in notes] == ["Likes wood."]
    assert "Valley Trades has until" in denise.get("/today/")
    assert "Valley Trades , Carpentry basics We asked." in rosa.text()
    rosa.get(f"answer/{asked.code}/", 302)


def test_no_is_recorded_and_shares_nothing(rosa, asked, denise):
    assert "You said no. Nothing is shared" in rosa.press(f"answer/{asked.code}/", answer="no")
    with rosa.cast.acting("denise"):
        assert Consent.objects.get().refused and not Referral.objects.exists()
    assert "find a place" in denise.get("/today/").lower()


def test_answered_once(rosa, asked):
    rosa.press(f"answer/{asked.code}/", answer="yes")
    rosa.post(f"answer/{asked.code}/", form_key="00000000-0000-0000-0000-00000000000c", answer="no")
    with rosa.cast.acting("denise"):
        assert Consent.objects.count() == 1 and Referral.objects.count() == 1


def test_a_press_that_says_neither_asks_again(rosa, asked):
    rosa.press(f"answer/{asked.code}/", 422, answer="perhaps")
    with rosa.cast.acting("denise"):
        assert not Consent.objects.exists()


def test_after_two_weeks_it_is_asked_no_more(rosa, asked):
    rosa.at = MONDAY + timedelta(days=14, minutes=1)
    rosa.come_in()
    assert "Say yes or no to a question" not in rosa.text()
    rosa.get(f"answer/{asked.code}/", 302)


def test_a_place_that_can_not_be_asked_any_more(rosa, asked, denise):
    """They said yes; the place closed meanwhile: the yes stands, and whoever holds them looks on."""
    service = rosa.cast.services["carpentry"]
    type(service).objects.filter(pk=service.pk).update(active=False)
    assert "The place can’t be asked just now" in rosa.press(f"answer/{asked.code}/", answer="yes")
    with rosa.cast.acting("denise"):
        assert not Consent.objects.get().refused and not Referral.objects.exists()
        assert Duty.objects.filter(kind="find_place", closed_at__isnull=True).exists()


def test_without_a_page_of_their_own_nobody_offers_it(cast, denise):
    from tests.cast import take_in, told

    with cast.acting("denise") as member:
        file = take_in(member, told("Nadia"))
    page = f"/referrals/new/{file.code}/?service={cast.services['carpentry'].code}"
    assert "Ask on their page" not in denise.get(page)


# --- This is wrong ------------------------------------------------------------------------------------------------


def say(rosa: Themself, words: str = "My phone is another one.") -> SaidWrong:
    assert "Thank you for telling us." in rosa.press("wrong/", about="about_me", words=words)
    with rosa.cast.acting("denise"):
        return SaidWrong.objects.latest("pk")


def test_what_is_wrong_is_heard_by_the_holder_and_answered(rosa, denise):
    said = say(rosa)
    assert "Eastgate Community Partners has it and will answer you here." in rosa.text()
    today = denise.get("/today/")
    assert "Says on their own page that something is wrong." in today and "another one" not in today
    page = f"/people/{rosa.file.code}/said-wrong/{said.code}/"
    assert "My phone is another one." in denise.get(page)
    denise.send(page, outcome="mended", words="We wrote down the new one. Thank you!")
    assert "something is wrong" not in denise.get("/today/")
    mine = rosa.text()
    assert "It was put right." in mine and "We wrote down the new one. Thank you!" in mine
    with rosa.cast.acting("denise"):
        assert {note.about_kind for note in Narrative.objects.filter(file=rosa.file)} == {
            "said_wrong",
            "said_wrong_answer",
        }


def test_their_words_are_of_the_class_narrative(rosa, cast):
    said = say(rosa)
    with cast.acting("tavo"):
        assert said_wrong.words_of(said) == "", "a peer mentor reads no narrative"
    Desk(cast, "tavo").get(f"/people/{rosa.file.code}/said-wrong/{said.code}/", 403)
    Desk(cast, "ines").get(f"/people/{rosa.file.code}/said-wrong/{said.code}/", 404)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"about": "about_me", "words": "  "}, "Write a few words."),
        ({"words": "x"}, "Choose one."),
        ({"about": "nonsense", "words": "x"}, "Select a valid choice"),
    ],
)
def test_words_that_say_nothing(rosa, data, says):
    assert says in rosa.press("wrong/", 422, **data)
    with rosa.cast.acting("denise"):
        assert not SaidWrong.objects.exists()


def test_five_wait_at_most(rosa):
    for number in range(5):
        say(rosa, f"Number {number}")
    assert "We have five of yours to answer first." in rosa.press("wrong/", 422, about="other", words="six")


def test_nobody_is_released_while_one_waits(rosa, cast):
    from warmhandoff.custody import actions as custody

    say(rosa)
    with cast.acting("denise") as member, pytest.raises(custody.SomethingOpen):
        custody.release(person_id=rosa.file.person_id, reason="needs_met", by=member.actor)


def test_answered_once_and_in_words(rosa, cast):
    said = say(rosa)
    with cast.acting("denise") as member:
        with pytest.raises(BadValue):
            said_wrong.answer(said=said, outcome="mended", words=" ", by=member.actor)
        with pytest.raises(BadValue):
            said_wrong.answer(said=said, outcome="ignored", words="x", by=member.actor)
        said_wrong.answer(said=said, outcome="stays", words="It is right.", by=member.actor)
        with pytest.raises(Exception, match="answered already"):
            said_wrong.answer(said=said, outcome="mended", words="No.", by=member.actor)


def test_of_somebody_who_was_released_the_lead_hears(rosa, cast):
    from warmhandoff.custody import actions as custody

    with cast.acting("denise") as member:
        custody.release(person_id=rosa.file.person_id, reason="needs_met", by=member.actor)
    say(rosa)
    assert "something is wrong" in Desk(cast, "marcus").get("/today/")


# --- No more mails ------------------------------------------------------------------------------------------------


def test_no_more_mails_stops_the_address_and_the_page(rosa, denise):
    rosa.press("no-mails/", 302)
    assert "This page is closed" in rosa.get("", 410)
    assert "The address is no longer used" in denise.get(f"/people/{rosa.file.code}/their-page/")
    with rosa.cast.acting("denise"):
        from warmhandoff.participants import own_links

        assert not own_links.mailboxes_of(rosa.file).exists() and not own_links.has_page(rosa.file)


# --- Their file ---------------------------------------------------------------------------------------------------


def test_their_file_as_pdf_and_that_it_was_given_is_known(rosa, denise):
    assert "My file at Eastgate Community Partners (PDF)" in rosa.text("file/")
    with clock.at(rosa.at):
        answer = rosa.client.post(rosa.url("file/pdf/0/"))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "your-file.pdf" in answer.headers["Content-Disposition"]
    assert "Rosa" in denise.get(f"/people/{rosa.file.code}/") and "their file" in denise.get(
        f"/people/{rosa.file.code}/"
    )
    with rosa.cast.acting("denise"):
        log = AccessLog.objects.filter(subject_kind="handed_out")
        assert [each.actor.kind for each in log] == ["participant"]
    with clock.at(rosa.at):
        assert rosa.client.post(rosa.url("file/pdf/7/")).status_code == 302


def test_the_same_as_data_without_our_numbers_or_notes(rosa):
    from warmhandoff.participants import actions as participants

    with rosa.cast.acting("denise") as member:
        participants.write_down(
            file=rosa.file, about=("file", rosa.file.pk), text="Afraid of her brother.", by=member.actor
        )
    with clock.at(rosa.at):
        answer = rosa.client.post(rosa.url("file/data/"))
    told = json.loads(answer.content)
    assert (
        told["page"]["first_name"] == "Rosa"
        and told["files"][0]["organization"] == "Eastgate Community Partners"
    )
    text = answer.content.decode()
    assert "brother" not in text and str(rosa.file.person_id) not in text and '"id"' not in text
    assert "555-0123" in text, "how we reach them"


def test_a_question_of_who_no_longer_holds_them_is_put_no_more(rosa, asked):
    from warmhandoff.custody import actions as custody

    with rosa.cast.acting("denise") as member:
        custody.release(person_id=rosa.file.person_id, reason="needs_met", by=member.actor)
    assert "Say yes or no to a question" not in rosa.text()
    rosa.get(f"answer/{asked.code}/", 302)


def test_a_page_that_could_not_be_mailed_is_the_holders_to_call_about(cast, denise):
    from warmhandoff.foundation import messages

    Themself(cast)
    message = Message.objects.get(notice="participants.own_page")
    with clock.at(MONDAY):
        messages.note_failure(message.pk, last=True)
    assert "Call them." in denise.get("/today/")


def test_the_page_takes_few_statements(rosa):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    rosa.get()
    with CaptureQueriesContext(connection) as said:
        rosa.get()
    asked_for = [
        one["sql"] for one in said.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(asked_for) <= 12, asked_for
