"""The person's appointments: what about, how, when, and whether they came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.casework.models import Appointment, AppointmentEvent
from warmhandoff.casework.states import CANCELLED, KEPT, MISSED, PLANNED
from warmhandoff.foundation import clock, terms
from warmhandoff.jurisdictions.dates import hour
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.people.letter import Part, Section, Wording, as_it_stands

SAYS = {
    PLANNED: gettext_lazy("%(about)s, %(how)s, at %(hour)s: it is still to come."),
    KEPT: gettext_lazy("%(about)s, %(how)s, at %(hour)s: you came."),
    MISSED: gettext_lazy("%(about)s, %(how)s, at %(hour)s: you did not come."),
    CANCELLED: gettext_lazy("%(about)s, %(how)s, at %(hour)s: it was called off. We wrote down why: “%(why)s”."),
}  # fmt: skip
NOT_SAID = gettext_lazy("%(about)s, %(how)s, at %(hour)s: nobody wrote down how it went.")


def _rows(file: int) -> tuple[QuerySet[Any], ...]:
    return (
        Appointment.objects.filter(file_id=file).order_by("starts_at", "id"),
        AppointmentEvent.objects.filter(file_id=file).order_by("happened_at", "id"),
    )


def _tells(rows: Sequence[list[Any]], wording: Wording) -> Iterable[Section]:
    appointments, events = rows
    if not appointments:
        return
    section = Section(_("Your appointments"))
    why = {one.appointment_id: one.detail for one in as_it_stands(events)}
    for one in appointments:
        facts = {
            "about": terms.word("appointment_about", one.about),
            "how": terms.word("appointment_how", one.how).lower(),
            "hour": hour(current_place().local(one.starts_at)),
            "why": terms.word("appointment_cancelled", why.get(one.pk, "")),
        }
        gone_by = one.state == PLANNED and one.ends_at <= clock.now()
        section.tell(one.starts_at, str(NOT_SAID if gone_by else SAYS[one.state]) % facts)
    yield section


PART = Part(_rows, _tells)
