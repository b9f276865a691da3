"""Asking organizations how it goes with what has stalled, and what they say: still with us, what is next and by when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from warmhandoff.custody.protocol import LONGEST_WAIT_DAYS
from warmhandoff.foundation import clock, mail_links, messages, terms, timers
from warmhandoff.foundation.errors import BadValue, DomainError, WrongState
from warmhandoff.foundation.models import Actor, Timer
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.reading import navigators, office
from warmhandoff.participants.correcting import Reason, may_correct
from warmhandoff.referrals import pace, stalls
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals import stalls_notices as notices
from warmhandoff.referrals.actions import steps
from warmhandoff.referrals.models import Referral, ReferralEvent, Stall, StallLink
from warmhandoff.referrals.stalls import Stalled
from warmhandoff.referrals.states import ACCEPTED, CONTACTED, ENGAGED, REFERRAL

MINUTES_BETWEEN_LINKS = 10
OWED = {ACCEPTED: p.FIRST_CONTACT, CONTACTED: p.ENGAGE, ENGAGED: p.STILL_ENGAGED}


class AskedJustNow(DomainError):
    code = "asked_just_now"
    sentence = "A link went to this mailbox a few minutes ago."
    mend = "Look for the newest mail there, or wait ten minutes."
    status = 429


# --- What they say ------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(
    *, referral: Referral, what_next: str, next_by: date, by: Actor, last_seen_on: date | None = None
) -> Referral:
    """They are still with us: when they were last seen, what is next and by when. Said again on the same day, it is said right."""
    referral = steps.fresh(referral, "receiver", by=by)
    REFERRAL.require_beside("confirm", referral.state, "receiver")
    if referral.waits_for:
        raise WrongState(
            gettext("It is put off until a day, and every date stands."),
            mend=gettext("Take it up again first."),
        )
    if not terms.is_in_force("what_next", what_next):
        raise BadValue("what_next", gettext("Say what is next."), mend=gettext("Choose what is nearest."))
    due_at = _day_of_next(next_by)
    if referral.state == ENGAGED and last_seen_on is None:
        raise BadValue(
            "last_seen_on", gettext("Say when you last saw them."), mend=gettext("The day is enough.")
        )
    said = steps.happened(referral, steps.Kind.CONFIRMED, by=by, detail=what_next)
    said.due_at, said.last_seen_on = due_at, steps.seen_by_now(referral, last_seen_on)
    said.supersedes = _said_today(referral, by)
    said.reason = Reason.MISTYPED if said.supersedes else ""
    said.save(force_insert=True)
    steps.heard_of(referral)
    return _wait_until(referral, due_at, by=by)


def hold_still(referrals: Collection[Referral]) -> None:
    """Several are answered in one transaction: all of them first, in one order, so that nobody waits for each other in a ring."""
    ids = [referral.pk for referral in referrals]
    list(Referral.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _day_of_next(day: date) -> datetime:
    """The end of a day from today on, at most thirty days ahead."""
    place, today = current_place(), current_place().day_of(clock.now())
    if day < today:
        raise BadValue(
            "next_by", gettext("This day has passed."), mend=gettext("Choose today or a later day.")
        )
    if day > today + timedelta(days=LONGEST_WAIT_DAYS):
        raise BadValue(
            "next_by", gettext("That is too far ahead."), mend=gettext("Choose a day within thirty days.")
        )
    return place.end_of(day)


def _said_today(referral: Referral, by: Actor) -> ReferralEvent | None:
    """What the same one, or a colleague whose lead they are, said of it today: that is what is meant to be said right."""
    said = ReferralEvent.objects.filter(
        referral=referral, kind=steps.Kind.CONFIRMED, superseded_by__isnull=True
    )
    newest = said.order_by("-recorded_at", "-id").first()
    if newest is None or not may_correct(newest.by_id, by=by):
        return None
    place = current_place()
    return newest if place.day_of(newest.recorded_at) == place.day_of(clock.now()) else None


def _wait_until(referral: Referral, due_at: datetime, *, by: Actor) -> Referral:
    """Both sides wait for what was promised, until its day; from there on the ladder is climbed anew."""
    values: dict[str, object] = {"stalled_at": None}
    if referral.state == ACCEPTED:
        values["contact_due_at"] = due_at
    Referral.objects.filter(pk=referral.pk).update(**values)
    referral = steps.moved(referral.pk)
    _climb_from(referral, due_at)
    holder_id = steps.holder_of(referral)
    steps.receiver_duty(referral, OWED[referral.state], due_at, holder_id, by=by)
    kind, _at, max_days = steps.awaited_by_holder(referral)
    steps.wait_for(referral, kind, due_at, holder_id, by=by, max_days=max_days)
    return referral


def _climb_from(referral: Referral, due_at: datetime) -> None:
    """The ladder with its first rung on that day, and the others as long after it as ever."""
    place, here, now = current_place(), pace.of(referral.service), clock.now()
    ladder = p.CLIMBED_IN[referral.state]
    first = here.due_of_rung(ladder[0], now)
    due = {}
    for rung in ladder:
        at = due_at + (here.due_of_rung(rung, now) - first)
        at = place.end_of(stalls.business_day_from(place.day_of(at)))
        due[rung.step] = timers.Due(steps.who_climbs(rung, referral), at)
    timers.set_timers(steps.subject_of(referral), due, again=True)


# --- Asking -------------------------------------------------------------------------------------------------------


def weekly_question(organization_id: int) -> Timer:
    """The timer by which an organization is asked once a week about what has stalled: it waits from the first yes on, for ever.

    Whoever sets it where it waits already changes nothing: each time it fires it is set anew (`ask_again_next_week`).
    """
    due = timers.Due(organization_id, stalls.next_asking(clock.now()))
    return timers.timer_of((stalls.ASKED, organization_id), stalls.ASK, due)


def ask_again_next_week(organization_id: int) -> None:
    """In the transaction in which it was asked: who says yes meanwhile waits for it, and finds it waiting."""
    _set(stalls.ASK, organization_id, stalls.next_asking(clock.now()))


def _set(step: str, organization_id: int, at: datetime) -> None:
    timers.set_again((stalls.ASKED, organization_id), step, timers.Due(organization_id, at))


@transaction.atomic
def ask_how_it_goes(*, organization_id: int) -> list[StallLink]:
    """The weekly mails: one to each mailbox that answers for something that has stalled, with how many and one link."""
    found = stalls.mailboxes_of(stalls.stalled_here())
    now = clock.now()
    due_at = current_place().business_days_after(now, current_place().stalls.unanswered)
    links = []
    for mailbox_id, stalled in found.items():
        link = _link_of(organization_id, mailbox_id) if mailbox_id is not None else None
        _keep(organization_id, stalled, link, due_at if link else now)
        if link is not None:
            _mail(link)
            links.append(link)
    if found:
        # Where nobody could be written to, the network's office is told at once.
        _set(stalls.UNANSWERED, organization_id, now if None in found else due_at)
    return links


def _keep(organization_id: int, stalled: list[Stalled], link: StallLink | None, due_at: datetime) -> None:
    """What was asked before and is unanswered stays as it was asked; only where it is asked may be new."""
    asked = {
        row.referral_id: row
        for row in Stall.objects.filter(organization_id=organization_id, answered_at__isnull=True)
    }
    for each in stalled:
        row = asked.get(each.referral.pk)
        if row is None:
            row = Stall(referral=each.referral, organization_id=organization_id)
        if row.state != each.referral.state:
            row.state, row.since = each.referral.state, each.since
            row.asked_at, row.due_at = clock.now(), due_at
        row.link = link
        row.save()


def _link_of(organization_id: int, mailbox_id: int) -> StallLink:
    """The mailbox's link, under a new generation: what was mailed before no longer acts."""
    now = clock.now()
    dies_at = now + timedelta(days=current_place().stalls.link_lives)
    link, is_new = StallLink.objects.get_or_create(
        organization_id=organization_id,
        mailbox_id=mailbox_id,
        defaults={"mailed_at": now, "dies_at": dies_at},
    )
    return link if is_new else mail_links.renew(link, mailed_at=now, dies_at=dies_at)


def _mail(link: StallLink) -> None:
    messages.send(
        notices.HowItGoes,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(stalls.LINK, link.pk),
    )


@transaction.atomic
def fresh_stall_link(*, link: StallLink) -> StallLink:
    """For whoever holds an older link: to the same mailbox, and only there."""
    link = StallLink.objects.select_for_update().get(pk=link.pk)
    if link.mailed_at > clock.now() - timedelta(minutes=MINUTES_BETWEEN_LINKS):
        raise AskedJustNow()
    if link.revoked_at is not None:
        raise WrongState("This mailbox told us that it isn't theirs.", mend="Call the network's office.")
    link = _link_of(link.organization_id, link.mailbox_id)
    _mail(link)
    return link


@transaction.atomic
def send_stall_code(*, link: StallLink) -> None:
    """Six digits to the link's own mailbox: with them a browser sees who it is, and answers."""
    messages.send(
        notices.HowItGoesCode,
        to=link.mailbox_id,
        organization_id=link.organization_id,
        subject=(stalls.LINK_CODE, mail_links.new_code(link).pk),
    )


@transaction.atomic
def stall_mailbox_is_wrong(*, link: StallLink) -> bool:
    """The mail reached someone it wasn't meant for: the link stops, and the network's office hears of it. True the first time."""
    if not mail_links.revoke(link):
        return False
    nobody_asked(link)
    return True


def nobody_asked(link: StallLink) -> None:
    """This mailbox answers nothing: what it was asked is unanswered as of now."""
    Stall.objects.filter(link=link, answered_at__isnull=True).update(due_at=clock.now())
    unanswered(organization_id=link.organization_id)


# --- Nobody answered ----------------------------------------------------------------------------------------------


@transaction.atomic
def unanswered(*, organization_id: int) -> int:
    """The navigators are told that this organization has not answered in time: how many of them. What isn't due yet is looked at then."""
    now = clock.now()
    asked = stalls.asked_here()
    later = asked.filter(due_at__gt=now).order_by("due_at").first()
    if later is not None:
        _set(stalls.UNANSWERED, organization_id, later.due_at)
    told = office()
    if told is None or not asked.filter(due_at__lte=now).exists():
        return 0
    there = navigators().filter(organization_id=told.pk, mail__isnull=False)
    for navigator in there:
        messages.send(
            notices.NobodyAnswered,
            to=navigator.mail_id or 0,
            organization_id=told.pk,
            subject=(stalls.ASKED, organization_id),
            sender_organization_id=organization_id,
        )
    return len(there)
