"""What somebody agreed to when they enrolled runs out one day: before that they are asked again, by whoever works with them."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties, timers
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import ConsentMissing
from warmhandoff.participants.models import Consent
from warmhandoff.programs.actions.owed import holder_here, owner_for
from warmhandoff.programs.models import Contract, Enrollment
from warmhandoff.programs.states import TAKES_PART

# Duties and timers about an enrollment's consent, by the enrollment's number.
SUBJECT = "program_consent"
STEP = "runs_out"
DATA_CLASS = "program"
# So long before it runs out it comes up on Today.
ASKS_AGAIN_BEFORE_DAYS = 28
RENEW_CONSENT = "renew_consent"
duties.name({RENEW_CONSENT: duties.Kind(gettext_lazy("Ask somebody again what they agree to"))})


def require_agreed(enrollment: Enrollment, contract: Contract, consent: Consent) -> None:
    """They said yes to the agency's learning that they take part, and it holds."""
    agreed = (
        consent.file_id == enrollment.file_id
        and consent.is_live(clock.now())
        and consent.purpose == DATA_CLASS
        and contract.agency_id in consent.recipients
        and DATA_CLASS in consent.data_classes
    )
    if not agreed:
        raise ConsentMissing(
            _("They have not agreed that the agency learns of their taking part."),
            mend=_("Ask them, and record what they say."),
        )


def watch(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    """Let it come up before what they agreed to now runs out."""
    stop(enrollment, held=held, by=by)
    consent = enrollment.consent
    if consent is None or not consent.is_live(clock.now()):
        return
    place = current_place()
    first = place.start_of(place.day_of(consent.expires_at) - timedelta(days=ASKS_AGAIN_BEFORE_DAYS))
    due = timers.Due(enrollment.organization_id, max(first, clock.now()))
    timers.set_timers((SUBJECT, enrollment.pk), {STEP: due}, again=True)


def stop(enrollment: Enrollment, *, held: Custody | None, by: Actor) -> None:
    """They were asked, or it doesn't matter any more."""
    timers.call_off((SUBJECT, enrollment.pk))
    if duties.close(duties.open_about((SUBJECT, enrollment.pk)), how=Duty.Closed.DONE, by=by):
        _point(enrollment, held, by)


@transaction.atomic
def come_up(*, enrollment: Enrollment, by: Actor) -> bool:
    """The day has come on which they are asked again: on the list of whoever works with them. False where nobody need ask."""
    held = holder_here(enrollment.file)
    enrollment.refresh_from_db()
    consent = enrollment.consent
    if enrollment.state not in TAKES_PART or consent is None or not consent.is_live(clock.now()):
        return False
    place = current_place()
    last = place.end_of(place.day_of(consent.expires_at) - timedelta(days=1))
    if not duties.open_about((SUBJECT, enrollment.pk)).exists():
        duties.open_duty(
            owner=owner_for(held, by=by),
            kind=RENEW_CONSENT,
            due_at=max(last, clock.now()),
            by=by,
            person_id=enrollment.file.person_id,
            subject=(SUBJECT, enrollment.pk),
            detail=enrollment.code,
        )
        _point(enrollment, held, by)
    return True


def _point(enrollment: Enrollment, held: Custody | None, by: Actor) -> None:
    if held is not None:
        custody.point(enrollment.file.person_id, by=by, custody=held)
