"""Duties about what rooms above the referrals know: a module a subject, by the `subject_kind` of its duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warmhandoff.casework.protocol import PLAN
from warmhandoff.foundation.models import Duty
from warmhandoff.participants.telling import SUBJECT as NOTE
from warmhandoff.programs.actions.attendance import SUBJECT as GROUP_MEMBER
from warmhandoff.programs.actions.consents import SUBJECT as PROGRAM_CONSENT
from warmhandoff.programs.actions.eligibility import WAIVER
from warmhandoff.programs.actions.enrollment import SUBJECT as ENROLLMENT
from warmhandoff.programs.actions.meetings import SUBJECT as MEETING
from warmhandoff.programs.actions.rechecks import SUBJECT as ELIGIBILITY
from warmhandoff.programs.actions.training import SUBJECT as TRAINING
from warmhandoff.programs.actions.work_duties import SUBJECT as PAID_WORK
from warmhandoff.programs.worksite import LINK as WORKSITE_LINK
from warmhandoff.web.today.kinds import Kind, Subject
from warmhandoff.web.today.subjects import (
    eligibility,
    enrollment,
    group_member,
    meeting,
    note,
    paid_work,
    plan,
    program_consent,
    training,
)

SUBJECTS: dict[str, Subject] = {
    ENROLLMENT: enrollment.SUBJECT,
    NOTE: note.SUBJECT,
    PLAN: plan.SUBJECT,
    ELIGIBILITY: eligibility.OF_ENROLLMENTS,
    WAIVER: eligibility.OF_WAIVERS,
    GROUP_MEMBER: group_member.SUBJECT,
    TRAINING: training.SUBJECT,
    PAID_WORK: paid_work.SUBJECT,
    WORKSITE_LINK: paid_work.OF_LINKS,
    MEETING: meeting.SUBJECT,
    PROGRAM_CONSENT: program_consent.SUBJECT,
}
KINDS_OF_SUBJECTS: dict[str, Kind] = {
    code: kind for subject in SUBJECTS.values() for code, kind in subject.kinds.items()
}
# By (kind of subject, its number).
FactsOfSubjects = Mapping[tuple[str, int], Mapping[str, Any]]


def facts_of_subjects(duties: Sequence[Duty]) -> FactsOfSubjects:
    """What these duties are about, each kind of subject read once."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for kind, subject in SUBJECTS.items():
        about = [duty.subject_id for duty in duties if duty.subject_kind == kind and duty.subject_id]
        if about:
            found |= {(kind, pk): facts for pk, facts in subject.facts(about).items()}
    return found


def key_of(duty: Duty, facts: FactsOfSubjects, *, late: bool) -> str:
    """The entry of `KINDS_OF_SUBJECTS` that tells this duty as it stands; empty where whoever looks doesn't read what it is about."""
    if (duty.subject_kind, duty.subject_id) not in facts or duty.kind not in KINDS_OF_SUBJECTS:
        return ""
    wanted = f"{duty.kind}:late"
    return wanted if late and wanted in KINDS_OF_SUBJECTS else duty.kind
