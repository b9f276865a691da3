"""Groups in a real browser: wide and on a phone, with much, with nothing, with a refusal, and without scripts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests import cast as made_up
from tests.cast import Cast, program
from tests.house.pages import assert_page_ok
from tests.programs.groups import cbi, group, joined
from tests.web.desk import Desk
from tests.web.test_look import photograph
from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.programs.actions import curricula, meetings
from warmhandoff.programs.actions import groups as verbs
from warmhandoff.programs.models import Attendance, Cohort, Meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
HOME = "/programs/groups/"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def c(settings, now: datetime, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    Membership.objects.update(started_at=datetime(2026, 1, 5, 18, tzinfo=UTC))
    program(found)
    return found


@pytest.fixture
def cohort(c: Cast, now: datetime) -> Cohort:
    """A group of five that met twice, moved one meeting and has a make-up planned; somebody is kept apart from one of them."""
    begun = now - timedelta(days=15)
    with c.acting("marcus", at=begun) as marcus:
        made = group(c, marcus, name="Tuesdays and Thursdays", starts_on=current_place().day_of(begun))
        people = joined(c, marcus, made, "Rosa", "Omar", "Lena", "Maximiliana-Wolfeschlegelstein", "Andre")
        meetings.schedule(cohort=made, optional=False, by=marcus.actor)
    with c.acting("marcus", at=now) as marcus:
        first = made.meetings.order_by("starts_at")[0]
        _missed(first, people[0], marcus.actor)
        for past in made.meetings.filter(ends_at__lt=now)[:2]:
            meetings.hold(meeting=past, by=marcus.actor)
        coming = made.meetings.filter(starts_at__gt=now).order_by("starts_at")
        meetings.cover(meeting=coming[0], membership=c.members["tavo"], by=marcus.actor)
        day = open_day(now, 40)
        meetings.move(
            meeting=coming[1], on=day, begins=time(7), why="room_taken", room="Library", by=marcus.actor
        )
        meetings.plan_make_up(cohort=made, on=open_day(now, 6), begins=time(18), by=marcus.actor)
        ana, ben = (
            made_up.enrolled(c, marcus, file=made_up.take_in(marcus, made_up.told(name, "Vega")))
            for name in ("Ana", "Ben")
        )
        verbs.keep_apart(one=ana.file, other=people[0].file, by=marcus.actor)
        assert ben.state == "enrolled"
    return made


def _missed(meeting: Meeting, member, by) -> None:
    on = current_place().day_of(meeting.starts_at)
    Attendance.objects.create(
        file_id=member.file_id, organization_id=member.organization_id, meeting=meeting, member=member, mark="absent",
        template=meeting.template, on=on, absence="illness", excused=True, by=by,
    )  # fmt: skip


def open_day(now: datetime, ahead: int) -> date:
    place = current_place()
    return next(
        day
        for day in (place.day_of(now) + timedelta(days=n) for n in range(ahead, ahead + 30))
        if place.is_business_day(day) and day.weekday() in (0, 2)
    )


def holiday(now: datetime) -> date:
    place = current_place()
    return min(day for day in place.closed_days if day > place.day_of(now))


def sign_in(page: Page, live_server, c: Cast, name: str) -> None:
    with clock.at(datetime.now(UTC)):
        key = Desk(c, name).client.cookies["sessionid"].value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])


def look(page: Page, name: str) -> None:
    photograph(page, name)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_page_ok(page)


def test_nothing_yet(live_server, page: Page, c: Cast) -> None:
    sign_in(page, live_server, c, "marcus")
    page.goto(live_server.url + HOME)
    look(page, "groups-none")
    page.goto(f"{live_server.url}{HOME}apart/")
    look(page, "groups-apart-none")
    page.goto(f"{live_server.url}{HOME}new/")
    look(page, "group-new")
    page.click("main button[type=submit]")
    page.wait_for_selector(".usa-error-message")
    look(page, "group-new-wrong")


def test_a_group_and_what_is_done_with_it(live_server, page: Page, c: Cast, cohort: Cohort, now) -> None:
    sign_in(page, live_server, c, "marcus")
    page.goto(live_server.url + HOME)
    look(page, "groups")
    page.goto(f"{live_server.url}{HOME}{cohort.code}/")
    look(page, "group")
    page.goto(f"{live_server.url}{HOME}{cohort.code}/people/")
    look(page, "group-join")
    page.goto(f"{live_server.url}{HOME}apart/")
    look(page, "groups-apart")
    for name in ("change", "hours", "staff"):
        page.goto(f"{live_server.url}{HOME}{cohort.code}/{name}/")
        look(page, f"group-{name}")
    with c.acting("marcus", at=now):
        member = cohort.members.first()
        meeting = cohort.meetings.filter(starts_at__gt=now, make_up=False).order_by("starts_at")[0]
        make_up = cohort.meetings.get(make_up=True)
    page.goto(f"{live_server.url}{HOME}members/{member.code}/leave/")
    look(page, "group-leave")
    page.goto(f"{live_server.url}{HOME}meetings/{meeting.code}/move/")
    look(page, "meeting-move")
    day = holiday(now)
    page.select_option("[name=on_month]", str(day.month))
    page.fill("[name=on_day]", str(day.day))
    page.fill("[name=on_year]", str(day.year))
    page.click("label:has-text('The room isn')")
    page.click("main button[type=submit]")
    page.wait_for_selector(".usa-error-message")
    assert "is a holiday here" in page.inner_text("main")
    look(page, "meeting-move-holiday")
    for name in ("cancel", "cover"):
        page.goto(f"{live_server.url}{HOME}meetings/{meeting.code}/{name}/")
        look(page, f"meeting-{name}")
    page.goto(f"{live_server.url}{HOME}{cohort.code}/make-up/")
    look(page, "meeting-make-up")
    page.goto(f"{live_server.url}{HOME}meetings/{make_up.code}/make-ups/")
    look(page, "meeting-make-ups")
    page.goto(f"{live_server.url}{HOME}meetings/{make_up.code}/")
    look(page, "meeting-make-up-page")


def test_a_facilitators_page_on_a_phone_and_in_spanish(
    live_server, page: Page, c: Cast, cohort: Cohort, now
) -> None:
    sign_in(page, live_server, c, "denise")
    page.goto(f"{live_server.url}{HOME}{cohort.code}/")
    look(page, "group-facilitator")
    page.context.add_cookies([{"name": "django_language", "value": "es", "url": live_server.url}])
    page.reload()
    look(page, "group-es")


def test_curricula(live_server, page: Page, c: Cast, now) -> None:
    sign_in(page, live_server, c, "marcus")
    page.goto(f"{live_server.url}{HOME}curricula/{cbi().curriculum.code}/")
    look(page, "curriculum-shipped")
    with c.acting("marcus", at=now) as marcus:
        own = curricula.take_over(curriculum=cbi().curriculum, by=marcus.actor)
        curricula.name_sessions(
            version=own.versions.get(),
            titles={1: curricula.Titles("First day", "Primer día")},
            by=marcus.actor,
        )
    for path, name in (
        ("curricula/", "curricula"),
        (f"curricula/{own.code}/", "curriculum-own"),
        (f"curricula/{own.code}/1/sessions/", "curriculum-sessions"),
        (f"curricula/{own.code}/version/", "curriculum-version"),
    ):
        page.goto(f"{live_server.url}{HOME}{path}")
        look(page, name)


def test_without_scripts_a_meeting_is_pushed_on(
    live_server, chromium: Browser, c: Cast, cohort: Cohort, now
) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, live_server, c, "denise")
        page.goto(f"{live_server.url}{HOME}{cohort.code}/")
        with c.acting("marcus", at=now):
            meeting = cohort.meetings.filter(starts_at__gt=now, make_up=False).order_by("starts_at")[0]
        page.goto(f"{live_server.url}{HOME}meetings/{meeting.code}/move/")
        page.click("label:has-text('all that follow')")
        page.click("label:has-text('Something else')")
        page.click("main button[type=submit]")
        assert "Moved, with all that follow, past the holidays" in page.inner_text("main")
    with c.acting("marcus", at=now):
        assert cohort.meetings.get(pk=meeting.pk).starts_at > meeting.starts_at
