"""Paid work on its pages: planned, the person asked, hours written down, approved by somebody else."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import pytest

from tests import cast
from tests.cast import MONDAY
from tests.programs import paid_work
from tests.programs.paid_work import written
from tests.web.staff import signed_in
from warmhandoff.foundation import clock
from warmhandoff.programs.actions import hours
from warmhandoff.programs.models import PaidWork, Timesheet, TimesheetAnswer

pytestmark = pytest.mark.django_db
PLAN = {
    "kind": "pwe", "wage": "19.50", "planned_hours": "200", "occupation": "51-5112",
    "planned_from_month": "11", "planned_from_day": "16", "planned_from_year": "2026",
    "planned_to_month": "2", "planned_to_day": "26", "planned_to_year": "2027",
}  # fmt: skip


class Desk:
    def __init__(self, c, name="denise"):
        self.client = signed_in(c.members[name])

    def get(self, path, status=200):
        with clock.at(MONDAY):
            page = self.client.get(path)
        assert page.status_code == status
        return page.content.decode()

    def send(self, path, status=302, **data):
        key = re.search(r'name="form_key" value="([^"]+)"', self.get(path))[1]
        with clock.at(MONDAY):
            page = self.client.post(path, data | {"form_key": key})
        self.says = html.unescape(re.sub("<[^>]+>", "", page.content.decode()))
        assert page.status_code == status, self.says
        return page


@pytest.fixture
def c(settings, the_cast):
    settings.DEMO = True
    return the_cast


@pytest.fixture
def enrollment(c):
    with c.acting("denise") as denise:
        paid_work.worksite(denise)
        return cast.enrolled(c, denise, on=date(2026, 11, 2))


def test_the_whole_way(c, enrollment):
    desk, home = Desk(c), f"/people/{enrollment.file.code}/work/"
    assert "No paid work is planned" in desk.get(home)
    site = re.search(r'<option value="(\w+)">Ocampo Print Works: ', desk.get(home + "new/"))[1]
    contact = re.search(r'<option value="(\w+)">Joan Ocampo ', desk.get(home + "new/"))[1]
    there = PLAN | {"site": site, "supervisor": contact}
    desk.send(home + "new/", 422, **there | {"wage": "17.50"})
    assert "pays at least $17.87, since July 1, 2025. Source: californiaemploymentlawreport.com" in desk.says
    desk.send(home + "new/", **there)
    with c.acting("denise"):
        one = f"{home}{PaidWork.objects.get().code}/"
    page = desk.get(one)
    assert (
        "May they be introduced there?" in page and "Career Connections" in page and "Not asked yet" in page
    )
    desk.send(one + "?say=introduce", 422, agrees="yes", name="", how="spoken")
    desk.send(one + "?say=introduce", agrees="yes", name="Rosa M.", how="spoken")
    desk.send(one, on_month="11", on_day="16", on_year="2026")
    page = desk.get(one)
    assert "Next: the hours of the week of Mon, Nov 16" in page
    desk.send(one + "hours/", 422, day_0="25")
    desk.send(one + "hours/", 422, day_0="8.1")
    desk.send(one + "hours/", day_0="8", day_1="7.5", day_4="8")
    page = desk.get(one)
    assert "Week of Mon, Nov 16: 23.5 hours" in page and "Waits for the worksite" in page
    with c.acting("denise"):
        sheet = Timesheet.objects.get()
    assert "You wrote these hours down" in desk.get(f"{one}hours/{sheet.code}/approve/")
    Desk(c, "marcus").send(f"{one}hours/{sheet.code}/approve/")
    page = desk.get(one)
    assert "by a signed paper" in page and "23.5 of 200 planned hours approved" in page
    desk.send(f"{one}hours/{sheet.code}/", reason="wrong", day_0="8", day_1="8", day_4="8")
    assert "Week of Mon, Nov 16: 24 hours" in desk.get(one)
    desk.send(one + "?say=leave", on_month="11", on_day="20", on_year="2026", reason="job")
    assert "Left early: found other work" in desk.get(home)
    story = desk.get(f"/people/{enrollment.file.code}/")
    for said in (
        "planned paid work with Rosa",
        "agreed to be introduced",
        "began to work",
        "23.5 hours of Rosa",
        "ended early",
    ):
        assert said in story


def test_who_wrote_the_hours_cannot_press_that_they_are_right(c, enrollment):
    file = enrollment.file
    with c.acting("denise") as denise:
        sheet = written(
            paid_work.begun(c, denise, enrollment=enrollment, at=paid_work.worksite(denise)), denise
        )
    desk = Desk(c)
    key = desk.get(f"/people/{file.code}/work/{sheet.work.code}/?say=pay")
    key = re.search(r'name="form_key" value="([^"]+)"', key)[1]
    path = f"/people/{file.code}/work/{sheet.work.code}/hours/{sheet.code}/approve/"
    with clock.at(MONDAY):
        refused = desk.client.post(path, {"form_key": key})
    assert (
        refused.status_code == 403 and "somebody else says whether they are right" in refused.content.decode()
    )
    with c.acting("denise"):
        assert not TimesheetAnswer.objects.exists()


def test_today_says_what_is_owed(c, enrollment):
    with c.acting("denise") as denise:
        found = paid_work.begun(c, denise, enrollment=enrollment, at=paid_work.worksite(denise))
        sheet = written(found, denise)
    desk = Desk(c)
    page = desk.get("/today/")
    assert "Works at Ocampo Print Works. Write down the hours of the week." in page
    late = "has not approved hours. Call them, or ask for the signed paper."
    assert late not in page
    # Four business days on, past two closed days and a weekend, it is late in the morning of the fifth.
    with clock.at(datetime(2026, 12, 1, 18, 0, tzinfo=UTC)):
        assert late not in desk.client.get("/today/").content.decode()
    with clock.at(datetime(2026, 12, 2, 18, 0, tzinfo=UTC)):
        assert late in desk.client.get("/today/").content.decode()
    with c.acting("marcus") as marcus:
        hours.approve(sheet=sheet, by=marcus.actor)


def test_a_stranger_finds_nothing(c, enrollment):
    file = enrollment.file
    with c.acting("denise") as denise:
        sheet = written(
            paid_work.begun(c, denise, enrollment=enrollment, at=paid_work.worksite(denise)), denise
        )
    path = f"/people/{file.code}/work/"
    for more in (
        "",
        "new/",
        f"{sheet.work.code}/",
        f"{sheet.work.code}/hours/",
        f"{sheet.work.code}/hours/{sheet.code}/",
    ):
        Desk(c, "ines").get(path + more, 404)
    Desk(c, "tavo").get(path, 403)
    Desk(c).get(path + "nothing/", 404)
