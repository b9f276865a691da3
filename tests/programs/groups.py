"""A group at Eastgate, led by Denise, for the tests of groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from tests import cast
from warmhandoff.network.access import Member
from warmhandoff.programs.actions import groups
from warmhandoff.programs.models import Cohort, CohortMember, Contract, Curriculum, CurriculumVersion
from warmhandoff.programs.scheduling import Slot

TUESDAYS_AND_THURSDAYS = (Slot(1, time(16), 90), Slot(3, time(16), 90))
STARTS = date(2026, 11, 24)


def cbi() -> CurriculumVersion:
    """The curriculum of 31 sessions that ships."""
    return Curriculum.objects.get(slug="cbi", organization=None).versions.get()


def group(
    c: cast.Cast,
    by: Member,
    *,
    name: str = "Tuesdays and Thursdays",
    slots: Sequence[Slot] = TUESDAYS_AND_THURSDAYS,
    starts_on: date = STARTS,
    most: int = 12,
    led_by: str = "denise",
    covers: Sequence[str] = ("tavo",),
    version: CurriculumVersion | None = None,
) -> Cohort:
    contract = Contract.objects.filter(provider_id=by.organization_id).first() or cast.program(c)
    return groups.open_group(
        contract=contract,
        version=version or cbi(),
        name=name,
        room="Room 2",
        starts_on=starts_on,
        sizes=groups.Sizes(2, most),
        slots=slots,
        facilitators=[c.members[led_by]],
        covers=[c.members[each] for each in covers],
        by=by.actor,
    )


def joined(
    c: cast.Cast, by: Member, cohort: Cohort, *names: str, on: date | None = None
) -> list[CohortMember]:
    """People by these first names, enrolled and in the group from that day on."""
    found = []
    for name in names:
        file = cast.take_in(by, cast.told(name, "Made-up"))
        enrollment = cast.enrolled(c, by, file=file, on=on)
        found.append(groups.join(cohort=cohort, enrollment=enrollment, by=by.actor, on=on))
    return found
