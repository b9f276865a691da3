"""What a visit to a person's own page reads and does.

Whoever has only the address sees nothing: first six digits from the mailbox, or the birth date with a card. Then a visit acts
as the person, for no organization: it reads what the owner's function gives them, and nothing else is there to be read. A
press that changes something enters the one organization whose row it is, for that press alone (`at`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnGrant, OwnLink
from warmhandoff.referrals import own_page
from warmhandoff.referrals.own_page import OwnPage
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.access import View

# What an act of the person needs of the organization's rows that it changes: their list shows names, their notes are words.
ACT_CLASSES = ("contact", "needs", "narrative")
KIOSK_SECONDS = int(own_links.KIOSK.total_seconds())

DOOR = mail_door.Door(
    desk="own",
    because="a person looks at what is kept of them, without an account",
    open_token=own_links.open_token,
)
OwnView: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Visit(mail_door.Visit[OwnLink]):
    page: OwnPage
    kiosk: OwnGrant | None = None


def behind_the_link(*, methods: tuple[str, ...] = mail_door.ANY) -> Callable[[OwnView], View]:
    """Enter a view as the person, once this browser showed that it is theirs."""

    def decorate(view: OwnView) -> View:
        def enter(request: HttpRequest, found: mail_door.Visit[OwnLink], **more: str) -> HttpResponseBase:
            kiosk = _kiosk(found)
            if found.standing is Standing.DEAD or (kiosk and not found.granted):
                return _is_over(request, found, kiosk)
            if not found.granted:
                return redirect(found.url("code"))
            actor = participant_actor(found.link.pk)
            with acting_as(actor):
                if kiosk is not None:
                    own_links.one_more_minute(kiosk)
                page = own_page.read()
                if page is None:  # its mailbox is no longer to be used
                    return DOOR.gone(request, Standing.REVOKED, found)
                visit = Visit(**{**vars(found), "actor": actor}, page=page, kiosk=kiosk)
                return _forgets(view(request, visit, **more), visit)

        return DOOR.leads_to(enter, methods=methods, standings=(Standing.LIVE, Standing.DEAD))

    return decorate


def before_the_code(view: OwnView) -> View:
    """Enter a view as whoever has the address, and nothing more."""

    def enter(request: HttpRequest, found: mail_door.Visit[OwnLink], **more: str) -> HttpResponseBase:
        if found.standing is Standing.DEAD or _kiosk(found):
            return _is_over(request, found, _kiosk(found))
        with acting_as(None, organization_id=found.link.organization_id):
            return view(request, found, **more)

    return DOOR.leads_to(enter, standings=(Standing.LIVE, Standing.DEAD))


def _kiosk(found: mail_door.Visit[OwnLink]) -> OwnGrant | None:
    if not own_links.is_of_a_kiosk(found.token):
        return None
    with acting_as(None):
        return own_links.kiosk_grant(found.token)


def _is_over(
    request: HttpRequest, found: mail_door.Visit[OwnLink], kiosk: OwnGrant | None
) -> HttpResponseBase:
    return redirect(forgotten(found)) if kiosk else DOOR.gone(request, Standing.DEAD, found)


def forgotten(found: mail_door.Visit[OwnLink]) -> str:
    """Where a shared screen goes when nobody pressed anything."""
    return reverse("own:forget") + found.query


def _forgets(response: HttpResponseBase, visit: Visit) -> HttpResponseBase:
    """A shared screen goes on by itself, scripts or not."""
    if visit.kiosk is not None:
        response.headers["Refresh"] = f"{KIOSK_SECONDS}; url={forgotten(visit)}"
    return response


@contextmanager
def at(visit: Visit, organization_id: int, classes: tuple[str, ...] = ACT_CLASSES) -> Iterator[Actor]:
    """Act as the person within one organization that keeps a file on them, for one press, reading what that press needs."""
    if visit.page.file_at(organization_id) is None:
        raise NotYours()
    actor = participant_actor(visit.link.pk, organization_id)
    with acting_as(actor, classes=classes):
        yield actor


def frame(visit: Visit) -> dict[str, Any]:
    """What each page behind the link shows around itself."""
    return mail_door.frame(visit) | {
        "leave": visit.url("leave"),
        "is_kiosk": visit.kiosk is not None,
        "seconds": KIOSK_SECONDS,
    }
