"""Who came to their group: each meeting as it stands, with how much of what is required they have had by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.programs.models import Attendance, Cohort, CohortMember, SessionTemplate
from warmhandoff.programs.reading.attendance import HAD_IT
from warmhandoff.web.people.telling import Entry, Known, Said, Teller, entries_of
from warmhandoff.web.today import said

Mark = Attendance.Mark
SAYS = {
    Mark.PRESENT: ("check", gettext_lazy("%(name)s came to session %(number)s of %(group)s.")),
    Mark.LATE: ("check", gettext_lazy("%(name)s came late to session %(number)s of %(group)s.")),
    Mark.LEFT_EARLY: (
        "info_outline",
        gettext_lazy("%(name)s left session %(number)s of %(group)s before its end."),
    ),
    Mark.ABSENT: ("info_outline", gettext_lazy("%(name)s missed session %(number)s of %(group)s: %(why)s.")),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    members = CohortMember.objects.filter(file_id=file)
    cohorts = Cohort.objects.filter(pk__in=members.order_by().values("cohort_id"))
    return (
        Attendance.objects.filter(file_id=file).order_by("on", "id"),
        members,
        cohorts,
        SessionTemplate.objects.filter(version_id__in=cohorts.order_by().values("version_id")),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    events, members, cohorts, sessions = rows
    group_of = {one.pk: one for one in cohorts}
    cohort_of = {one.pk: group_of[one.cohort_id] for one in members}
    session_of = {one.pk: one for one in sessions}
    far = _how_far(events, session_of)

    def tell(event: Attendance) -> Said | None:
        icon, says = SAYS[Mark(event.mark)]
        return Said(partial(sentence, event, str(says)), icon)

    def sentence(event: Attendance, says: str) -> str:
        facts = {
            "name": known.card.first,
            "number": session_of[event.template_id].number,
            "group": cohort_of[event.member_id].name,
            "why": said.inside(terms.word("absence_why", event.absence)),
        }
        return f"{says % facts} {far.get(event.pk, '')}".strip()

    return entries_of(events, tell, known)


def _how_far(events: Sequence[Attendance], session_of: dict[int, SessionTemplate]) -> dict[int, str]:
    """`14 of 20 required.`, after each that they had."""
    gone = {event.supersedes_id for event in events}
    had: dict[int, set[int]] = {}
    required = Counter(one.version_id for one in session_of.values() if one.required)
    says = _("%(had)s of %(of)s required.")
    said_of = {}
    for event in events:
        session = session_of[event.template_id]
        if event.pk in gone or event.mark not in HAD_IT or not session.required:
            continue
        had.setdefault(session.version_id, set()).add(session.pk)
        of = session.version_id
        said_of[event.pk] = says % {"had": len(had[of]), "of": required[of]}
    return said_of


TELLER = Teller(_rows, _tells)
