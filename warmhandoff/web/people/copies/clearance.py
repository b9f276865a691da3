"""How far the clearing of the person's record has come, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import Clearance, ClearanceEvent
from warmhandoff.casework.states import CLEARANCE_OPEN, HEARING
from warmhandoff.foundation import terms
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands
from warmhandoff.web.today import said

SAYS = {
    "begin": gettext_lazy("%(relief)s: we began with it."),
    "obtain_records": gettext_lazy("%(relief)s: the records are here."),
    "file_petition": gettext_lazy("%(relief)s: the petition was filed."),
    "set_hearing": gettext_lazy("%(relief)s: a hearing was set."),
    "grant": gettext_lazy("%(relief)s: granted."),
    "deny": gettext_lazy("%(relief)s: denied."),
    "clear": gettext_lazy("%(relief)s: your record shows it."),
    "stop": gettext_lazy("%(relief)s: we stopped."),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (
        Clearance.objects.filter(file_id=file).order_by("opened_on", "id"),
        ClearanceEvent.objects.filter(file_id=file).order_by("on", "id"),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    clearances, events = rows
    if not clearances:
        return
    section = Section(_("Clearing your record"))
    relief_of = {one.pk: terms.word("relief", one.relief) for one in clearances}
    for one in clearances:
        if one.state == HEARING and one.state in CLEARANCE_OPEN and one.hearing_on:
            facts = {"relief": relief_of[one.pk], "day": said.full_day(one.hearing_on)}
            section.lines.append(_("%(relief)s: the hearing is on %(day)s.") % facts)
    for event in as_it_stands(events):
        if event.kind in SAYS:
            section.tell(event.on, str(SAYS[event.kind]) % {"relief": relief_of[event.clearance_id]})
    yield section


PART = Part(_rows, _tells)
