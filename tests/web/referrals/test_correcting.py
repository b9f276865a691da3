"""Saying right what was recorded, behind the sign-in and behind the mail's link; and the network's own stage with a first contact."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.web.answer.behind import Behind
from tests.web.desk import text_of
from tests.web.referrals.signed import Desk
from warmhandoff.foundation import vocabularies
from warmhandoff.foundation.models import Term
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + timedelta(days=1)
TODAY = {"happened_on_month": "11", "happened_on_day": "24", "happened_on_year": "2026"}
YESTERDAY = TODAY | {"happened_on_day": "23"}


@pytest.fixture
def rosa(c):
    with c.acting("denise") as member:
        return cast.take_in(member)


@pytest.fixture
def denise(c):
    return Desk(c, "denise", TUESDAY)


@pytest.fixture
def vera(c):
    return Desk(c, "vera", TUESDAY)


@pytest.fixture
def accepted(c, rosa):
    with c.acting("denise") as member:
        referral = cast.refer(rosa, c.services["carpentry"], member)
    said = {"caller_name": "Vera", "contact_by": "2026-11-25"}
    assert Desk(c, "vera").press(f"/referrals/{referral.code}/yes/", **said).status_code == 302
    return referral


def page(referral, more=""):
    return f"/referrals/{referral.code}/{more}"


def stands(c, referral):
    with c.acting("denise"):
        return Referral.objects.get(pk=referral.pk)


def to_correct(html: str) -> list[str]:
    return re.findall(r'href="([^"]*/correct/[^"]+)"', html)


def talked(desk, referral, **more):
    said = {"reached": "yes", "channel": "voice", **TODAY, **more}
    assert desk.press(page(referral, "contact/"), **said).status_code == 302


# --- A stage with the first contact -------------------------------------------------------------------------------


def test_the_networks_stage_is_said_with_the_first_contact(c, accepted, vera, denise):
    assert "How does it stand now?" in vera.page(page(accepted, "contact/"))
    talked(vera, accepted, stage="papers_complete")
    found = stands(c, accepted)
    assert (found.state, found.stage) == ("contacted", "papers_complete")
    assert "Papers complete" in denise.page(page(accepted))


def test_one_of_service_that_has_begun_says_so_too_and_none_is_needed(c, accepted, vera):
    talked(vera, accepted, stage="started")
    assert (stands(c, accepted).state, stands(c, accepted).stage) == ("engaged", "started")


def test_a_try_has_no_stage(c, accepted, vera):
    talked(vera, accepted, reached="no", stage="papers_complete")
    assert (stands(c, accepted).state, stands(c, accepted).stage) == ("accepted", "")


def test_a_network_without_stages_asks_nothing_more(c, accepted, vera):
    with c.acting("adam") as adam:
        for term in Term.objects.filter(vocabulary="stage"):
            Term.objects.filter(pk=term.pk).update(valid_to=MONDAY.date() - timedelta(days=1))
        vocabularies.terms.changed()
        assert adam
    assert "How does it stand now?" not in vera.page(page(accepted, "contact/"))
    talked(vera, accepted)
    assert stands(c, accepted).state == "contacted"


# --- Said right ---------------------------------------------------------------------------------------------------


def test_the_day_is_corrected_and_both_read_it(c, accepted, vera, denise):
    talked(vera, accepted)
    (address,) = to_correct(vera.page(page(accepted)))
    form = text_of(vera.page(address))
    assert "First contact: phone call." in form and "It was another day" in form
    assert vera.press(address, reason="wrong_day", channel="voice", **YESTERDAY).status_code == 302
    assert current_day(c, accepted) == 23
    told = "Correction. Tue, Nov 24: First contact: phone call. First contact: phone call."
    assert f"{told} Corrected by Vera Lindqvist: wrong day." in text_of(vera.page(page(accepted)))
    assert told in text_of(denise.page(page(accepted)))
    assert "Valley Trades corrected what it had recorded about Carpentry basics." in text_of(
        denise.page("/today/")
    )


def current_day(c, referral):
    from warmhandoff.jurisdictions.place import current_place

    return current_place().day_of(stands(c, referral).contacted_at).day


def test_a_contact_that_was_none_is_taken_back(c, accepted, vera, denise):
    talked(vera, accepted)
    (address,) = to_correct(vera.page(page(accepted)))
    assert vera.press(address, reason="mistake", channel="voice", **TODAY).status_code == 302
    told = text_of(vera.page(page(accepted)))
    assert "Next: Vera calls them, by" in told and "Corrected by Vera Lindqvist: done by mistake." in told
    assert "took back what it had recorded" in text_of(denise.page("/today/"))
    assert "done by mistake" in text_of(denise.page(f"/people/{accepted.sender_file.code}/"))
    assert vera.get(address).status_code == 404, "what is gone is corrected no more"


def test_the_second_press_shows_the_first_ones_result(c, accepted, vera):
    talked(vera, accepted)
    (address,) = to_correct(vera.page(page(accepted)))
    said = {"form_key": vera.key(address), "reason": "mistake", "channel": "voice", **TODAY}
    assert (
        vera.post(address, said).headers["Location"]
        == vera.post(address, said).headers["Location"]
        == page(accepted)
    )


def test_what_says_the_same_is_shown_at_the_form(c, accepted, vera):
    talked(vera, accepted)
    (address,) = to_correct(vera.page(page(accepted)))
    answer = vera.press(address, reason="wrong_day", channel="voice", **TODAY)
    assert answer.status_code == 422 and "This says the same." in answer.content.decode()
    assert vera.press(address, channel="voice", **YESTERDAY).status_code == 422, "no reason"


def test_each_kind_asks_only_what_it_can_say(c, accepted, vera):
    assert vera.press(page(accepted, "contact/"), reached="no", channel="text", **TODAY).status_code == 302
    assert vera.press(page(accepted, "begin/"), **TODAY).status_code == 302
    assert vera.press(page(accepted, "end/"), reason="moved_away", **TODAY).status_code == 302
    ended, begun, tried = to_correct(vera.page(page(accepted)))
    texts = [text_of(vera.page(each)) for each in (ended, begun, tried)]
    assert ["It ended for another reason" in text for text in texts] == [True, False, False]
    assert ["It was another way" in text for text in texts] == [False, False, True]
    assert ["take it back" in text or "it goes" in text for text in texts] == [True, False, True]
    said = vera.press(ended, reason="wrong_outcome", why="not_right", **TODAY)
    assert said.status_code == 302 and stands(c, accepted).end_reason == "not_right"


def test_nobody_else_finds_a_way_to_it(c, accepted, vera, denise):
    talked(vera, accepted)
    (address,) = to_correct(vera.page(page(accepted)))
    assert not to_correct(denise.page(page(accepted)))
    for name in ("denise", "ines", "luz"):
        assert Desk(c, name, TUESDAY).get(address).status_code in (403, 404)
    assert denise.get(address).status_code == 404


# --- Behind the mail's link ---------------------------------------------------------------------------------------


@pytest.fixture
def behind(c, rosa):
    with c.acting("denise") as member:
        referral = cast.refer(rosa, c.services["solar"], member)
    return Behind(c, rosa, referral, TUESDAY)


def test_a_no_by_mistake_is_taken_back_behind_the_link(c, behind):
    assert behind.press("no/", why="full:full_open", your_name="Jo").status_code == 302
    (address,) = to_correct(behind.get().content.decode())
    more = address.removeprefix(behind.url)
    shown = text_of(behind.get(more).content)
    assert "We didn’t mean to say no: take it back" in shown and "When was it?" not in shown
    assert behind.press(more, reason="mistake").status_code == 302
    assert stands(c, behind.referral).state == "sent"
    assert "Please answer by" in text_of(behind.get().content)


def test_what_somebody_else_recorded_is_not_behind_it(c, behind):
    assert behind.press("yes/", caller_name="Jo", contact_by="2026-11-25").status_code == 302
    assert not to_correct(behind.get().content.decode())
    assert behind.get("correct/0123456789abcdef/").status_code == 404
