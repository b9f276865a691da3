"""What `warmhandoff check` proves of programs."""

from __future__ import annotations

from warmhandoff.foundation.promises import proves
from warmhandoff.participants.under_a_file import differs

proves(
    differs("programs_enrollment", "enrollment"),
    differs("programs_enrollmentevent", "event of an enrollment"),
    differs("programs_training", "training"),
    differs("programs_trainingevent", "event of a training"),
    differs("programs_credential", "credential"),
    differs("programs_cohortmember", "member of a group"),
    differs("programs_makeup", "make-up"),
    differs("programs_attendance", "attendance"),
    differs("programs_keptapart", "pair kept apart"),
    differs("programs_proof", "proof"),
    differs("programs_waiver", "waiver"),
    differs("programs_coenrollment", "co-enrollment"),
    differs("programs_paidwork", "paid work"),
    differs("programs_paidworkevent", "event of paid work"),
    differs("programs_workwage", "wage"),
    differs("programs_introduction", "introduction"),
    differs("programs_timesheet", "timesheet"),
    differs("programs_timesheetanswer", "answer to a timesheet"),
)
