"""What a daily digest tells, and how each member wants theirs.

It names kinds of duties, numbers and days, and nobody. What it says is read when it is sent. News that was gathered for a member
is told in it, or dropped with it: Today has told it meanwhile. What is late or due today is told whatever somebody chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from warmhandoff.foundation import clock, messages
from warmhandoff.foundation.duties import kind_of
from warmhandoff.foundation.errors import BadValue, NotAllowed
from warmhandoff.foundation.models import Actor, Duty, Message
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import MailChoice, Membership
from warmhandoff.network.reading import seen_by

Choice = MailChoice.Digest


# --- What it tells ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Needs:
    """What needs a member today. Late, due today and new are apart from each other; news is what nobody owes."""

    late: Sequence[Duty] = ()
    due_today: Sequence[Duty] = ()
    new: Sequence[Duty] = ()
    next_at: datetime | None = None
    news: Sequence[messages.Notice] = ()
    # Every message that was gathered: its digest tells it, by its words or by its duty.
    gathered: Sequence[int] = field(default=(), repr=False)

    def are_told(self, choice: str) -> bool:
        """What is late or due is always told."""
        if self.late or self.due_today:
            return True
        return choice == Choice.DAILY and bool(self.new or self.news)


def needs_of(membership: Membership, *, since: datetime) -> Needs:
    """As the member's organization: what they see to, and what was gathered for them. New is what others opened after `since`."""
    now, place = clock.now(), current_place()
    owed = list(seen_by(membership).select_related("opened_by"))
    late = [duty for duty in owed if duty.due_at < now]
    ahead = [duty for duty in owed if duty.due_at >= now and not kind_of(duty.kind).waits]
    due_today = [duty for duty in ahead if place.day_of(duty.due_at) == place.day_of(now)]
    later = ahead[len(due_today) :]
    new = [duty for duty in later if duty.opened_at > since and not _opened_by(duty, membership)]
    gathered = [messages.notice_of(each) for each in messages.gathered_for(membership.mail_id or 0)]
    news = [notice for notice in gathered if notice.digest_words and notice.still_wanted()]
    if choice_of(membership) == Choice.DUTIES:
        news = []
    ids = [notice.message.pk for notice in gathered]
    return Needs(late, due_today, new, later[0].due_at if later else None, news, ids)


def put_away(needs: Needs, state: Message.State) -> None:
    """What was gathered has been told, or won't be."""
    at = clock.now() if state == Message.State.SENT else None
    waiting = Message.objects.filter(pk__in=needs.gathered, state=Message.State.GATHERED)
    waiting.update(state=state, sent_at=at)


def _opened_by(duty: Duty, membership: Membership) -> bool:
    by = duty.opened_by
    return by.kind == Actor.Kind.MEMBER and by.subject_id == membership.pk


# --- How somebody wants it ----------------------------------------------------------------------------------------


def choice_of(membership: Membership) -> str:
    """Read by the member themself, and by the system."""
    chosen = choices_of(membership).values_list("digest", flat=True).first()
    return chosen or Choice.DAILY


def choices_of(membership: Membership) -> QuerySet[MailChoice]:
    """What they chose, newest first."""
    return MailChoice.objects.filter(membership=membership)


@transaction.atomic
def choose(*, membership: Membership, digest: str, by: Actor) -> bool:
    """For oneself alone. True where it is another choice than before."""
    if by.kind != Actor.Kind.MEMBER or by.subject_id != membership.pk:
        raise NotAllowed("Only they themself choose how they hear of their day.")
    if digest not in Choice.values:
        raise BadValue("digest", "Choose one of these.")
    if choice_of(membership) == digest:
        return False
    MailChoice.objects.create(
        organization_id=membership.organization_id,
        membership=membership,
        digest=digest,
        by=by,
        chosen_at=clock.now(),
    )
    return True
