"""Two people at the same moment: one wins, the other is told how it stands. Two connections, as in life."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections, transaction

from tests.web.answer.behind import Behind, behind
from tests.web.referrals.signed import Desk
from warmhandoff.referrals.models import ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def demo(settings, the_cast):
    settings.DEMO = True
    cache.clear()


def at_once(b: Behind, *presses: Callable[[], Any]) -> list[Any]:
    """All presses have looked before any may change the referral."""
    answers: list[Any] = [None] * len(presses)

    def run(number: int) -> None:
        try:
            answers[number] = presses[number]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(presses))]
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM referrals_referral WHERE id = %s FOR UPDATE", [b.referral.pk])
        for thread in threads:
            thread.start()
        time.sleep(1)
    for thread in threads:
        thread.join(20)
    return answers


def events(b: Behind) -> list[str]:
    with b.cast.acting("denise", b.at):
        found = ReferralEvent.objects.filter(referral_id=b.referral.pk).order_by("id")
        return list(found.values_list("kind", flat=True))


def test_a_yes_and_a_taking_back():
    b = behind()
    desk = Desk(b.cast, "denise")
    withdraw = f"/referrals/{b.referral.code}/withdraw/"
    yes_key, back_key = b.key("yes/"), desk.key(withdraw)
    yes, back = at_once(
        b,
        lambda: b.post("yes/", {"form_key": yes_key, "caller_name": "Jo", "contact_by": b.day()}),
        lambda: desk.post(withdraw, {"form_key": back_key, "reason": "mistake"}),
    )
    state = b.again().state
    assert state in ("accepted", "withdrawn")
    loser = back if state == "accepted" else yes
    winner = yes if state == "accepted" else back
    assert winner.status_code == 302
    assert loser.status_code == 409
    assert "This has moved on since you opened it" in loser.content.decode()
    assert ("accepted" in events(b)) != ("withdrawn" in events(b))


def test_one_form_sent_twice_at_once_is_one_yes():
    b = behind()
    data = {"form_key": b.key("yes/"), "caller_name": "Jo", "contact_by": b.day()}
    answers = at_once(b, lambda: b.post("yes/", data), lambda: b.post("yes/", data))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert events(b).count("accepted") == 1


def test_two_colleagues_say_yes_at_once():
    b = behind()
    keys = [b.key("yes/"), b.key("yes/")]
    answers = at_once(
        b,
        lambda: b.post("yes/", {"form_key": keys[0], "caller_name": "Jo", "contact_by": b.day()}),
        lambda: b.post("yes/", {"form_key": keys[1], "caller_name": "Ana", "contact_by": b.day()}),
    )
    assert sorted(answer.status_code for answer in answers) in ([302, 302], [302, 409])
    assert events(b).count("accepted") == 1


def test_a_yes_and_a_no_at_once():
    b = behind()
    yes, no = b.key("yes/"), b.key("no/")
    answers = at_once(
        b,
        lambda: b.post("yes/", {"form_key": yes, "caller_name": "Jo", "contact_by": b.day()}),
        lambda: b.post("no/", {"form_key": no, "why": "other:no_staff"}),
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert b.again().state in ("accepted", "declined")
