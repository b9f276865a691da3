"""What happens when a timer about a referral fires. Told to members and mailboxes; ends nothing but the waiting."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.db.models import Q
from procrastinate.contrib.django import app

from warmhandoff.directory.models import Service
from warmhandoff.foundation import actors, clock, mail_links, messages, timers, together
from warmhandoff.foundation.errors import WrongState
from warmhandoff.foundation.models import Actor, Message, Timer
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.tasks import with_a_living_connection
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import has_active_lead, lead_now
from warmhandoff.referrals import actions, answering_time, board, notices
from warmhandoff.referrals.looking import SUBJECT as SECOND_LOOK
from warmhandoff.referrals.looking import SecondLook
from warmhandoff.referrals.models import AnswerLink, Referral, ReferralEvent
from warmhandoff.referrals.protocol import (
    CLIMBED_IN,
    EXPIRES,
    HOLD_ENDS,
    HOLDER_DECIDES,
    RUNGS,
    STALLS,
    SUBJECT,
    WAITING_FOR_DECISION,
    WAITING_FOR_REPLY,
    Rung,
)
from warmhandoff.referrals.reading import who_answers
from warmhandoff.referrals.states import ACCEPTED, SENT

# Why a rung told nobody: what it waited for is there, or nobody leads at the receiver who could be told.
MOOT, NOBODY = "moot", "nobody"


@timers.on_step(SUBJECT)
def climb(timer: Timer, by: Actor) -> str:
    """One rung of the ladder, where what it waits for is still missing. Says why, where it told nobody."""
    referral, links = _read(timer.subject_id)
    if timer.step == HOLD_ENDS:
        with suppress(WrongState):  # it was over already, or was put off anew
            actions.resume(referral=referral, by=by)
        return ""
    rung = RUNGS[timer.step]
    if not _is_waited_for(rung, referral):
        if referral.stands_since is not None and rung in CLIMBED_IN.get(referral.state, ()):
            timers.stand_with_the_others(timer, since=referral.stands_since)
        return MOOT
    if rung.then == EXPIRES:
        try:
            actions.expire(referral=referral, by=by)
        except WrongState:
            # Somebody answered at this very moment, and there is nothing to wait for any more; or stopped the clock, and it goes on.
            actions.last_rung_again(referral=referral)
            return MOOT
        return ""
    if rung.tells == ("receivers_lead",) and not has_active_lead(referral.receiver_id):
        return NOBODY  # the story doesn't say that somebody was told
    told = [_tell(whom, rung, referral, by=by, links=links) for whom in rung.tells]
    ReferralEvent.objects.create(
        referral=referral,
        kind=rung.event,
        organization_id=timer.organization_id,
        detail="".join(told),
        by=by,
        happened_at=clock.now(),
    )
    if rung.then == HOLDER_DECIDES:
        actions.let_holder_decide(referral=referral, by=by)
    elif rung.then == STALLS:
        Referral.objects.filter(pk=referral.pk).update(stalled_at=clock.now())
    return ""


# What most rungs ask of a referral, in one statement that is worked out once: thousands may be due at the same time.
_PARTS = together.Prepared(
    lambda referral: (
        Referral.objects.filter(pk=referral),
        Membership.objects.filter(pk__in=Referral.objects.filter(pk=referral).values("sender_membership_id")),
        Service.objects.filter(pk__in=Referral.objects.filter(pk=referral).values("service_id")),
        AnswerLink.objects.filter(referral_id=referral, revoked_at__isnull=True).order_by("id"),
    )
)


def _read(referral_id: int) -> tuple[Referral, list[AnswerLink]]:
    """A referral with its service and who sent it, and the links by which it can be answered."""
    found, members, services, links = _PARTS.read(referral=referral_id)
    if not found:
        raise Referral.DoesNotExist
    referral: Referral = found[0]
    referral.sender_membership, referral.service = members[0], services[0]
    return referral, links


def _is_waited_for(rung: Rung, referral: Referral) -> bool:
    """Whether this is still missing; while a clock stands, nothing is."""
    if rung not in actions.ladder_now(referral):
        return False
    return rung not in WAITING_FOR_DECISION or actions.is_undecided(referral)


TO_THE_MAILBOX: dict[str, type[notices.LinkNotice]] = {
    "seen_reminder": notices.SeenReminder,
    "answer_reminder": notices.AnswerReminder,
    "contact_reminder": notices.ContactReminder,
    "review_reminder": notices.ReviewReminder,
    "start_reminder": notices.StillHere,
    "engaged_reminder": notices.StillHere,
}


def _tell(whom: str, rung: Rung, referral: Referral, *, by: Actor, links: Sequence[AnswerLink]) -> str:
    """What is worth keeping of how they were told: the person's way."""
    if whom == "mailbox":
        notice = TO_THE_MAILBOX[rung.step]
        mail_links.renew_all(links)
        for link in links:
            messages.send(
                notice,
                to=link.mailbox_id,
                organization_id=link.organization_id,
                subject=("answer_link", link.pk),
                sender_organization_id=referral.sender_id,
            )
    elif whom == "receivers_lead":
        _mail_member(lead_now(referral.receiver_id), notices.LeadTold, referral)
    elif whom == "sender" and rung in WAITING_FOR_REPLY:
        actions.tell_sender(referral, notices.QuestionWaits)
    elif whom == "sender":
        _mail_member(who_answers(referral), notices.SilenceTold, referral)
    elif whom in ("holder", "holders_lead"):
        decides = rung in WAITING_FOR_DECISION
        told = actions.holders_member(referral, only_lead=whom == "holders_lead")
        _mail_member(told, notices.DecisionWaits if decides else notices.QuestionWaits, referral)
    elif whom == "person":
        return actions.tell_person(referral, by=by)
    # Navigators see it on their board, by code: they take no part in the referral and get no mail about it.
    return ""


def _mail_member(membership: Membership | None, notice: type[messages.Notice], referral: Referral) -> None:
    if membership is not None and membership.mail_id is not None and membership.is_active:
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


@messages.on_undeliverable(notices.StillAsking)
def person_not_reached(notice: notices.StillAsking, by: Actor) -> None:
    actions.reach_them_yourself(referral=notice.referral(), by=by)


@messages.on_undeliverable(notices.StaffNotice)
def member_not_reached(notice: notices.StaffNotice, by: Actor) -> None:
    actions.mail_failed(referral=notice.referral(), by=by)


# --- The second look at a no --------------------------------------------------------------------------------------


@timers.on_step(SECOND_LOOK)
def look_is_late(timer: Timer, by: Actor) -> None:
    """Nobody at the network's office has looked: whoever answers for its queue hears it. Nobody waits for it meanwhile."""
    look = SecondLook.objects.filter(pk=timer.subject_id, verdict="").first()
    lead = lead_now(timer.organization_id)
    if look is None or lead is None or lead.mail_id is None:
        return
    messages.send(
        notices.LookWaits,
        to=lead.mail_id,
        organization_id=timer.organization_id,
        subject=(SECOND_LOOK, look.pk),
        sender_organization_id=timer.organization_id,
    )


# --- For the network's office -------------------------------------------------------------------------------------

# By what it waits for, else by its state: the rung whose reminder the office sends once more.
_REMINDS_AS = {
    "reply": "question_reminder",
    "review": "review_reminder",
    SENT: "answer_reminder",
    ACCEPTED: "contact_reminder",
}


@app.task(queue="messages")
@with_a_living_connection
def remind_for_network(*, referral_id: int, organization_id: int) -> None:
    remind_as_late(referral_id, organization_id)


def remind_as_late(referral_id: int, organization_id: int) -> None:
    """The reminder that the network's office asked for, as the organization that is late. Nothing where it moved meanwhile."""
    with acting_as(
        actors.system_actor(organization_id), purpose="protocol", classes=timers.CLASSES_OF_THE_SYSTEM
    ):
        referral, links = _read(referral_id)
        step = _REMINDS_AS.get(referral.waits_for or referral.state)
        if step is None or _reminded_already(referral):
            return
        rung = RUNGS[step]
        whom = rung.tells
        if whom == ("mailbox",) and not links:
            whom = ("receivers_lead",)
        for each in whom:
            _tell(each, rung, referral, by=actors.system_actor(organization_id), links=links)


def _reminded_already(referral: Referral) -> bool:
    """Whether a mail went out since the office asked: a job that runs again sends none."""
    asked = ReferralEvent.objects.filter(referral=referral, kind=ReferralEvent.Kind.NETWORK_REMINDED)
    since = asked.order_by("-recorded_at").values_list("recorded_at", flat=True).first()
    links_here = AnswerLink.objects.filter(referral=referral, revoked_at__isnull=True).values("pk")
    about = Q(subject_kind=SUBJECT, subject_id=referral.pk) | Q(
        subject_kind="answer_link", subject_id__in=links_here
    )
    return since is not None and Message.objects.filter(about, queued_at__gte=since).exists()


@app.periodic(cron="0 * * * *")
@app.task(queue="timers", queueing_lock="check_holders", pass_context=False)
@with_a_living_connection
def check_holders(timestamp: int = 0) -> None:
    """Once a day, in the morning of the place; a worker that was down then catches up at the next full hour."""
    with acting_as(actors.system_actor(), purpose="protocol"):
        board.check_holders_if_due()


@app.periodic(cron="20 * * * *")
@app.task(queue="timers", queueing_lock="tell_answer_times", pass_context=False)
@with_a_living_connection
def tell_answer_times(timestamp: int = 0) -> None:
    """Once a day: the database itself does nothing where that was done today."""
    answering_time.tell()
