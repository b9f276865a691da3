"""Questions, lists, holds, messages, stages and colleagues, on the desk of both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.web.referrals.signed import Desk
from warmhandoff.referrals.models import Referral, ReferralNote

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(c):
    with c.acting("denise") as member:
        return cast.take_in(member)


@pytest.fixture
def denise(c):
    return Desk(c, "denise")


@pytest.fixture
def vera(c):
    return Desk(c, "vera")


def url(referral, more=""):
    return f"/referrals/{referral.code}/{more}"


@pytest.fixture
def asked(c, rosa):
    with c.acting("denise") as member:
        return cast.refer(rosa, c.services["carpentry"], member)


@pytest.fixture
def accepted(asked, vera):
    assert vera.press(url(asked, "yes/"), caller_name="Vera", contact_by="2026-11-25").status_code == 302
    return asked


def stands(c, referral):
    with c.acting("denise"):
        return Referral.objects.get(pk=referral.pk)


def test_what_each_side_sees_while_a_question_stands(c, asked, denise, vera):
    assert vera.press(url(asked, "question/"), question="When does it begin?").status_code == 302
    theirs, ours = vera.page(url(asked)), denise.page(url(asked))
    assert "You asked Eastgate Community Partners something. They reply by" in theirs
    assert (
        "Your own clock stands" in theirs
        and "Yes, we have a place" in theirs
        and "Please answer by" not in theirs
    )
    assert "answer the question of Valley Trades" in ours and "their own clock stands" in ours
    assert "If nobody replies" in ours and "A question waits for its reply" in ours
    assert "asks you something" in denise.page("/referrals/") and "1 waits for you" in denise.page(
        "/referrals/"
    )
    assert denise.press(url(asked, "reply/"), reply="In May.").status_code == 302
    assert "Please answer by" in vera.page(url(asked)) and "In May." in vera.page(url(asked))
    assert denise.get(url(asked, "reply/")).status_code == 302, "nothing is left to answer"


def test_on_their_list_with_the_day_and_the_place(c, asked, denise, vera):
    page = vera.page(url(asked, "list/"))
    assert "On your list: when do you look again?" in page and "Another day" in page
    assert (
        vera.press(
            url(asked, "list/"), when="other", **day("other_day", 1, 12, 2027), position="3"
        ).status_code
        == 302
    )
    assert "They are on your list. You look again on" in vera.page(url(asked))
    ours = denise.page(url(asked))
    assert "On the list of Valley Trades" in ours and "Place on their list: 3" in ours and "Jan 12" in ours
    assert "Eres el número 3" in ours or "número 3" in ours or "number 3" in ours
    assert stands(c, asked).list_position == 3
    later = Desk(c, "denise", MONDAY + timedelta(days=52))
    assert "wanted to look at its list again" in later.page("/referrals/")


def day(name, month, number, year):
    return {f"{name}_month": str(month), f"{name}_day": str(number), f"{name}_year": str(year)}


@pytest.mark.parametrize(
    "said",
    [
        {}, {"when": "other"}, {"when": "other", **day("other_day", 6, 1, 2027)},
        {"when": "other", **day("other_day", 11, 23, 2026)}, {"when": "2026-12-07", "position": "0"},
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_asked_again(c, asked, vera, said):
    assert vera.press(url(asked, "list/"), **said).status_code == 422
    assert stands(c, asked).waits_for == ""


def test_the_sender_puts_it_off_and_takes_it_up_again(c, accepted, denise, vera):
    assert "Put it off until a day" in denise.page(url(accepted))
    assert denise.press(url(accepted, "put-off/"), reason="papers").status_code == 422
    assert denise.press(url(accepted, "put-off/"), reason="papers", when="2026-11-30").status_code == 302
    ours, theirs = denise.page(url(accepted)), vera.page(url(accepted))
    assert "You have put it off until" in ours and "Waiting for papers" in ours and "Take it up now" in ours
    assert "Eastgate Community Partners has put it off until" in theirs and "Take it up" not in theirs
    assert vera.post(url(accepted, "resume/")).status_code in (302, 409)
    assert stands(c, accepted).waits_for == "hold", "only the side that put it off takes it up"
    assert denise.post(url(accepted, "take-up/")).status_code == 302
    assert stands(c, accepted).waits_for == ""
    assert denise.post(url(accepted, "take-up/")).status_code == 302, "twice is once"


def test_the_receiver_puts_it_off(c, accepted, vera, denise):
    assert vera.press(url(accepted, "hold/"), reason="starts_later", when="2026-12-07").status_code == 302
    assert "You have put it off until" in vera.page(url(accepted)) and "Take it up again" in vera.page(
        url(accepted)
    )
    assert "Valley Trades has put it off until" in denise.page(url(accepted))
    assert denise.get(url(accepted, "put-off/")).status_code == 302
    assert vera.press(url(accepted, "resume/")).status_code == 302
    assert stands(c, accepted).waits_for == ""


def test_messages_are_new_until_read(c, accepted, denise, vera):
    assert denise.press(url(accepted, "write/"), message="Call after five.").status_code == 302
    theirs = vera.page(url(accepted))
    assert "Call after five." in theirs and "I have read it" in theirs
    assert "New message" in vera.page("/referrals/?tab=in") or "1 waits for you" in vera.page(
        "/referrals/?tab=in"
    )
    assert vera.post(url(accepted, "read/")).status_code == 302
    assert "I have read it" not in vera.page(url(accepted))
    assert "I have read it" not in denise.page(url(accepted))
    assert denise.press(url(accepted, "write/"), message=" ").status_code == 422
    with c.acting("denise"):
        assert ReferralNote.objects.count() == 1


def test_who_may_not_write(c, accepted):
    for name, status in (("ines", 404), ("tavo", 403), ("adam", 403)):
        assert Desk(c, name).get(url(accepted, "write/")).status_code == status, name
        assert Desk(c, name).post(url(accepted, "read/")).status_code == status, name


def test_after_the_end_nothing_is_written_any_more(c, accepted, denise, vera):
    denise.press(url(accepted, "write/"), message="Call after five.")
    denise.press(url(accepted, "withdraw/"), reason="found_other")
    assert "Call after five." in vera.page(url(accepted)), "it is kept"
    assert "Send the message" not in vera.page(url(accepted))
    assert denise.get(url(accepted, "write/")).status_code == 302


def test_a_stage_in_the_networks_words_and_in_the_persons(c, accepted, denise, vera):
    assert (
        vera.press(
            url(accepted, "stage/"), stage="orientation_booked", **day("happened_on", 11, 23, 2026)
        ).status_code
        == 302
    )
    assert "Orientation booked" in vera.page(url(accepted))
    ours = denise.page(url(accepted))
    assert "Orientation booked" in ours and "Su primera reunión tiene fecha." in ours, "Rosa prefers Spanish"
    assert vera.press(url(accepted, "stage/"), stage="nowhere").status_code == 422


def test_given_to_a_colleague(c, asked, vera, denise):
    page = vera.page(url(asked, "assign/"))
    assert "You, Vera Lindqvist" in page
    code = c.members["vera"].code
    assert vera.press(url(asked, "assign/"), to=code).status_code == 302
    assert "Who does it here" in vera.page(url(asked)) and "Vera Lindqvist" in vera.page(url(asked))
    assert "Given to" in vera.page(url(asked)) and "Given to" not in denise.page(url(asked))
    assert vera.press(url(asked, "assign/"), to=c.members["denise"].code).status_code == 422
    assert denise.get(url(asked, "assign/")).status_code == 302


def test_one_loop_is_one_story(c, rosa, asked, denise, vera):
    vera.press(url(asked, "no/"), why="full:full_open")
    with c.acting("denise") as member:
        again = cast.refer(
            rosa, c.services["solar"], member, re_referred_from=Referral.objects.get(pk=asked.pk)
        )
    before, after = denise.page(url(asked)), denise.page(url(again))
    for page in (before, after):
        assert "Asked before and after" in page and "Valley Trades" in page and "Sunrow Solar School" in page
    assert "Sunrow" not in vera.page(url(asked)), "whom else they asked is not Valley's to know"


def test_a_second_referral_to_the_same_service_leads_to_the_first(c, rosa, asked, denise):
    from warmhandoff.directory.models import Service
    from warmhandoff.participants.models import Need
    from warmhandoff.referrals import actions

    with c.acting("denise") as member:
        service = Service.objects.select_related("organization").get(pk=c.services["carpentry"].pk)
        with pytest.raises(
            actions.AlreadyAsked, match="Valley Trades has a referral of this person"
        ) as refused:
            actions.send(
                file=rosa, service=service, need=Need.objects.get(file=rosa), consent=cast.consent(rosa, service, member),
                by=member.actor, membership=member.membership,
            )  # fmt: skip
    assert refused.value.facts["referral"] == asked.code
    with c.acting("ines") as member:
        file = cast.take_in(member)
        cast.refer(
            file, c.services["carpentry"], member
        )  # another organization's referral is nobody's to know of


def test_the_decision_offers_who_fits_best_next(c, rosa, asked, denise, vera):
    vera.press(url(asked, "no/"), why="full:full_open")
    page = denise.page(url(asked, "settle/"))
    assert "These fit best now" in page and "Ask Sunrow Solar School" in page
    assert "Ask Valley Trades" not in page, "they have just said no"
    assert f"?from={asked.code}&amp;service={c.services['solar'].code}" in page
