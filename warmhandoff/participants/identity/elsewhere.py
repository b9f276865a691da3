"""Whether a partner may already know somebody: asked once, after the person said yes, and answered yes or no.

The question is put to the owner's function `wh_known_elsewhere` (migration 0010). It needs the person's recorded yes, and a
name, a birth date and one more thing on file; it writes down who asked about whom, allows so many questions a day for a
member and for an organization, and names nobody. The answer comes after the same time whatever it is: what the database
does for a yes and for a no differs by less than the machine's own noise, and the wait covers both.
"""

from __future__ import annotations

import time

from django.db import DatabaseError, connection, transaction

from warmhandoff.foundation.errors import DomainError, NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.participants.models import NetworkLook, Participant

ANSWERS_AFTER = 0.06  # seconds


class NotAsked(DomainError):
    code = "look_not_asked"
    sentence = "They haven't said that we may look whether a partner knows them."
    mend = "Ask them, and record what they say."


class TooLittleKnown(DomainError):
    code = "look_needs_more"
    sentence = "It takes a name, a birth date, and a phone or email address."
    mend = "Ask them for what is missing."
    status = 422


class LookedEnough(DomainError):
    code = "look_limit"
    sentence = "You have asked often enough for today whether partners know someone."
    mend = "Go on without it, or ask the person who helped them before."
    status = 429


_REFUSED: dict[str, type[DomainError]] = {
    "wh_look_yours": NotYours,
    "wh_look_asked": NotAsked,
    "wh_look_needs": TooLittleKnown,
    "wh_look_limit": LookedEnough,
}


def known_elsewhere(*, file: Participant, by: Actor) -> bool:
    """Whether a partner may know this person; raises where it may not be asked. Logged with who asked."""
    began = time.monotonic()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT wh_known_elsewhere(%s, %s)", [file.pk, by.pk])
            answer = bool(cursor.fetchone()[0])
    except DatabaseError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in _REFUSED:
            raise
        raise _REFUSED[name]() from error
    finally:
        time.sleep(max(0.0, began + ANSWERS_AFTER - time.monotonic()))
    return answer


def was_known_elsewhere(file: Participant) -> bool | None:
    """What the last look said; None where nobody has looked."""
    return (
        NetworkLook.objects.filter(file=file, organization_id=current_organization())
        .order_by("-looked_at", "-id")
        .values_list("found", flat=True)
        .first()
    )
