"""A yes that moves someone with all that is open for them: to a request, or to an offer outside a referral.

Here and not in custody, because the referrals that are open for a person follow them to their new holder, and so do the decisions
that wait. Both sides' rows change in one transaction, because of the handover that both said yes to.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmhandoff.custody import actions as custody
from warmhandoff.custody import moves
from warmhandoff.custody.models import Custody, Handover
from warmhandoff.custody.protocol import CALL
from warmhandoff.foundation import clock, duties
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import Because, current_organization, on_behalf_of
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import queue_of
from warmhandoff.network.roles import Permission, may
from warmhandoff.participants import actions as participants
from warmhandoff.participants.models import Consent, Listing, Participant, Share
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals.actions import steps
from warmhandoff.referrals.models import Disposition, Referral
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, OPEN, SENT, UNDER_WAY

# What a receiver owes from here on, where the yes, the first contact and the start have been.
OWED_BY_RECEIVER = {
    ACCEPTED: (p.FIRST_CONTACT, "first_contact"),
    CONTACTED: (p.ENGAGE, "start"),
    ENGAGED: (p.STILL_ENGAGED, "engaged"),
}


@dataclass(frozen=True)
class LetGo:
    """What the giving side let go of: when, and what of it goes on."""

    since: datetime
    referrals: list[Referral]
    decisions: list[Disposition]


@dataclass(frozen=True)
class Shown:
    """What the giving side shows of its own file to whoever has none yet, as the person agreed."""

    file: Participant
    consent: Consent
    shares: list[Share]


@transaction.atomic
def hand_over(*, handover: Handover, consent: Consent, by: Actor) -> Custody:
    """Yes to a request: whoever asked holds the person from now on, with all that is open for them.

    The network's office, which asked by code, gets its own file of what the person agreed to.
    """
    if handover.kind != Handover.Kind.REQUEST or moves.side_of(handover) != "asked":
        raise NotYours()
    custody.held(handover.person_id)
    moves.require_consent(handover, consent)
    handover = moves.answered(handover, "accept", consent=consent)
    shown = _show(handover) if handover.unnamed else None
    let_go = _let_go(handover, by=by)
    with on_behalf_of(handover.to_organization_id, because=_because(handover)):
        if shown:
            _file_of(shown, by=by)
        held = _take(handover, let_go, _holder_of_asked(handover), by=by)
    moves.tell_asker(handover)
    return held


@transaction.atomic
def take_on(*, handover: Handover, by: Actor) -> Participant:
    """Yes to an offer: we hold the person from now on, by our own file of exactly what they agreed to show us."""
    if handover.kind != Handover.Kind.TRANSFER or moves.side_of(handover) != "asked":
        raise NotYours()
    handover = moves.answered(handover, "accept")
    giver = handover.from_organization_id
    with on_behalf_of(giver, because=_because(handover)):
        custody.held(handover.person_id)
        shown = _show(handover)
        let_go = _let_go(handover, by=by)
    file = _file_of(shown, by=by)
    _take(handover, let_go, steps.holder_for(by, handover.to_organization_id), by=by)
    moves.tell_asker(handover)
    return file


def _show(handover: Handover) -> Shown:
    """The giving side, as the giving organization: shares what the consent names."""
    file = Participant.objects.get(
        person_id=handover.person_id, organization_id=handover.from_organization_id
    )
    agreed = Consent.objects.get(pk=handover.consent_id or 0)
    shares = participants.share(
        consent=agreed,
        recipient_id=handover.to_organization_id,
        classes=agreed.data_classes,
        about=(moves.SUBJECT, handover.pk),
    )
    return Shown(file, agreed, shares)


def _file_of(shown: Shown, *, by: Actor) -> Participant:
    """The taking side, as the taking organization: its own file of exactly what it was shown."""
    file = participants.receive(
        source_file_id=shown.file.pk,
        person_id=shown.file.person_id,
        shares=shown.shares,
        parts=shown.consent.parts,
        need_code="",
        note_about=("", 0),
        standing=Listing.Standing.HELD,
        origin=Participant.Origin.REFERRAL,
        by=by,
    )
    participants.receive_needs(file=file, source_file_id=shown.file.pk, shares=shown.shares)
    return file


def _because(handover: Handover) -> Because:
    return Because(moves.SUBJECT, handover.pk)


def _holder_of_asked(handover: Handover) -> Owner:
    """Whoever asked for them; their queue, where they no longer work there or can no longer hold anybody, or asked by code."""
    if handover.unnamed:
        return Owner(handover.to_organization_id, queue_id=queue_of(handover.to_organization_id).pk)
    asker = Membership.objects.filter(pk=handover.asked_by_id or 0, state=Membership.State.ACTIVE).first()
    if asker is not None and may(asker.role, Permission.RELEASE):
        return Owner(handover.to_organization_id, membership_id=asker.pk)
    return Owner(handover.to_organization_id, queue_id=queue_of(handover.to_organization_id).pk)


def _let_go(handover: Handover, *, by: Actor) -> LetGo:
    """The giving side, as the giving organization."""
    person_id, here = handover.person_id, current_organization()
    held = custody.held(person_id)  # from here on nothing of what is open for them changes
    found = list(Referral.objects.filter(person_id=person_id).order_by("id"))
    if any(each.is_transfer and each.state == SENT for each in found):
        raise WrongState(
            "They are offered to another organization already, which has not answered.",
            mend="Take that referral back first.",
        )
    for each in found:
        steps.follow_to_holder(each, handover.to_organization_id)
    waiting = list(Disposition.objects.filter(person_id=person_id, settled_at__isnull=True))
    owner = custody.owner_of(held)
    since = custody.let_go(
        person_id=person_id, kind="moved_out", to_organization_id=handover.to_organization_id, by=by
    )
    for each in found:
        if each.receiver_id == here and each.state in UNDER_WAY:
            _go_on_serving(each, owner, by=by)
    return LetGo(since, found, waiting)


def _go_on_serving(referral: Referral, owner: Owner, *, by: Actor) -> None:
    """Whoever no longer holds someone and serves them goes on serving them."""
    kind, after = OWED_BY_RECEIVER[referral.state]
    duties.open_duty(
        owner=owner,
        kind=kind,
        due_at=steps.due_of(after, referral),
        by=by,
        person_id=referral.person_id,
        subject=steps.subject_of(referral),
    )


def _take(handover: Handover, let_go: LetGo, holder: Owner, *, by: Actor) -> Custody:
    """The taking side, as the taking organization."""
    person_id = handover.person_id
    soon = current_place().deadline("next_step", clock.now())
    step = duties.open_duty(owner=holder, kind=CALL, due_at=soon, by=by, person_id=person_id)
    held = custody.take_over(
        person_id=person_id,
        holder=holder,
        step=step,
        handover=handover,
        from_organization_id=handover.from_organization_id,
        by=by,
        since=let_go.since,
    )
    for each in let_go.referrals:
        steps.wait_on(each, by=by)
        if each.receiver_id == holder.organization_id and each.state in OPEN:
            _hold_what_we_serve(each, person_id, holder, by=by)
    for decision in let_go.decisions:
        steps.carry_disposition(decision, holder, because=_because(handover), by=by)
    custody.point(person_id, by=by)
    return held


def _hold_what_we_serve(referral: Referral, person_id: uuid.UUID, holder: Owner, *, by: Actor) -> None:
    """What the new holder serves themselves keeps the person with them until it is done."""
    ours = duties.open_about(steps.subject_of(referral)).filter(organization_id=holder.organization_id)
    if not ours.update(holds_release=True, person_id=person_id):
        kind, after = OWED_BY_RECEIVER.get(referral.state, (p.ANSWER, "answer"))
        duties.open_duty(
            owner=holder,
            kind=kind,
            due_at=steps.due_of(after, referral),
            by=by,
            person_id=person_id,
            subject=steps.subject_of(referral),
            holds_release=True,
        )
