"""P2 for holds, waitlists and questions, attacked through the app's login; and found by the check where the owner breaks it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.proofs.scene import refused, run, scene, sql, step
from tests.proofs.test_check_finds import broken_by
from warmhandoff.custody.models import Custody
from warmhandoff.foundation.models import Term
from warmhandoff.referrals import actions as referrals
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

JANUARY = date(2027, 1, 12)
SET = "UPDATE referrals_referral SET"
LIST = "review_due_at = wh_now() + interval '{days} days', waitlisted_at = {since}"
HOLD = (
    "stands_since = wh_now(), held_at = {since}, held_until = wh_now() + interval '{days} days', hold_reason = '{why}',"
    " hold_side = '{side}'"
)


def listed(days=30, since="wh_now()", which="{offered}"):
    return run(f"{SET} {LIST.format(days=days, since=since)} WHERE id = {which}")


def held(days=30, since="wh_now()", why="papers", side="sender", which="{offered}"):
    return run(f"{SET} {HOLD.format(days=days, since=since, why=why, side=side)} WHERE id = {which}")


LATER = "wh_now() + interval '150 days'"
ATTACKS = [
    ("a list that nobody looks at for 200 days", "vera", "referral_waitlist_within_ninety_days", listed(200)),
    ("the same, as if it were set later", "vera", "referral_waitlist_within_ninety_days", listed(200, LATER)),
    ("a list without whoever holds them knowing", "vera", "wh_p2_waits", listed()),
    ("the sender lists someone at the receiver's", "denise", "wh_crossing", listed()),
    ("a stranger lists someone", "ines", "done", listed()),  # no row is theirs to change
    ("a hold of 200 days", "denise", "referral_hold_within_ninety_days", held(200)),
    ("the same, as if it were set later", "denise", "referral_hold_within_ninety_days", held(200, LATER)),
    ("a hold without a reason", "denise", "referral_hold_within_ninety_days", held(why="")),
    ("a hold that nobody looks at again", "denise", "wh_p2_waits", held()),
    ("a hold in the receiver's name", "denise", "wh_crossing", held(side="receiver")),
    ("a hold in the sender's name", "vera", "wh_crossing", held(side="sender")),
    ("on hold and on a list", "vera", "referral_waits_for_one_thing", run(
        f"{SET} {LIST.format(days=30, since='wh_now()')}, {HOLD.format(days=30, since='wh_now()', why='papers', side='receiver')}"
        " WHERE id = {offered}")),
    ("the sender asks themselves", "denise", "wh_crossing", run(
        f"{SET} stands_since = wh_now(), question_due_at = wh_now() + interval '2 days' WHERE id = {{offered}}")),
    ("a clock that stands for nothing", "vera", "referral_clock_stands_for_something", run(
        f"{SET} stands_since = wh_now() WHERE id = {{offered}}")),
    ("given to somebody who works elsewhere", "vera", "wh_crossing", run(
        f"{SET} receiver_membership_id = {{denise}} WHERE id = {{offered}}")),
    ("given away by the sender", "denise", "wh_crossing", run(
        f"{SET} receiver_membership_id = {{vera}} WHERE id = {{offered}}")),
    ("a stage before the yes", "vera", "wh_p4_transition", run(f"{SET} stage = 'started' WHERE id = {{offered}}")),
    ("read in another organization's name", "denise", "42501", run(
        "INSERT INTO referrals_referralread (referral_id, organization_id, by_id) VALUES ({offered}, {valley}, {actor})")),
    ("a term is deleted", "adam", "42501", run("DELETE FROM foundation_term WHERE vocabulary = 'stage'")),
    ("a term gets another code", "adam", "wh_p7_history", run("UPDATE foundation_term SET code = 'x' WHERE code = 'started'")),
    ("who changed a term is rewritten", "adam", "42501", run("UPDATE foundation_termchange SET after = 'x'")),
    ("the version is set by hand", "adam", "42501", run("UPDATE foundation_termsversion SET version = 1")),
]  # fmt: skip


def test_nothing_is_put_off_without_a_date_and_somebody_who_looks():
    refused(scene(), ATTACKS)


@pytest.fixture
def here():
    """Una is on Valley's list."""
    found = scene()
    with found.cast.acting("vera") as vera:
        referrals.waitlist(
            referral=Referral.objects.get(pk=found.offered.pk), review_on=JANUARY, by=vera.actor
        )
    return found


def look_no_more(scene, member):
    """The holder has something else to do next, and closes the day on which the list is looked at."""
    other = step(member, scene.una.person_id)
    Custody.objects.filter(person_id=scene.una.person_id, until=None).update(next_step=other)
    sql(
        "UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = %s, closed_how = 'done' WHERE kind = 'await_review'",
        member.actor.pk,
    )


def test_nobody_leaves_the_list_without_a_word(here):
    off = run(
        f"{SET} review_due_at = NULL, waitlisted_at = NULL, list_position = NULL WHERE id = {{offered}}"
    )
    refused(
        here,
        [
            ("off the list, and nothing said", "vera", "wh_p2_waits", off),
            ("the same, by the sender", "denise", "wh_p2_waits", off),
            ("the holder looks no more", "denise", "wh_p2_waits", look_no_more),
            ("put off by 200 days more", "vera", "referral_waitlist_within_ninety_days", run(
                f"{SET} review_due_at = wh_now() + interval '200 days' WHERE id = {{offered}}")),
        ],
    )  # fmt: skip


REVIEW = "WHERE kind = 'await_review'"
NINETY = "ALTER TABLE referrals_referral DROP CONSTRAINT referral_waitlist_within_ninety_days"
WAITS = "WHERE review_due_at IS NOT NULL"
FOUND = [
    ["UPDATE foundation_timer SET called_off_at = now() WHERE step = 'review_expires'"],
    [NINETY, f"{SET} review_due_at = waitlisted_at + interval '200 days' {WAITS}"],
    [NINETY, f"{SET} waitlisted_at = NULL {WAITS}"],
    [f"UPDATE foundation_duty SET kind = 'call' {REVIEW}"],
    [f"UPDATE foundation_duty SET subject_id = NULL {REVIEW}"],
]


def test_the_check_finds_what_is_put_off_without_an_end(here):
    clean = broken_by(here)
    assert not any(clean.values()), clean
    for statements in FOUND:
        found = broken_by(here, *statements)
        broken = {promise for promise, rows in found.items() if rows}
        # Of a timer that was called off while its wait lasts, P5 tells too.
        assert broken == ({"P2", "P5"} if "foundation_timer" in statements[0] else {"P2"}), (
            statements,
            found,
        )


def test_a_term_that_was_ended_is_still_there(here):
    assert Term.objects.filter(vocabulary="stage").count() == 7
