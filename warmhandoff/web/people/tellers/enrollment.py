"""How somebody came to take part in a program, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from warmhandoff.foundation import terms
from warmhandoff.programs.models import Enrollment, EnrollmentEvent, ProgramTerms
from warmhandoff.programs.reading.terms import name_of
from warmhandoff.web.people.telling import Entry, Known, Said, Teller, entries_of, who_did
from warmhandoff.web.today import said

# Icon, and the sentence.
SAYS = {
    "applied": ("person", gettext_lazy("%(name)s asked to take part in %(program)s.")),
    "waitlisted": ("schedule", gettext_lazy("%(who)s put %(name)s on the list for a place in %(program)s.")),
    "kept_waiting": ("schedule", gettext_lazy("No place in %(program)s yet. %(name)s stays on the list.")),
    "enrolled": ("check_circle", gettext_lazy("%(name)s has a place in %(program)s.")),
    "began": ("flag", gettext_lazy("%(name)s began in %(program)s.")),
    "agreed_again": (
        "verified_user",
        gettext_lazy("%(name)s agreed once more that the agency learns that they take part in %(program)s."),
    ),
    "not_agreed_again": (
        "do_not_disturb",
        gettext_lazy(
            "%(name)s was asked once more, and doesn’t agree that the agency learns of %(program)s."
        ),
    ),
    "completed": ("check_circle", gettext_lazy("%(name)s completed %(program)s.")),
    "exited": ("info_outline", gettext_lazy("%(name)s left %(program)s: %(reason)s.")),
    "not_enrolled": ("info_outline", gettext_lazy("%(name)s doesn’t take part in %(program)s: %(reason)s.")),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    enrollments = Enrollment.objects.filter(file_id=file)
    return (
        EnrollmentEvent.objects.filter(file_id=file).order_by("happened_at", "id"),
        enrollments,
        ProgramTerms.objects.filter(program_id__in=enrollments.order_by().values("program_id")),
    )


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    events, enrollments, all_terms = rows
    enrollment_of = {one.pk: one for one in enrollments}
    language = get_language() or "en"

    def tell(event: EnrollmentEvent) -> Said | None:
        enrollment = enrollment_of[event.enrollment_id]
        program = name_of(enrollment.program_id, all_terms, event.on, language) or _("a program")
        facts = {"who": who_did(event.by, known, event), "name": known.card.first, "program": program}
        return told(event, enrollment, facts)

    return entries_of(events, tell, known)


def told(event: EnrollmentEvent, enrollment: Enrollment, facts: Mapping[str, Any]) -> Said:
    """One event, filled with who did it, whom it is about and what the program is called."""
    if event.kind not in SAYS:
        return Said("")
    began = enrollment.enrolled_on is not None
    icon, says = SAYS["not_enrolled" if event.kind == "exited" and not began else event.kind]
    vocabulary = "exit_reason" if began else "not_enrolled_reason"
    return Said(str(says) % {**facts, "reason": said.inside(terms.word(vocabulary, event.detail))}, icon)


TELLER = Teller(_rows, _tells)
