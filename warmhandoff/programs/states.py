"""Machines of programs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation.states import Aside, Machine, Transition

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
    asides=(
        Aside("keep_waiting", (WAITLISTED,), ("provider",), ("the day it is looked at again",)),
        Aside("agree_again", TAKES_PART, ("provider",), ("the person's yes, or their no",)),
    ),
)

# What was recorded by mistake is taken back, to where it stood before: a correction of what is written down, and none of the ways
# of the machine. A place that was given is not: its referral is closed, and the agency reads of it.
ENROLLMENT_TAKES_BACK = {
    ACTIVE: (ENROLLED,),
    COMPLETED: (ENROLLED, ACTIVE),
    EXITED: (APPLIED, WAITLISTED, ENROLLED, ACTIVE),
}

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


# Training, which has days of its own. What is planned, or under way, is looked at again by its next day at the latest.
PLANNED, UNDER_WAY, LEFT, NOT_BEGUN = "planned", "under_way", "left", "not_begun"
TRAINING_OPEN = (PLANNED, UNDER_WAY)
TRAINING_BEGAN = (UNDER_WAY, COMPLETED, LEFT)
TRAINING_OVER = (COMPLETED, LEFT, NOT_BEGUN)

TRAINING = Machine(
    name="training",
    initial=PLANNED,
    transitions=(
        Transition("start", (PLANNED,), UNDER_WAY, ("provider",), ("the day",)),
        Transition("complete", (UNDER_WAY,), COMPLETED, ("provider",), ("the day",)),
        Transition("leave", (UNDER_WAY,), LEFT, ("provider",), ("reason", "the day")),
        Transition("call_off", (PLANNED,), NOT_BEGUN, ("provider",), ("reason",)),
    ),
    asides=(Aside("put_off", TRAINING_OPEN, ("provider",), ("the days it is planned for now",)),),
)

TRAINING_STAFF_WORDS = {
    PLANNED: _("planned"),
    UNDER_WAY: _("under way"),
    COMPLETED: _("completed"),
    LEFT: _("left early"),
    NOT_BEGUN: _("never begun"),
}

WORK_OPEN = (PLANNED, UNDER_WAY)
WORK_BEGAN = (UNDER_WAY, COMPLETED, LEFT)
WORK_OVER = (COMPLETED, LEFT, NOT_BEGUN)

PAID_WORK = Machine(
    name="paid work",
    initial=PLANNED,
    transitions=(
        Transition("start", (PLANNED,), UNDER_WAY, ("provider",), ("the day", "the person's yes")),
        Transition("complete", (UNDER_WAY,), COMPLETED, ("provider",), ("the day",)),
        Transition("leave", (UNDER_WAY,), LEFT, ("provider",), ("reason", "the day")),
        Transition("call_off", (PLANNED,), NOT_BEGUN, ("provider",), ("reason",)),
    ),
    asides=(
        Aside("introduce", WORK_OPEN, ("provider",), ("what the person said", "the name they want there")),
        Aside("change_supervisor", WORK_OPEN, ("provider",), ("somebody else of that employer's",)),
        Aside("pay", WORK_OPEN, ("provider",), ("an hour's wage", "from which day")),
        Aside("write_hours", WORK_BEGAN, ("provider", "participant"), ("the hours of a week",)),
        Aside("approve", WORK_BEGAN, ("worksite", "provider"), ("somebody else than who wrote them down",)),
        Aside("send_back", WORK_BEGAN, ("worksite",), ("reason",)),
    ),
)

PAID_WORK_STAFF_WORDS = {
    PLANNED: _("planned"),
    UNDER_WAY: _("under way"),
    COMPLETED: _("completed"),
    LEFT: _("left early"),
    NOT_BEGUN: _("never begun"),
}
