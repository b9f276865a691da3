"""The person's groups: when they joined and left, which sessions they had and missed, and what of it counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmhandoff.foundation import terms
from warmhandoff.jurisdictions import dates
from warmhandoff.programs.models import Attendance, Cohort, CohortMember, MakeUp, Meeting, SessionTemplate
from warmhandoff.programs.reading.dosage import Dosage, dosages
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands
from warmhandoff.web.programs.groups_said import session_name
from warmhandoff.web.today import said

Mark = Attendance.Mark
SAYS = {
    Mark.PRESENT: gettext_lazy("%(session)s: you came."),
    Mark.LATE: gettext_lazy("%(session)s: you came late. It counts."),
    Mark.LEFT_EARLY: gettext_lazy("%(session)s: you left before the end. It does not count yet."),
    Mark.ABSENT: gettext_lazy("%(session)s: you were not there. We wrote down why: “%(why)s”."),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    members = CohortMember.objects.filter(file_id=file)
    cohorts = Cohort.objects.filter(pk__in=members.order_by().values("cohort_id"))
    asked = MakeUp.objects.filter(file_id=file, called_off_at__isnull=True)
    return (
        members.order_by("joined_on", "id"),
        cohorts,
        Attendance.objects.filter(file_id=file).order_by("on", "id"),
        SessionTemplate.objects.filter(version_id__in=cohorts.order_by().values("version_id")),
        asked.order_by("id"),
        Meeting.objects.filter(pk__in=asked.order_by().values("meeting_id")),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    members, cohorts, attendances, sessions, asked, meetings = rows
    if not members:
        return
    section = Section(_("Your groups"))
    group_of, session_of = {one.pk: one for one in cohorts}, {one.pk: one for one in sessions}
    for member in members:
        member.cohort = group_of[member.cohort_id]
    counted = dosages(members)
    for member in members:
        group = {"group": member.cohort.name, "why": terms.word("left_group_why", member.left_why)}
        section.lines.append(f"{member.cohort.name}: {_counts(counted[member.pk])}")
        section.tell(member.joined_on, _("You joined the group %(group)s.") % group)
        for one in as_it_stands(attendances):
            if one.member_id == member.pk:
                section.tell(one.on, _came(one, session_of[one.template_id]))
        if member.left_on:
            section.tell(
                member.left_on, _("You left the group %(group)s. We wrote down why: “%(why)s”.") % group
            )
    at = {one.pk: one.starts_at for one in meetings}
    for make_up in asked:
        facts = {
            "session": session_name(session_of[make_up.template_id]),
            "when": dates.moment(at[make_up.meeting_id]),
        }
        section.tell(
            make_up.recorded_at, _("%(session)s: you were asked to make up for it, %(when)s.") % facts
        )
    yield section.in_order()


def _came(one: Attendance, session: SessionTemplate) -> str:
    facts = {"session": session_name(session), "why": terms.word("absence_why", one.absence)}
    says = str(SAYS[Mark(one.mark)]) % facts
    return says + " " + _("It is excused.") if one.excused else says


def _counts(dosage: Dosage) -> str:
    """`you have had 18 of 20 sessions that count. Missing: sessions 7 and 12.`"""
    facts = {"had": dosage.had, "of": dosage.of}
    says = _("you have had %(had)s of %(of)s sessions that count.") % facts
    if dosage.missing:
        numbers = said.together([str(number) for number in dosage.missing])
        missing = ngettext(
            "Missing: session %(numbers)s.", "Missing: sessions %(numbers)s.", len(dosage.missing)
        )
        says += " " + missing % {"numbers": numbers}
    return says


PART = Part(_rows, _tells)
