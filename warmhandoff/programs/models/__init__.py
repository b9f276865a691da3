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
from warmhandoff.programs.models.work import (
    Introduction,
    PaidWork,
    PaidWorkEvent,
    Timesheet,
    TimesheetAnswer,
    WorksiteLink,
    WorkWage,
)

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
    "Introduction",
    "KeptApart",
    "MakeUp",
    "Meeting",
    "MeetingEvent",
    "Method",
    "Module",
    "PaidWork",
    "PaidWorkEvent",
    "Program",
    "ProgramTerms",
    "Proof",
    "SessionTemplate",
    "Timesheet",
    "TimesheetAnswer",
    "Training",
    "TrainingEvent",
    "Waiver",
    "WeeklySlot",
    "WorkWage",
    "WorksiteLink",
]
