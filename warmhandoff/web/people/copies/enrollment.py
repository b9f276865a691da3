"""Which programs the person asked for, and how each went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import terms
from warmhandoff.programs.models import Enrollment, EnrollmentEvent, ProgramTerms
from warmhandoff.programs.reading.terms import name_of
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands

SAYS = {
    "applied": gettext_lazy("You asked to take part in %(program)s."),
    "waitlisted": gettext_lazy("We put you on the list for a place in %(program)s."),
    "kept_waiting": gettext_lazy("There was no place in %(program)s yet. You stayed on the list."),
    "enrolled": gettext_lazy("You got a place in %(program)s."),
    "began": gettext_lazy("You began in %(program)s."),
    "agreed_again": gettext_lazy(
        "You said yes once more: whoever pays for %(program)s may learn that you take part."
    ),
    "not_agreed_again": gettext_lazy(
        "We asked you once more, and you said no: whoever pays for %(program)s learns no more when your yes ends."
    ),
    "completed": gettext_lazy("You completed %(program)s."),
    "exited": gettext_lazy("You left %(program)s. We wrote down why: “%(reason)s”."),
    "not_enrolled": gettext_lazy("You do not take part in %(program)s. We wrote down why: “%(reason)s”."),
}
# It stands struck out in what it took back, which nobody is told of: it was a mistake.
UNTOLD = frozenset({"taken_back"})


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    enrollments = Enrollment.objects.filter(file_id=file)
    return (
        EnrollmentEvent.objects.filter(file_id=file).order_by("on", "id"),
        enrollments,
        ProgramTerms.objects.filter(program_id__in=enrollments.order_by().values("program_id")),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    events, enrollments, all_terms = rows
    if not events:
        return
    section = Section(_("Your programs"))
    enrollment_of = {one.pk: one for one in enrollments}
    for event in as_it_stands(events):
        if event.kind in UNTOLD:
            continue
        enrollment = enrollment_of[event.enrollment_id]
        never = event.kind == "exited" and enrollment.enrolled_on is None
        facts = {
            "program": name_of(enrollment.program_id, all_terms, event.on, wording.language)
            or _("a program"),
            "reason": terms.word("not_enrolled_reason" if never else "exit_reason", event.detail),
        }
        section.tell(event.on, str(SAYS["not_enrolled" if never else event.kind]) % facts)
    yield section


PART = Part(_rows, _tells)
