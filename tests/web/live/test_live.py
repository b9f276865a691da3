"""Pages on which others act: what is new is told once, to whom it is theirs, at little cost."""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import quantiles

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.cast import MONDAY
from tests.web.people.desk import by_link, days, get, signed_in, text
from warmhandoff.foundation import clock
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Participant
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board
from warmhandoff.referrals.models import Referral
from warmhandoff.web.site import live

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SOON = days(30 / 86400)
LATER = days(60 / 86400)
PAGES = ("/today/", "/referrals/", "/referrals/{referral}/", "/people/{file}/")


def opened(client, address, at=MONDAY):
    """The mark of a page as it was opened."""
    place = get(client, address, at).select_one("[data-live]")
    assert place is not None, address
    assert place["data-live"].partition("?")[0] == address.partition("?")[0]
    return place["data-since"]


def ask(client, address, since, at=SOON, **headers):
    with clock.at(at):
        return client.get(address, {"since": since}, headers={"X-Live": "1"} | headers)


def lines(answer):
    assert answer.status_code == 200, answer.status_code
    # A template's content is inert until the page's script takes it out, for the parser too.
    page = BeautifulSoup(answer.content.replace(b"template", b"div"), "lxml")
    return [" ".join(each.get_text(" ").split()) for each in page.select(".live-line")]


def say_yes(referral, at=SOON):
    with by_link(referral, at) as (seen, actor):
        referrals.accept(referral=seen, reply=referrals.Reply("Jo"), by=actor)


def addresses(referral: Referral) -> list[str]:
    file = Participant.objects.get(pk=referral.sender_file_id)
    return [each.format(referral=referral.code, file=file.code) for each in PAGES]


def test_nothing_new_is_nothing_said(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise"):
        pages = addresses(referral)
    for address in pages:
        since = opened(client, address)
        answer = ask(client, address, since)
        assert (answer.status_code, answer.content) == (204, b""), address


def test_a_yes_is_told_once_on_each_page_that_is_open(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise"):
        pages = addresses(referral)
    marks = {address: opened(client, address) for address in pages}
    say_yes(referral)
    for address, since in marks.items():
        answer = ask(client, address, since)
        (said,) = lines(answer)
        assert "Sunrow Solar School said yes" in said and "just now" in said, address
        fresh = answer["X-Live"]
        assert ask(client, address, fresh).status_code == 204, address
        assert ask(client, address, fresh, LATER).status_code == 204, address


def test_the_line_leads_to_where_it_is_seen(c, referral):
    client = signed_in(c, "denise")
    since = opened(client, "/today/")
    say_yes(referral)
    answer = ask(client, "/today/", since)
    link = BeautifulSoup(answer.content.replace(b"template", b"div"), "lxml").select_one(".live-line a")
    assert "said yes" in text(get(client, link["href"], SOON))


def test_what_was_written_before_the_page_and_committed_after_it_is_told(c, referral):
    """The yes began two seconds before the page was read; the page could not see it yet."""
    client = signed_in(c, "denise")
    since = opened(client, "/today/", SOON)
    say_yes(referral, SOON - timedelta(seconds=2))
    assert len(lines(ask(client, "/today/", since, LATER))) == 1


def test_what_stood_on_the_page_is_not_told(c, referral):
    say_yes(referral)
    client = signed_in(c, "denise")
    since = opened(client, "/today/", SOON)
    assert ask(client, "/today/", since, LATER).status_code == 204


def test_what_i_did_myself_is_no_news(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise"):
        pages = addresses(referral)
    marks = {address: opened(client, address) for address in pages}
    with c.acting("denise", SOON) as denise:
        referrals.withdraw(referral=referral, reason="found_other", by=denise.actor)
    for address, since in marks.items():
        assert ask(client, address, since).status_code == 204, address


def test_a_colleague_who_does_it_is_named(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise"):
        _, _, one, page = addresses(referral)
    since = {address: opened(client, address) for address in (one, page)}
    with c.acting("marcus", SOON) as marcus:
        file = Participant.objects.get(code=page.split("/")[2])
        participants.log_contact(file=file, how="text", reached=True, by=marcus.actor)
        referrals.withdraw(referral=referral, reason="found_other", by=marcus.actor)
    assert any("Marcus Webb" in each for each in lines(ask(client, page, since[page])))
    assert "took it back" in lines(ask(client, one, since[one]))[0]


def test_a_new_referral_comes_to_the_organization_that_is_asked(c):
    client = signed_in(c, "paul")
    marks = {address: opened(client, address) for address in ("/today/", "/referrals/?tab=in")}
    with c.acting("denise", SOON) as denise:
        cast.refer(cast.take_in(denise, needs=("HSG",)), c.services["housing"], denise)
    for address, since in marks.items():
        (said,) = lines(ask(client, address, since))
        assert "Eastgate Community Partners refers someone to your Housing help." in said, address
        assert "Rosa" not in said


def test_the_board_says_that_it_has_changed(c, referral):
    client = signed_in(c, "luz")
    before, after = days(1), days(20)
    since = opened(client, "/network/", before)
    assert ask(client, "/network/", since, before + timedelta(seconds=30)).status_code == 204
    (said,) = lines(ask(client, "/network/", since, after))
    assert "1 waits longer than promised." in said and "Rosa" not in said
    since = opened(client, "/network/", after)
    say_yes(referral, after + timedelta(seconds=10))
    assert (
        "Nobody waits longer than promised any more."
        in lines(ask(client, "/network/", since, after + timedelta(seconds=30)))[0]
    )


def test_the_board_says_which_one_has_come_to_wait_and_where(c, referral):
    client = signed_in(c, "luz")
    with c.acting("luz"):
        due_at = board.rows().get(code=referral.code).due_at
    since = opened(client, "/network/", due_at - timedelta(minutes=5))
    (said,) = lines(ask(client, "/network/", since, due_at + timedelta(seconds=5)))
    assert referral.code in said and "At " in said and "No answer. Promised in" in said
    assert "Rosa" not in said


# --- P8 -----------------------------------------------------------------------------------------------------------


def test_a_stranger_hears_nothing(c, referral):
    """The same questions, asked by a member of an organization that has no part in it."""
    denise = signed_in(c, "denise")
    with c.acting("denise"):
        today, listing, *one = addresses(referral)
    marks = {address: opened(denise, address) for address in one}
    stranger = signed_in(c, "ines")
    own = {address: opened(stranger, address) for address in (today, listing)}
    say_yes(referral)
    for address, since in own.items():
        assert ask(stranger, address, since).status_code == 204, address
    mine = own[today].split("-")[1]
    for address, since in marks.items():
        assert ask(stranger, address, since).status_code == 409, "the mark of somebody else"
        moment, _, rest = since.partition("-")
        made_up = "-".join([moment, mine, *rest.split("-")[1:]])
        answer = ask(stranger, address, made_up)
        assert answer.status_code == 404, address
        assert "Sunrow" not in answer.content.decode()


def test_after_sharing_was_stopped_the_receiver_hears_only_of_the_referral(c):
    with c.acting("denise") as denise:
        file = cast.take_in(denise, needs=("HSG",))
        referral = cast.refer(file, c.services["housing"], denise)
    with c.acting("paul") as paul:
        referrals.accept(
            referral=Referral.objects.get(pk=referral.pk), reply=referrals.Reply("Paul"), by=paul.actor
        )
        theirs = Participant.objects.get(person_id=file.person_id, organization=paul.membership.organization)
    client = signed_in(c, "paul")
    marks = {
        address: opened(client, address)
        for address in (f"/people/{theirs.code}/", f"/referrals/{referral.code}/")
    }
    with c.acting("denise", SOON) as denise:
        referrals.stop_sharing(consent=referral.consent, by=denise.actor)
        participants.log_contact(file=file, how="text", reached=True, by=denise.actor, note="Secretword")
    for address, since in marks.items():
        answer = ask(client, address, since, LATER)
        assert answer.status_code in (200, 204, 404), address
        assert "Denise" not in answer.content.decode() and "Secretword" not in answer.content.decode()


def test_who_reads_contact_alone_hears_of_contacts_alone(c, referral):
    client = signed_in(c, "tavo")
    with c.acting("denise"):
        page = addresses(referral)[-1]
    since = opened(client, page)
    say_yes(referral)
    with c.acting("denise", SOON) as denise:
        file = Participant.objects.get(code=page.split("/")[2])
        participants.open_need(file=file, code="MH", by=denise.actor)
    assert ask(client, page, since).status_code == 204
    with c.acting("denise", SOON) as denise:
        participants.log_contact(file=file, how="text", reached=True, by=denise.actor)
    assert len(lines(ask(client, page, since))) == 1


def test_a_page_opened_as_somebody_else_stops_asking(c):
    since = opened(signed_in(c, "denise"), "/today/")
    assert ask(signed_in(c, "marcus"), "/today/", since).status_code == 409


def test_signed_out_is_told_by_a_redirect_that_the_page_can_see(c, client):
    answer = ask(client, "/today/", "1-a")
    assert answer.status_code == 302


@pytest.mark.parametrize("made_up", ["", "x", "-", "99999999999999999-a", "1-", "１２-a", "1" * 14 + "-a"])
def test_a_mark_that_is_none_hears_nothing(c, made_up):
    assert ask(signed_in(c, "denise"), "/today/", made_up).status_code == 409


def test_asking_keeps_nobody_signed_in(c):
    """The session ends when it ends, however many pages ask."""
    from django.contrib.sessions.models import Session

    client = signed_in(c, "denise")
    since = opened(client, "/today/")
    before = Session.objects.get().expire_date
    ask(client, "/today/", since)
    assert Session.objects.get().expire_date == before


# --- Without scripts ----------------------------------------------------------------------------------------------


def test_the_plain_link_shows_the_page_with_what_is_new(c, referral):
    client = signed_in(c, "denise")
    page = get(client, "/referrals/?tab=out")
    link = page.select_one(".live-ask a")
    assert link.get_text() == "What is new since 10:40 am?"
    assert "Nothing new." in text(get(client, link["href"], SOON), ".live")
    say_yes(referral)
    shown = get(client, link["href"], SOON)
    assert "Sunrow Solar School said yes" in text(shown, ".live-line")
    assert shown.select_one("h1") is not None and "tab=out" in link["href"]


# --- Cost ---------------------------------------------------------------------------------------------------------


def test_a_question_that_finds_nothing_costs_three_statements_at_most(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise"):
        pages = addresses(referral)
    frame = _statements(client, "/organizations/")
    for address in pages:
        since = opened(client, address)
        took = _statements(client, address, {"since": since}, headers={"X-Live": "1"})
        assert took - frame <= 3, address


def _statements(client, address, *args, **kwargs):
    with clock.at(SOON), CaptureQueriesContext(connection) as took:
        client.get(address, *args, **kwargs)
    return len(
        [each for each in took if not each["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    )


def test_a_question_that_finds_nothing_is_answered_within_ten_milliseconds(c, referral):
    client = signed_in(c, "denise")
    with c.acting("denise") as denise:
        for n in range(30):
            cast.take_in(denise, cast.told(f"A{n}", "Alvarado"))
    since = opened(client, "/today/")
    took = []
    for _ in range(60):
        began = time.perf_counter()
        assert ask(client, "/today/", since).status_code == 204
        took.append(time.perf_counter() - began)
    # What it costs; what others on the same machine cost is in the slower ones.
    quick = quantiles(took, n=10)[0]
    assert quick < 0.010, f"{quick * 1000:.1f} ms"


def test_a_mark_says_nothing(c, referral):
    say_yes(referral)
    mark = opened(signed_in(c, "denise"), "/today/", SOON)
    read = live.read_mark(mark)
    assert read is not None and len(read.known) >= 2
    assert len(mark) < 600 and "event" not in mark and referral.code not in mark
