"""Tells the months before the story's eight weeks, while somebody looks around already: a life at a time, each in a transaction.

A life is told on a clock of its own. Only the timers that the life itself set fire on the way; what the network waits for
today is the worker's. Nobody is mailed for the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import Max

from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import network
from warmhandoff.demo.acts import Life, Stage
from warmhandoff.demo.days import Days
from warmhandoff.demo.lives import LIVES
from warmhandoff.demo.lives.earlier import drawn
from warmhandoff.demo.models import ToldLife
from warmhandoff.demo.sector.drawn import ASK, Group, groups
from warmhandoff.demo.sector.telling import Telling
from warmhandoff.foundation import clock, timers
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.messages import telling_the_past
from warmhandoff.foundation.models import Timer


@dataclass(frozen=True)
class Progress:
    """How many lives are told, of how many."""

    told: int
    of: int

    @property
    def is_done(self) -> bool:
        return self.told >= self.of


@cache
def lives() -> Sequence[Life]:
    return drawn(LIVES)


def units() -> int:
    """How many jobs of telling there are: each life, then each group of SECTOR, the newest first."""
    return len(lives()) + len(groups())


def progress() -> Progress:
    """By people: a group is told at once."""
    of_lives = ToldLife.objects.filter(number__lt=len(lives())).count()
    of_groups = ToldLife.objects.filter(number__gte=len(lives())).count()
    return Progress(of_lives + ASK * of_groups, len(lives()) + ASK * len(groups()))


def tell(numbers: Sequence[int], *, until: datetime) -> int:
    """Tell these lives, as far as they lie before `until`, where the story ends. Returns how many are told now and weren't before."""
    if not demo_clock.is_demo():
        raise demo_clock.NotADemo()
    days = Days(until)
    stage = Stage(network.standing(days))
    return sum(_tell(stage, days, number) for number in numbers)


def _tell(stage: Stage, days: Days, number: int) -> bool:
    if ToldLife.objects.filter(pk=number).exists():
        return False
    try:
        with transaction.atomic():
            ToldLife.objects.create(number=number)
            if number < len(lives()):
                _live(stage, days, lives()[number])
            else:
                _tell_group(stage, days, groups()[len(lives()) - number - 1])
    except (DomainError, IntegrityError) as refused:  # whoever looks around has closed an organization, say
        ToldLife.objects.create(number=number, refused=getattr(refused, "code", type(refused).__name__)[:80])
    return True


def _live(stage: Stage, days: Days, life: Life) -> None:
    before = Timer.objects.aggregate(last=Max("id"))["last"] or 0
    with telling_the_past():
        for beat in life.beats:
            moment = days.at(beat.back, beat.at)
            _fire(before, moment)
            with clock.at(moment):
                beat.act(stage, life)
        _fire(before, days.now)


def _tell_group(stage: Stage, days: Days, group: Group) -> None:
    before = Timer.objects.aggregate(last=Max("id"))["last"] or 0
    with telling_the_past():
        for moment, act in Telling(stage.network, group).moments():
            _fire(before, moment)
            with clock.at(moment):
                act()
        _fire(before, days.now)


def _fire(before: int, until: datetime) -> None:
    """Fire what this life set (timers after number `before`) and what fell due by `until`, in order, each at its own time."""
    seen: set[int] = set()
    while True:
        waiting = (
            Timer.objects.filter(
                pk__gt=before, due_at__lte=until, fired_at__isnull=True, called_off_at__isnull=True
            )
            .exclude(pk__in=seen)
            .order_by("due_at", "id")
            .values_list("pk", "due_at")
            .first()
        )
        if waiting is None:
            return
        number, due_at = waiting
        seen.add(number)
        with clock.at(due_at):
            timers.fire(number)
