"""Whether the need is met that a completed service was for: whoever holds the person asks them, and says so with one press."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.custody import actions as custody
from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Need
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import steps
from warmhandoff.referrals.models import Referral


def ask_whether_met(referral: Referral, held: Custody, *, by: Actor) -> None:
    """As whoever holds the person: completed is not met. Nothing is asked where the need is closed, or none of theirs."""
    if not open_needs(referral).exists():
        return
    duties.open_duty(
        owner=custody.owner_of(held),
        kind=p.ASK_MET,
        due_at=current_place().deadline("next_step", clock.now()),
        by=by,
        person_id=referral.person_id,
        subject=steps.subject_of(referral),
    )


def no_longer_asked(referral: Referral, *, by: Actor) -> None:
    """As whoever holds the person: it wasn't completed after all."""
    duties.close(_asked(referral), how=Duty.Closed.SUPERSEDED, by=by)


@transaction.atomic
def say_met(*, referral: Referral, met: bool, by: Actor) -> None:
    """The person's word. Met closes the need; not yet leaves it open, and what is next is decided."""
    custody.held(referral.person_id)
    if not duties.close(_asked(referral), how=Duty.Closed.DONE, by=by):
        raise WrongState("This was said already.", mend="Open the person's needs to see what.")
    if met:
        for need in open_needs(referral):
            participants.close_need(need=need, outcome=Need.Outcome.MET, by=by)
    custody.point(referral.person_id, by=by)


def open_needs(referral: Referral) -> QuerySet[Need]:
    """Of the holder's own file: what the service was for, where it is still open."""
    return Need.objects.filter(
        file__person_id=referral.person_id,
        organization_id=current_organization(),
        code=referral.need_code,
        closed_on__isnull=True,
    ).select_related("file")


def _asked(referral: Referral) -> QuerySet[Duty]:
    return duties.open_about(steps.subject_of(referral), p.ASK_MET).filter(
        organization_id=current_organization()
    )
