"""The door behind the mail's link: who comes in is the link, and sees no more than this step needs.

A look (GET, HEAD) acts as nobody and reads what the two sides wrote to one another, never the class contact, so that no page
before the code can hold a name. A press acts as the link. A browser that gave the code reads what the consent covers, for twelve hours.

Not guarded by Django's form token: the address itself is the secret that a forger lacks, and a browser that is told to send no
referrer sends no origin that the token's check could accept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation.actors import link_actor
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.models import Actor, ContactPoint
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.actions import class_of_need
from warmhandoff.referrals import links
from warmhandoff.referrals.links import Standing
from warmhandoff.referrals.models import AnswerLink, Referral
from warmhandoff.web.answer import limits
from warmhandoff.web.site.access import public
from warmhandoff.web.site.csp import link_page

LOOK_CLASSES = ("needs", "narrative")
LINK_CLASSES = ("contact", *LOOK_CLASSES)


@dataclass(frozen=True)
class Visit:
    """One request behind a live link."""

    token: str
    link: AnswerLink
    referral: Referral
    language: str
    query: str
    granted: bool
    standing: Standing = Standing.LIVE
    actor: Actor | None = None

    def url(self, name: str = "page") -> str:
        return reverse(f"answer:{name}", args=[self.token]) + self.query

    def act_url(self, slug: str) -> str:
        return reverse("answer:act", args=[self.token, slug]) + self.query

    @property
    def by(self) -> Actor:
        if self.actor is None:
            raise TypeError("Nobody acts in a look.")
        return self.actor


LinkView: TypeAlias = Callable[..., HttpResponseBase]


LOOKS = ("GET", "HEAD")


def behind_the_link(
    *,
    methods: tuple[str, ...] = (*LOOKS, "POST"),
    when_moved: LinkView | None = None,
    standings: tuple[Standing, ...] = (Standing.LIVE,),
) -> Callable[[LinkView], Callable[..., HttpResponseBase]]:
    """Enter a view as the link. `when_moved` shows how it stands where an act is refused."""

    def decorate(view: LinkView) -> Callable[..., HttpResponseBase]:
        @csrf_exempt
        @public("answers a referral from a mail, without an account")
        @link_page
        @require_http_methods([*LOOKS, "POST"])
        def entered(request: HttpRequest, token: str, **more: str) -> HttpResponseBase:
            with acting_as(None):
                opened = links.open_token(token)
            if opened is None:
                return gone_page(request, "unknown", status=404)
            if request.method not in methods:
                # A look at the address of a press, after going back: how it stands.
                return redirect(reverse("answer:page", args=[token]))
            with translation.override(_language(request, opened.link)):
                answer = _answer(request, token, opened, view, when_moved, standings, more)
                answer.headers["Content-Language"] = translation.get_language() or "en"
                return answer

        return entered

    return decorate


def _answer(
    request: HttpRequest,
    token: str,
    opened: links.Opened,
    view: LinkView,
    when_moved: LinkView | None,
    standings: tuple[Standing, ...],
    more: dict[str, str],
) -> HttpResponseBase:
    if request.method == "POST" and limits.too_many(request, opened.link.pk):
        return gone_page(request, "too_many", status=429)
    if opened.standing not in standings:
        return gone_page(request, opened.standing, token=token, organization=opened.link.organization.name)
    visit = _visit(request, token, opened)
    try:
        with _acting(request, visit) as inside:
            return view(request, inside, **more)
    except DomainError as error:
        if when_moved is None:
            raise
        refused = error
    fresh = _visit(request, token, opened)
    with _acting(request, fresh) as inside:
        return when_moved(request, inside, refused=refused)


@contextmanager
def _acting(request: HttpRequest, visit: Visit) -> Iterator[Visit]:
    """A look acts as nobody; a press, or a browser that gave the code, acts as the link."""
    if request.method != "POST" and not visit.granted:
        with acting_as(None, organization_id=visit.link.organization_id, classes=LOOK_CLASSES):
            yield visit
        return
    actor = link_actor(visit.link.pk, visit.link.organization_id)
    classes = {*LINK_CLASSES, class_of_need(visit.referral.need_code)}
    with acting_as(actor, classes=classes):
        yield replace(visit, actor=actor)


def _visit(request: HttpRequest, token: str, opened: links.Opened) -> Visit:
    link = opened.link
    with acting_as(None, organization_id=link.organization_id, classes=LOOK_CLASSES):
        referral = Referral.objects.select_related(
            "service", "sender", "receiver", "sender_membership__user"
        ).get(pk=link.referral_id)
        granted = links.is_granted(link, request.COOKIES.get(cookie_of(link), ""))
    query = f"?lang={translation.get_language()}" if _asked_language(request) else ""
    return Visit(token, link, referral, translation.get_language() or "en", query, granted, opened.standing)


def cookie_of(link: AnswerLink) -> str:
    return f"wh_{link.code}"


def _asked_language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in current_place().languages else ""


def _language(request: HttpRequest, link: AnswerLink) -> str:
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
        "organization": organization,
        "was_sent": request.GET.get("sent") == "yes",
        "other_languages": [],
        "query": f"?lang={translation.get_language()}" if _asked_language(request) else "",
    }
    return render(request, "answer/gone.html", context, status=status)
