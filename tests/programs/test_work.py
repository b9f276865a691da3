"""Paid work: planned, introduced, paid no less than the law asks, begun, ended."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests import cast
from tests.programs import paid_work
from tests.programs.paid_work import LAST_WEEK
from warmhandoff.employers import actions as employers
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Duty, Message
from warmhandoff.labor_market import actions as labor_market
from warmhandoff.labor_market.models import Locality
from warmhandoff.labor_market.reading import UnderTheFloor
from warmhandoff.participants import actions as participants
from warmhandoff.programs.actions import work
from warmhandoff.programs.models import PaidWork, PaidWorkEvent, WorkWage
from warmhandoff.programs.reading.served import standing_of
from warmhandoff.programs.reading.work import introduction_of, wage_on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def c(the_cast):
    return the_cast


@pytest.fixture
def denise(c):
    with c.acting("denise") as member:
        yield member


def owed(found):
    about = Duty.objects.filter(subject_kind="paid_work", subject_id=found.pk, closed_at__isnull=True)
    return list(about.order_by("kind").values_list("kind", flat=True))


def test_from_the_plan_to_its_end(c, denise):
    found = paid_work.planned(c, denise)
    assert (found.state, owed(found)) == ("planned", ["work_begins"])
    work.start_work(work=found, on=LAST_WEEK, by=denise.actor)
    assert (found.state, owed(found)) == ("under_way", ["write_hours"])
    assert Duty.objects.get(kind="write_hours").due_at.date() == date(2026, 11, 25)  # Tuesday, 5 pm there
    found.enrollment.refresh_from_db()
    assert (found.enrollment.state, found.enrollment.active_on) == ("active", LAST_WEEK)
    paid_work.written(found, denise)
    work.complete_work(work=found, on=LAST_WEEK + timedelta(days=4), by=denise.actor)
    assert (found.state, owed(found)) == ("completed", ["await_hours"])
    assert list(PaidWorkEvent.objects.values_list("kind", flat=True)) == [
        "plan",
        "introduced",
        "start",
        "complete",
    ]


def test_a_wage_under_the_floor_is_refused_with_the_floors_source_and_nothing_is_planned(c, denise):
    with pytest.raises(
        UnderTheFloor, match=r"\$17\.87, since July 1, 2025\. Source: californiaemploymentlawreport"
    ):
        paid_work.planned(c, denise, hourly="17.50")
    assert not PaidWork.objects.exists()


def test_a_wage_from_a_later_day_is_held_against_the_floor_of_that_day(c, denise):
    found = paid_work.begun(c, denise)
    with c.acting("adam") as adam:
        labor_market.set_floor(
            locality=Locality.objects.get(code="los_angeles_city"), rate=Decimal(20), valid_from=date(2027, 1, 1), source="the city", by=adam.actor
        )  # fmt: skip
    with c.acting("denise") as denise:
        with pytest.raises(UnderTheFloor, match=r"January 1, 2027.*\$20\.00"):
            work.pay(work=found, hourly=Decimal("19.50"), valid_from=date(2027, 1, 1), by=denise.actor)
        work.pay(work=found, hourly=Decimal("20.25"), valid_from=date(2027, 1, 1), by=denise.actor)
        wages = list(WorkWage.objects.filter(work=found))
        assert [wage_on(wages, day).hourly for day in (TODAY, date(2027, 1, 1))] == [
            Decimal("19.50"),
            Decimal("20.25"),
        ]
        assert wage_on(wages, date(2026, 11, 1)) is None
        assert [wage.floor.rate for wage in wages] == [Decimal("17.87"), Decimal(20)]


def test_weeks_that_are_written_down_stay_as_they_were_paid(c, denise):
    found = paid_work.begun(c, denise)
    paid_work.written(found, denise)
    with pytest.raises(BadValue, match="written down, with the wage that held then"):
        work.pay(work=found, hourly=Decimal(25), valid_from=LAST_WEEK, by=denise.actor)


def test_nothing_begins_before_the_person_agreed_to_be_introduced(c, denise):
    found = paid_work.planned(c, denise, agreed=False)
    with pytest.raises(work.NotIntroduced):
        work.start_work(work=found, on=LAST_WEEK, by=denise.actor)
    work.introduce(work=found, agrees=True, how="signed", name=" Rosa  M. ", by=denise.actor)
    assert introduction_of(found).name == "Rosa M."
    work.introduce(work=found, agrees=False, how="spoken", by=denise.actor)
    with pytest.raises(work.NotIntroduced):
        work.start_work(work=found, on=LAST_WEEK, by=denise.actor)


def test_another_supervisor_is_another_introduction(c, denise):
    found = paid_work.planned(c, denise)
    _site, other = paid_work.worksite(denise, email="max@ocampo.example")
    work.change_supervisor(work=found, supervisor=other, by=denise.actor)
    assert introduction_of(found) is None
    stranger = paid_work.worksite(denise, name="Bay Bakery")[1]
    with pytest.raises(BadValue, match="don’t work for this employer"):
        work.change_supervisor(work=found, supervisor=stranger, by=denise.actor)


def test_the_supervisor_is_never_the_person_themself(c, denise):
    file = cast.take_in(denise)
    participants.add_reach(file=file, way=participants.Way("email", "Rosa@home.example"))
    enrollment = cast.enrolled(c, denise, file=file, on=date(2026, 11, 2))
    own = paid_work.worksite(denise, email="rosa@HOME.example")
    with pytest.raises(work.OwnSupervisor, match="nobody approves their own hours"):
        paid_work.planned(c, denise, enrollment=enrollment, at=own)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"begins": date(2026, 10, 30)}, "not enrolled by then"),
        ({"ends": date(2026, 11, 15)}, "ends before it begins"),
        ({"ends": date(2028, 1, 1)}, "longer than a year"),
        ({"hours": 0}, "don’t fit"),
        ({"ends": LAST_WEEK, "hours": 25}, "don’t fit"),
    ],
)
def test_a_plan_that_cannot_be(c, denise, change, says):
    enrollment = cast.enrolled(c, denise, on=date(2026, 11, 2))
    site, supervisor = paid_work.worksite(denise)
    said = {"begins": LAST_WEEK, "ends": date(2027, 2, 26), "hours": 200} | change
    with pytest.raises(BadValue, match=says):
        work.plan_work(
            enrollment=enrollment, place=work.Place(site, site.employer, supervisor, "pwe"), planned=work.Planned(**said), hourly=Decimal(20), by=denise.actor
        )  # fmt: skip


def test_twice_wrong_state_and_whose_it_isnt(c, denise):
    found = paid_work.begun(c, denise)
    with pytest.raises(WrongState, match="work at this address already"):
        paid_work.planned(c, denise, enrollment=found.enrollment, at=(found.site, found.supervisor))
    with pytest.raises(WrongState):
        work.start_work(work=found, on=TODAY, by=denise.actor)
    with pytest.raises(WrongState):
        work.call_off_work(work=found, reason="job", by=denise.actor)
    with pytest.raises(BadValue, match="still to come"):
        work.complete_work(work=found, on=TODAY + timedelta(days=1), by=denise.actor)
    with pytest.raises(BadValue, match="choose the reason that is nearest"):
        work.leave_work(work=found, on=TODAY, reason="", by=denise.actor)
    with c.acting("ines") as ines:
        assert not PaidWork.objects.exists()
        with pytest.raises(NotYours):
            work.leave_work(work=found, on=TODAY, reason="job", by=ines.actor)


def test_work_that_never_began_leaves_nothing_owed(c, denise):
    found = paid_work.planned(c, denise)
    work.call_off_work(work=found, reason="not_for_them", by=denise.actor)
    assert (found.state, owed(found)) == ("not_begun", [])
    assert not Message.objects.filter(notice="programs.hours_wait").exists()


def test_work_counts_as_a_service_for_the_exit_rule(c, denise):
    found = paid_work.begun(c, denise)
    paid_work.written(found, denise)
    found.enrollment.refresh_from_db()
    standing = standing_of([found.enrollment])[found.enrollment_id]
    assert (standing.served_on, standing.planned_on) == (LAST_WEEK + timedelta(days=4), TODAY)


def test_the_app_changes_no_wage_and_no_event(c, denise):
    paid_work.begun(c, denise)
    for table in ("programs_workwage", "programs_paidworkevent", "programs_introduction"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            from django.db import connection

            connection.cursor().execute(f"UPDATE {table} SET reason = 'x'")


def test_a_contact_of_another_organization_is_nobodys_supervisor(c, denise):
    with c.acting("ines") as ines:
        site, theirs = paid_work.worksite(ines)
    with c.acting("denise") as denise:
        enrollment = cast.enrolled(c, denise, on=date(2026, 11, 2))
        with pytest.raises(NotYours):
            paid_work.planned(c, denise, enrollment=enrollment, at=(site, theirs))
        with pytest.raises(NotYours):
            employers.end_contact(contact=theirs, by=denise.actor)


def test_the_database_knows_no_work_without_hours(c, denise):
    found = paid_work.planned(c, denise)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaidWork.objects.filter(pk=found.pk).update(planned_hours=0)
