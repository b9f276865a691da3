"""What the other side of one's own referrals did lately: told once, in a short list, without a button."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.custody.models import Custody
from warmhandoff.foundation import clock
from warmhandoff.foundation.database import WhNow
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import absences_on
from warmhandoff.participants.models import Listing
from warmhandoff.referrals.models import Referral, ReferralEvent
from warmhandoff.referrals.states import WITH_A_PLACE
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.addresses import referral_page
from warmhandoff.web.today.lines import first_of, reason_of, referral_facts

MOST = 5


@dataclass(frozen=True)
class Telling:
    icon: str
    says: Any


# What the receiver did, told to the sender; and what the sender did, told to the receiver.
FROM_THE_RECEIVER = {
    "seen": Telling("visibility", gettext_lazy("%(receiver)s has your referral and will answer.")),
    "asked": Telling("help_outline", gettext_lazy("%(receiver)s asks you something about %(service)s.")),
    "waitlisted": Telling(
        "schedule",
        gettext_lazy("%(receiver)s is full and put %(name)s on its list. It looks again on %(until)s."),
    ),
    "held": Telling("schedule", gettext_lazy("%(receiver)s put %(service)s off until %(until)s.")),
    "resumed": Telling("check", gettext_lazy("%(receiver)s takes %(service)s up again.")),
    "stage": Telling("check", gettext_lazy("%(service)s at %(receiver)s: %(stage)s.")),
    "confirmed": Telling("check", gettext_lazy("%(receiver)s says that %(service)s goes on.")),
    "message": Telling("comment", gettext_lazy("%(receiver)s wrote to you about %(service)s.")),
    "accepted": Telling("check", gettext_lazy("%(receiver)s said yes, %(after)s after you asked.")),
    "declined": Telling("do_not_disturb", gettext_lazy("%(receiver)s declined: %(reason)s.")),
    "contacted": Telling("chat", gettext_lazy("%(receiver)s and %(name)s have talked with each other.")),
    "engaged": Telling("check", gettext_lazy("%(service)s at %(receiver)s has begun.")),
    "completed": Telling("check_circle", gettext_lazy("%(service)s at %(receiver)s is completed.")),
    "completed:place": Telling(
        "check_circle", gettext_lazy("%(name)s has a place in %(service)s at %(receiver)s.")
    ),
    "ended_early": Telling(
        "info_outline", gettext_lazy("%(service)s at %(receiver)s ended early: %(reason)s.")
    ),
    "lost_contact": Telling("info_outline", gettext_lazy("%(receiver)s could not reach %(name)s.")),
    "struck": Telling("edit", gettext_lazy("%(receiver)s took back what it had recorded about %(service)s.")),
    "suggested": Telling(
        "comment", gettext_lazy("The network’s office suggests another place than %(receiver)s.")
    ),
}
# What the network's office did, told to both.
FROM_THE_OFFICE = {
    "asked_again": Telling(
        "comment", gettext_lazy("The network’s office asks %(receiver)s once more about %(service)s.")
    ),
    "look_confirmed": Telling(
        "info_outline",
        gettext_lazy(
            "The network’s office has looked at the no of %(receiver)s about %(service)s: it stands."
        ),
    ),
    "look_rerouted": Telling(
        "info_outline",
        gettext_lazy(
            "The network’s office has looked at the no of %(receiver)s about %(service)s: it stands."
        ),
    ),
}
# Said right, in place of what was told before.
CORRECTED = Telling("edit", gettext_lazy("%(receiver)s corrected what it had recorded about %(service)s."))
# On Today it stands as what somebody owes, with its button.
SENT_TO_US = Telling("send", gettext_lazy("%(sender)s refers someone to your %(service)s."))
FROM_THE_SENDER = {
    "answered_question": Telling("chat", gettext_lazy("%(sender)s answered your question.")),
    "message": Telling("comment", gettext_lazy("%(sender)s wrote to you about %(service)s.")),
    "held": Telling("schedule", gettext_lazy("%(sender)s put %(service)s off until %(until)s.")),
    "resumed": Telling("check", gettext_lazy("%(sender)s takes %(service)s up again.")),
    "withdrawn": Telling("info_outline", gettext_lazy("%(sender)s took the referral to %(service)s back.")),
}


@dataclass(frozen=True)
class News:
    """One thing that the other side did."""

    icon: str
    says: str
    name: str
    page: str
    at: datetime

    @property
    def at_said(self) -> str:
        """The hour, where it was today."""
        if said.day_of(self.at) == said.today():
            return dates.hour(current_place().local(self.at))
        return dates.moment(self.at)


def news_of(
    events: Sequence[ReferralEvent],
    who: Who,
    referrals: Mapping[int, Referral],
    names: Mapping[uuid.UUID, Listing],
) -> list[News]:
    """What the other side did, told."""
    words = said.words_of("decline_reason", "end_reason", "withdraw_reason", "stage")
    told = []
    for event in events:
        event.referral = referrals[event.referral_id]
        told.append(_told(event, who, names.get(event.referral.person_id), words))
    return told


def since_when() -> datetime:
    """The morning of the last business day before today."""
    place = current_place()
    day = said.today() - timedelta(days=1)
    while not place.is_business_day(day):
        day -= timedelta(days=1)
    return place.end_of(day) - timedelta(hours=24)


def events_since(since: datetime, me: Membership, *, of_all: bool = False) -> QuerySet[ReferralEvent]:
    """What the other side did, newest first. `of_all`: with the referrals of all colleagues, and those that were just sent to us."""
    mine = me.organization_id
    told_us = [*FROM_THE_RECEIVER, *FROM_THE_OFFICE]
    ours = [({"referral__sender_id": mine}, Q())] if of_all else _mine_to_hear(me)
    asked_of_us = {
        "referral__receiver_id": mine,
        "kind__in": [*FROM_THE_SENDER, *FROM_THE_OFFICE, *(["sent"] if of_all else [])],
    }
    # What ended before is no news: so the referrals of years gone by are not looked through for it, by either index.
    lately = ({"referral__ended_at__isnull": True}, {"referral__ended_at__gte": since})
    sides = [*(({**side, "kind__in": told_us}, also) for side, also in ours), (asked_of_us, Q())]
    either = (Q(**side, **ended) & also for side, also in sides for ended in lately)
    return (
        ReferralEvent.objects.filter(reduce(or_, either), recorded_at__gte=since)
        .exclude(organization_id=mine)
        # A yes or a no says that they have it: "seen" beside it would say so twice.
        .exclude(kind="seen", referral__answered_at__isnull=False)
        .order_by("-recorded_at", "-id")[:MOST]
    )


def _mine_to_hear(me: Membership) -> list[tuple[dict[str, Any], Q]]:
    """What comes of a referral is told to whoever holds the person now, or covers for them; and to who sent it, unless a colleague
    holds the person by now."""
    held = Custody.objects.filter(organization_id=me.organization_id, until__isnull=True)
    # The day as the database knows it: pages that listen keep the statement from one day to the next.
    day = TruncDate(WhNow(), tzinfo=current_place().zone)
    covered = absences_on(day).filter(cover=me).values("membership_id")
    with_me = held.filter(Q(membership=me) | Q(membership_id__in=covered)).values("person_id")
    with_others = held.filter(person_id=OuterRef("referral__person_id")).exclude(membership=me)
    return [
        ({"referral__sender_id": me.organization_id, "referral__person_id__among": with_me}, Q()),
        ({"referral__sender_membership": me}, ~Q(Exists(with_others))),
    ]


def _told(event: ReferralEvent, who: Who, listed: Any, words: said.Words) -> News:
    both = (FROM_THE_RECEIVER, FROM_THE_OFFICE, FROM_THE_SENDER)
    by_receiver = event.organization_id == event.referral.receiver_id
    with_a_place = event.kind == ReferralEvent.Kind.COMPLETED and event.detail == WITH_A_PLACE
    kind = "completed:place" if with_a_place else event.kind
    told = next((each[kind] for each in (both if by_receiver else both[::-1]) if kind in each), SENT_TO_US)
    if event.supersedes_id and event.kind != ReferralEvent.Kind.STRUCK:
        told = CORRECTED
    facts = referral_facts(event.referral, words) | {
        "name": first_of(listed),
        "after": said.span(event.recorded_at - event.referral.last_asked_at),
        "reason": lambda: reason_of(event.referral, words, event),
    }
    return News(
        icon=told.icon,
        says=str(told.says) % facts,
        name=listed.short_name if listed else "",
        page=reverse("people:person", args=[listed.code]) if listed else referral_page(event.referral.code),
        at=event.recorded_at,
    )


def heading(news: list[News]) -> str:
    """`Just now` where the newest is an hour old at most, else `New since yesterday`."""
    if news and clock.now() - news[0].at <= timedelta(hours=1):
        return _("Just now")
    return _("New since the last working day")
