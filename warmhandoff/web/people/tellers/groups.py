"""The groups that they joined and left, and what they were asked to make up for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.foundation import terms
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.programs.models import Cohort, CohortMember, MakeUp, Meeting, SessionTemplate
from warmhandoff.web.people.telling import PROGRAM, Entry, Known, Teller
from warmhandoff.web.today import said


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    members = CohortMember.objects.filter(file_id=file)
    asked = MakeUp.objects.filter(file_id=file, called_off_at__isnull=True)
    return (
        members,
        Cohort.objects.filter(pk__in=members.order_by().values("cohort_id")),
        asked.order_by("id"),
        Meeting.objects.filter(pk__in=asked.order_by().values("meeting_id")),
        SessionTemplate.objects.filter(pk__in=asked.order_by().values("template_id")),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    members, cohorts, asked, meetings, sessions = rows
    place, name = current_place(), known.card.first
    group_of = {one.pk: one.name for one in cohorts}
    at = {one.pk: one.starts_at for one in meetings}
    number = {one.pk: one.number for one in sessions}
    for one in members:
        facts = {"name": name, "group": group_of[one.cohort_id], "why": ""}
        # Put in ahead of the day, it happened when it was written down.
        joined = min(one.recorded_at, place.start_of(one.joined_on))
        says = _("%(name)s joined the group %(group)s.") % facts
        yield Entry("people", PROGRAM, says, joined, one.recorded_at, rank=one.pk)
        if one.left_on:
            left = place.start_of(one.left_on)
            facts["why"] = said.inside(terms.word("left_group_why", one.left_why))
            says = _("%(name)s left the group %(group)s: %(why)s.") % facts
            yield Entry("info_outline", PROGRAM, says, max(left, joined), max(left, joined), rank=one.pk)
    for one in asked:
        facts = {"name": name, "number": number[one.template_id], "when": dates.moment(at[one.meeting_id])}
        says = _("%(name)s is to make up for session %(number)s: %(when)s.") % facts
        yield Entry("event", PROGRAM, says, one.recorded_at, one.recorded_at, rank=one.pk)


TELLER = Teller(_rows, _tells)
