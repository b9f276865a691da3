"""The answer link: a token that can't be made without the key, replaced by each new mail, and the code that shows the name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from tests.cast import MONDAY
from tests.standing import everything
from warmhandoff.foundation import clock, mail_links, scoping
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.models import Message
from warmhandoff.referrals import actions, links
from warmhandoff.referrals.models import AnswerLink, LinkCode, LinkGrant

DAY = timedelta(days=1)


@pytest.fixture
def link(mailed) -> AnswerLink:
    return AnswerLink.objects.get()


def standing(token, at=MONDAY):
    """As whoever opens a mail: nobody acts."""
    with clock.at(at):
        opened = links.open_token(token)
        return opened and opened.standing


def test_it_opens_and_changes_nothing(c, link):
    before = everything(c)
    assert standing(mail_links.token_of(link)) == Standing.LIVE
    assert everything(c) == before
    assert mail_links.address_of(link).endswith(f"/a/{mail_links.token_of(link)}/")


@pytest.mark.parametrize(
    "change", ["number", "generation", "signature", "cut", "none", "long", "letters", "another key"]
)
def test_a_forged_token_opens_nothing(link, change):
    token = mail_links.token_of(link)
    number, generation, signature = token.split(".")
    forged = {
        "number": f"{int(number) + 1}.{generation}.{signature}",
        "generation": f"{number}.{int(generation) + 1}.{signature}",
        "signature": f"{number}.{generation}.{signature[::-1]}",
        "cut": token[:-1],
        "none": "",
        "long": "9" * 3000,
        "letters": "ñ.ñ.ñ",
        "another key": token,
    }[change]
    if change == "another key":
        with override_settings(LINK_KEY="y" * 60):
            assert standing(forged) is None
    else:
        assert standing(forged) is None


def test_a_new_mail_replaces_it(c, mailed, link):
    old = mail_links.token_of(link)
    with c.pressing(mailed):
        actions.fresh_link(link=link)
    fresh = AnswerLink.objects.get(pk=link.pk)
    assert standing(old) == Standing.REPLACED and standing(mail_links.token_of(fresh)) == Standing.LIVE
    assert (
        Message.objects.filter(notice="referrals.fresh_link", contact_point_id=link.mailbox_id).count() == 1
    )


def test_revoked_once_and_for_all(link):
    token = mail_links.token_of(link)
    assert mail_links.revoke(link) is True and mail_links.revoke(link) is False
    assert standing(token) == Standing.REVOKED
    link.refresh_from_db()
    with pytest.raises(WrongState):
        actions.fresh_link(link=link)


def test_it_dies_two_weeks_after_the_loop_has_closed(c, mailed, link, do):
    token = mail_links.token_of(link)
    assert standing(token, MONDAY + 90 * DAY) == Standing.LIVE, "not while it is open"
    do("denise", actions.withdraw, mailed, at=MONDAY + DAY, reason="mistake")
    assert standing(token, MONDAY + 14 * DAY) == Standing.LIVE
    assert standing(token, MONDAY + 15 * DAY) == Standing.DEAD
    link.refresh_from_db()
    with clock.at(MONDAY + 15 * DAY), scoping.acting_as(None), pytest.raises(WrongState):
        actions.fresh_link(link=link)


def test_after_silence_it_lives_until_two_weeks_after_the_decision(c, mailed, link, do):
    from warmhandoff.foundation import timers

    later = MONDAY + 20 * DAY
    with clock.at(later):
        assert all(timers.fire(each) for each in timers.due(later))
    link.refresh_from_db()
    token = mail_links.token_of(link)
    assert standing(token, later + 60 * DAY) == Standing.LIVE, "a late yes still counts"
    do("denise", actions.settle, mailed, at=later, outcome="stays")
    assert standing(token, later + 13 * DAY) == Standing.LIVE
    assert standing(token, later + 14 * DAY) == Standing.DEAD


def test_the_wrong_mailbox_stops_it_and_someone_calls(c, mailed, link):
    from warmhandoff.custody.reading import duties_for

    with c.pressing(mailed) as (actor, _):
        assert actions.mailbox_is_wrong(link=link, by=actor) is True
        assert actions.mailbox_is_wrong(link=link, by=actor) is False
    with c.acting("denise") as denise:
        assert sorted(d.kind for d in duties_for(denise.membership)) == ["await_answer", "mail_failed"]


# --- The code -----------------------------------------------------------------------------------------------------


def at(moment):
    return clock.at(moment)


def test_the_right_code_shows_it_to_one_browser_for_twelve_hours(link):
    with at(MONDAY):
        code = mail_links.new_code(link)
        digits = mail_links.digits_of(LinkCode.objects.get(pk=code.pk))
        assert digits == mail_links.digits_of(code) and len(digits) == 6 and digits.isdigit()
        tried = mail_links.try_code(link, f" {digits[:3]} {digits[3:]} ")
        assert tried.refusal is None and mail_links.is_granted(link, tried.browser_key)
        assert not mail_links.is_granted(link, "") and not mail_links.is_granted(
            link, tried.browser_key + "x"
        )
        assert tried.browser_key not in str(LinkGrant.objects.values_list().get()), "only its digest is kept"
    with at(MONDAY + timedelta(hours=12)):
        assert not mail_links.is_granted(link, tried.browser_key)


def test_a_code_is_used_once(link):
    with at(MONDAY):
        digits = mail_links.digits_of(mail_links.new_code(link))
        assert mail_links.try_code(link, digits).browser_key
        assert mail_links.try_code(link, digits).refusal.code == "code_spent"


def wrong(digits):
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_five_tries_and_then_a_new_one(link):
    with at(MONDAY):
        digits = mail_links.digits_of(mail_links.new_code(link))
        left = [mail_links.try_code(link, wrong(digits)).refusal.facts["left"] for _ in range(5)]
        assert left == [4, 3, 2, 1, 0]
        assert mail_links.try_code(link, digits).refusal.code == "code_spent", "the right one comes too late"
        assert not mail_links.waits(link)
        fresh = mail_links.digits_of(mail_links.new_code(link))
        assert (
            mail_links.try_code(link, digits if digits != fresh else wrong(fresh)).refusal.code
            == "wrong_code"
        )
        assert mail_links.try_code(link, fresh).browser_key


def test_ten_minutes(link):
    with at(MONDAY):
        digits = mail_links.digits_of(mail_links.new_code(link))
    with at(MONDAY + timedelta(minutes=10)):
        assert mail_links.try_code(link, digits).refusal.code == "code_spent"


def test_not_one_code_after_another(link):
    with at(MONDAY):
        for _ in range(5):
            mail_links.new_code(link)
        with pytest.raises(mail_links.TooManyCodes):
            mail_links.new_code(link)
    with at(MONDAY + timedelta(minutes=11)):
        assert mail_links.new_code(link)


@pytest.mark.parametrize("typed", ["", "      ", "12345", "abcdef", "１２３４５６", "0" * 5000])
def test_what_is_no_code(link, typed):
    with at(MONDAY):
        mail_links.new_code(link)
        assert mail_links.try_code(link, typed).refusal.code == "wrong_code"


def test_another_links_code_opens_nothing(c, link, asked):
    other = AnswerLink.objects.exclude(pk=link.pk).get()
    with at(MONDAY):
        digits = mail_links.digits_of(mail_links.new_code(other))
        assert mail_links.try_code(link, digits).refusal.code == "code_spent"
        own = mail_links.digits_of(mail_links.new_code(link))
        tried = mail_links.try_code(link, own)
        assert not mail_links.is_granted(other, tried.browser_key)


def test_the_digits_are_kept_nowhere(link):
    with at(MONDAY):
        code = mail_links.new_code(link)
        digits = mail_links.digits_of(code)
        with override_settings(LINK_KEY="y" * 60):
            assert mail_links.digits_of(code) != digits, "a copy of the database alone tells nothing"
        assert digits not in str(list(LinkCode.objects.values_list()))
