"""The story tells which groups somebody joined and left, and what they were asked to make up for; a peer mentor reads it too."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.cast import MONDAY, Cast, program
from tests.programs.groups import group, joined
from tests.web.desk import Desk
from warmhandoff.programs.actions import groups, meetings

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.mark.parametrize("name", ["marcus", "tavo"])
def test_joined_to_make_up_and_left(settings, name: str, the_cast) -> None:
    settings.DEMO = True
    c: Cast = the_cast
    program(c)
    with c.acting("marcus") as marcus:
        cohort = group(c, marcus, starts_on=MONDAY.date())
        (rosa,) = joined(c, marcus, cohort, "Rosa")
        beside = meetings.plan_make_up(cohort=cohort, on=date(2026, 12, 4), begins=time(10), by=marcus.actor)
        session = cohort.version.sessions.get(number=7)
        meetings.ask_to_make_up(meeting=beside, member=rosa, session=session, by=marcus.actor)
        code = rosa.file.code
    text = Desk(c, name).get(f"/people/{code}/")
    assert "Rosa joined the group Tuesdays and Thursdays." in text
    assert "Rosa is to make up for session 7: Fri, Dec 4, 10 am." in text
    with c.acting("marcus") as marcus:
        groups.leave(member=rosa, why="work", by=marcus.actor)
    text = Desk(c, name).get(f"/people/{code}/")
    assert "Rosa left the group Tuesdays and Thursdays: started work or school." in text
    assert "is to make up for" not in text
