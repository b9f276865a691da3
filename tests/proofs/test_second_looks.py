"""A second look and whatever else happens to the same no at once: one wins, nobody is left without a decision, nobody waits."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.cast import MONDAY
from tests.proofs.scene import DENIED, refused, scene, sql
from tests.proofs.test_concurrency import (
    BOTH,
    act_as,
    closed,
    given,
    left,
    no,
    on,
    proved,
    state_of,
    stopped,
    yes,
)
from warmhandoff.foundation import clock
from warmhandoff.foundation.scoping import Because, on_behalf_of
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals import board
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import Disposition, Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NOTE = "Their area is served since May."


@pytest.fixture
def here():
    """Tom was declined, and Denise has asked for a second look."""
    found = scene()
    looked_for(found)()
    return found


def looked_for(here):
    return on(here, here.declined, referrals.ask_for_look, "denise", why="meets")


def by_office(here, verb, **more):
    return act_as(
        here, "luz", lambda luz: verb(party=board.row_or_404(here.declined.code), by=luz.actor, **more)
    )


def sent_back(here):
    return by_office(here, referrals.send_back, note=NOTE)


def stands(here):
    return by_office(here, referrals.let_stand)


def elsewhere(here):
    return by_office(here, referrals.reroute, service=here.cast.services["it"])


def settled(here):
    return on(here, here.declined, referrals.settle, "denise", outcome="stays")


def taken_back(here):
    return act_as(
        here, "vera",
        lambda vera: referrals.take_back(
            event=ReferralEvent.objects.filter(referral=here.declined, kind="declined").latest("id"),
            reason="mistake", by=vera.actor,
        ),
    )  # fmt: skip


def asked_anew(here):
    return act_as(
        here, "denise", lambda denise: cast.refer(here.tom, here.cast.services["carpentry"], denise)
    )


def look() -> SecondLook:
    return SecondLook.objects.using("owner").latest("id")


@BOTH
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sent_back, sent_back),
        (sent_back, stands),
        (elsewhere, sent_back),
        (settled, sent_back),
        (sent_back, settled),
        (taken_back, sent_back),
        (sent_back, taken_back),
        (asked_anew, sent_back),
        (sent_back, asked_anew),
    ],
    ids=lambda verb: verb.__name__,
)
def test_one_of_two_at_once(here, together, first, second):
    pair = together(first(here), second(here))
    # To one service once: the database itself says so, in a sentence of the page.
    proved(tuple("already_asked" if each == "referral_once_open" else each for each in pair))
    assert look().verdict != "" or state_of(here.declined) == "declined"


@BOTH
@pytest.mark.parametrize("other", [settled, taken_back], ids=lambda verb: verb.__name__)
def test_a_no_that_stands_and_a_decision_both_count(here, together, other):
    """The look's end takes nothing from whoever decides; the decision makes the look moot."""
    proved(together(other(here), stands(here)), wins=(1, 2))


def away(here):
    return left(here)


def receiver_closed(here):
    return closed(here, "valley")


def sender_closed(here):
    return closed(here)


def given_on(here):
    return given(here, here.tom, "marcus")


@BOTH
@pytest.mark.parametrize(
    "other", [away, receiver_closed, sender_closed, given_on], ids=lambda verb: verb.__name__
)
def test_who_leaves_closes_or_is_given_meanwhile(here, together, other):
    proved(together(other(here), sent_back(here)), wins=(1, 2))


def taken_out(here):
    return on(here, here.declined, referrals.withdraw, "denise", reason="mistake")


@BOTH
def test_what_was_sent_back_is_answered_or_withdrawn(here, together):
    sent_back(here)()
    proved(together(yes(here, here.declined), taken_out(here)))


@BOTH
def test_what_was_sent_back_is_declined_or_stopped(here, together):
    """Whichever comes first: somebody decides what is next."""
    sent_back(here)()
    proved(together(no(here, here.declined), stopped(here, here.declined)), wins=(1, 2))
    assert Disposition.objects.using("owner").filter(referral=here.declined, settled_at=None).count() == 1


def test_attacks_as_the_apps_own_login(here):
    """P3, P4: nobody but the office sends back, and only what it has looked at in that very moment."""
    declined = here.declined.pk
    back = (
        "UPDATE referrals_referral SET state = 'sent', asked_times = asked_times + 1, asked_again_at = wh_now(),"
        f" answered_at = NULL, ended_at = NULL, end_reason = '', end_detail = '' WHERE id = {declined}"
    )
    refused(
        here,
        [
            ("sent back by the receiver", "vera", "wh_p4_transition", lambda s, m: sql(back)),
            ("sent back by the sender", "denise", "wh_p4_transition", lambda s, m: sql(back)),
            ("asked often enough", "denise", "wh_p4_transition", lambda s, m: sql(
                f"UPDATE referrals_referral SET asked_times = 3, asked_again_at = wh_now() WHERE id = {declined}")),
            ("a look decided by hand", "luz", DENIED, lambda s, m: sql(
                "UPDATE referrals_secondlook SET verdict = 'sent_back', decided_at = wh_now(), decided_by_id = %s", m.actor.pk)),
            ("a look forgotten", "denise", DENIED, lambda s, m: sql("DELETE FROM referrals_secondlook")),
            ("a second look at the same no", "denise", "secondlook_once", lambda s, m: sql(
                "INSERT INTO referrals_secondlook (referral_id, round, because, why, due_at, opened_at, verdict)"
                f" VALUES ({declined}, 1, 'sender', 'meets', wh_now(), wh_now(), '')")),
            ("a look at what nobody declined", "denise", "wh_p4_look", lambda s, m: sql(
                "INSERT INTO referrals_secondlook (referral_id, round, because, why, due_at, opened_at, verdict)"
                f" VALUES ({here.asked.pk}, 1, 'sender', 'meets', wh_now(), wh_now(), '')")),
            ("the decision taken away by a word", "denise", "wh_p4_disposition", lambda s, m: sql(
                "UPDATE referrals_disposition SET settled_at = wh_now(), settled_by_id = %s, outcome = 'asked_again'"
                f" WHERE referral_id = {declined}", m.actor.pk)),
        ],
    )  # fmt: skip
    # Where the office itself reads nothing, it changes nothing.
    with here.cast.acting("luz"):
        assert sql(back) == 0


def test_a_stranger_and_a_side_are_no_office(here):
    with here.cast.acting("luz"):
        row = board.row_or_404(here.declined.code)
    for name in ("denise", "vera", "ines", "tavo"):
        with here.cast.acting(name), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM wh_decide_look(%s, 'sent_back', 'x')", [row.pk])
            assert cursor.fetchone() is None, name


def test_a_decided_look_opens_no_door_later(here):
    """The office acts for the sender in the transaction of its decision alone."""
    stands(here)()
    with (
        here.cast.acting("luz", MONDAY.replace(minute=31)),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        on_behalf_of(here.eastgate, because=Because("second_look", look().pk)),
    ):
        pass


def test_nobody_is_asked_a_fifth_time(here):
    """Three times sent back; then what was decided stands, and the database knows no fourth way."""
    moment = MONDAY
    for _round in range(3):
        with here.cast.acting("luz", moment) as luz:
            referrals.send_back(party=board.row_or_404(here.declined.code), note=NOTE, by=luz.actor)
        moment = moment.replace(minute=moment.minute + 1)
        with here.cast.acting("vera", moment) as vera, clock.at(moment):
            referrals.decline(
                referral=Referral.objects.get(pk=here.declined.pk),
                reason="not_met",
                detail="area",
                by=vera.actor,
            )
    assert Referral.objects.using("owner").get(pk=here.declined.pk).asked_times == 4
    assert not SecondLook.objects.using("owner").filter(verdict="").exists()
    proved(("done", "wrong_state"))
