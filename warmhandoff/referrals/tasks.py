"""What happens when a timer about a referral fires. Told to members and mailboxes; ends nothing but the waiting."""

from __future__ import annotations

from contextlib import suppress

from warmhandoff.foundation import clock, messages, timers
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import has_active_lead, queue_of
from warmhandoff.referrals import actions, links, notices
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralEvent
from warmhandoff.referrals.protocol import RUNGS, SUBJECT, WAITING_FOR_ANSWER, Rung
from warmhandoff.referrals.states import ACCEPTED, SENT


@timers.on_step(SUBJECT)
def climb(timer: Timer, by: Actor) -> None:
    """One rung of the ladder, where what it waits for is still missing."""
    rung = RUNGS[timer.step]
    referral = Referral.objects.select_related("sender_membership", "service").get(pk=timer.subject_id)
    if referral.state != (SENT if rung in WAITING_FOR_ANSWER else ACCEPTED):
        return
    if rung.step == "answer_expires":
        with suppress(
            WrongState
        ):  # somebody answered at this very moment: there is nothing to wait for any more
            actions.expire(referral=referral, by=by)
        return
    if rung.tells == ("receivers_lead",) and not has_active_lead(referral.receiver_id):
        return  # nobody there can be told, so the story doesn't say that somebody was
    ReferralEvent.objects.create(
        referral=referral,
        kind=rung.event,
        organization_id=timer.organization_id,
        by=by,
        happened_at=clock.now(),
    )
    for whom in rung.tells:
        _tell(whom, rung, referral)


def _tell(whom: str, rung: Rung, referral: Referral) -> None:
    if whom == "mailbox":
        notice = notices.AnswerReminder if rung in WAITING_FOR_ANSWER else notices.ContactReminder
        for link in AnswerLink.objects.filter(referral=referral, revoked_at__isnull=True):
            links.renew(link)
            messages.send(
                notice,
                to=link.mailbox_id,
                organization_id=link.organization_id,
                subject=("answer_link", link.pk),
                sender_organization_id=referral.sender_id,
            )
    elif whom == "receivers_lead" and has_active_lead(referral.receiver_id):
        lead = queue_of(referral.receiver_id).lead
        if lead is not None:
            _mail_member(lead, notices.LeadTold, referral)
    elif whom == "sender":
        _mail_member(referral.sender_membership, notices.SilenceTold, referral)
    # Navigators see it on their board, by code: they take no part in the referral and get no mail about it.


def _mail_member(membership: Membership, notice: type[messages.Notice], referral: Referral) -> None:
    if membership.mail_id is not None and membership.is_active:
        messages.send(
            notice,
            to=membership.mail_id,
            organization_id=membership.organization_id,
            subject=(SUBJECT, referral.pk),
            sender_organization_id=referral.sender_id,
        )


@messages.on_undeliverable(notices.LinkNotice)
def mailbox_not_reached(notice: notices.LinkNotice, by: Actor) -> None:
    actions.mail_failed(referral=notice.link_row().referral, by=by)


@messages.on_undeliverable(notices.StaffNotice)
def member_not_reached(notice: notices.StaffNotice, by: Actor) -> None:
    actions.mail_failed(referral=notice.referral(), by=by)
