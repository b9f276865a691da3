"""The tables of casework, a module a subject."""

from warmhandoff.casework.models.appointments import Appointment, AppointmentEvent
from warmhandoff.casework.models.clearance import Clearance, ClearanceEvent
from warmhandoff.casework.models.plan import Goal, HopedOutcome, Plan, PlanEvent, Score
from warmhandoff.casework.models.services import CoachingSession, ServiceGiven
from warmhandoff.casework.models.standing import Rating, Ready

__all__ = [
    "Appointment",
    "AppointmentEvent",
    "Clearance",
    "ClearanceEvent",
    "CoachingSession",
    "Goal",
    "HopedOutcome",
    "Plan",
    "PlanEvent",
    "Rating",
    "Ready",
    "Score",
    "ServiceGiven",
]
