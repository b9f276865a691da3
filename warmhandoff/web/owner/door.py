"""The door behind a service's mailed link. A look (GET, HEAD) changes nothing; a press acts as whoever reads the mailbox.

Nothing here is about a participant, so the link alone shows what the directory says anyway, and may say whether there is room
and that all is still true. Whoever changes words or places first shows with a six-digit code that the mailbox is theirs.

Not guarded by Django's form token: the address itself is the secret that a forger lacks, and a browser that is told to send no
referrer sends no origin that the token's check could accept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from warmhandoff.directory import links
from warmhandoff.directory.links import Standing
from warmhandoff.directory.models import Service, ServiceLink
from warmhandoff.foundation.actors import mailbox_actor
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.owner import limits
from warmhandoff.web.site.access import public
from warmhandoff.web.site.csp import link_page

LOOKS = ("GET", "HEAD")


@dataclass(frozen=True)
class Visit:
    """One request behind a live link. `actor` is None in a look."""

    token: str
    link: ServiceLink
    service: Service
    language: str
    query: str
    granted: bool
    standing: Standing
    actor: Actor | None = None

    def url(self, name: str = "page", *more: str) -> str:
        return reverse(f"owner:{name}", args=[self.token, *more]) + self.query

    @property
    def by(self) -> Actor:
        if self.actor is None:
            raise TypeError("Nobody acts in a look.")
        return self.actor

    @property
    def ask_name(self) -> bool:
        return not self.link.signed_as


OwnerView: TypeAlias = Callable[..., HttpResponseBase]


def behind_the_link(
    *,
    methods: tuple[str, ...] = (*LOOKS, "POST"),
    needs_code: bool = False,
    standings: tuple[Standing, ...] = (Standing.LIVE,),
) -> Callable[[OwnerView], Callable[..., HttpResponseBase]]:
    """Enter a view as the link. `needs_code`: only for a browser that gave the code."""

    def decorate(view: OwnerView) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public("says from a mail, without an account, whether a service is still true")
        @link_page
        @require_http_methods([*LOOKS, "POST"])
        def entered(request: HttpRequest, token: str, **more: str) -> HttpResponseBase:
            with acting_as(None):
                opened = links.open_token(token)
            if opened is None:
                return gone_page(request, "unknown", status=404)
            if request.method not in methods:
                return redirect(reverse("owner:page", args=[token]))
            with translation.override(_language(request, opened.link)):
                answer = _answer(request, token, opened, view, needs_code, standings, more)
                answer.headers["Content-Language"] = translation.get_language() or "en"
                return answer

        return entered

    return decorate


def _answer(
    request: HttpRequest,
    token: str,
    opened: links.Opened,
    view: OwnerView,
    needs_code: bool,
    standings: tuple[Standing, ...],
    more: dict[str, str],
) -> HttpResponseBase:
    link = opened.link
    if request.method == "POST" and limits.too_many(request, link.pk):
        return gone_page(request, "too_many", status=429)
    if opened.standing not in standings:
        return gone_page(request, opened.standing, token=token, organization=link.organization.name)
    query = f"?lang={translation.get_language()}" if _asked_language(request) else ""
    visit = Visit(
        token=token,
        link=link,
        service=link.service,
        language=translation.get_language() or "en",
        query=query,
        granted=links.is_granted(link, request.COOKIES.get(cookie_of(link), "")),
        standing=opened.standing,
    )
    if needs_code and not visit.granted:
        return redirect(visit.url("code"))
    with acting_as(None, organization_id=link.organization_id):
        if request.method == "POST":
            actor = mailbox_actor(link.mailbox_id, link.organization_id)
        else:
            return view(request, visit, **more)
    with acting_as(actor):
        return view(request, _acting(visit, actor), **more)


def _acting(visit: Visit, actor: Actor) -> Visit:
    return replace(visit, actor=actor)


def cookie_of(link: ServiceLink) -> str:
    return f"whs_{link.code}"


def frame(visit: Visit) -> dict[str, Any]:
    """What each page behind the link shows."""
    codes = [code for code in current_place().languages if code != visit.language]
    return {
        "visit": visit,
        "token": visit.token,
        "query": visit.query,
        "back": visit.url(),
        "organization": visit.link.organization,
        "other_languages": [(code, get_language_info(code)["name_local"].capitalize()) for code in codes],
    }


def _asked_language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in current_place().languages else ""


def _language(request: HttpRequest, link: ServiceLink) -> str:
    """What was asked for, else the mailbox's language."""
    asked = _asked_language(request)
    if asked:
        return asked
    with acting_as(None, organization_id=link.organization_id):
        point = ContactPoint.objects.filter(pk=link.mailbox_id).first()
    return point.language if point and point.language in current_place().languages else "en"


def gone_page(
    request: HttpRequest, why: str, *, token: str = "", organization: str = "", status: int = 410
) -> HttpResponse:
    """A link that doesn't act, or not now, said kindly."""
    context = {
        "why": str(why),
        "token": token,
        "organization_name": organization,
        "was_sent": request.GET.get("sent") == "yes",
        "other_languages": [],
        "query": f"?lang={translation.get_language()}" if _asked_language(request) else "",
    }
    return render(request, "owner/gone.html", context, status=status)
