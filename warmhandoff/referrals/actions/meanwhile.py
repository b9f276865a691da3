"""What is done about a referral without moving it on: writing to the other side, saying how it stands, giving it to a colleague."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.foundation import duties, terms
from warmhandoff.foundation.errors import BadValue, NotAllowed, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.models import Membership
from warmhandoff.network.roles import Permission, may
from warmhandoff.referrals import notices
from warmhandoff.referrals.actions import serving, steps, waiting
from warmhandoff.referrals.models import Referral, ReferralNote
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, REFERRAL

LONGEST_MESSAGE = 2000


@transaction.atomic
def write(*, referral: Referral, text: str, by: Actor) -> ReferralNote:
    """A short message to the other side, while the referral is open. The mail says only that there is something to read."""
    side = steps.side_here(referral)
    referral = steps.fresh(referral, side, by=by)
    REFERRAL.require_beside("write", referral.state, side)
    if not text.strip():
        raise BadValue("message", "Write your message.", mend="One sentence is enough.")
    if len(text) > LONGEST_MESSAGE:
        raise BadValue("message", "This is too long for a message.", mend="Shorten it, or call them.")
    written = steps.note(referral, text, ReferralNote.Kind.MESSAGE, by=by)
    steps.record(referral, steps.Kind.MESSAGE, by=by)
    if side == "receiver":
        steps.tell_sender(referral, notices.MessageWaits)
    else:
        waiting.mail_links(referral, notices.MessageForYou)
    return written


@transaction.atomic
def read(*, referral: Referral, by: Actor) -> None:
    """This organization has read what the other side wrote."""
    steps.require_party(referral, by=by)
    steps.mark_read(referral, by=by)


@transaction.atomic
def set_stage(*, referral: Referral, stage: str, by: Actor, happened_at: datetime | None = None) -> Referral:
    """Where it stands between the yes and its end, in the network's own words.

    A stage belongs to a state. One of service that has begun says that it has begun; a first contact has its own verb, which
    asks how it was made.
    """
    referral = steps.fresh(referral, "receiver", by=by)
    REFERRAL.require_beside("set_stage", referral.state, "receiver")
    term = terms.known().get(("stage", stage))
    if term is None or not terms.is_in_force("stage", stage):
        raise BadValue("stage", "There is no such stage now.", mend="Choose one from the list.")
    moment = steps.not_in_future(happened_at, referral)
    if term.parent == ENGAGED and referral.state in (ACCEPTED, CONTACTED):
        referral = serving.engage(referral=referral, by=by, happened_at=happened_at)
    if term.parent != referral.state:
        raise WrongState("This stage comes before or after where they stand.", mend="Choose another one.")
    if referral.stage == stage:
        return referral
    Referral.objects.filter(pk=referral.pk).update(stage=stage)
    referral.stage = stage
    steps.record(referral, steps.Kind.STAGE, by=by, detail=stage, happened_at=moment)
    steps.heard_of(referral)
    waiting.clock_again(referral=referral)
    return referral


@transaction.atomic
def assign(*, referral: Referral, to: Membership, by: Actor) -> Referral:
    """Give it to a colleague at the receiver: the answer, the first contact and what follows are theirs to do."""
    if by.kind != Actor.Kind.MEMBER:
        raise NotAllowed("Only someone who works here can give it to a colleague.", mend="Sign in first.")
    referral = steps.fresh(referral, "receiver", by=by)
    REFERRAL.require_beside("assign", referral.state, "receiver")
    _require_may_give(to, by)
    if referral.is_transfer and custody.holds(referral.person_id):
        raise WrongState("You hold this person.", mend="Give them to a colleague on their own page.")
    if referral.receiver_membership_id == to.pk:
        return referral
    Referral.objects.filter(pk=referral.pk).update(receiver_membership=to)
    referral.receiver_membership = to
    theirs = duties.open_about(steps.subject_of(referral), *steps.RECEIVER_WAITS)
    theirs.filter(organization_id=to.organization_id).update(membership_id=to.pk, queue_id=None)
    steps.record(referral, steps.Kind.ASSIGNED, by=by, detail=to.code)
    return referral


def _require_may_give(to: Membership, by: Actor) -> None:
    """To an active colleague who answers referrals. Whoever may not give people to colleagues takes it themself."""
    if (
        to.organization_id != current_organization()
        or not to.is_active
        or not may(to.role, Permission.ANSWER)
    ):
        raise BadValue("to", "They can't answer referrals here.", mend="Choose a colleague from the list.")
    role = Membership.objects.values_list("role", flat=True).get(pk=by.subject_id or 0)
    if to.pk != by.subject_id and not may(role, Permission.ASSIGN):
        raise NotAllowed("Only a lead gives it to somebody else.", mend="Take it yourself, or ask your lead.")
