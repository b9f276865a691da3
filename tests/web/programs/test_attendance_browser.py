"""Who came, on a phone: twelve people in less than a minute; and each of these pages wide and narrow, filled, refused and empty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tests.cast import Cast, program
from tests.house.pages import assert_page_ok
from tests.programs.groups import group, joined
from warmhandoff.foundation.models import DatabaseMark
from warmhandoff.programs.actions import attendance as verbs
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.actions.attendance import Said
from warmhandoff.programs.models import Cohort, Meeting
from warmhandoff.programs.reading.attendance import standing_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]
TWELVE = (
    "Rosa", "Ana", "Luis", "Marcus", "Dee", "Omar", "Kevin", "Tanya", "Jesús", "Maximiliana-Guadalupe", "Bo", "Íñigo",
)  # fmt: skip
PHONE = {"width": 375, "height": 667}
PICTURES = settings.VAR_DIR / "pictures"
# Finding the right one and pressing it, as somebody does who is not in a hurry.
SECONDS_A_TAP = 4


def let_it_be(moment: datetime) -> None:
    DatabaseMark.objects.using("owner").update(clock_offset=moment - datetime.now(UTC))


def enter(page: Page, live_server, c: Cast, name: str) -> None:
    client = Client()
    client.force_login(c.members[name].user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])


def look(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"attendance-{name}-{width}.png", full_page=True)
    assert_page_ok(page)


@pytest.fixture
def cohort(c: Cast) -> Cohort:
    program(c)
    with c.acting("marcus") as marcus:
        made = group(c, marcus)
        joined(c, marcus, made, *TWELVE)
        meetings.schedule(cohort=made, by=marcus.actor)
        return made


def session(c: Cast, cohort: Cohort, number: int) -> Meeting:
    with c.acting("marcus"):
        return cohort.meetings.get(template__number=number)


def missed(c: Cast, cohort: Cohort, number: int, *names: str) -> None:
    meeting = session(c, cohort, number)
    with c.acting("marcus", at=meeting.ends_at) as marcus:
        said = {
            (one.pk, meeting.template_id): Said("absent", "no_word")
            if one.file.contact.first_name in names
            else Said()
            for one in cohort.members.select_related("file__contact")
        }
        verbs.take(meeting=meeting, said=said, by=marcus.actor)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_twelve_people_on_a_phone_in_less_than_a_minute(chromium, live_server, c, cohort, scripts):
    meeting = session(c, cohort, 1)
    let_it_be(meeting.ends_at)
    with chromium.new_context(viewport=PHONE, has_touch=True, java_script_enabled=scripts) as context:
        page = context.new_page()
        enter(page, live_server, c, "denise")
        page.goto(f"{live_server.url}/programs/groups/meetings/{meeting.code}/")
        taps = 0

        def tap(found) -> None:
            nonlocal taps
            taps += 1
            found.tap()

        tap(page.get_by_role("link", name="Say who came"))
        for name, mark, why in (("Bo", "Not here", "Sick"), ("Omar", "Late", ""), ("Tanya", "Not here", "")):
            row = page.get_by_role("radiogroup", name=f"{name} M.", exact=True)
            tap(row.get_by_text(mark, exact=True))
            if why:
                taps += 2
                page.get_by_label(f"What was it, {name} M.?").select_option(label=why)
        tap(page.get_by_role("button", name="Save who came"))
        page.get_by_text("Written down: 10 came, 2 didn’t.").wait_for()
    assert taps * SECONDS_A_TAP < 60, taps
    with c.acting("marcus"):
        said = {
            one.member.file.contact.first_name: (one.mark, one.absence)
            for one in standing_at(meeting).values()
        }
    assert len(said) == 12
    assert (said["Bo"], said["Omar"], said["Tanya"]) == (
        ("absent", "sick"), ("late", ""), ("absent", "no_word"),
    )  # fmt: skip
    assert sum(mark == "present" for mark, _ in said.values()) == 9


def test_how_the_pages_look(page, live_server, c, cohort):
    missed(c, cohort, 1, "Ana", "Bo")
    missed(c, cohort, 2, "Ana")
    meeting = session(c, cohort, 3)
    let_it_be(meeting.ends_at)
    with c.acting("marcus"):
        ana = cohort.members.select_related("file").get(file__contact__first_name="Ana")
    enter(page, live_server, c, "denise")
    where = f"{live_server.url}/programs/groups"
    page.goto(f"{where}/meetings/{meeting.code}/attendance/")
    page.set_default_timeout(15000)
    row = page.get_by_role("radiogroup", name="Ana M.", exact=True)
    row.get_by_text("Not here", exact=True).click()
    look(page, "who-is-here")

    page.get_by_role("button", name="Save who came").click()
    look(page, "said")
    page.get_by_role("radiogroup", name="Bo M.", exact=True).get_by_text("Late", exact=True).click()
    page.get_by_role("button", name="Save what was changed").click()
    look(page, "otherwise-without-why")
    page.goto(f"{where}/meetings/{session(c, cohort, 5).code}/attendance/")
    look(page, "still-to-come")
    page.goto(f"{where}/here/{ana.file.code}/code/")
    look(page, "own-code")
    page.goto(f"{where}/here/{ana.file.code}/")
    look(page, "at-the-door")
    page.goto(f"{live_server.url}/people/{ana.file.code}/groups/")
    page.get_by_text("Session by session").click()
    look(page, "their-groups")
    page.goto(f"{live_server.url}/people/{ana.file.code}/groups/{ana.code}/missed/")
    look(page, "missed-twice")
    page.get_by_role("button", name="Write it down").click()
    look(page, "missed-twice-refused")
    page.goto(f"{live_server.url}/people/{ana.file.code}/groups/wrong/")
    page.get_by_role("button", name="Write it down").click()
    look(page, "contest-refused")
