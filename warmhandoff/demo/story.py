"""Tells the story: 120 people, eight weeks, through the real actions and in the order of time.

All of it is one transaction: an interrupted telling leaves nothing, and the next `make demo` tells it again. Mails of the
past are kept as past and never sent; timers fire at their own time, so that what was silent then was noticed then.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.db import transaction

from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import network
from warmhandoff.demo.acts import Beat, Life, Stage
from warmhandoff.demo.days import Days, business_day
from warmhandoff.demo.lives import LIVES
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.messages import telling_the_past
from warmhandoff.network import absence
from warmhandoff.network.models import Organization
from warmhandoff.referrals import answering_time, board


class AlreadyTold(DomainError):
    code = "already_told"
    sentence = "The demo's people are here already."
    mend = "Open the demo; or begin anew: warmhandoff demo --afresh"


def is_told() -> bool:
    return Organization.objects.filter(name=network.HOUSES["eastgate"].name).exists()


def build(now: datetime | None = None) -> Stage:
    """Make the network up to `now`, where the demo begins."""
    if not demo_clock.may_be_told():
        raise demo_clock.NotADemo()
    if is_told():
        raise AlreadyTold()
    days = Days(now or demo_clock.opening_moment(demo_clock.now()))
    with transaction.atomic():
        stage = Stage(network.set_up(days))
        for beat, life in _in_order_of_time():
            moment = days.at(beat.back, beat.at)
            with telling_the_past():
                demo_clock.advance(moment)
            with _mails(beat), clock.at(moment):
                beat.act(stage, life)
        with telling_the_past():
            demo_clock.advance(days.now)
        answering_time.tell()
        board.check_holders()
        _away_this_week(stage, days)
    return stage


def _away_this_week(stage: Stage, days: Days) -> None:
    """A case manager is away from today on, and her lead covers: he has her people's lines beside his own."""
    with clock.at(days.now), stage.network.acting("naira") as naira:
        absence.say_away(
            membership=naira.membership,
            from_day=days.last,
            until_day=business_day(days.last, 4),
            cover=stage.network.staff["marcus"],
            by=naira.actor,
        )


def _in_order_of_time() -> list[tuple[Beat, Life]]:
    told = [(beat, life) for life in LIVES for beat in life.beats]
    return sorted(told, key=lambda each: (-each[0].back, each[0].at))


def _mails(beat: Beat) -> AbstractContextManager[None]:
    return nullcontext() if beat.is_live else telling_the_past()
