"""An intake that isn't finished: kept as typed, seen by whoever does intake here, somebody's duty, and gone in time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from tests import cast
from tests.cast import MONDAY
from warmhandoff.foundation import clock, once, timers
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Duty, Timer
from warmhandoff.participants import drafts
from warmhandoff.participants.models import Draft
from warmhandoff.referrals import actions as referrals

KEY = str(uuid.UUID(int=7))
TYPED = {"first_name": ["Rosa"], "needs": ["WRK-TRN", "HSG"], "last_name": [""]}


def keep(member, answers=TYPED, key=KEY):
    return drafts.keep(form_key=key, answers=answers, membership_id=member.membership.pk, by=member.actor)


def count(c) -> tuple[int, int]:
    with c.acting("marcus"):
        return Draft.objects.count(), Duty.objects.filter(kind=drafts.FINISH, closed_at__isnull=True).count()


def test_it_is_kept_as_typed_and_finishing_it_is_a_duty(c):
    with c.acting("denise") as denise:
        draft = keep(denise)
        assert draft.answers == {"first_name": ["Rosa"], "needs": ["WRK-TRN", "HSG"]}
        duty = Duty.objects.get(kind=drafts.FINISH)
        assert (duty.membership_id, duty.person_id, duty.detail) == (denise.membership.pk, None, draft.code)
        assert duty.due_at.isoformat() == "2026-11-24T01:00:00+00:00", (
            "closing time on Monday: it is late after a day"
        )


def test_kept_again_it_is_the_same_one(c):
    with c.acting("denise") as denise:
        first = keep(denise)
        second = keep(denise, {"first_name": ["Rosa María"]})
    assert first.pk == second.pk and second.answers == {"first_name": ["Rosa María"]}
    assert count(c) == (1, 1)


def test_what_was_saved_is_not_begun_anew(c):
    with c.acting("denise") as denise:
        keep(denise)
        once.claim(KEY, by=denise.actor)
        once.settle(KEY, "/people/x/")
        assert drafts.throw_away(form_key=KEY, by=denise.actor) is True
        assert keep(denise) is None, "typed before, come late"
    assert count(c) == (0, 0)


def test_thrown_away_twice_and_with_a_key_that_is_none(c):
    with c.acting("denise") as denise:
        keep(denise)
        assert drafts.throw_away(form_key=KEY, by=denise.actor) is True
        assert drafts.throw_away(form_key=KEY, by=denise.actor) is False
        assert drafts.throw_away(form_key="no key", by=denise.actor) is False
        with pytest.raises(BadValue):
            keep(denise, key="no key")
    assert count(c) == (0, 0)


def test_rolled_back_leaves_nothing(c):
    with c.acting("denise") as denise, pytest.raises(RuntimeError), transaction.atomic():
        keep(denise)
        raise RuntimeError
    assert count(c) == (0, 0)
    assert not Timer.objects.filter(subject_kind="draft").exists()


def test_who_may_not_read_what_intake_asks_finds_none(c):
    with c.acting("denise") as denise:
        draft = keep(denise)
    with c.acting("marcus"):
        assert drafts.draft_called(draft.code) == draft, "a colleague who does intake can go on with it"
    for stranger in ("tavo", "ines", "luz", "adam"):
        with c.acting(stranger):
            assert drafts.draft_called(draft.code) is None and not drafts.unfinished()
    with c.acting("ines") as ines:
        assert drafts.throw_away(form_key=KEY, by=ines.actor) is False
    assert count(c) == (1, 1)


def test_nobodys_shelf_is_filled_with_something_else(c):
    with c.acting("denise") as denise:
        typed = {f"x{n}": ["y" * 9000] * 300 for n in range(300)}
        kept = keep(denise, typed).answers
    assert len(kept) == 150 and len(kept["x1"]) == 150 and len(kept["x1"][0]) == 4000


def test_after_a_month_it_is_forgotten(c):
    with c.acting("denise") as denise:
        keep(denise)
    timer = Timer.objects.get(subject_kind="draft")
    with clock.at(MONDAY + timedelta(days=29)):
        assert timers.fire(timer.pk) is False
    with clock.at(MONDAY + timedelta(days=30, minutes=1)):
        assert timers.fire(timer.pk) is True
    assert count(c) == (0, 0)


def test_whoever_leaves_leaves_it_to_the_queue(c):
    with c.acting("denise") as denise:
        draft = keep(denise)
    with c.acting("marcus") as marcus:
        referrals.close_membership(membership=c.members["denise"], by=marcus.actor)
        assert Duty.objects.get(kind=drafts.FINISH).queue_id == c.queues["eastgate"].pk
        assert drafts.draft_called(draft.code) is not None


def test_taking_someone_in_does_not_touch_others_drafts(c):
    with c.acting("denise") as denise:
        keep(denise)
        cast.take_in(denise)
    assert count(c) == (1, 1)
