"""One mail a day to each member with what needs them, and no mail where nothing does.

Whether a member's day was decided is one row each, changed by comparing: two sweeps, a restart or days without a worker make one
mail of today, and none of a day that has passed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from warmhandoff.foundation import actors, clock, messages
from warmhandoff.foundation.models import Message
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.foundation.timers import CLASSES_OF_THE_SYSTEM
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import notices
from warmhandoff.network.digests import choice_of, needs_of, put_away
from warmhandoff.network.models import Digest, Membership, Organization
from warmhandoff.network.reading import who_covers
from warmhandoff.network.roles import Permission, roles_with


def day_to_decide() -> date | None:
    """Today, from the morning until the offices close on a business day; else no digest is begun."""
    place, now = current_place(), clock.now()
    day = place.day_of(now)
    open_now = place.is_business_day(day) and place.morning_of(day) <= now < place.end_of(day)
    return day if open_now else None


def undecided(day: date) -> QuerySet[Membership]:
    """The members whose digest of this day is not decided yet."""
    return Membership.objects.filter(
        Q(digest=None) | Q(digest__day__lt=day),
        state=Membership.State.ACTIVE,
        organization__state=Organization.State.ACTIVE,
        user__is_active=True,
        mail__isnull=False,
        role__in=roles_with(Permission.SEE_TODAY),
    )


def where_undecided() -> list[int]:
    """The organizations where somebody's digest of today is still to be decided, now that it can be."""
    with acting_as(None, purpose="protocol"):
        day = day_to_decide()
        waiting = undecided(day) if day else Membership.objects.none()
        return list(waiting.order_by("organization_id").values_list("organization_id", flat=True).distinct())


def decide_all(organization_id: int) -> int:
    """Decide whatever is undecided in one organization, member after member. How many digests were queued."""
    with acting_as(None, purpose="protocol"):
        day = day_to_decide()
        here = undecided(day).filter(organization_id=organization_id) if day else Membership.objects.none()
        members = list(here.order_by("id").values_list("id", flat=True))
    return sum(decide(organization_id, member, day) for member in members if day)


def decide(organization_id: int, membership_id: int, day: date) -> bool:
    """One member's digest of one day: queued once, in the transaction that says so. True where there is one."""
    actor = actors.system_actor(organization_id)
    with acting_as(actor, purpose="protocol", classes=CLASSES_OF_THE_SYSTEM):
        membership = Membership.objects.get(pk=membership_id)
        digest = _claim(membership, day)
        if digest is None or who_covers(membership, day) is not None or membership.mail_id is None:
            return False
        needs = needs_of(membership, since=digest.since)
        if not needs.are_told(choice_of(membership)):
            put_away(needs, Message.State.STOPPED)
            return False
        messages.send(
            notices.DailyDigest,
            to=membership.mail_id,
            organization_id=organization_id,
            subject=(notices.DIGEST, digest.pk),
        )
        return True


def _claim(membership: Membership, day: date) -> Digest | None:
    """The row of whoever decides this day; None where that was done."""
    now = clock.now()
    mine = Digest.objects.filter(membership=membership)
    if mine.filter(day__lt=day).update(day=day, since=F("decided_at"), decided_at=now):
        return mine.get()
    first = {"day": day, "decided_at": now, "since": _last_morning(day)}
    row, is_new = Digest.objects.get_or_create(membership=membership, defaults=first)
    return row if is_new else None


def _last_morning(day: date) -> datetime:
    """When the digests of the business day before went out."""
    place = current_place()
    day -= timedelta(days=1)
    while not place.is_business_day(day):
        day -= timedelta(days=1)
    return place.morning_of(day)
