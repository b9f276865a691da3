"""What each room above the referrals tells in somebody's story: a module a subject, each with its `TELLER`."""

from warmhandoff.web.people.tellers import (
    appointments,
    attendance,
    casework,
    eligibility,
    enrollment,
    groups,
    paid_work,
    training,
)
from warmhandoff.web.people.telling import Teller

TELLERS: tuple[Teller, ...] = (
    eligibility.TELLER,
    enrollment.TELLER,
    casework.TELLER,
    appointments.TELLER,
    groups.TELLER,
    attendance.TELLER,
    training.TELLER,
    paid_work.TELLER,
)
