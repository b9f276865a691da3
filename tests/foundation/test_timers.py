"""A timer fires once, when it is due, unless it was called off; a step that fails is done again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import MONDAY
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Timer
from warmhandoff.foundation.scoping import current
from warmhandoff.foundation.timers import Due

ABOUT = ("kettle", 1)
LATER = MONDAY + timedelta(days=2)


@pytest.fixture
def done(monkeypatch):
    """What the steps of a made-up subject did."""
    found = []

    def step(timer, by):
        found.append((timer.step, by.kind, current().organization_id))

    monkeypatch.setitem(timers._steps, "kettle", step)
    return found


def wait_for(organization, **steps):
    with clock.at(MONDAY):
        timers.set_timers(ABOUT, {step: Due(organization.pk, due_at) for step, due_at in steps.items()})


def fire_all(moment):
    with clock.at(moment):
        return [timers.fire(each) for each in timers.due(moment)]


@pytest.mark.django_db
def test_a_timer_fires_when_it_is_due_and_once(done, the_cast):
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, boil=LATER, whistle=LATER + timedelta(days=1))
    assert fire_all(MONDAY) == [] and timers.due(LATER - timedelta(seconds=1)) == []
    assert fire_all(LATER) == [True]
    assert done == [("boil", "system", eastgate.pk)], "as the system, for the timer's organization"
    assert fire_all(LATER) == []
    with clock.at(LATER):
        assert timers.fire(Timer.objects.get(step="boil").pk) is False
        assert timers.fire(Timer.objects.get(step="whistle").pk) is False, "not due"
        assert timers.fire(10**9) is False
    assert len(done) == 1


@pytest.mark.django_db
def test_what_slept_meanwhile_fires_in_its_order(done, the_cast):
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, third=LATER + timedelta(days=3), first=LATER, second=LATER + timedelta(days=1))
    assert fire_all(LATER + timedelta(days=99)) == [True] * 3
    assert [step for step, _, _ in done] == ["first", "second", "third"]


@pytest.mark.django_db
def test_what_is_called_off_does_not_fire(done, the_cast):
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, boil=LATER, whistle=LATER)
    assert timers.call_off(ABOUT, "boil") == 1
    assert timers.call_off(("kettle", 2)) == 0
    assert fire_all(LATER) == [True] and done[0][0] == "whistle"
    assert timers.call_off(ABOUT) == 0, "what has fired can't be called off"


@pytest.mark.django_db
def test_new_steps_take_the_place_of_what_waited(done, the_cast):
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, boil=MONDAY + timedelta(hours=1))
    wait_for(eastgate, boil=LATER, whistle=LATER)
    assert fire_all(MONDAY + timedelta(hours=2)) == []
    assert fire_all(LATER) == [True, True]


@pytest.mark.django_db
def test_a_step_that_failed_is_done_again(done, monkeypatch, the_cast):
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, boil=LATER)

    def fails(timer, by):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setitem(timers._steps, "kettle", fails)
        with pytest.raises(RuntimeError):
            fire_all(LATER)
    assert fire_all(LATER) == [True] and len(done) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_calling_off_does_not_wait_for_what_is_firing(monkeypatch, the_cast):
    """The step would wait for whoever calls it off, and both for ever."""
    eastgate = the_cast.organizations["eastgate"]
    wait_for(eastgate, boil=LATER, whistle=LATER)
    begun, go_on, fired = threading.Event(), threading.Event(), []

    def slow(timer, by):
        begun.set()
        go_on.wait(5)

    monkeypatch.setitem(timers._steps, "kettle", slow)

    def fire():
        with clock.at(LATER):
            fired.append(timers.fire(Timer.objects.get(step="boil").pk))
        connection.close()

    thread = threading.Thread(target=fire)
    thread.start()
    assert begun.wait(5)
    assert timers.call_off(ABOUT) == 1, "the other one"
    go_on.set()
    thread.join(10)
    assert fired == [True]
