"""Intakes that aren't finished: what was typed so far is kept, and finishing it is somebody's duty from the first minute.

A draft is nobody's file: it is thrown away as soon as it is saved, given up, out of date, or turns out to be about someone
under 18, of whom nothing is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from warmhandoff.foundation import clock, duties, once, timers
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor, Duty, Timer
from warmhandoff.foundation.scoping import acting_as, current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import ASKED_AT_INTAKE, Draft

SUBJECT = "draft"
FINISH = "finish_intake"
KEPT_DAYS = 30
LONGEST_ANSWER = 4_000
MOST_ANSWERS = 150

duties.name({FINISH: duties.Kind(gettext_lazy("Finish an intake"))})

Typed = Mapping[str, Sequence[str]]


@transaction.atomic
def keep(*, form_key: str, answers: Typed, membership_id: int, by: Actor) -> Draft | None:
    """Keep what was typed. None where this form was saved already: what comes late is not begun anew."""
    if once.result_of(form_key):
        return None
    typed = _within_reason(answers)
    changed = Draft.objects.filter(form_key=_key(form_key)).update(answers=typed, kept_at=clock.now())
    if changed:
        return Draft.objects.get(form_key=_key(form_key))
    return _begin(form_key, typed, membership_id, by=by)


def _begin(form_key: str, typed: dict[str, list[str]], membership_id: int, *, by: Actor) -> Draft:
    now = clock.now()
    values = {
        "organization_id": current_organization(),
        "membership_id": membership_id,
        "answers": typed,
        "begun_at": now,
        "kept_at": now,
        "expires_at": now + timedelta(days=KEPT_DAYS),
    }
    # Two that begin at once are one: the second finds the first's.
    draft, is_new = Draft.objects.get_or_create(form_key=_key(form_key), defaults=values)
    if is_new:
        duties.open_duty(
            owner=Owner(draft.organization_id, membership_id=membership_id),
            kind=FINISH,
            due_at=current_place().business_days_after(now, 0),  # today, while the office is open
            by=by,
            subject=(SUBJECT, draft.pk),
            detail=draft.code,
        )
        timers.set_timers(
            (SUBJECT, draft.pk), {"expires": timers.Due(draft.organization_id, draft.expires_at)}, is_new=True
        )
    return draft


def _key(form_key: str) -> uuid.UUID:
    try:
        return uuid.UUID(form_key)
    except ValueError:
        raise BadValue("form_key", "This form is incomplete.", mend="Open the page again.") from None


def _within_reason(answers: Typed) -> dict[str, list[str]]:
    """What people type, and no more than that: nobody fills our shelves with something else."""
    kept = list(answers.items())[:MOST_ANSWERS]
    return {
        name: [value.replace("\x00", "")[:LONGEST_ANSWER] for value in values if value][:MOST_ANSWERS]
        for name, values in kept
        if any(values)
    }


def throw_away(*, form_key: str, by: Actor, how: str = Duty.Closed.DONE) -> bool:
    """Saved, given up, or not ours to keep. True where there was one."""
    try:
        draft = Draft.objects.filter(form_key=uuid.UUID(form_key)).first()
    except ValueError:
        return False
    return bool(draft and _remove(draft, how=how, by=by))


@transaction.atomic
def _remove(draft: Draft, *, how: str, by: Actor) -> bool:
    subject = (SUBJECT, draft.pk)
    timers.call_off(subject)
    duties.close(duties.open_about(subject), how=how, by=by)
    removed, _ = Draft.objects.filter(pk=draft.pk).delete()
    return bool(removed)


def unfinished() -> QuerySet[Draft]:
    """The organization's drafts, oldest first; none for who doesn't do intake."""
    return Draft.objects.filter(organization_id=current_organization()).select_related("membership__user")


def draft_called(code: str) -> Draft | None:
    """This organization's draft with this code."""
    return unfinished().filter(code=code).first()


@timers.on_step(SUBJECT)
def expire(timer: Timer, actor: Actor) -> None:
    """Nobody came back to it for a month: it isn't kept any longer."""
    # The system reads no class that intake asks about: here alone, to forget what stands in them.
    with acting_as(actor, purpose="protocol", classes=ASKED_AT_INTAKE):
        draft = Draft.objects.filter(pk=timer.subject_id).first()
        if draft is not None:
            _remove(draft, how=Duty.Closed.NO_LONGER, by=actor)
