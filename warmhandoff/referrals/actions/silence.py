"""What silence leads to besides mails to the two sides: the person hears that we are still asking, and their holder decides.

It ends nothing, and lets go of nobody.
"""

from __future__ import annotations

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.custody.protocol import CALL
from warmhandoff.custody.reading import who_sees_to
from warmhandoff.foundation import clock, duties, messages
from warmhandoff.foundation.models import Actor, Duty
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import lead_now
from warmhandoff.participants.reading import mail_of
from warmhandoff.referrals import notices
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import steps
from warmhandoff.referrals.models import Disposition, Referral

# How the person was told: kept with the event.
BY_MAIL, BY_THEIR_HOLDER = "mail", "holder"


@transaction.atomic
def tell_person(referral: Referral, *, by: Actor) -> str:
    """A mail to them, where they allow one; else whoever holds them is to tell them. Says which."""
    with steps.holder_side(referral) as holder_id:
        if holder_id is None:
            return ""
        point = mail_of(referral.person_id)
        if point is None:
            _open_call(referral, p.STILL_ASKING, by=by)
            return BY_THEIR_HOLDER
        messages.send(
            notices.StillAsking, to=point.pk, organization_id=holder_id, subject=steps.subject_of(referral)
        )
        return BY_MAIL


@transaction.atomic
def reach_them_yourself(*, referral: Referral, by: Actor) -> None:
    """The mail to the person could not be delivered: whoever holds them is to tell them."""
    with steps.holder_side(referral) as holder_id:
        if holder_id is not None:
            _open_call(referral, p.STILL_ASKING, by=by)


def ask_what_is_next(*, referral: Referral, by: Actor) -> None:
    """They stopped sharing with a place that serves them: whoever holds them hears it, unless it was pressed there."""
    with steps.holder_side(referral) as holder_id:
        pressed_there = by.kind == Actor.Kind.MEMBER and by.organization_id == holder_id
        if holder_id is not None and holder_id != referral.receiver_id and not pressed_there:
            _open_call(referral, p.STOPPED_SHARING, by=by)


def _open_call(referral: Referral, why: str, *, by: Actor) -> None:
    """A next step like any other; once, however many referrals of theirs it is about."""
    told = Duty.objects.filter(person_id=referral.person_id, kind=CALL, detail=why, closed_at__isnull=True)
    if told.exists():
        return
    held = custody.still_held(referral.person_id)
    duties.open_duty(
        owner=custody.owner_of(held),
        kind=CALL,
        detail=why,
        due_at=current_place().deadline("next_step", clock.now()),
        by=by,
        person_id=referral.person_id,
        subject=steps.subject_of(referral),
    )
    custody.point(referral.person_id, by=by, custody=held)


@transaction.atomic
def let_holder_decide(*, referral: Referral, by: Actor) -> None:
    """Nobody has reached them since the yes: whoever holds them decides whether to wait longer or to look elsewhere."""
    due_at = current_place().deadline("next_step", clock.now())
    steps.wait_for(referral, p.DECIDE_CONTACT, due_at, steps.holder_of(referral), by=by)


def is_undecided(referral: Referral) -> bool:
    """Whether its end still waits for somebody to decide what is next."""
    with steps.holder_side(referral) as holder_id:
        waiting = Disposition.objects.filter(referral=referral, settled_at__isnull=True)
        return holder_id is not None and waiting.exists()


def holders_member(referral: Referral, *, only_lead: bool = False) -> Membership | None:
    """Who holds the person; for a queue, and where it is asked, the lead of whoever does."""
    with steps.holder_side(referral) as holder_id:
        if holder_id is None:
            return None
        return lead_now(holder_id) if only_lead else who_sees_to(referral.person_id)
