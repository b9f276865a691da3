"""What each room above the referrals tells in somebody's story: a module a subject, each with its `TELLER`."""

from warmhandoff.web.people.tellers import appointments, casework, enrollment
from warmhandoff.web.people.telling import Teller

TELLERS: tuple[Teller, ...] = (enrollment.TELLER, casework.TELLER, appointments.TELLER)
