"""The demo's history is true: forty people, six organizations, each promise kept, no mail sent for the past."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.db import connections

from tests.demo.conftest import MONDAY
from warmhandoff.custody.models import Custody
from warmhandoff.demo import story
from warmhandoff.demo.acts import Beat
from warmhandoff.demo.clock import NotADemo
from warmhandoff.demo.lives import LIVES
from warmhandoff.foundation import promises
from warmhandoff.foundation.models import ContactPoint, DatabaseMark, Duty, Message, Timer
from warmhandoff.network.models import Agreement, Organization, User
from warmhandoff.participants.models import FileEvent, Listing, Participant, Person
from warmhandoff.referrals.models import Referral, ReferralEvent

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def every(model):
    return model.objects.using("owner")


def due(first_name, kind):
    """When this duty of somebody's is due, where the organization that holds them keeps it."""
    person = every(Listing).filter(name__startswith=first_name).values_list("person_id", flat=True).first()
    return every(Duty).get(person_id=person, kind=kind, closed_at__isnull=True).due_at


def test_the_whole_story():
    story.build(MONDAY)
    assert every(Person).count() == 40
    assert every(Organization).filter(standing="member").count() == 6
    assert every(Agreement).count() == 5

    findings = promises.run()
    assert [each.promise for each in findings] == ["P1", "P2", "P3", "P4", "P8"]
    assert all(each.rows for each in findings)
    assert [example for each in findings for example in each.examples] == []

    held = Counter(every(Custody).filter(until__isnull=True).values_list("organization__name", flat=True))
    assert held == {
        "Eastgate Community Partners": 23,
        "Harbor Reentry": 9,
        "Valley Trades": 1,
        "Network Office": 1,
    }
    assert every(Person).filter(closed_at__isnull=False).count() == 6
    states = {"sent", "accepted", "contacted", "engaged", "completed", "declined", "expired", "withdrawn"}
    assert states | {"ended_early", "lost_contact"} == set(every(Referral).values_list("state", flat=True))
    assert every(Referral).filter(mode="transfer", state="engaged").count() == 2
    _the_people_of_the_first_minutes()
    _nothing_was_sent_for_the_past()
    _nothing_lies_ahead_of_its_time()
    _nobody_could_be_reached_outside()
    with pytest.raises(story.AlreadyTold):
        story.build(MONDAY)


def _the_people_of_the_first_minutes():
    assert due("Rosa", "find_place") == datetime(2026, 11, 26, 1, 0, tzinfo=UTC)  # Wednesday, 5 pm
    assert due("Maria", "settle") == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # Friday, 5 pm: late
    assert due("Andre", "await_contact") == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # today, 5 pm
    late = every(Duty).filter(closed_at__isnull=True, due_at__lt=MONDAY, membership_id__isnull=False)
    assert Counter(late.values_list("kind", flat=True)) == {"settle": 1, "await_answer": 1}


def _nothing_was_sent_for_the_past():
    states = Counter(every(Message).values_list("state", "notice"))
    waiting = {key: count for key, count in states.items() if key[0] != "past"}
    assert waiting == {("queued", "referrals.received"): 2}  # this morning's two, for somebody to answer
    assert set(every(Message).filter(state="queued").values_list("queued_at__date", flat=True)) == {
        MONDAY.date()
    }
    assert mail.outbox == []


def _nothing_lies_ahead_of_its_time():
    for model in (FileEvent, ReferralEvent):
        assert not every(model).filter(happened_at__gt=MONDAY).exists()
        assert not every(model).filter(recorded_at__gt=MONDAY).exists()
    assert not every(Participant).filter(opened_at__gt=MONDAY).exists()
    silent = every(Timer).filter(due_at__lte=MONDAY, fired_at__isnull=True, called_off_at__isnull=True)
    assert not silent.exists()
    for timer in every(Timer).filter(fired_at__isnull=False):
        assert timer.fired_at == timer.due_at


def _nobody_could_be_reached_outside():
    for point in every(ContactPoint):
        assert point.value.endswith(".example") or point.value.startswith("555-01"), point.value
    for user in every(User):
        assert not user.has_usable_password()
        assert user.email.endswith(".example")


# The story must hold on whichever day somebody tries it: across holidays, changes of daylight-saving time, the new year.
OTHER_DAYS = [
    datetime(2027, 1, 5, 18, 40, tzinfo=UTC),
    datetime(2027, 7, 6, 19, 0, tzinfo=UTC),
]


@pytest.mark.slow
@pytest.mark.parametrize("day", OTHER_DAYS, ids=[f"{day:%Y-%m-%d}" for day in OTHER_DAYS])
def test_the_story_holds_on_any_day(day):
    story.build(day)
    assert every(Person).count() == 40
    assert [example for each in promises.run() for example in each.examples] == []
    assert every(Custody).filter(until__isnull=True, organization__name__startswith="Eastgate").count() == 23


def test_an_interrupted_telling_leaves_nothing(few_people, monkeypatch):
    def breaks(*_):
        raise KeyboardInterrupt

    first = story.LIVES[0]
    broken = type(first)(first.told, first.reach, first.needs, (*first.beats, Beat(0, "10:30", breaks)))
    monkeypatch.setattr(story, "LIVES", (*story.LIVES[1:], broken))
    with pytest.raises(KeyboardInterrupt):
        story.build(MONDAY)
    assert not story.is_told()
    assert every(Person).count() == every(Message).count() == 0


def test_nothing_is_made_up_in_anybody_elses_database():
    DatabaseMark.objects.using("owner").all().delete()
    with pytest.raises(NotADemo):
        story.build(MONDAY)
    assert every(Organization).count() == 0


def test_nobody_in_the_story_shares_a_name():
    assert len({life.name for life in LIVES}) == len(LIVES) == 40
