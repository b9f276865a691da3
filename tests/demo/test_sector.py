"""Three years of SECTOR: told a group at a time, as the rules allow, with the rates that the design names."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connections

from tests.demo.conftest import MONDAY
from warmhandoff.demo import earlier
from warmhandoff.demo.models import ToldLife
from warmhandoff.demo.sector import funnel, telling
from warmhandoff.demo.sector.drawn import ASK, GROUPS, groups
from warmhandoff.foundation import promises
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import Attendance, Credential, Enrollment, PaidWork, Timesheet, Training

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def closed():
    yield
    connections["owner"].close()


def every(model):
    return model.objects.using("owner")


def test_the_same_people_each_time_with_the_rates_that_are_named():
    everybody = [one for group in groups() for one in group.people]
    assert len(groups()) == GROUPS and len(everybody) == GROUPS * ASK
    assert len({(one.told.first_name, one.told.last_name) for one in everybody}) == len(everybody)
    enrolled = [one.fate for one in everybody if one.fate.eligible]
    assert 1_150 <= len(enrolled) <= 1_230

    def share(chosen) -> float:
        return sum(map(chosen, enrolled)) / len(enrolled)

    assert abs(len(enrolled) / len(everybody) - 0.92) < 0.02
    assert abs(share(lambda fate: fate.managed) - 0.92) < 0.04
    assert abs(share(lambda fate: fate.in_group) - 0.80) < 0.03
    assert 0.55 <= share(lambda fate: fate.group_done) <= 0.70
    assert abs(share(lambda fate: bool(fate.trains)) - 0.75) < 0.03
    assert abs(share(lambda fate: fate.done) - 0.50) < 0.03
    assert abs(share(lambda fate: fate.credential) - 0.40) < 0.07


@pytest.mark.parametrize(
    ("gone", "written_down"),
    [
        ("2025-01-02", "2025-07-09"), ("2025-04-09", "2025-07-09"), ("2025-04-10", "2026-01-09"),
        ("2025-10-10", "2026-01-09"), ("2025-10-11", "2026-07-09"), ("2025-12-31", "2026-07-09"),
    ],
)  # fmt: skip
def test_whoever_was_forgotten_is_written_down_before_the_half_years_report(gone, written_down):
    assert telling._next_clearing(date.fromisoformat(gone)) == date.fromisoformat(written_down)


def test_a_group_is_told_as_the_rules_allow(told):
    numbers = [earlier.units() - 100 + n for n in (0, 30)]
    assert earlier.tell(numbers, until=MONDAY) == 2
    assert list(ToldLife.objects.exclude(refused="").values_list("number", "refused")) == []
    print(
        Counter(every(Enrollment).values_list("state", "exit_reason")),
        every(Attendance).count(),
        every(Training).count(),
        every(Credential).count(),
        every(PaidWork).count(),
        every(Timesheet).count(),
    )
    assert [example for each in promises.run() for example in each.examples] == []
    assert earlier.tell(numbers, until=MONDAY) == 0, "and never twice"


def test_the_funnel_counts_what_was_told(told):
    # One that began in a week whose Monday was closed: its first day is a Tuesday, and it meets on Mondays too.
    last = MONDAY.date() - timedelta(days=MONDAY.weekday())
    begun = [last - timedelta(weeks=group.weeks_ago) for group in groups()]
    at = next(n for n, monday in enumerate(begun) if not current_place().is_business_day(monday))
    earlier.tell([earlier.units() - 1 - at], until=MONDAY)
    lines = {line.what: line for line in funnel.counted(MONDAY.date())}
    fates = [one.fate for one in groups()[at].people]
    assert lines["asked to take part"].people == ASK
    assert lines["were eligible, and enrolled"].people == sum(fate.eligible for fate in fates)
    assert lines["began the groups"].people == sum(fate.in_group for fate in fates)
    assert lines["had every required session"].people == sum(fate.group_done for fate in fates)
    assert lines["began training or paid work"].people == sum(bool(fate.trains) for fate in fates)
    assert lines["completed it"].people == sum(fate.done for fate in fates)
    assert lines["earned a credential"].people == sum(fate.credential for fate in fates)
    said = "\n".join(funnel.printed(MONDAY.date()))
    assert "55 to 70" in said and "Still being told" in said
