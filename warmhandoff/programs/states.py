"""Machines of programs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.states import Machine, Transition

APPLIED, WAITLISTED, ENROLLED, ACTIVE = "applied", "waitlisted", "enrolled", "active"
COMPLETED, EXITED = "completed", "exited"
OPEN = (APPLIED, WAITLISTED, ENROLLED, ACTIVE)
TAKES_PART = (ENROLLED, ACTIVE)

ENROLLMENT = Machine(
    name="enrollment",
    initial=APPLIED,
    transitions=(
        Transition("waitlist", (APPLIED,), WAITLISTED, ("provider",), ("the day it is looked at again",)),
        Transition(
            "enroll",
            (APPLIED, WAITLISTED),
            ENROLLED,
            ("provider",),
            ("the person's consent", "who is eligible"),
        ),
        Transition("begin", (ENROLLED,), ACTIVE, ("provider", "system"), ("the first service",)),
        Transition("complete", (ENROLLED, ACTIVE), COMPLETED, ("provider",), ("the day",)),
        Transition(
            "exit", (APPLIED, WAITLISTED, ENROLLED, ACTIVE), EXITED, ("provider",), ("reason", "the day")
        ),
    ),
)

STAFF_WORDS = {
    APPLIED: _("applied"),
    WAITLISTED: _("waits for a place"),
    ENROLLED: _("enrolled"),
    ACTIVE: _("active"),
    COMPLETED: _("completed"),
    EXITED: _("left"),
}
PARTICIPANT_WORDS = {
    APPLIED: _("You asked to take part"),
    WAITLISTED: _("You are on the list for a place"),
    ENROLLED: _("You have a place"),
    ACTIVE: _("You are taking part"),
    COMPLETED: _("You completed it"),
    EXITED: _("You left"),
}
