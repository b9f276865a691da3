"""The tables of programs, a module a subject."""

from warmhandoff.programs.models.enrollment import Enrollment, EnrollmentEvent
from warmhandoff.programs.models.program import Contract, Funding, Program, ProgramTerms

__all__ = ["Contract", "Enrollment", "EnrollmentEvent", "Funding", "Program", "ProgramTerms"]
