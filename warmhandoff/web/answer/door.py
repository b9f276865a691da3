"""What a visit behind a referral's mailed link reads and does: no more than its step needs.

A look (GET, HEAD) acts as nobody and reads what the two sides wrote to one another, never the class contact, so that no page
before the code can hold a name. A press acts as the link. A browser that gave the code reads what the consent covers, for twelve hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.participants.actions import class_of_need
from warmhandoff.referrals import links
from warmhandoff.referrals.models import AnswerLink, Referral
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import View

LOOK_CLASSES = ("needs", "narrative")
LINK_CLASSES = ("contact", *LOOK_CLASSES)

DOOR = mail_door.Door(
    desk="answer",
    because="answers a referral from a mail, without an account",
    open_token=links.open_token,
)
LinkView: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Visit(mail_door.Visit[AnswerLink]):
    referral: Referral


def behind_the_link(
    *,
    methods: tuple[str, ...] = mail_door.ANY,
    when_moved: LinkView | None = None,
    standings: tuple[Standing, ...] = (Standing.LIVE,),
) -> Callable[[LinkView], View]:
    """Enter a view as the link. `when_moved` shows how it stands where an act is refused."""

    def decorate(view: LinkView) -> View:
        def enter(request: HttpRequest, found: mail_door.Visit[AnswerLink], **more: str) -> HttpResponseBase:
            try:
                with _acting(request, found) as visit:
                    return view(request, visit, **more)
            except DomainError as error:
                if when_moved is None:
                    raise
                refused = error
            with _acting(request, found) as visit:
                return when_moved(request, visit, refused=refused)

        return DOOR.leads_to(enter, methods=methods, standings=standings)

    return decorate


@contextmanager
def _acting(request: HttpRequest, found: mail_door.Visit[AnswerLink]) -> Iterator[Visit]:
    """The referral as it stands now. A look acts as nobody; a press, or a browser that gave the code, acts as the link."""
    link = found.link
    with acting_as(None, organization_id=link.organization_id, classes=LOOK_CLASSES):
        visit = Visit(**vars(found), referral=_referral_of(link))
        if request.method != "POST" and not visit.granted:
            yield visit
            return
    actor = link_actor(link.pk, link.organization_id)
    with acting_as(actor, classes={*LINK_CLASSES, class_of_need(visit.referral.need_code)}):
        yield replace(visit, actor=actor)


def _referral_of(link: AnswerLink) -> Referral:
    sides = Referral.objects.select_related("service", "sender", "receiver", "sender_membership__user")
    return sides.get(pk=link.referral_id)
