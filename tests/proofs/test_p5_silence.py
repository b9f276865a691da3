"""P5: silence is an event. Each rung once, in its order, whatever becomes of the worker and of the clock, by the real job queue."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from tests import cast
from tests.mailbox import run_jobs
from warmhandoff.foundation import clock, promises, scoping, timers
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.foundation.tasks import sweep_timers
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.access import member
from warmhandoff.network.models import Membership
from warmhandoff.referrals import actions, stalls
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

UNANSWERED = [
    "sent", "seen_late", "seen_lead_told", "reminded", "lead_told", "sender_told", "person_told", "expired",
    "disposition_opened", "decision_late", "decision_lead_told", "decision_office_told",
]  # fmt: skip


@pytest.fixture(autouse=True)
def quiet_worker():
    for name in ("procrastinate", "warmhandoff.timers"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    yield
    for name in ("procrastinate", "warmhandoff.timers"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def asked(the_cast):
    """Sent on a Monday morning to Valley, where Vera leads."""
    c = the_cast
    with c.acting("denise") as denise:
        return cast.refer(cast.take_in(denise), c.services["carpentry"], denise)


def sweep(moment: datetime) -> None:
    """A worker is up at that moment, and works until nothing is to be done."""
    with clock.at(moment):
        sweep_timers.defer()
    run_jobs(at=moment)


def happened(referral: Referral) -> list[str]:
    events = ReferralEvent.objects.using("owner").filter(referral_id=referral.pk)
    return list(events.order_by("id").values_list("kind", flat=True))


def proved() -> None:
    assert not [(each.promise, each.examples) for each in promises.run() if each.broken]


def at(day: int, hour: int = 17) -> datetime:
    """In November, counted on into December and January, as the place says the time."""
    return datetime(2026, 11, 1, hour, tzinfo=current_place().zone) + timedelta(days=day - 1)


def test_worker_down_for_days_and_up_again_each_step_once_and_none_skipped(asked):
    sweep(at(23, 12))
    assert happened(asked) == UNANSWERED[:1]
    sweep(at(30, 18))  # down since then: two days, a holiday, a weekend, and a day
    assert happened(asked) == UNANSWERED[:5]
    mails = Message.objects.filter(notice="referrals.lead_told").count()
    for _ in range(3):
        sweep(at(30, 19))
    assert happened(asked) == UNANSWERED[:5]
    assert Message.objects.filter(notice="referrals.lead_told").count() == mails
    sweep(at(80))
    assert happened(asked) == UNANSWERED[:9], (
        "the decision's own clock began when the waiting was marked as over"
    )
    sweep(at(95))
    assert happened(asked) == UNANSWERED
    assert Referral.objects.using("owner").get(pk=asked.pk).state == "expired"
    proved()


def test_a_clock_that_jumps_forward_and_back_does_nothing_twice(asked):
    sweep(at(25))
    assert happened(asked) == UNANSWERED[:4]
    sweep(at(31))  # three days too far: somebody corrects it
    told = happened(asked)
    assert told == UNANSWERED[:6]
    for day in (26, 27, 30, 31):
        sweep(at(day))
    assert happened(asked) == told
    proved()


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(asked, monkeypatch):
    """The third step fails, after all of it was written; what waits behind it waits on."""
    step, times = timers._steps["referral"], []

    def dies(timer, by):
        said = step(timer, by)
        if timer.step == "answer_reminder" and not times:
            times.append(1)
            raise SystemError("killed")
        return said

    monkeypatch.setitem(timers._steps, "referral", dies)
    sweep(at(30, 18))
    assert happened(asked) == UNANSWERED[:3]
    sweep(at(30, 19))
    assert happened(asked) == UNANSWERED[:5]
    proved()


def test_two_workers_at_once_do_each_step_once(asked):
    def work() -> None:
        with clock.at(at(40)):
            for lane in timers.lanes_due(clock.now()):
                timers.fire_lane(lane, clock.now(), 100)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sweep(at(40))
    assert happened(asked) == UNANSWERED[:9]
    proved()


def test_nothing_passes_what_was_due_before_it(asked):
    last = Timer.objects.get(subject_id=asked.pk, subject_kind="referral", step="answer_expires")
    with clock.at(at(80)):
        assert timers.fire(last.pk) is False
    assert happened(asked) == ["sent"]


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        # Clocks go back on Sunday, November 1, and forward on Sunday, March 14.
        (datetime(2026, 10, 30, 17, tzinfo=UTC), datetime(2026, 11, 4, 1, tzinfo=UTC)),
        (datetime(2027, 3, 12, 18, tzinfo=UTC), datetime(2027, 3, 17, 0, tzinfo=UTC)),
    ],
    ids=["back", "forward"],
)
def test_on_days_of_another_hour_it_is_five_in_the_afternoon_all_the_same(sent, due, the_cast):
    c = the_cast
    with c.acting("denise", sent) as denise:
        referral = cast.refer(cast.take_in(denise), c.services["carpentry"], denise)
    assert Timer.objects.get(subject_id=referral.pk, step="answer_reminder").due_at == due
    sweep(due - timedelta(minutes=1))
    assert "reminded" not in happened(referral)
    sweep(due)
    assert happened(referral).count("reminded") == 1
    assert current_place().local(due).hour == 17
    proved()


def test_who_serves_somebody_and_is_not_asked_once_a_week_is_found(asked):
    members = Membership.objects.select_related("user", "organization")
    vera = member(members.get(user__name="Vera Lindqvist"))
    with clock.at(at(23)), scoping.acting_as(vera.actor, classes=vera.classes):
        actions.accept(referral=Referral.objects.get(pk=asked.pk), reply=actions.Reply("Vera"), by=vera.actor)
    proved()
    weekly = Timer.objects.filter(subject_kind=stalls.ASKED, step=stalls.ASK, fired_at=None)
    assert weekly.update(called_off_at=at(23)) == 1
    found = [each.examples for each in promises.run() if each.broken]
    assert len(found) == 1 and "not asked once a week" in found[0][0]
