"""When a person's groups meet, on their own page: theirs alone, in both languages, and what has moved."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection

from tests import cast as made_up
from tests.cast import MONDAY, Cast, program
from tests.programs.groups import group, joined
from tests.web.own.themself import Themself
from warmhandoff.programs import own_page
from warmhandoff.programs.actions import enrollment as enrolling
from warmhandoff.programs.actions import groups as verbs
from warmhandoff.programs.actions import meetings
from warmhandoff.programs.models import Cohort, CohortMember

pytestmark = pytest.mark.django_db
TODAY = MONDAY.date()


@pytest.fixture
def c(settings, the_cast) -> Cast:
    settings.DEMO = True
    found = the_cast
    program(found)
    return found


def member(c: Cast, rosa: Themself) -> tuple[Cohort, CohortMember]:
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=TODAY)
        meetings.schedule(cohort=cohort, by=marcus.actor)
        joined(c, marcus, cohort, "Omar")
        enrollment = made_up.enrolled(c, marcus, file=rosa.file)
        return cohort, verbs.join(cohort=cohort, enrollment=enrollment, by=marcus.actor)


def test_they_read_when_their_group_meets_and_what_has_moved(c: Cast) -> None:
    rosa = Themself(c)
    cohort, _member = member(c, rosa)
    with c.acting("marcus") as marcus:
        first = cohort.meetings.order_by("starts_at")[0]
        meetings.move(
            meeting=first, on=date(2026, 11, 25), begins=time(10), why="room_taken", by=marcus.actor
        )
    rosa.come_in()
    said = rosa.text()
    assert "Wed, Nov 25, 10 am Your group Tuesdays and Thursdays, session 1." in said
    assert "Room 2. It has moved. It was on Tue, Nov 24, 4 pm. If you can’t come: 555-0100." in said
    assert said.count("Your group Tuesdays and Thursdays") == 4 and "Omar" not in said
    spanish = rosa.text(lang="es")
    assert "Su grupo Tuesdays and Thursdays, sesión 1." in spanish and "Se cambió de día u hora." in spanish


def test_a_make_up_stands_there_too_and_goes_with_who_leaves(c: Cast) -> None:
    rosa = Themself(c)
    cohort, one = member(c, rosa)
    with c.acting("marcus") as marcus:
        beside = meetings.plan_make_up(cohort=cohort, on=TODAY, begins=time(17), by=marcus.actor)
        session = cohort.version.sessions.get(number=3)
        meetings.ask_to_make_up(meeting=beside, member=one, session=session, by=marcus.actor)
    rosa.come_in()
    assert "Mon, Nov 23, 5 pm Your group Tuesdays and Thursdays, to make up for session 3." in rosa.text()
    with c.acting("marcus") as marcus:
        enrolling.exit(enrollment=one.enrollment, reason="work", by=marcus.actor)
        one.refresh_from_db()
        assert (one.left_on, one.left_why) == (TODAY, "left_program")
    assert "Your group" not in rosa.text()


@pytest.mark.parametrize("name", ["denise", "marcus", "luz", "paul"])
def test_the_function_gives_staff_nothing(c: Cast, name: str) -> None:
    member(c, Themself(c))
    with c.acting(name), connection.cursor() as cursor:
        assert own_page.meetings() == []
        cursor.execute("SELECT wh_own_groups()::text")
        assert cursor.fetchone() == ("[]",)


def test_a_strangers_page_says_nothing_of_it(c: Cast) -> None:
    member(c, Themself(c))
    ana = Themself(c, first_name="Ana", last_name="Vega")
    ana.come_in()
    assert "Your group" not in ana.text()
