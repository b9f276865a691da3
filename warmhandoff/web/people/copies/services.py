"""What was given to the person, as it stands now; with what was talked about where they were coached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from warmhandoff.casework.models import CoachingSession, ServiceGiven
from warmhandoff.foundation import terms
from warmhandoff.web.people.casework_forms import says
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands, on_paper
from warmhandoff.web.today import said

COACHING = "coaching"


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (
        on_paper(ServiceGiven.objects.filter(file_id=file)).order_by("on", "id"),
        CoachingSession.objects.filter(file_id=file),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    services, sessions = rows
    standing = as_it_stands(services)
    if not standing:
        return
    section = Section(_("What you got from us"))
    session_of = {one.service_id: one for one in sessions}
    before = {one.pk: one.supersedes_id for one in services}
    for service in standing:
        first = service.pk
        while before.get(first):
            first = before[first]
        session, told, notes = session_of.get(first), f"{says(service)}.", []
        if session is not None:
            parts = [said.inside(terms.word("coach_guide", part)) for part in session.parts]
            told += " " + _("It was about: %(parts)s.") % {"parts": said.together(parts)}
            notes = wording.words(COACHING, session.pk)
        section.tell(service.on, told, notes)
    yield section


PART = Part(_rows, _tells, notes=(COACHING,))
