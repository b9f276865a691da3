"""The year before: told behind the open page, a life at a time, with the rates that it says, and never twice."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest
from django.core import mail
from django.db import connections

from tests.demo.conftest import MONDAY
from warmhandoff.demo import earlier, tasks
from warmhandoff.demo.lives import LIVES
from warmhandoff.demo.lives.earlier import BEGUN, LATEST, MET, NO, PEOPLE, YES, drawn
from warmhandoff.demo.models import ToldLife
from warmhandoff.demo.network import FOUNDED, HOUSES
from warmhandoff.demo.sector.drawn import ASK, groups
from warmhandoff.foundation import promises
from warmhandoff.foundation.models import Message, Timer
from warmhandoff.network.models import Organization
from warmhandoff.participants.models import Person
from warmhandoff.referrals.models import Referral

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def every(model):
    return model.objects.using("owner")


def broken():
    return [example for each in promises.run() for example in each.examples]


def test_the_same_people_each_time_and_nobody_twice():
    people, again = drawn(LIVES), drawn(LIVES)
    assert [life.told for life in people] == [life.told for life in again]
    assert len(people) == PEOPLE
    names = [life.name for life in (*LIVES, *people)]
    assert len(set(names)) == len(names) == 400
    numbers = Counter(way.value for life in (*LIVES, *people) for way in life.reach)
    # Known twice: two files in the eight weeks, and the twins of the months before.
    assert len([number for number, count in numbers.items() if count > 1]) - 2 == len(twins(people)) >= 3
    assert all(re.fullmatch(r"(\d{3}-)?555-01\d\d|[a-z._0-9-]+@post\.example", number) for number in numbers)


def twins(people):
    """Somebody taken in again a little later, under another spelling, with the same number."""
    by_number = {}
    for life in people:
        by_number.setdefault(life.reach[0].value, []).append(life)
    return [(first, second) for first, second in (pair for pair in by_number.values() if len(pair) == 2)]


def test_each_life_goes_forward_in_office_hours_within_the_year():
    for life in drawn(LIVES):
        order = [(-beat.back, beat.at) for beat in life.beats]
        assert order == sorted(set(order)), life.name
        assert all("08:30" <= beat.at <= "17:20" and 1 <= beat.back < FOUNDED for beat in life.beats), (
            life.name
        )
        assert life.beats[0].back >= LATEST - 1


# A third of them; `PROOF_SECONDS` of five minutes and more: all.
SOME = range(0, PEOPLE, 1 if int(os.environ.get("PROOF_SECONDS", "0")) >= 300 else 3)


def test_it_is_told_as_the_rules_allow(told):
    before = every(Person).count()
    assert earlier.tell(SOME, until=MONDAY) == len(SOME)
    assert list(ToldLife.objects.exclude(refused="").values_list("number", "refused")) == []
    assert every(Person).count() == before + len(SOME)
    assert broken() == []
    assert mail.outbox == []
    assert set(every(Message).exclude(state="past").values_list("notice", flat=True)) <= {
        "referrals.received"
    }
    assert every(Organization).filter(standing="member").count() == len(HOUSES) == 14
    silent = every(Timer).filter(due_at__lte=MONDAY, fired_at__isnull=True, called_off_at__isnull=True)
    assert not silent.exists()
    _the_rates_are_those_that_are_said()
    still_open = every(Person).filter(closed_at__isnull=True).count() - before
    assert 0.2 <= still_open / len(SOME) <= 0.4
    assert earlier.tell(SOME, until=MONDAY) == 0
    assert earlier.progress().told == len(SOME)


def _the_rates_are_those_that_are_said():
    """Within what chance allows with so many referrals (three standard errors)."""
    sent = every(Referral).exclude(state="sent")
    total = sent.count()
    assert total > len(SOME)
    states = Counter(sent.values_list("state", flat=True))
    accepted = sent.filter(answered_at__isnull=False).exclude(state="declined")
    _about(accepted.count() / total, YES, total)
    _about(states["declined"] / total, NO, total)
    met = accepted.filter(contacted_at__isnull=False).count()
    over = accepted.exclude(state="accepted").count()
    _about(met / over, MET, over)
    decided = accepted.filter(contacted_at__isnull=False).exclude(state="contacted")
    begun = decided.filter(engaged_at__isnull=False).count()
    _about(begun / decided.count(), BEGUN, decided.count())
    assert 0.25 <= states["completed"] / sent.filter(ended_at__isnull=False).count() <= 0.48


def _about(found, said, number):
    assert abs(found - said) <= 3 * (said * (1 - said) / number) ** 0.5, (found, said, number)


def test_a_job_tells_some_and_lets_the_next_wait(told, monkeypatch):
    later = []
    monkeypatch.setattr(earlier, "lives", lambda: drawn(LIVES)[:7])
    monkeypatch.setattr(earlier, "groups", lambda: groups()[-1:])
    monkeypatch.setattr(tasks.tell_earlier, "configure", lambda **_: Deferring(later))
    at = int(MONDAY.timestamp())
    tasks.tell_earlier(life_id=0, timestamp=at)
    assert (earlier.progress().told, later) == (5, [{"life_id": 5, "timestamp": at}])
    # The last of them, and then the groups of SECTOR, one by one: somebody else's turn comes in between.
    for told_by_then in (6, 7, 7 + ASK):
        tasks.tell_earlier(**later.pop())
        assert earlier.progress().told == told_by_then
    assert earlier.progress().is_done
    assert later == []


class Deferring:
    def __init__(self, jobs):
        self.jobs = jobs

    def defer(self, **given):
        self.jobs.append(given)


def test_what_the_rules_refuse_is_left_out_whole(told, monkeypatch):
    """Whoever looks around has closed an account meanwhile: nothing of that life is half told."""
    people = drawn(LIVES)

    def breaks(*_):
        raise earlier.DomainError("No.", mend="None.")

    broken_life = type(people[0])(
        people[0].told,
        people[0].reach,
        people[0].needs,
        (*people[0].beats[:2], type(people[0].beats[0])(1, "10:30", breaks)),
    )
    monkeypatch.setattr(earlier, "lives", lambda: (broken_life, people[1]))
    before = every(Person).count()
    assert earlier.tell([0, 1], until=MONDAY) == 2
    assert [bool(each.refused) for each in ToldLife.objects.all()] == [True, False]
    assert every(Person).count() == before + 1


def test_nothing_is_told_outside_a_demo(transactional_db):
    with pytest.raises(earlier.demo_clock.NotADemo):
        earlier.tell([0], until=MONDAY)
