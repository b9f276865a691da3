"""What pages and the rooms above ask of casework, a module a subject."""

from warmhandoff.casework.reading.appointments import (
    appointment_or_404,
    appointments_of,
    next_planned,
    next_planned_of,
    planned,
)
from warmhandoff.casework.reading.services import given_to, last_service, last_services

__all__ = [
    "appointment_or_404",
    "appointments_of",
    "given_to",
    "last_service",
    "last_services",
    "next_planned",
    "next_planned_of",
    "planned",
]
