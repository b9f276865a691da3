"""Machines of casework."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.states import Aside, Machine, Transition

PLANNED, KEPT, MISSED, CANCELLED = "planned", "kept", "missed", "cancelled"

APPOINTMENT = Machine(
    name="appointment",
    initial=PLANNED,
    transitions=(
        Transition("keep", (PLANNED,), KEPT, ("staff",)),
        Transition("miss", (PLANNED,), MISSED, ("staff",)),
        Transition("cancel", (PLANNED,), CANCELLED, ("staff",), ("reason",)),
    ),
    asides=(Aside("move", (PLANNED,), ("staff",), ("when",)),),
)
APPOINTMENT_WORDS = {
    PLANNED: _("planned"),
    KEPT: _("they came"),
    MISSED: _("they did not come"),
    CANCELLED: _("called off"),
}

INTAKE, RECORDS, FILED, HEARING = "intake", "records_obtained", "petition_filed", "hearing"
GRANTED, DENIED, CLEARED, STOPPED = "granted", "denied", "cleared", "stopped"
CLEARANCE_OPEN = (INTAKE, RECORDS, FILED, HEARING, GRANTED)

CLEARANCE = Machine(
    name="record clearance",
    initial=INTAKE,
    transitions=(
        Transition("obtain_records", (INTAKE,), RECORDS, ("staff",), ("the day",)),
        Transition("file_petition", (RECORDS, DENIED), FILED, ("staff",), ("the day",)),
        Transition("set_hearing", (FILED, HEARING), HEARING, ("staff",), ("the day of the hearing",)),
        # Relief that needs no petition is granted from the records alone.
        Transition("grant", (RECORDS, FILED, HEARING), GRANTED, ("staff",), ("the day",)),
        Transition("deny", (FILED, HEARING), DENIED, ("staff",), ("the day",)),
        # The record itself was looked at again: what was granted shows there.
        Transition("clear", (GRANTED,), CLEARED, ("staff",), ("the day",)),
        Transition("stop", (INTAKE, RECORDS, FILED, HEARING), STOPPED, ("staff",), ("the day",)),
    ),
)
CLEARANCE_WORDS = {
    INTAKE: _("talked about"),
    RECORDS: _("records obtained"),
    FILED: _("petition filed"),
    HEARING: _("hearing set"),
    GRANTED: _("granted"),
    DENIED: _("denied"),
    CLEARED: _("cleared"),
    STOPPED: _("stopped"),
}
