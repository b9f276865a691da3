"""Appointments: agreed on, moved, called off, and whether they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import AppointmentEvent
from warmhandoff.casework.states import CANCELLED
from warmhandoff.foundation import terms
from warmhandoff.jurisdictions import dates
from warmhandoff.web.people.telling import STEPS, Entry, Known, Said, Teller, entries_of, who_did
from warmhandoff.web.today import said

# Icon, and the sentence.
SAYS = {
    "made": ("schedule", gettext_lazy("%(who)s and %(name)s agreed on an appointment: %(when)s.")),
    "moved": ("schedule", gettext_lazy("%(who)s moved an appointment to %(when)s.")),
    "kept": ("check", gettext_lazy("%(name)s came to the appointment of %(when)s.")),
    "missed": ("info_outline", gettext_lazy("%(name)s did not come to the appointment of %(when)s.")),
    CANCELLED: ("info_outline", gettext_lazy("%(who)s called off the appointment of %(when)s: %(reason)s.")),
}


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (AppointmentEvent.objects.filter(file_id=file).order_by("happened_at", "id"),)


def sentence(event: AppointmentEvent, *, who: str, name: str) -> str:
    """One of them in words."""
    _icon, says = SAYS[event.kind]
    facts = {
        "who": who,
        "name": name,
        "when": dates.moment(event.starts_at),
        "reason": said.inside(terms.word("appointment_cancelled", event.detail)),
    }
    return str(says) % facts


def _tells(rows: Sequence[list[Any]], known: Known) -> Iterable[Entry]:
    (events,) = rows

    def tell(event: AppointmentEvent) -> Said | None:
        who = who_did(event.by, known, event)
        says = partial(sentence, event, who=who, name=known.card.first)
        return Said(says, SAYS[event.kind][0])

    return entries_of(events, tell, known, group=STEPS)


TELLER = Teller(_rows, _tells)
