"""Ways to the own pages of people with something under way, and browsers that are let in to them."""

from __future__ import annotations

from datetime import timedelta

from warmhandoff.foundation import clock, mail_links
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.participants import own_links
from warmhandoff.participants.models import Participant
from warmhandoff.participants.own_page import OwnAccess, OwnGrant, OwnLink


def let_in(codes: list[str], *, by: Actor) -> list[tuple[str, str]]:
    """(address, cookie) of the own page of each of these files, by a card of theirs."""
    with acting_as(by, classes=("contact",)):
        return [_let_in(file, by) for file in Participant.objects.filter(code__in=codes).order_by("id")]


def _let_in(file: Participant, by: Actor) -> tuple[str, str]:
    now = clock.now()
    link = OwnLink.objects.create(
        kind=OwnLink.Kind.CARD, organization_id=file.organization_id, dies_at=now + own_links.CARD_LIVES
    )
    OwnAccess.objects.create(
        link=link, file=file, organization_id=file.organization_id, person_id=file.person_id, given_by=by
    )
    key = f"measured-{link.pk}"
    OwnGrant.objects.create(
        link=link, digest=mail_links.digest_of(key), granted_at=now, until=now + timedelta(hours=12)
    )
    # What the door calls a link's cookie; this side of the house doesn't know the other.
    return f"/me/{mail_links.token_of(link)}/", f"wh_{link.code}={key}"
