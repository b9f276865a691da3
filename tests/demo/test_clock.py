"""The demo's clock goes forward, in a demo's database alone, and what falls due happens at its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests import cast
from tests.demo.conftest import MONDAY
from warmhandoff.demo import clock as demo_clock
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import DatabaseMark, Message, Timer
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def move(by):
    with connection.cursor() as cursor:
        cursor.execute("SELECT wh_move_clock(%s)", [by])


def refusal(by):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        move(by)
    return refused.value.__cause__.diag.constraint_name


def test_a_tests_clock_and_a_real_one_stay():
    assert refusal(HOUR) == "wh_clock_demo"
    DatabaseMark.objects.using("owner").all().delete()
    assert refusal(HOUR) == "wh_clock_demo"
    with pytest.raises(DatabaseError):
        demo_clock.let_pass(by=HOUR)


def test_it_only_moves_forward(demo_database):
    before = demo_clock.now()
    assert abs(before - MONDAY) < timedelta(minutes=5)
    move(HOUR)
    assert demo_clock.now() - before >= HOUR
    assert refusal(-HOUR) == "wh_clock_forward"
    assert refusal(None) == "wh_clock_forward"
    for by in (-HOUR, timedelta()):
        with pytest.raises(BadValue):
            demo_clock.let_pass(by=by)


def test_the_apps_login_has_no_other_way(demo_database):
    for statement in (
        "UPDATE foundation_databasemark SET clock_offset = '0'",
        "INSERT INTO foundation_databasemark (kind, clock_offset, marked_at) VALUES ('demo', '0', now())",
        "DELETE FROM foundation_databasemark",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_falls_due_happens_in_order_and_at_its_own_time(demo_database, the_cast):
    network = the_cast
    with network.acting("denise") as denise:
        file = cast.take_in(denise)
        referral = cast.refer(file, network.services["carpentry"], denise)
    passed = demo_clock.let_pass(business_days=6)
    assert passed.fired == 6
    assert demo_clock.now() - passed.now < timedelta(minutes=1)
    assert _happened(referral) == [
        "sent", "seen_late", "seen_lead_told", "reminded", "lead_told", "sender_told", "person_told",
    ]  # fmt: skip

    passed = demo_clock.let_pass(business_days=5)
    assert passed.fired == 1
    assert _happened(referral)[-2:] == ["expired", "disposition_opened"]
    fired = Timer.objects.filter(fired_at__isnull=False)
    assert fired.exists() and all(timer.fired_at == timer.due_at for timer in fired)
    # Unlike the story's, these mails are sent.
    assert set(Message.objects.values_list("state", flat=True)) == {"queued", "gathered"}
    assert Referral.objects.using("owner").get(pk=referral.pk).state == "expired"


def _happened(referral):
    events = (
        ReferralEvent.objects.using("owner").filter(referral_id=referral.pk).order_by("happened_at", "id")
    )
    return [event.kind for event in events]


def test_nothing_falls_due_twice(demo_database, the_cast):
    network = the_cast
    with network.acting("denise") as denise:
        cast.refer(cast.take_in(denise), network.services["carpentry"], denise)
    assert demo_clock.let_pass(by=timedelta(days=40)).fired == 7 + 3, "and nobody has decided"
    assert demo_clock.let_pass(by=timedelta(days=40)).fired == 0


LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def local(*parts):
    return datetime(*parts, tzinfo=LOS_ANGELES)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (local(2026, 11, 23, 11, 15), local(2026, 11, 23, 11, 15)),  # a working day's middle: now
        (local(2026, 11, 23, 7, 0), local(2026, 11, 23, 10, 40)),  # before: the same morning
        (local(2026, 11, 23, 18, 0), local(2026, 11, 24, 10, 40)),  # after: the next one
        (local(2026, 11, 21, 12, 0), local(2026, 11, 23, 10, 40)),  # a Saturday
        (local(2026, 11, 25, 20, 0), local(2026, 11, 30, 10, 40)),  # before two closed days and a weekend
    ],
)
def test_the_demo_begins_on_a_working_day(moment, opens):
    assert demo_clock.opening_moment(moment.astimezone(UTC)) == opens


@pytest.mark.parametrize(
    ("moment", "days", "then"),
    [
        (local(2026, 11, 23, 10, 40), 1, local(2026, 11, 24, 10, 40)),
        (local(2026, 11, 23, 10, 40), 6, local(2026, 12, 3, 10, 40)),  # over Thanksgiving
        (local(2026, 10, 30, 10, 40), 1, local(2026, 11, 2, 10, 40)),  # the hour changes on the way
        (local(2026, 11, 21, 10, 40), 1, local(2026, 11, 23, 10, 40)),  # from a Saturday
        (local(2026, 11, 23, 21, 30), 1, local(2026, 11, 24, 10, 40)),  # at night no mail would come
    ],
)
def test_business_days_pass_at_the_same_time_of_day(moment, days, then):
    assert demo_clock.business_days_on(moment.astimezone(UTC), days) == then
