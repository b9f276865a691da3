"""What a visit behind the weekly mail's link may do.

The link alone shows how many there are, by code; who it is, and saying how it goes, wait for the six-digit code: who knows a person
only by a code can't say how it goes with them, and a link that was passed on ends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from warmhandoff.foundation import mail_links
from warmhandoff.foundation.actors import mailbox_actor
from warmhandoff.foundation.mail_links import Opened, Standing
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.referrals.models import StallLink
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import View

LOOK_CLASSES = ("needs",)
CLASSES = ("contact", "needs", "narrative")
Visit: TypeAlias = mail_door.Visit[StallLink]
StalledView: TypeAlias = Callable[..., HttpResponseBase]


def open_token(token: str) -> Opened[StallLink] | None:
    return mail_links.open_token(StallLink.objects.select_related("organization"), token)


DOOR = mail_door.Door(
    desk="stalled",
    because="says from a mail, without an account, how it goes with people who were referred",
    open_token=open_token,
    renewable=(Standing.REPLACED, Standing.DEAD),
)


def behind_the_link(
    *,
    methods: tuple[str, ...] = mail_door.ANY,
    needs_code: bool = False,
    standings: tuple[Standing, ...] = (Standing.LIVE,),
) -> Callable[[StalledView], View]:
    """Enter a view as the link. `needs_code`: a press only by a browser that gave the code."""

    def decorate(view: StalledView) -> View:
        def enter(request: HttpRequest, visit: Visit, **more: str) -> HttpResponseBase:
            link = visit.link
            presses = request.method == "POST"
            if presses and needs_code and not visit.granted:
                return redirect(visit.url("code"))
            if not presses and not visit.granted:
                with acting_as(None, organization_id=link.organization_id, classes=LOOK_CLASSES):
                    return view(request, visit, **more)
            with acting_as(None, organization_id=link.organization_id):
                actor = mailbox_actor(link.mailbox_id, link.organization_id)
            with acting_as(actor, classes=CLASSES if visit.granted else LOOK_CLASSES):
                return view(request, replace(visit, actor=actor), **more)

        return DOOR.leads_to(enter, methods=methods, standings=standings)

    return decorate
