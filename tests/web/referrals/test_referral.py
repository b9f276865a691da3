"""One referral, from both sides; the list; deciding what is next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache

from tests import cast
from tests.cast import MONDAY
from tests.web.answer.behind import Behind
from tests.web.referrals.signed import Desk
from warmhandoff.custody.reading import custody_of
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.participants.models import Consent, Need
from warmhandoff.referrals.models import Disposition, Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


@pytest.fixture
def rosa(c):
    with c.acting("denise") as denise:
        return cast.take_in(denise)


@pytest.fixture
def asked(c, rosa):
    """Valley Trades, where Vera signs in, is asked."""
    with c.acting("denise") as denise:
        return cast.refer(rosa, c.services["carpentry"], denise)


@pytest.fixture
def denise(c):
    return Desk(c, "denise")


@pytest.fixture
def vera(c):
    return Desk(c, "vera")


def url(referral, step: str = "") -> str:
    return f"/referrals/{referral.code}/{step}"


def state(c, referral) -> Referral:
    with c.acting("denise"):
        return Referral.objects.get(pk=referral.pk)


TODAY = {"happened_on_month": "11", "happened_on_day": "23", "happened_on_year": "2026"}


def say_yes(vera, referral):
    return vera.press(url(referral, "yes/"), caller_name="Vera", contact_by="2026-11-25")


# --- The receiver who signs in ------------------------------------------------------------------------------------


def test_opening_marks_nothing_and_pressing_does(c, asked, vera):
    page = vera.page(url(asked))
    assert "Rosa" not in page and "Yes, we have a place" in page
    vera.page(url(asked, "yes/"))
    assert state(c, asked).seen_at is None
    for _ in range(2):
        assert vera.post(url(asked, "seen/"), {}).status_code == 302
    assert state(c, asked).seen_at is not None
    with c.acting("denise"):
        assert ReferralEvent.objects.filter(referral=asked, kind="seen").count() == 1


def test_yes_and_all_that_follows(c, asked, vera, denise):
    assert say_yes(vera, asked).status_code == 302
    assert "Rosa" in vera.page(url(asked))
    assert vera.press(url(asked, "contact/"), reached="yes", channel="text", **TODAY).status_code == 302
    assert vera.press(url(asked, "begin/"), **TODAY).status_code == 302
    assert vera.press(url(asked, "complete/"), **TODAY).status_code == 302
    assert state(c, asked).state == "completed"
    page = denise.page(url(asked))
    assert "They completed it" in page and "First contact: text message." in page and "Vera Lindqvist" in page


def test_a_second_yes_shows_the_first(c, asked, vera):
    key = vera.key(url(asked, "yes/"))
    say_yes(vera, asked)
    answer = vera.post(url(asked, "yes/"), {"form_key": key, "caller_name": "V", "contact_by": "2026-11-25"})
    assert answer.status_code == 302
    assert state(c, asked).caller_name == "Vera"


def test_a_no_after_a_yes_is_refused_with_a_sentence(c, asked, vera):
    key = vera.key(url(asked, "no/"))
    say_yes(vera, asked)
    answer = vera.post(url(asked, "no/"), {"form_key": key, "why": "other:no_staff"})
    assert answer.status_code == 409
    assert state(c, asked).state == "accepted"


def test_whom_they_know_already_is_not_recognized_before_the_yes(c, rosa, asked, vera):
    say_yes(vera, asked)
    vera.press(url(asked, "end/"), reason="moved_away", **TODAY)
    with c.acting("denise") as member:
        again = cast.refer(rosa, c.services["carpentry"], member)
    assert "Rosa" not in vera.page(url(again))
    assert "Rosa" not in vera.page("/referrals/?tab=in")
    assert "Rosa" in vera.page("/referrals/?tab=in&stands=all")


def test_who_is_no_party_finds_nothing(c, asked):
    for name in ("ines", "luz"):
        stranger = Desk(c, name)
        for step in ("", "yes/", "withdraw/", "settle/", "reply/", "stop-sharing/"):
            assert stranger.get(url(asked, step)).status_code == 404, (name, step)
        assert stranger.post(url(asked, "seen/"), {}).status_code == 404


def test_each_side_does_its_own(c, asked, denise, vera):
    assert denise.get(url(asked, "yes/")).status_code == 409
    assert vera.get(url(asked, "withdraw/")).status_code == 302
    assert vera.post(url(asked, "withdraw/"), {"reason": "mistake"}).status_code == 409
    assert vera.get(url(asked, "stop-sharing/")).status_code == 409
    assert vera.get(url(asked, "reply/")).status_code == 409
    assert state(c, asked).state == "sent"


# --- The sender ---------------------------------------------------------------------------------------------------


def test_taking_it_back_says_why_and_opens_the_decision(c, asked, denise):
    assert denise.press(url(asked, "withdraw/")).status_code == 422
    data = {"form_key": denise.key(url(asked, "withdraw/")), "reason": "found_other"}
    for _ in range(2):
        assert denise.post(url(asked, "withdraw/"), data).status_code == 302
    assert state(c, asked).state == "withdrawn"
    assert "you decide what is next" in denise.page(url(asked))


def test_a_question_is_answered_and_a_fresh_mail_goes_out(c, rosa, denise):
    with c.acting("denise") as member:
        b = Behind(c, rosa, cast.refer(rosa, c.services["solar"], member))
    b.press("question/", question="Is a morning class all right?")
    page = denise.page(url(b.referral))
    assert "Is a morning class all right?" in page and "Answer the question" in page
    old = b.url
    assert denise.press(url(b.referral, "reply/"), reply="Yes, mornings are best.").status_code == 302
    assert b.url != old and "Yes, mornings are best." in b.get().content.decode()
    assert b.mails("referrals.question_answered") == 1
    assert "Answer the question" not in denise.page(url(b.referral))


def test_stop_sharing_takes_an_unanswered_one_back(c, asked, denise):
    assert denise.press(url(asked, "stop-sharing/")).status_code == 302
    assert state(c, asked).state == "withdrawn"
    with c.acting("denise"):
        assert Consent.objects.get(pk=asked.consent_id).revoked_at is not None
    assert "Stop sharing" not in denise.page(url(asked))


def test_after_the_stop_the_receivers_page_shows_no_more_of_it(c, asked, vera, denise):
    say_yes(vera, asked)
    assert "Who it is, as they agreed" in vera.page(url(asked))
    denise.press(url(asked, "stop-sharing/"))
    assert "Who it is, as they agreed" not in vera.page(url(asked))


# --- Deciding what is next ----------------------------------------------------------------------------------------


@pytest.fixture
def declined(c, asked, vera):
    vera.press(url(asked, "no/"), why="full:full_open")
    return asked


def due(day: int = 30) -> dict[str, str]:
    return {"due_month": "11", "due_day": str(day), "due_year": "2026"}


def test_they_stay_with_a_next_step_and_its_date(c, rosa, declined, denise):
    page = denise.page(url(declined, "settle/"))
    assert "Valley Trades said no: Full, no date yet." in page
    answer = denise.press(
        url(declined, "settle/"), outcome="stays", next_step="call", note="Try again in spring.", **due()
    )
    assert answer.status_code == 302
    with c.acting("denise"):
        assert Disposition.objects.get(referral=declined).outcome == "stays"
        step = custody_of(rosa.person_id).next_step
        assert (step.kind, step.due_at.date().isoformat()) == (
            "call",
            "2026-12-01",
        )  # 5 pm there is past midnight UTC
        assert Need.objects.get(file=rosa).closed_on is None
        assert not Duty.objects.filter(kind__in=("settle", "plan"), closed_at__isnull=True).exists()


def test_nobody_stays_without_a_date(c, declined, denise):
    answer = denise.press(
        url(declined, "settle/"), outcome="stays", next_step="call", due_month="", due_day="", due_year=""
    )
    assert answer.status_code == 422
    answer = denise.press(
        url(declined, "settle/"),
        outcome="stays",
        next_step="call",
        due_month="11",
        due_day="30",
        due_year="2027",
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("outcome", "need"),
    [("person_stopped", "no_longer"), ("met_elsewhere", "met_elsewhere"), ("deceased", "")],
)
def test_the_other_decisions(c, rosa, declined, denise, outcome, need):
    assert denise.press(url(declined, "settle/"), outcome=outcome).status_code == 302
    with c.acting("denise"):
        assert Disposition.objects.get(referral=declined).outcome == outcome
        assert Need.objects.get(file=rosa).outcome == need
        assert custody_of(rosa.person_id).next_step.closed_at is None


def test_not_eligible_anywhere_is_signed_off_by_a_navigator(c, declined, denise):
    page = denise.page(url(declined, "settle/"))
    assert "A navigator signs that off" in page and "Luz Ortega" in page
    assert denise.press(url(declined, "settle/"), outcome="not_eligible").status_code == 422


def test_a_navigator_signs_it_off_for_whom_the_office_holds(c):
    with c.acting("luz") as luz:
        file = cast.take_in(luz)
        referral = cast.refer(file, c.services["carpentry"], luz)
    Desk(c, "vera").press(url(referral, "no/"), why="full:full_open")
    assert Desk(c, "luz").press(url(referral, "settle/"), outcome="not_eligible").status_code == 302
    with c.acting("luz"):
        assert Disposition.objects.get(referral=referral).signed_off_by is not None


def test_deciding_twice_is_deciding_once(c, declined, denise):
    data = {"form_key": denise.key(url(declined, "settle/")), "outcome": "met_elsewhere"}
    assert denise.post(url(declined, "settle/"), data).status_code == 302
    assert denise.post(url(declined, "settle/"), data).status_code == 302
    with c.acting("denise"):
        assert ReferralEvent.objects.filter(referral=declined, kind="settled").count() == 1


def test_the_receiver_does_not_read_what_was_decided(c, declined, denise, vera):
    denise.press(url(declined, "settle/"), outcome="deceased")
    assert "the person died" in denise.page(url(declined))
    assert "died" not in vera.page(url(declined))


# --- Lists --------------------------------------------------------------------------------------------------------


def test_the_list_says_who_what_and_by_when(c, asked, denise, vera):
    page = denise.page("/referrals/")
    assert (
        "Rosa M." in page and "Carpentry basics at Valley Trades" in page and "Waiting for an answer" in page
    )
    assert "Nobody is asking you" in denise.page("/referrals/?tab=in")
    theirs = vera.page("/referrals/?tab=in")
    assert "Someone" in theirs and "Rosa" not in theirs
    assert "Eastgate Community Partners refers someone to your Carpentry basics" in theirs, (
        "why, and a button"
    )
    assert "1 waits for you" in theirs and "None waits for you" in page
    assert "You are waiting for nobody" in Desk(c, "ines").page("/referrals/")


def test_what_is_late_says_so(c, asked):
    later = MONDAY + timedelta(days=4)
    while (
        waiting := Timer.objects.filter(fired_at__isnull=True, called_off_at__isnull=True, due_at__lte=later)
        .order_by("due_at", "id")
        .first()
    ):
        with clock.at(waiting.due_at):
            timers.fire(waiting.pk)
    desk = Desk(c, "denise", later)
    assert "chip--late" in desk.page("/referrals/") and "has not answered your referral" in desk.page(
        "/referrals/"
    )
    assert "next--late" in desk.page(url(asked))
    assert "was reminded to answer" in desk.page(url(asked))


def test_the_list_is_paged(c, denise):
    with c.acting("denise") as member:
        for n in range(27):
            cast.refer(cast.take_in(member, cast.told(f"Person{n}")), c.services["carpentry"], member)
    assert denise.page("/referrals/").count("Person") == 25
    assert denise.page("/referrals/?page=2").count("Person") == 2


def test_more_wait_than_are_shown_at_once(c, denise, vera):
    with c.acting("denise") as member:
        for n in range(27):
            cast.refer(cast.take_in(member, cast.told(f"Person{n}")), c.services["carpentry"], member)
    first = vera.page("/referrals/?tab=in")
    assert "More than 25 wait for you; these fall due first." in first
    assert first.count("refers someone to your Carpentry basics") == 25
    assert "27 in all" in first and first.count("asks Carpentry basics") == 2, (
        "the rest stand among the others"
    )


def test_a_decision_that_waits_stands_in_the_list_of_all(c, declined, denise):
    assert "Decide what’s next" in denise.page("/referrals/"), (
        "it is no open referral, and waits first of all"
    )
    assert "Decide what’s next" in denise.page("/referrals/?stands=all")


def test_the_list_is_narrowed(c, asked, denise):
    with c.acting("denise") as member:
        cast.refer(cast.take_in(member, cast.told("Sam")), c.services["solar"], member)
    assert "Rosa" in denise.page("/referrals/") and "Sam" in denise.page("/referrals/")
    assert "All services" not in denise.page("/referrals/"), (
        "what there is to choose from is not read each time"
    )
    assert "All services" in denise.page("/referrals/?tab=out&some=yes")
    solar = denise.page(f"/referrals/?service={c.services['solar'].code}")
    assert "Sam" in solar and "Rosa" not in solar
    valley = denise.page(f"/referrals/?other={c.organizations['valley'].code}")
    assert "Rosa" in valley and "Sam" not in valley
    assert "None is like this" in denise.page("/referrals/?stands=completed")
    assert "Rosa" in denise.page("/referrals/?stands=nonsense&service=nowhere"), "an address is no error"


# --- Whoever took the person over ---------------------------------------------------------------------------------


def test_whoever_took_the_person_over_follows_and_may_take_it_back(c, rosa, vera):
    with c.acting("denise") as member:
        waiting = cast.refer(rosa, c.services["solar"], member)
        moved = cast.refer(rosa, c.services["carpentry"], member, mode="transfer")
    say_yes(vera, moved)
    page = vera.page(url(waiting))
    assert "Rosa M." in page and "Sunrow Solar School answers" in page and "Take it back" in page
    assert "Rosa M." in vera.page("/referrals/")
    assert vera.press(url(waiting, "withdraw/"), reason="found_other").status_code == 302
    assert "you decide what is next" in vera.page(url(waiting))
    settling = vera.page(url(waiting, "settle/"))
    assert "These fit best now." in settling and "See who else fits" in settling
