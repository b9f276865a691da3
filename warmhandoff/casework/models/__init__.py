"""The tables of casework, a module a subject."""

from warmhandoff.casework.models.plan import Goal, HopedOutcome, Plan, PlanEvent, Score
from warmhandoff.casework.models.services import CoachingSession, ServiceGiven
from warmhandoff.casework.models.standing import Rating, Ready

__all__ = [
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
