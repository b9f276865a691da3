"""Hours that nobody has said anything to: the worksite is mailed again, and then whoever works with the person has them on Today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.paid_work import LAST_WEEK, written
from warmhandoff.employers import actions as employers
from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message, Timer
from warmhandoff.programs.actions import hours, work
from warmhandoff.programs.models import PaidWorkEvent, WorksiteLink
from warmhandoff.programs.reading.work import for_supervisor

FIRST, AGAIN = "programs.hours_wait", "programs.hours_still_wait"
# Thursday and Friday of that week are closed: two business days after Monday is Wednesday, four is the Tuesday after.
WEDNESDAY, TUESDAY = datetime(2026, 11, 26, 1, 0, tzinfo=UTC), datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
THIS_WEEK = LAST_WEEK + timedelta(days=7)


@pytest.fixture
def found(c):
    with c.acting("denise") as denise:
        return paid_work.begun(c, denise)


@pytest.fixture
def sheet(c, found):
    with c.acting("denise") as denise:
        return written(found, denise)


def fire(until):
    with clock.at(until):
        while ready := timers.due(until):
            for timer in ready:
                timers.fire(timer)


def send(at):
    """What goes out at that moment."""
    mail.outbox.clear()
    with clock.at(at):
        for message in Message.objects.filter(notice__in=(FIRST, AGAIN), state="queued").order_by("id"):
            messages.deliver(message.pk)
    return mail.outbox


def awaited(found):
    return Duty.objects.get(
        subject_kind="paid_work", subject_id=found.pk, kind="await_hours", closed_at__isnull=True
    )


def test_the_worksite_is_mailed_again_after_two_and_after_four_business_days(c, sheet):
    assert [letter.subject for letter in send(MONDAY)] == ["1 week of hours waits for you"]
    link = WorksiteLink.objects.get()
    fire(WEDNESDAY - timedelta(minutes=1))
    assert send(WEDNESDAY) == []
    for at in (WEDNESDAY, TUESDAY):
        fire(at)
        (letter,) = send(at)
        assert letter.subject == "1 week of hours still waits for you" and letter.to == [
            "joan@ocampo.example"
        ]
        assert "Career Connections" in letter.from_email
    later = WorksiteLink.objects.get()
    # The link of the first mail opens the same page, and lives from the last mail on.
    assert later.generation == link.generation and later.dies_at > link.dies_at
    fire(TUESDAY + timedelta(days=30))
    assert send(TUESDAY + timedelta(days=30)) == []


def test_on_the_fifth_day_it_is_late_on_today(c, found, sheet):
    with c.acting("denise"):
        assert awaited(found).due_at == TUESDAY


def test_what_was_approved_is_not_asked_again(c, found, sheet):
    with c.acting("marcus") as marcus:
        hours.approve(sheet=sheet, by=marcus.actor)
        assert not Timer.objects.filter(
            subject_kind="timesheet", fired_at__isnull=True, called_off_at__isnull=True
        ).exists()
    fire(TUESDAY)
    assert not Message.objects.filter(notice=AGAIN).exists()


def test_a_week_said_right_is_asked_for_anew(c, found, sheet):
    with c.acting("denise", at=WEDNESDAY - timedelta(hours=5)) as denise:
        right = hours.correct_hours(
            sheet=sheet, hours=[*sheet.hours[:4], *sheet.hours[5:], sheet.hours[6]], reason="wrong", by=denise.actor
        )  # fmt: skip
        waiting = Timer.objects.filter(subject_kind="timesheet", called_off_at__isnull=True)
        assert set(waiting.values_list("subject_id", flat=True)) == {right.pk}
        # Wednesday and four business days, two closed days between them.
        assert awaited(found).due_at.date() == date(2026, 12, 4)


def test_when_the_oldest_week_is_approved_the_date_is_of_the_next(c, found, sheet):
    tuesday = MONDAY + timedelta(days=1)
    with c.acting("denise", at=tuesday) as denise:
        second = written(found, denise, (8, 0, 0, 0, 0, 0, 0), THIS_WEEK)
        assert awaited(found).due_at == TUESDAY
    with c.acting("marcus", at=tuesday) as marcus:
        hours.approve(sheet=sheet, by=marcus.actor)
        assert awaited(found).due_at == TUESDAY + timedelta(days=1)
        hours.approve(sheet=second, by=marcus.actor)


def test_two_weeks_are_one_mail_a_day(c, found, sheet):
    with c.acting("denise") as denise:
        written(found, denise, (8, 0, 0, 0, 0, 0, 0), THIS_WEEK)
    send(MONDAY)
    fire(WEDNESDAY)
    (letter,) = send(WEDNESDAY)
    assert letter.subject == "2 weeks of hours still wait for you"
    came_to = Timer.objects.filter(subject_kind="timesheet", fired_at__isnull=False).values_list(
        "came_to", flat=True
    )
    assert sorted(came_to) == ["", "told today"]


def test_nobody_is_reminded_who_may_not_be_asked(c, found, sheet):
    with c.acting("denise") as denise:
        work.introduce(work=found, agrees=False, how="spoken", by=denise.actor)
    fire(WEDNESDAY)
    with c.acting("denise") as denise:
        work.introduce(work=found, agrees=True, name="Rosa M.", how="spoken", by=denise.actor)
        employers.end_contact(contact=found.supervisor, by=denise.actor)
    fire(TUESDAY)
    assert not Message.objects.filter(notice=AGAIN).exists()


def test_a_reminder_that_no_worksite_got_is_somebodys_call(c, found, sheet):
    send(MONDAY)
    fire(WEDNESDAY)
    with clock.at(WEDNESDAY):
        messages.note_failure(Message.objects.get(notice=AGAIN).pk, last=True)
    with c.acting("denise"):
        assert Duty.objects.filter(kind="call_worksite", closed_at__isnull=True).count() == 1


def test_rolled_back_no_timer_waits(c, found):
    with c.acting("denise") as denise:
        with pytest.raises(RuntimeError), transaction.atomic():
            written(found, denise)
            raise RuntimeError
        assert not Timer.objects.filter(subject_kind="timesheet").exists()
        assert not Message.objects.filter(notice=FIRST).exists()


# --- Somebody else oversees it ------------------------------------------------------------------------------------


@pytest.fixture
def sam(c, found):
    with c.acting("denise") as denise:
        told = employers.Asked("Sam Ito", "Floor lead", "555-0178", "sam@ocampo.example")
        return employers.add_contact(employer=found.site.employer, told=told, by=denise.actor)


def test_another_supervisor_is_asked_once_the_person_agrees(c, found, sheet, sam):
    send(MONDAY)
    with c.acting("denise") as denise:
        changed = work.change_supervisor(work=found, supervisor=sam, by=denise.actor)
        assert changed.supervisor == sam
        told = PaidWorkEvent.objects.filter(work=found, supervisor__isnull=False).order_by("id")
        assert [event.supervisor.name for event in told] == ["Joan Ocampo", "Sam Ito"]
        fire(WEDNESDAY)
        assert not Message.objects.filter(notice=AGAIN).exists()
        work.introduce(work=changed, agrees=True, name="Rosa M.", how="spoken", by=denise.actor)
    (letter,) = send(WEDNESDAY)
    assert letter.to == ["sam@ocampo.example"] and letter.subject == "1 week of hours waits for you"


def test_who_oversees_it_is_somebody_else_of_that_employer_and_ours(c, found, sam):
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match="oversee it already"):
            work.change_supervisor(work=found, supervisor=found.supervisor, by=denise.actor)
        _site, elsewhere = paid_work.worksite(denise, name="Bay Bakery", email="max@bay.example")
        with pytest.raises(BadValue, match="don’t work for this employer"):
            work.change_supervisor(work=found, supervisor=elsewhere, by=denise.actor)
        employers.end_contact(contact=sam, by=denise.actor)
        sam.refresh_from_db()
        with pytest.raises(NotYours):
            work.change_supervisor(work=found, supervisor=sam, by=denise.actor)
    with c.acting("paul") as paul, pytest.raises(NotYours):
        work.change_supervisor(work=found, supervisor=sam, by=paul.actor)


def test_of_two_changes_at_once_the_second_finds_the_first(c, found, sam):
    with c.acting("denise") as denise:
        third = employers.add_contact(
            employer=found.site.employer,
            told=employers.Asked("Lee Ng", email="lee@ocampo.example"),
            by=denise.actor,
        )
        stale = type(found).objects.get(pk=found.pk)
        work.change_supervisor(work=found, supervisor=sam, by=denise.actor)
        with pytest.raises(WrongState):
            work.change_supervisor(work=stale, supervisor=third, by=denise.actor)
        work.leave_work(work=found, on=THIS_WEEK, reason="job", by=denise.actor)
        with pytest.raises(WrongState):
            work.change_supervisor(work=found, supervisor=third, by=denise.actor)


def test_the_link_of_who_oversaw_it_shows_nothing_of_it(c, found, sheet, sam):
    with c.acting("denise") as denise:
        before = found.supervisor
        assert [each.sheet for each in for_supervisor(before)] == [sheet]
        work.change_supervisor(work=found, supervisor=sam, by=denise.actor)
        assert for_supervisor(before) == for_supervisor(sam) == []
