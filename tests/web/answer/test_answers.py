"""Each answer behind the link: does it, twice, in the wrong state, from another browser."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from tests.cast import MONDAY
from tests.web.answer.behind import SECRETS, Behind, behind
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock, mail_links, scoping, timers
from warmhandoff.foundation.models import AccessLog, Duty, Timer
from warmhandoff.referrals import actions
from warmhandoff.referrals.models import (
    Disposition,
    LinkCode,
    LinkGrant,
    Referral,
    ReferralEvent,
    ReferralNote,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def nothing_counted_yet(the_cast):
    cache.clear()


def everything() -> dict[str, Any]:
    """How many rows each table of ours holds, and how each referral and link stands: read as the owner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        counts: dict[str, Any] = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT to_jsonb(r)::text FROM referrals_referral r ORDER BY id")
        counts["referrals"] = cursor.fetchall()
        cursor.execute("SELECT to_jsonb(l)::text FROM referrals_answerlink l ORDER BY id")
        counts["links"] = cursor.fetchall()
    return counts


def hidden(page: str) -> bool:
    return not any(word in page for word in SECRETS)


def kinds(b: Behind) -> list[str]:
    with b.cast.acting("denise", b.at):
        return list(
            ReferralEvent.objects.filter(referral_id=b.referral.pk)
            .order_by("id")
            .values_list("kind", flat=True)
        )


# --- Looking ------------------------------------------------------------------------------------------------------


def test_the_question_is_shown_without_a_name():
    b = behind()
    answer = b.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Eastgate Community Partners refers someone to your Solar Installer training" in page
    assert "Job training" in page and "Prefers Spanish" in page and "South" in page
    assert hidden(page)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "yes/",
        "no/",
        "question/",
        "code/",
        "seen/",
        "code/send/",
        "wrong-mailbox/",
        "fresh/",
        "lost/",
        "?lang=es",
    ],
)
def test_a_look_changes_nothing(method, path):
    b = behind()
    before = everything()
    with clock.at(b.at):
        answer = getattr(Client(), method)(b.url + path)
    assert answer.status_code in (200, 302)
    assert hidden(answer.content.decode())
    assert everything() == before


def test_a_look_after_the_yes_changes_nothing_either():
    b = behind()
    b.say_yes()
    before = everything()
    for path in ("", "contact/", "begin/", "complete/", "end/", "lost/", "code/", "yes/"):
        assert hidden(b.get(path).content.decode())
    assert everything() == before


def test_the_mailboxs_language_and_the_readers_choice():
    b = behind()
    assert 'lang="en"' in b.get().content.decode()
    page = b.get("?lang=es").content.decode()
    assert '<html lang="es">' in page and "Curso de instalación solar" in page
    assert "yes/?lang=es" in page
    assert '<html lang="en">' in b.get("?lang=xx").content.decode()


# --- We have it ---------------------------------------------------------------------------------------------------


def test_seen_is_a_press_and_takes_effect_once():
    b = behind()
    client = Client()
    key = b.key("", client)
    for _ in range(2):
        assert b.post("seen/", {"form_key": key}, client).status_code == 302
    assert kinds(b) == ["sent", "seen"]
    assert "They know that you have it" in b.get().content.decode()


# --- Yes ----------------------------------------------------------------------------------------------------------


def test_yes_says_who_calls_and_by_when():
    b = behind()
    assert b.say_yes().status_code == 302
    referral = b.again()
    assert (referral.state, referral.caller_name) == ("accepted", "Jo")
    assert referral.contact_due_at.date() == date(2026, 11, 26)  # 5 pm there is past midnight UTC
    page = b.get().content.decode()
    assert "Thank you for your yes" in page and hidden(page)
    assert b.link.signed_as == "Jo"


def test_the_same_yes_twice_is_one_yes():
    b = behind()
    key = b.key("yes/")
    data = {"form_key": key, "caller_name": "Jo", "contact_by": b.day()}
    first, second = b.post("yes/", data), b.post("yes/", data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.headers["Location"] == b.url
    assert kinds(b).count("accepted") == 1


def test_a_second_yes_from_a_colleague_shows_the_first_ones_result():
    b = behind()
    one, two = b.key("yes/"), b.key("yes/")
    b.post("yes/", {"form_key": one, "caller_name": "Jo", "contact_by": b.day()})
    answer = b.post("yes/", {"form_key": two, "caller_name": "Ana", "contact_by": b.day()})
    assert answer.status_code == 302
    assert b.again().caller_name == "Jo"


def test_yes_without_a_name_or_a_day_says_how_to_mend_it():
    b = behind()
    answer = b.press("yes/", caller_name=" ", contact_by="2027-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say who will call" in page
    assert b.again().state == "sent"


def test_a_yes_after_it_was_taken_back_says_how_it_stands():
    b = behind()
    key = b.key("yes/")
    with b.cast.acting("denise") as denise:
        actions.withdraw(referral=Referral.objects.get(pk=b.referral.pk), reason="mistake", by=denise.actor)
    answer = b.post("yes/", {"form_key": key, "caller_name": "Jo", "contact_by": b.day()})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This has moved on since you opened it" in page and "taken back" in page


def test_a_late_yes_counts_until_it_is_settled():
    b = behind()
    b.at = MONDAY + timedelta(days=20)
    let_pass(b.at)
    assert b.again().state == "expired"
    assert "A yes still counts" in b.get().content.decode()
    b.press("yes/", caller_name="Jo", contact_by=(b.at + timedelta(days=1)).date().isoformat())
    assert b.again().state == "accepted"


def test_a_late_yes_comes_too_late_once_it_is_settled():
    b = behind()
    b.at = MONDAY + timedelta(days=20)
    let_pass(b.at)
    key = b.key("yes/")
    with b.cast.acting("denise", b.at) as denise:
        actions.settle(referral=Referral.objects.get(pk=b.referral.pk), outcome="stays", by=denise.actor)
    answer = b.post(
        "yes/",
        {"form_key": key, "caller_name": "Jo", "contact_by": (b.at + timedelta(days=1)).date().isoformat()},
    )
    assert answer.status_code == 409
    assert "They have found another way" in answer.content.decode()


def let_pass(until) -> None:
    while (
        waiting := Timer.objects.filter(fired_at__isnull=True, called_off_at__isnull=True, due_at__lte=until)
        .order_by("due_at", "id")
        .first()
    ):
        with clock.at(waiting.due_at):
            timers.fire(waiting.pk)


# --- No -----------------------------------------------------------------------------------------------------------


def test_no_with_its_reason_in_two_levels():
    b = behind()
    answer = b.press(
        "no/",
        why="full:full_until",
        full_until_month="3",
        full_until_day="3",
        full_until_year="2027",
        tell_person="on",
    )
    assert answer.status_code == 302
    referral = b.again()
    assert (referral.state, referral.end_reason, referral.end_detail) == ("declined", "full", "full_until")
    assert referral.full_until == date(2027, 3, 3) and referral.tell_person
    with b.cast.acting("denise"):
        assert Disposition.objects.get(referral=referral).settled_at is None
    assert "Thank you for answering" in b.get().content.decode()


def test_no_asks_for_the_reason_and_for_the_date_of_a_full_house():
    b = behind()
    assert b.press("no/").status_code == 422
    answer = b.press("no/", why="full:full_until")
    assert answer.status_code == 422
    assert "Say until when you are full" in answer.content.decode()
    assert b.again().state == "sent"


def test_the_person_is_told_the_reason_only_if_they_may_be():
    b = behind()
    b.press("no/", why="other:no_staff")
    assert b.again().tell_person is False


# --- A question ---------------------------------------------------------------------------------------------------


def test_a_question_goes_to_the_holder_and_keeps_the_date():
    b = behind()
    assert b.press("question/", question="Is a morning class all right?", your_name="Jo").status_code == 302
    with b.cast.acting("denise") as denise:
        assert ReferralNote.objects.get(referral=b.referral).text == "Is a morning class all right?"
        assert Duty.objects.filter(
            kind="answer_question", closed_at__isnull=True, membership_id=denise.membership.pk
        ).exists()
    assert b.again().answer_due_at == b.referral.answer_due_at
    page = b.get("question/").content.decode()
    assert "Your name" not in page, "asked once"
    assert 'value="Jo"' in b.get("yes/").content.decode()


# --- The code -----------------------------------------------------------------------------------------------------


def test_the_right_code_shows_this_browser_what_the_consent_covers():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.give_code(client)
    cookie = client.cookies[f"wh_{b.link.code}"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/a/"
    assert cookie["max-age"] == 12 * 3600
    page = b.get(client=client).content.decode()
    assert "Rosa Mendoza" in page and "555-0123" in page
    assert hidden(b.get().content.decode()), "another browser sees no name"
    assert b.mails("referrals.code") == 1


def test_each_showing_is_written_down():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.give_code(client)
    before = _showings(b)
    b.get(client=client)
    b.get(client=client)
    assert _showings(b) == before + 2


def _showings(b: Behind) -> int:
    with clock.at(b.at), scoping.acting_as(None, organization_id=b.link.organization_id):
        return AccessLog.objects.filter(subject_kind="referral", subject_id=b.referral.pk).count()


def test_it_is_shown_for_twelve_hours():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.give_code(client)
    b.at += timedelta(hours=11, minutes=59)
    assert not hidden(b.get(client=client).content.decode())
    b.at += timedelta(minutes=2)
    assert hidden(b.get(client=client).content.decode())


def test_a_wrong_code_counts_and_five_are_the_end():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.post("code/send/", {"form_key": b.key("", client)}, client)
    wrong = "000000" if b.digits() != "000000" else "111111"
    for left in (
        "4 tries are left",
        "3 tries are left",
        "2 tries are left",
        "1 try is left",
        "Ask for a new one",
    ):
        answer = b.post("code/", {"code": wrong}, client)
        assert answer.status_code == 422 and left in answer.content.decode()
    answer = b.post("code/", {"code": b.digits()}, client)
    assert answer.status_code == 422 and "can no longer be used" in answer.content.decode()
    assert not LinkGrant.objects.filter(link=b.link).exists()
    assert LinkCode.objects.get(link=b.link).tries == 5


def test_a_code_is_dead_after_ten_minutes_and_after_its_use():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.post("code/send/", {"form_key": b.key("", client)}, client)
    digits = b.digits()
    b.at += timedelta(minutes=10, seconds=1)
    assert b.post("code/", {"code": digits}, client).status_code == 422
    b.give_code(client)
    assert b.post("code/", {"code": b.digits()}).status_code == 422, "replayed in another browser"


def test_pressing_for_the_code_twice_sends_one_mail_and_many_presses_are_paused():
    b = behind()
    b.say_yes()
    key = b.key()
    for _ in range(2):
        b.post("code/send/", {"form_key": key})
    assert b.mails("referrals.code") == 1
    for _ in range(4):
        b.post("code/send/", {"form_key": b.key("code/")})
    answer = b.post("code/send/", {"form_key": b.key("code/")})
    assert answer.status_code == 429
    assert "Wait ten minutes" in answer.content.decode()
    assert b.mails("referrals.code") == 5


def test_before_a_yes_no_code_is_sent():
    b = behind()
    b.post("code/send/", {"form_key": b.key()})
    assert b.mails("referrals.code") == 0
    assert b.get("code/").status_code == 302


def test_a_code_for_one_referral_opens_no_other():
    b = behind()
    client = Client()
    b.say_yes(client)
    b.give_code(client)
    client.cookies[f"wh_{b.link.code}x"] = client.cookies[f"wh_{b.link.code}"].value
    with b.cast.acting("denise") as denise:
        from tests import cast

        file = cast.take_in(denise, cast.told("Ana", "Pérez"))
        other = Behind(b.cast, file, cast.refer(file, b.cast.services["solar"], denise))
    other.say_yes(client)
    assert "Ana" not in other.get(client=client).content.decode()


# --- A transfer ---------------------------------------------------------------------------------------------------


def test_a_transfer_asks_for_the_code_before_the_yes():
    b = behind("carpentry", mode="transfer")
    client = Client()
    assert b.get("yes/", client).headers["Location"] == b.url + "code/"
    key = b.key("no/", client)
    assert (
        b.post("yes/", {"form_key": key, "caller_name": "Vera", "contact_by": b.day()}, client).status_code
        == 302
    )
    assert b.again().state == "sent", "no yes without the code"
    b.post("code/send/", {"form_key": b.key("", client)}, client)
    answer = b.post("code/", {"code": b.digits()}, client)
    assert answer.headers["Location"] == b.url + "yes/"
    assert hidden(b.get(client=client).content.decode()), "nothing personal before the yes"
    assert hidden(b.get("yes/", client).content.decode())
    assert b.say_yes(client, "Vera").status_code == 302
    assert "Rosa Mendoza" in b.get(client=client).content.decode()
    with b.cast.acting("vera") as vera:
        held = custody_of(b.file.person_id)
        assert held is not None and held.organization_id == vera.organization_id


# --- After the yes ------------------------------------------------------------------------------------------------


def today(b: Behind) -> dict[str, str]:
    day = b.at.date()
    return {
        "happened_on_month": str(day.month),
        "happened_on_day": str(day.day),
        "happened_on_year": str(day.year),
    }


def test_the_same_page_takes_all_that_follows():
    b = behind()
    b.say_yes()
    assert b.press("contact/", reached="no", channel="voice", **today(b)).status_code == 302
    assert b.again().state == "accepted"
    assert b.press("contact/", reached="yes", channel="text", **today(b)).status_code == 302
    assert b.again().state == "contacted"
    assert b.press("begin/", **today(b)).status_code == 302
    assert b.press("complete/", **today(b)).status_code == 302
    assert b.again().state == "completed"
    assert "Thank you. They completed it." in b.get().content.decode()
    assert kinds(b)[-4:] == ["attempted", "contacted", "engaged", "completed"]


def test_it_ends_early_with_its_reason():
    b = behind()
    b.say_yes()
    assert b.press("end/", **today(b)).status_code == 422
    assert b.press("end/", reason="moved_away", **today(b)).status_code == 302
    assert (b.again().state, b.again().end_reason) == ("ended_early", "moved_away")


def test_what_has_not_happened_yet_is_refused_with_the_mend():
    b = behind()
    b.say_yes()
    answer = b.press("begin/", happened_on_month="12", happened_on_day="24", happened_on_year="2026")
    assert answer.status_code == 422
    assert "happened yet" in answer.content.decode()


def test_lost_contact_says_what_is_missing_and_can_then_be_said():
    b = behind()
    b.say_yes()
    page = b.get("lost/").content.decode()
    assert "0 of 5 tries" in page and "0 of 10 business days" in page and "text message" in page
    assert b.post("lost/", {"form_key": b.key("no/") if "form_key" in page else ""}).status_code in (409, 422)
    assert b.again().state == "accepted"
    for n in range(5):
        b.at = MONDAY + timedelta(days=4 * n)
        assert b.press("contact/", reached="no", channel="text", **today(b)).status_code == 302
    b.at = MONDAY + timedelta(days=21)
    assert b.press("lost/").status_code == 302
    assert b.again().state == "lost_contact"


# --- Links that went astray ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["1.1.AAAA", "x", "1.1.", "..", "999.1.AAAAAAAAAAAAAAAAAAAAAAAA", "ñ.1.ñ"])
def test_forged_tokens_open_nothing(token):
    behind()
    before = everything()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/a/{token}/")
        assert answer.status_code == 404
        assert "This link opens nothing" in answer.content.decode()
    assert everything() == before


def test_an_older_link_offers_a_fresh_one_to_the_same_mailbox():
    b = behind()
    old = b.url
    mail_links.renew(b.link)
    with clock.at(b.at):
        assert Client().get(old).status_code == 410
        refused = Client().post(old + "yes/", {"caller_name": "Jo", "contact_by": b.day()})
        assert refused.status_code == 410
        assert Client().post(old + "fresh/").headers["Location"].endswith("?sent=yes")
    assert b.again().state == "sent"
    assert b.mails("referrals.fresh_link") == 1
    assert b.get().status_code == 200, "the newest one works"
    with clock.at(b.at):
        codes = [Client().post(old + "fresh/").status_code for _ in range(3)]
    assert codes[-1] == 429


def test_a_link_dies_two_weeks_after_the_end():
    b = behind()
    b.press("no/", why="other:no_staff")
    b.at += timedelta(days=14, minutes=1)
    answer = b.get()
    assert answer.status_code == 410 and "This referral is over" in answer.content.decode()
    assert b.post("fresh/").status_code == 410


def test_not_their_mailbox_stops_the_link_and_tells_the_holder():
    b = behind()
    key = b.key("wrong-mailbox/")
    assert b.post("wrong-mailbox/", {"form_key": key}).status_code == 302
    answer = b.get()
    assert answer.status_code == 410 and "This link was stopped" in answer.content.decode()
    assert b.post("wrong-mailbox/", {"form_key": key}).status_code == 410
    with b.cast.acting("denise"):
        assert Duty.objects.filter(kind="mail_failed", closed_at__isnull=True).count() == 1


def test_too_many_presses_are_paused():
    from warmhandoff.web.site import limits

    b = behind()
    for _ in range(limits.PRESSES_OF_A_LINK):
        b.post("seen/")
    answer = b.post("seen/")
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert b.get().status_code == 200


def test_no_token_is_kept_in_the_database():
    b = behind()
    b.say_yes()
    token = b.url.split("/")[2]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT string_agg(result, ' ') FROM foundation_formkey")
        assert token not in (cursor.fetchone()[0] or "")


def test_an_unknown_step_is_not_there():
    b = behind()
    assert b.get("elsewhere/").status_code == 404


def test_taken_back_consent_shows_nothing_more():
    b = behind()
    client = Client()
    b.say_yes(client)
    with b.cast.acting("denise") as denise:
        referral = Referral.objects.select_related("consent").get(pk=b.referral.pk)
        actions.stop_sharing(consent=referral.consent, by=denise.actor)
    b.give_code(client)
    page = b.get(client=client).content.decode()
    assert hidden(page) and "taken back their agreement" in page
