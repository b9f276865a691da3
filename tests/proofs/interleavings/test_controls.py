"""A proof that cannot fail proves nothing: with one guard taken away, the machine finds what came of it, within its bounds."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings

from tests import database
from tests.proofs.interleavings.histories import Explorer
from warmhandoff.foundation import messages, once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

SECONDS = 480.0  # the bounds of each; on a machine with nothing else to do a break is mostly found within ten
OFTEN = 60.0  # half verbs are tried as often as all others together
# Each trigger, the promise it keeps, and the half verbs it is there to refuse.
TRIGGERS = {
    "wh_p1_custody": ("P1", "custody ended"),
    "wh_p1_person": ("P1", "person closed"),
    "wh_p2_duty": ("P2", "next step closed"),
    "wh_p3_moved": ("P3", "handover accepted alone"),
    "wh_p4_referral": ("P4", "declined alone", "withdrawn alone", "taken back alone"),
    "wh_p4_duty": ("P4", "decision forgotten"),
    "wh_p8_revoked": ("P8", "consent taken back alone"),
}


@pytest.fixture
def explorer():
    with database.test_server() as server, Explorer(server) as explorer:
        yield explorer


def found(explorer, guard, **more) -> str:
    figures = explorer.explore(seconds=SECONDS, **more)
    first = figures.breaks[0] if figures.breaks else "NOTHING"
    print(
        f"Control, without {guard}: after {figures.transactions} transactions, {figures.seconds:.0f} s, found {first}"
    )
    return " ".join(figures.breaks)


def test_without_a_promise_trigger_a_break_is_found(explorer):
    came_to = {
        trigger: found(explorer, trigger, without=(trigger,), carelessness=OFTEN, half_verbs=tuple(refused))
        for trigger, (_, *refused) in TRIGGERS.items()
    }
    assert not [each for each, (promise, *_) in TRIGGERS.items() if promise not in came_to[each]], came_to


def test_a_message_without_its_job_is_found(explorer, monkeypatch):
    class Forgets:
        def configure_task(self, *args, **more):
            return self

        def defer(self, **more):
            pass

    monkeypatch.setattr(messages, "app", Forgets())
    assert "message without its job" in found(explorer, "a message's job")


def test_a_job_that_outlives_its_change_is_found(explorer, monkeypatch):
    """Deferred beside the transaction instead of in it: what is rolled back leaves its mail behind."""

    class Beside:
        def configure_task(self, *args, **more):
            return self

        def defer(self, message_id):
            owner = settings.DATABASES["owner"]
            with psycopg.connect(
                host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], dbname=owner["NAME"],
                password=owner["PASSWORD"] or None,
            ) as connection:  # fmt: skip
                connection.execute(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                    " VALUES ('messages', 'warmhandoff.foundation.tasks.send_message', jsonb_build_object('message_id', %s::bigint))",
                    [message_id],
                )

    monkeypatch.setattr(messages, "app", Beside())
    assert "job without its message" in found(explorer, "one transaction for both")


def test_a_form_that_takes_effect_twice_is_found(explorer, monkeypatch):
    monkeypatch.setattr(once, "claim", lambda key, by: None)
    monkeypatch.setattr(once, "settle", lambda key, result: None)
    assert "one form took effect twice" in found(explorer, "form keys")
