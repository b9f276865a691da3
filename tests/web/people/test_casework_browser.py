"""Appointments, record clearance and telling a colleague as a browser shows them: wide and narrow, filled, empty, refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.people.desk import days
from tests.web.people.test_pages_browser import chromium, enter, let_it_be, look, page  # noqa: F401
from warmhandoff.casework.actions import appointments, clearance
from warmhandoff.casework.actions.appointments import When
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

SOON = days(2).replace(hour=22, minute=0, second=0, microsecond=0)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def agreed(c, rosa):
    """Two appointments of Rosa's: one a day after the other, the second with Tavo; it is the evening of the first."""
    with c.acting("denise") as denise:
        participants.add_way(file=rosa, way=participants.Way("email", "rosa@mail.example"), by=denise.actor)
        first = appointments.make(
            file=rosa, when=When(SOON, HALF_AN_HOUR, how="phone"), about="plan", with_=denise.membership,
            by=denise.actor, by_mail=True,
        )  # fmt: skip
        second = appointments.make(
            file=rosa, when=When(SOON + timedelta(days=1), HALF_AN_HOUR), about="papers", with_=c.members["tavo"],
            by=denise.actor,
        )  # fmt: skip
    let_it_be(SOON + timedelta(hours=2))
    return first, second


def test_appointments(live_server, page, c, rosa, agreed):  # noqa: F811
    first, second = agreed
    people = f"{live_server.url}/people"
    enter(page, live_server, c, "denise")
    page.goto(f"{people}/{rosa.code}/appointments/")
    look(page, "appointments")
    page.goto(f"{people}/appointments/{first.code}/")
    look(page, "appointment-how-it-went")
    page.click("button:has-text('They did not come')")
    page.wait_for_selector(".usa-alert, [role=status], .saved")
    look(page, "appointments-missed")
    page.goto(f"{people}/appointments/{second.code}/")
    look(page, "appointment-to-come")
    page.goto(f"{people}/appointments/{second.code}/call-off/")
    page.click("main form button.usa-button")
    look(page, "appointment-call-off")
    page.goto(f"{people}/{rosa.code}/appointments/new/")
    page.click("main form button.usa-button")
    page.wait_for_selector(".summary")
    look(page, "appointment-new")
    page.select_option("[name=about]", index=1)
    closed = min(day for day in current_place().closed_days if day > SOON.date())
    for part in ("month", "day", "year"):
        if page.locator(f"select[name=day_{part}]").count():
            page.select_option(f"[name=day_{part}]", str(getattr(closed, part)))
        else:
            page.fill(f"[name=day_{part}]", str(getattr(closed, part)))
    page.select_option("[name=starts_at]", "10:00")
    page.click("main form button.usa-button")
    page.wait_for_selector("[name=although_closed]")
    look(page, "appointment-closed-day")
    page.goto(f"{people}/{rosa.code}/")
    look(page, "appointment-story")


def test_what_a_peer_mentor_sees(live_server, page, c, rosa, agreed):  # noqa: F811
    enter(page, live_server, c, "tavo")
    page.goto(f"{live_server.url}/today/")
    look(page, "mentor-today")
    page.goto(f"{live_server.url}/people/{rosa.code}/")
    look(page, "mentor-person")
    page.goto(f"{live_server.url}/people/{rosa.code}/appointments/")
    look(page, "mentor-appointments")


def test_record_clearance(live_server, page, c, rosa):  # noqa: F811
    let_it_be(days(1))
    address = f"{live_server.url}/people/{rosa.code}/clearance/"
    enter(page, live_server, c, "denise")
    page.goto(address)
    look(page, "clearance-empty")
    with c.acting("denise") as denise:
        begun = clearance.begin(file=rosa, relief="dismissal", by=denise.actor)
        for verb in ("obtain_records", "file_petition"):
            clearance.step(clearance=begun, verb=verb, by=denise.actor)
        clearance.take_back(clearance=begun, reason="mistyped", by=denise.actor)
        clearance.step(clearance=begun, verb="file_petition", by=denise.actor)
        clearance.step(clearance=begun, verb="set_hearing", by=denise.actor, hearing_on=days(10).date())
    page.goto(address)
    look(page, "clearance")
    page.goto(f"{address}{begun.code}/grant/")
    look(page, "clearance-step")


def test_telling_a_colleague(live_server, page, c, rosa):  # noqa: F811
    let_it_be(days(0))
    enter(page, live_server, c, "denise")
    page.goto(f"{live_server.url}/people/{rosa.code}/record/")
    look(page, "record")
    page.click("summary:has-text('Tell a colleague')")
    look(page, "record-more")
    page.goto(f"{live_server.url}/people/{rosa.code}/note/")
    look(page, "note")
    page.fill("textarea", "Her bus is late on Mondays.")
    page.click("label:has-text('Marcus Webb')")
    page.click("main form button.usa-button")
    enter(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}/today/")
    look(page, "note-today")
    page.click("a:has-text('Read it')")
    look(page, "note-told")
