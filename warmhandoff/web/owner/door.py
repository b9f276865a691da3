"""What a visit behind a service's mailed link may do. A press acts as whoever reads the mailbox.

Nothing here is about a participant, so the link alone shows what the directory says anyway, and may say whether there is room
and that all is still true. Whoever changes words or places first shows with a six-digit code that the mailbox is theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from warmhandoff.directory import links
from warmhandoff.directory.models import ServiceLink
from warmhandoff.foundation.actors import mailbox_actor
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import View

DOOR = mail_door.Door(
    desk="owner",
    because="says from a mail, without an account, whether a service is still true",
    open_token=links.open_token,
    renewable=(Standing.REPLACED, Standing.DEAD),
)
OwnerView: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Visit(mail_door.Visit[ServiceLink]):
    @property
    def ask_name(self) -> bool:
        return not self.link.signed_as


def behind_the_link(
    *,
    methods: tuple[str, ...] = mail_door.ANY,
    needs_code: bool = False,
    standings: tuple[Standing, ...] = (Standing.LIVE,),
) -> Callable[[OwnerView], View]:
    """Enter a view as the link. `needs_code`: only for a browser that gave the code."""

    def decorate(view: OwnerView) -> View:
        def enter(request: HttpRequest, found: mail_door.Visit[ServiceLink], **more: str) -> HttpResponseBase:
            visit = Visit(**vars(found))
            if needs_code and not visit.granted:
                return redirect(visit.url("code"))
            with acting_as(None, organization_id=visit.link.organization_id):
                if request.method != "POST":
                    return view(request, visit, **more)
                actor = mailbox_actor(visit.link.mailbox_id, visit.link.organization_id)
            with acting_as(actor):
                return view(request, replace(visit, actor=actor), **more)

        return DOOR.leads_to(enter, methods=methods, standings=standings)

    return decorate
