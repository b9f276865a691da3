"""What each subject above the referrals adds to a person's own copy of their file: a module a subject, each with its `PART`.

Not told: from whom somebody is kept apart (no reason is kept, and the other one is protected by it), and what is of the class
violence prevention, which is told in person (docs/adr/0008-the-whole-file.md).
"""

from warmhandoff.web.people.copies import (
    appointments,
    clearance,
    eligibility,
    enrollment,
    groups,
    paid_work,
    plan,
    services,
    standing,
    training,
)
from warmhandoff.web.people.letter import Part

PARTS: tuple[Part, ...] = (
    enrollment.PART,
    eligibility.PART,
    standing.PART,
    plan.PART,
    groups.PART,
    training.PART,
    paid_work.PART,
    appointments.PART,
    services.PART,
    clearance.PART,
)
