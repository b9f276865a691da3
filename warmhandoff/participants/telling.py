"""Telling colleagues of a note: each has it on Today until they have read it. The words stay where they stand, in the class narrative.

Nobody is told whose role doesn't read notes. It is no step of the person: it neither waits for them nor keeps them from anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import staff_of
from warmhandoff.network.roles import classes_of
from warmhandoff.participants.models import FileEvent

READ_NOTE = "read_note"
SUBJECT = "file_event"

duties.name({READ_NOTE: duties.Kind(_("A colleague’s note to read"))})


def colleagues(organization_id: int, *, but: Membership) -> list[Membership]:
    """Whom a member can tell: whoever reads notes there, themselves left out."""
    return [
        one
        for one in staff_of(organization_id)
        if "narrative" in classes_of(one.role) and one.user_id != but.user_id
    ]


def tell(event: FileEvent, whom: Sequence[Membership], *, by: Actor) -> None:
    """Let these colleagues read it; each once."""
    due_at = current_place().deadline("next_step", clock.now())
    for member in dict.fromkeys(whom):
        if member.organization_id != event.organization_id or not member.is_active:
            raise NotYours()
        if "narrative" not in classes_of(member.role):
            raise BadValue(
                "tell", f"{member.user.name} doesn’t read notes.", mend="Tell whoever does, or ask them."
            )
        duties.open_duty(
            owner=Owner(event.organization_id, membership_id=member.pk),
            kind=READ_NOTE,
            due_at=due_at,
            by=by,
            subject=(SUBJECT, event.pk),
        )


def told_of(event_ids: Sequence[int]) -> dict[int, list[int]]:
    """Whom each of these was told, by membership."""
    found: dict[int, list[int]] = {}
    asked = Duty.objects.filter(kind=READ_NOTE, subject_kind=SUBJECT, subject_id__in=event_ids)
    for about, member in asked.order_by("id").values_list("subject_id", "membership_id"):
        if about is not None and member is not None:
            found.setdefault(about, []).append(member)
    return found


@transaction.atomic
def read(*, duty: Duty, by: Actor) -> None:
    """They have read it: it leaves their list."""
    duties.close(Duty.objects.filter(pk=duty.pk, kind=READ_NOTE), how=Duty.Closed.DONE, by=by)
