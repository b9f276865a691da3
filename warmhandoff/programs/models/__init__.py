"""The tables of programs, a module a subject."""

from warmhandoff.programs.models.curriculum import Curriculum, CurriculumVersion, Module, SessionTemplate
from warmhandoff.programs.models.eligibility import CoEnrollment, Criterion, Method, Proof, Waiver
from warmhandoff.programs.models.enrollment import Enrollment, EnrollmentEvent
from warmhandoff.programs.models.groups import (
    Attendance,
    Cohort,
    CohortMember,
    CohortStaff,
    KeptApart,
    MakeUp,
    Meeting,
    MeetingEvent,
    WeeklySlot,
)
from warmhandoff.programs.models.program import Contract, Funding, Program, ProgramTerms
from warmhandoff.programs.models.training import Credential, Training, TrainingEvent

__all__ = [
    "Attendance",
    "CoEnrollment",
    "Cohort",
    "CohortMember",
    "CohortStaff",
    "Contract",
    "Credential",
    "Criterion",
    "Curriculum",
    "CurriculumVersion",
    "Enrollment",
    "EnrollmentEvent",
    "Funding",
    "KeptApart",
    "MakeUp",
    "Meeting",
    "MeetingEvent",
    "Method",
    "Module",
    "Program",
    "ProgramTerms",
    "Proof",
    "SessionTemplate",
    "Training",
    "TrainingEvent",
    "Waiver",
    "WeeklySlot",
]
