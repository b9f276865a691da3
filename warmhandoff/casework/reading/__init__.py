"""What pages and the rooms above ask of casework, a module a subject."""

from warmhandoff.casework.reading.services import given_to, last_service, last_services

__all__ = ["given_to", "last_service", "last_services"]
