"""Whether somebody takes part in another program too: a fact with its own source, of a class that few read.

It stands on its own page alone. No list, no search, no export, no story tells it.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock, privacy, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current, current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Participant
from warmhandoff.programs.actions.eligibility import Unreadable
from warmhandoff.programs.models import CoEnrollment

DATA_CLASS = "violence_prevention"
OTHER_PROGRAM = "other_program"


@transaction.atomic
def say(
    *,
    file: Participant,
    other_program: str,
    takes_part: bool | None,
    source: str,
    by: Actor,
    on: date | None = None,
    supersedes: CoEnrollment | None = None,
    reason: str = "",
) -> CoEnrollment:
    """Somebody said whether they take part there, and who it was. `supersedes`: what was written down wrongly before."""
    if file.organization_id != current_organization():
        raise NotYours()
    if DATA_CLASS not in current().classes:
        raise Unreadable()
    today = clock.today(current_place().zone)
    if not terms.is_in_force(OTHER_PROGRAM, other_program):
        raise NotYours()
    if source not in CoEnrollment.Source.values:
        raise BadValue("source", _("Say who told you."))
    if takes_part is None and supersedes is None:
        raise BadValue("takes_part", _("Say yes or no."))
    if on is not None and on > today:
        raise BadValue("on", _("This day is still to come."), mend=_("Give a day up to today."))
    if supersedes is not None:
        if reason not in Reason.values:
            raise BadValue("reason", _("Say what was wrong."))
        if CoEnrollment.objects.filter(supersedes=supersedes).exists():
            raise WrongState()
    return CoEnrollment.objects.create(
        file=file,
        organization_id=file.organization_id,
        other_program=other_program,
        takes_part=takes_part,
        source=source,
        on=on or today,
        by=by,
        supersedes=supersedes,
        reason=reason,
    )


def standing() -> QuerySet[CoEnrollment]:
    """What is said now."""
    corrected = CoEnrollment.objects.filter(supersedes_id=OuterRef("pk"))
    return CoEnrollment.objects.filter(~Exists(corrected), takes_part__isnull=False)


def last_of(file: Participant, *, by: Actor) -> dict[str, CoEnrollment]:
    """What was said last of each other program; that it was opened is written down."""
    found = {one.other_program: one for one in standing().filter(file=file).select_related("by")}
    if found:
        privacy.opened(person_id=file.person_id, subject=("file", file.pk), classes=[DATA_CLASS], by=by)
    return found
