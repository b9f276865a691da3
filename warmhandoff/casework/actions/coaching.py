"""A session of career coaching: a service given, with the parts of the coach's guide that it touched and what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from warmhandoff.casework.actions.services import Gave, give, hours
from warmhandoff.casework.models import CoachingSession
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor
from warmhandoff.network.models import Membership
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Participant

CODE, GUIDE, NOTE = "coaching", "coach_guide", "coaching"


@transaction.atomic
def coach(
    *,
    file: Participant,
    parts: Sequence[str],
    minutes: int,
    on: date,
    staff: Membership,
    by: Actor,
    note: str = "",
) -> CoachingSession:
    """Record a session; what was agreed stands in the class narrative."""
    if not parts:
        raise BadValue("parts", "Say what you worked on.", mend="Choose one part of the guide, or more.")
    if any(not terms.is_in_force(GUIDE, part) for part in parts):
        raise BadValue("parts", "The guide has no such part.", mend="Choose from the list.")
    if minutes <= 0:
        raise BadValue("minutes", "Say how long it took.", mend="Choose the nearest.")
    service = give(file=file, gave=Gave(CODE, staff, on, hours(minutes)), by=by)
    known = [code for code, _ in terms.choices(GUIDE)]
    session = CoachingSession.objects.create(
        file=file,
        organization_id=file.organization_id,
        service=service,
        parts=[part for part in known if part in parts],
    )
    participants.write_down(file=file, about=(NOTE, session.pk), text=note, by=by)
    return session
