"""The machine, walked: every state is reached by its verbs, each has a way on or an end, and each end is disposed of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.referrals import actions, promises  # noqa: F401  (the promises of the room are registered)
from warmhandoff.referrals.models import Disposition, Referral
from warmhandoff.referrals.protocol import CLIMBED_IN
from warmhandoff.referrals.states import COMPLETED, OPEN, REFERRAL, SENT, UNSUCCESSFUL

LATER = MONDAY + timedelta(days=40)
# By verb: who does it, and what it is told. What no single member does is walked in tests of its own.
DOES = {
    "accept": ("vera", {"reply": actions.Reply("Vera")}),
    "decline": ("vera", {"reason": "full", "detail": "full_open"}),
    "record_contact": ("vera", {"channel": "text"}),
    "engage": ("vera", {}),
    "complete": ("vera", {}),
    "end_early": ("vera", {"reason": "moved_away"}),
    "lose_contact": ("vera", {}),
    "withdraw": ("denise", {"reason": "mistake"}),
}
ELSEWHERE = {"ask_again": "tests/referrals/test_second_look.py"}
# The shortest way to each state, as verbs.
WAYS = {SENT: ()}
for _ in REFERRAL.states:
    for each in REFERRAL.transitions:
        for source in each.sources:
            if source in WAYS and each.verb not in ELSEWHERE:
                WAYS.setdefault(each.target, (*WAYS[source], each.verb))


def test_every_state_is_reached_and_has_a_way_on_or_is_an_end():
    assert set(WAYS) == set(REFERRAL.states)
    ends = {COMPLETED, *UNSUCCESSFUL}
    assert ends | set(OPEN) == set(REFERRAL.states) and not ends & set(OPEN)
    for state in OPEN:
        on = {t.target for t in REFERRAL.transitions if state in t.sources}
        assert on & set(UNSUCCESSFUL) and on - set(UNSUCCESSFUL), f"{state}: to go on, and to stop"
    assert set(REFERRAL.endings) <= ends, "no way on, and no end that somebody disposes of"
    assert set(CLIMBED_IN) == {*OPEN, *UNSUCCESSFUL}, "wherever somebody waits, silence is an event"
    for state in OPEN:
        by_the_clock = [t for t in REFERRAL.transitions if state in t.sources and t.who == ("system",)]
        assert {t.target for t in by_the_clock} <= {"expired", "receiver_closed"}, "a clock ends nothing else"


@pytest.fixture
def walk(c, asked, do):
    def step(verb: str) -> None:
        if verb == "expire":
            with clock.at(LATER):
                for _ in range(9):  # each rung in its order
                    for timer_id in timers.due(LATER):
                        timers.fire(timer_id)
        elif verb == "receiver_close":
            with c.acting("adam") as adam:
                actions.close_organization(organization=c.organizations["valley"], by=adam.actor)
        elif verb == "lose_contact":
            for n in range(6):
                day = MONDAY + timedelta(days=3 * n)
                do("vera", actions.attempt, asked, at=day, channel="text" if n % 2 else "voice")
            do("vera", actions.lose_contact, asked, at=MONDAY + timedelta(days=22))
        else:
            who, said = DOES[verb]
            do(who, getattr(actions, verb), asked, at=LATER if late else MONDAY, **said)

    late = False

    def to(verbs):
        nonlocal late
        for verb in verbs:
            step(verb)
            late = late or verb in ("expire", "lose_contact")

    return to


@pytest.mark.parametrize(
    "path",
    [
        pytest.param((*WAYS[source], transition.verb), id=f"{source}-{transition.verb}")
        for transition in REFERRAL.transitions
        for source in transition.sources
        if transition.verb not in ELSEWHERE
    ],
)
def test_each_way_ends_in_its_state_with_somebody_who_waits_or_decides(c, asked, walk, path):
    walk(path)
    with c.acting("denise", LATER):
        found = Referral.objects.get(pk=asked.pk)
        assert found.state == REFERRAL.of(path[-1]).target
        undecided = Disposition.objects.filter(referral=found, settled_at=None)
        assert undecided.exists() == (found.state in UNSUCCESSFUL)
        owed = Duty.objects.filter(person_id=asked.person_id, closed_at=None)
        assert owed.exists(), "whoever holds them has a next step"
        if found.state in UNSUCCESSFUL:
            assert undecided.get().duty in owed
    live = Timer.objects.filter(subject_kind="referral", subject_id=asked.pk, called_off_at=None)
    climbed = {rung.step for rung in CLIMBED_IN.get(found.state, ())}
    if found.seen_at is not None:
        climbed -= {"seen_reminder", "seen_lead"}
    assert climbed <= {timer.step for timer in live}
    if found.state == COMPLETED:
        assert not live.filter(fired_at=None).exists(), "nobody is asked about what is over"
