"""Duties are opened for someone, closed by someone, once, and dated by the database's own clock."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.cast import MONDAY
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Duty

pytestmark = pytest.mark.django_db

ABOUT = ("service", 7)


def opened(member, **more):
    owner = Owner(member.organization_id, membership_id=member.membership.pk)
    values = {"owner": owner, "kind": "call", "due_at": clock.now() + timedelta(days=2), "by": member.actor}
    return duties.open_duty(**values | more)


def test_a_duty_says_whose_what_when_and_by_whom(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        duty = opened(denise, subject=ABOUT)
        assert (duty.membership_id, duty.queue_id) == (denise.membership.pk, None)
        assert duty.opened_at == duty.set_at == MONDAY and duty.opened_by == denise.actor
        assert list(duties.open_about(ABOUT)) == list(duties.open_about(ABOUT, "call")) == [duty]
        assert (
            not duties.open_about(ABOUT, "meet").exists() and not duties.open_about(("service", 8)).exists()
        )


def test_closing_counts_what_was_open_and_says_how(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        duty = opened(denise, subject=ABOUT)
        assert duties.close(duties.open_about(ABOUT), how=Duty.Closed.DONE, by=denise.actor) == 1
        assert duties.close(Duty.objects.filter(pk=duty.pk), how=Duty.Closed.MOVED, by=denise.actor) == 0
        duty.refresh_from_db()
        assert (duty.closed_how, duty.closed_by, duty.closed_at) == ("done", denise.actor, MONDAY)


def test_the_days_count_from_when_the_date_was_set_and_nobody_says_when_that_was(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        duty = opened(denise)
        Duty.objects.filter(pk=duty.pk).update(set_at=MONDAY + timedelta(days=9))
        duty.refresh_from_db()
        assert duty.set_at == MONDAY
    later = MONDAY + timedelta(days=9)
    with c.acting("denise", later) as denise:
        Duty.objects.filter(pk=duty.pk).update(due_at=later + timedelta(days=30))
        duty.refresh_from_db()
        assert duty.set_at == later, "a new date is set when it is given"
        with pytest.raises(IntegrityError, match="duty_within_its_days"), transaction.atomic():
            opened(denise, due_at=later + timedelta(days=32))
        assert opened(denise, due_at=later - timedelta(days=3)), "overdue is allowed, hidden is not"


def test_a_duty_of_another_organization_is_neither_seen_nor_closed(the_cast):
    c = the_cast
    with c.acting("denise") as denise:
        duty = opened(denise, subject=ABOUT)
    with c.acting("ines") as ines:
        assert not duties.open_about(ABOUT).exists()
        assert duties.close(Duty.objects.filter(pk=duty.pk), how=Duty.Closed.DONE, by=ines.actor) == 0
