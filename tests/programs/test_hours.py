"""Hours of a week: written down once, within a day's 24, approved by somebody else, sent back and said right."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.paid_work import EIGHTS, LAST_WEEK, written
from warmhandoff.employers import actions as employers
from warmhandoff.foundation import clock, messages, scoping
from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.labor_market import actions as labor_market
from warmhandoff.labor_market.models import Locality
from warmhandoff.labor_market.reading import UnderTheFloor
from warmhandoff.participants import actions as participants
from warmhandoff.programs.actions import hours, work
from warmhandoff.programs.models import Timesheet, TimesheetAnswer, WorksiteLink
from warmhandoff.programs.reading.work import for_supervisor, standing_sheets, total_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
MAIL = "programs.hours_wait"


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def found(c):
    with c.acting("denise") as denise:
        return paid_work.begun(c, denise)


def owed(found):
    about = Duty.objects.filter(subject_kind="paid_work", subject_id=found.pk, closed_at__isnull=True)
    return list(about.order_by("kind").values_list("kind", flat=True))


def as_supervisor(at=MONDAY):
    link = WorksiteLink.objects.get()
    actor = link_actor(link.pk, link.organization_id)
    return clock.at(at), scoping.acting_as(actor, classes=("contact", "program")), actor


def test_written_mailed_and_approved_behind_the_link(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
        assert (sheet.total, owed(found)) == (40, ["await_hours", "write_hours"])
    with clock.at(MONDAY):
        messages.deliver(Message.objects.get(notice=MAIL).pk)
    assert (
        mail.outbox[-1].to == ["joan@ocampo.example"]
        and mail.outbox[-1].subject == "1 week of hours waits for you"
    )
    at, acting, actor = as_supervisor()
    with at, acting:
        (waits,) = for_supervisor(WorksiteLink.objects.get().supervisor)
        assert (waits.name, waits.sheet) == ("Rosa M.", sheet)
        said = hours.approve(sheet=waits.sheet, by=actor)
        assert (said.approved, said.seen) == (True, "link")
        with pytest.raises(WrongState, match="said to these hours already"):
            hours.approve(sheet=waits.sheet, by=actor)
        assert owed(found) == ["write_hours"]
    with c.acting("denise"):
        total = total_of(found, list(standing_sheets([found])), list(found.wages.all()))
        assert (total.approved, total.waiting, total.left, total.percent) == (40, 0, 160, 20)
        assert total.earned == Decimal("780.00")


def test_sent_back_and_said_right(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
    at, acting, actor = as_supervisor()
    with at, acting:
        with pytest.raises(BadValue, match="Say what is not right"):
            hours.send_back(sheet=sheet, reason="", by=actor)
        hours.send_back(sheet=sheet, reason="hours", by=actor)
        assert owed(found) == ["mend_hours", "write_hours"]
    with c.acting("denise") as denise:
        right = hours.correct_hours(
            sheet=sheet,
            hours=[Decimal(each) for each in (8, 8, 6, 8, 8, 0, 0)],
            reason="sent_back",
            by=denise.actor,
        )
        assert owed(found) == ["await_hours", "write_hours"]
        assert list(standing_sheets([found])) == [right] and right.supersedes == sheet
        with pytest.raises(WrongState):  # what was superseded is history
            hours.correct_hours(sheet=sheet, hours=[Decimal(1)] * 7, reason="wrong", by=denise.actor)
    at, acting, actor = as_supervisor()
    with at, acting:
        with pytest.raises(WrongState):
            hours.approve(sheet=sheet, by=actor)
        hours.approve(sheet=right, by=actor)


def test_an_approved_week_that_is_said_right_is_approved_anew(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
    at, acting, actor = as_supervisor()
    with at, acting:
        hours.approve(sheet=sheet, by=actor)
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match="Say what was wrong"):
            hours.correct_hours(sheet=sheet, hours=sheet.hours, reason="whim", by=denise.actor)
        hours.correct_hours(
            sheet=sheet, hours=[Decimal(4)] * 5 + [Decimal(0)] * 2, reason="wrong", by=denise.actor
        )
        total = total_of(found, list(standing_sheets([found])), list(found.wages.all()))
        assert (total.approved, total.waiting) == (0, 20)


def test_nobody_approves_what_they_wrote_down(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
        with pytest.raises(hours.OwnTimesheet):
            hours.approve(sheet=sheet, by=denise.actor)
        with (
            pytest.raises(IntegrityError, match="somebody else than who wrote them down"),
            transaction.atomic(),
        ):
            TimesheetAnswer.objects.create(
                file=found.file, organization=found.organization, timesheet=sheet, approved=True, seen="paper", by=denise.actor
            )  # fmt: skip
        assert not TimesheetAnswer.objects.exists()
    with c.acting("marcus") as marcus:
        said = hours.approve(sheet=sheet, by=marcus.actor)
        assert said.seen == "paper"


def test_the_person_who_got_hold_of_the_supervisors_mailbox_approves_nothing(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
        participants.add_reach(file=found.file, way=participants.Way("email", "joan@ocampo.example"))
        with pytest.raises(work.OwnSupervisor):
            written(found, denise, week=TODAY, days=(8, 0, 0, 0, 0, 0, 0))
    at, acting, actor = as_supervisor()
    with at, acting, pytest.raises(hours.OwnTimesheet):
        hours.approve(sheet=sheet, by=actor)


def test_who_takes_back_their_yes_is_shown_to_nobody(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
        work.introduce(work=found, agrees=False, how="spoken", by=denise.actor)
    at, acting, actor = as_supervisor()
    with at, acting:
        assert for_supervisor(WorksiteLink.objects.get().supervisor) == []
        with pytest.raises(NotYours):
            hours.approve(sheet=sheet, by=actor)
    with clock.at(MONDAY):
        messages.deliver(Message.objects.get(notice=MAIL).pk)
    assert Message.objects.get(notice=MAIL).state == Message.State.STOPPED and not mail.outbox


@pytest.mark.parametrize(
    ("days", "week", "field", "says"),
    [
        ((25, 0, 0, 0, 0, 0, 0), LAST_WEEK, "day_0", "A day has 24 hours"),
        ((-1, 8, 0, 0, 0, 0, 0), LAST_WEEK, "day_0", "A day has 24 hours"),
        (("7.1", 0, 0, 0, 0, 0, 0), LAST_WEEK, "day_0", "counted in quarters"),
        ((0,) * 7, LAST_WEEK, "hours", "no hours in this week"),
        ((8,) * 6, LAST_WEEK, "hours", "no hours in this week"),
        (EIGHTS, LAST_WEEK + timedelta(days=1), "week", "begins on a Monday"),
        ((0, 8, 0, 0, 0, 0, 0), TODAY, "day_1", "still to come"),
        (EIGHTS, LAST_WEEK - timedelta(days=7), "day_0", "had not begun"),
    ],
)
def test_hours_that_cannot_be(c, found, days, week, field, says):
    with c.acting("denise") as denise:
        with pytest.raises(BadValue, match=says) as refused:
            written(found, denise, days, week)
        assert refused.value.field == field
        assert not Timesheet.objects.exists() and not Message.objects.filter(notice=MAIL).exists()


def test_a_week_twice_is_refused_and_the_first_stands(c, found):
    with c.acting("denise") as denise:
        first = written(found, denise)
        with pytest.raises(WrongState, match="written down already"):
            written(found, denise, (1, 0, 0, 0, 0, 0, 0))
        assert list(Timesheet.objects.all()) == [first]


def test_a_day_has_24_hours_wherever_somebody_works(c, found):
    with c.acting("denise") as denise:
        written(found, denise, (10, 0, 0, 0, 0, 0, 0))
        other = work.start_work(
            work=paid_work.planned(c, denise, enrollment=found.enrollment, at=paid_work.worksite(denise, name="Bay Bakery")),
            on=LAST_WEEK, by=denise.actor,
        )  # fmt: skip
        with pytest.raises(BadValue, match=r"10.00 hours of Mon, Nov 16 are written down for other work"):
            written(other, denise, ("14.25", 0, 0, 0, 0, 0, 0))
        with pytest.raises(IntegrityError, match="a day has 24 hours"), transaction.atomic():
            Timesheet.objects.create(
                file=other.file, organization=other.organization, work=other, week=LAST_WEEK, by=denise.actor, hours=[Decimal(15), *[Decimal(0)] * 6]
            )  # fmt: skip
        written(other, denise, (14, 0, 0, 0, 0, 0, 0))


def test_a_floor_that_rose_meanwhile_stops_the_hours_until_the_wage_is_raised(c, found):
    with c.acting("adam") as adam:
        labor_market.set_floor(
            locality=Locality.objects.get(code="los_angeles_city"), rate=Decimal(20), valid_from=TODAY, source="the city", by=adam.actor
        )  # fmt: skip
    with c.acting("denise") as denise:
        written(found, denise)  # last week stands on last week's floor
        with pytest.raises(
            UnderTheFloor,
            match=r"November 23, 2026.*at least \$20\.00, since November 23, 2026\. Source: the city",
        ):
            written(found, denise, (4, 0, 0, 0, 0, 0, 0), TODAY)
        work.pay(work=found, hourly=Decimal("20.50"), valid_from=TODAY, by=denise.actor)
        written(found, denise, (4, 0, 0, 0, 0, 0, 0), TODAY)
        total = total_of(found, list(standing_sheets([found])), list(found.wages.all()))
        assert total.waiting == 44


def test_the_database_itself_knows_a_day_and_a_week(c, found):
    with c.acting("denise") as denise:
        same = {"file": found.file, "organization": found.organization, "work": found, "by": denise.actor}
        for wrong in (
            {"week": LAST_WEEK, "hours": [Decimal(25), *[Decimal(0)] * 6]},
            {"week": LAST_WEEK, "hours": [Decimal(8)] * 6},
            {"week": LAST_WEEK + timedelta(days=1), "hours": [Decimal(8)] * 7},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Timesheet.objects.create(**same, **wrong)
        sheet = written(found, denise)
        with pytest.raises(IntegrityError, match="timesheet_once_a_week"), transaction.atomic():
            Timesheet.objects.create(**same, week=LAST_WEEK, hours=[Decimal(1)] * 7)
        for change in ("UPDATE programs_timesheet SET hours[1] = 1", "DELETE FROM programs_timesheet"):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                connection.cursor().execute(change)
        assert Timesheet.objects.get() == sheet


def test_one_mail_until_it_went_out_and_the_link_is_one(c, found):
    with c.acting("denise") as denise:
        written(found, denise)
        written(found, denise, (8, 0, 0, 0, 0, 0, 0), TODAY)
        assert Message.objects.filter(notice=MAIL).count() == WorksiteLink.objects.count() == 1
    with clock.at(MONDAY):
        messages.deliver(Message.objects.get(notice=MAIL).pk)
    assert mail.outbox[-1].subject == "2 weeks of hours wait for you"


def test_a_supervisor_without_a_mailbox_or_who_left_gets_nothing(c, found):
    with c.acting("denise") as denise:
        employers.change_contact(
            contact=found.supervisor, told=employers.Asked("Joan Ocampo"), by=denise.actor
        )
        found.refresh_from_db()
        written(found, denise)
        assert not Message.objects.filter(notice=MAIL).exists()
        assert owed(found) == ["await_hours", "write_hours"]


def test_a_mail_that_no_worksite_got_is_somebodys_call(c, found):
    with c.acting("denise") as denise:
        written(found, denise)
    message = Message.objects.get(notice=MAIL)
    with clock.at(MONDAY):
        messages.note_failure(message.pk, last=True)
        messages.note_failure(message.pk, last=True)
    with c.acting("denise"):
        assert Duty.objects.filter(kind="call_worksite", closed_at__isnull=True).count() == 1


def test_another_organization_sees_and_approves_nothing(c, found):
    with c.acting("denise") as denise:
        sheet = written(found, denise)
    with c.acting("paul") as paul:
        assert not Timesheet.objects.exists()
        with pytest.raises(NotYours):
            hours.approve(sheet=sheet, by=paul.actor)


def test_the_last_weeks_are_asked_for_after_the_work_has_ended(c, found):
    with c.acting("denise") as denise:
        work.leave_work(work=found, on=TODAY, reason="job", by=denise.actor)
        assert owed(found) == ["write_hours"]
        written(found, denise)
        written(found, denise, (8, 0, 0, 0, 0, 0, 0), TODAY)
        assert owed(found) == ["await_hours"]
    with c.acting("marcus") as marcus:
        for sheet in standing_sheets([found]):
            hours.approve(sheet=sheet, by=marcus.actor)
        assert owed(found) == []
