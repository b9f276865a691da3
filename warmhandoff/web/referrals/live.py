"""What a referral's page hears while it is open, and the forms of its acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from warmhandoff.foundation.open_forms import Thing
from warmhandoff.referrals.models import ReferralEvent
from warmhandoff.referrals.reading import referral_or_404
from warmhandoff.web.referrals.story import sentence
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import Heard, Line, Source
from warmhandoff.web.today.addresses import referral_page


def heard(who: Who, since: datetime, code: str, **route: str) -> list[Heard]:
    """What others did about it, colleagues too. Two statements: whether it is still ours to see, and what happened."""
    found = referral_or_404(code)
    events = (
        ReferralEvent.objects.filter(referral=found, recorded_at__gte=since)
        .exclude(by=who.actor)
        .select_related("organization")
    )
    heard = [Heard(f"event:{event.pk}", event.recorded_at, event) for event in worth_telling(events)]
    for each in heard:
        each.row.referral = found
    return heard


def worth_telling(events: Iterable[ReferralEvent]) -> list[ReferralEvent]:
    """A yes or a no says that they have it: "seen" beside it would say so twice."""
    found = list(events)
    answered = {event.referral_id for event in found if event.kind in ("accepted", "declined")}
    return [event for event in found if event.kind != "seen" or event.referral_id not in answered]


def told(who: Who, heard: Sequence[Heard], code: str, **route: str) -> list[Line]:
    page = referral_page(code)
    return [Line(sentence(each.row.referral, each.row), each.at, page) for each in heard]


def opens(who: Who, code: str, **route: str) -> Thing:
    return Thing("referral", referral_or_404(code).pk)


REFERRAL = Source(heard, told)
ACT = Source(heard, told, opens)
