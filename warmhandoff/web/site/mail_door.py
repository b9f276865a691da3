"""The door behind a link in a mail, for whoever has no account: one for every kind of link.

A token that was never made opens nothing; a link that was replaced, was stopped or is dead says so kindly; a look (GET, HEAD)
changes nothing; presses are counted; the page speaks as was asked, else as the mailbox does. Six digits, sent to the same
mailbox, let one browser in further. What a visit may read and do is the desk's own: it comes in by `enter`.

Not guarded by Django's form token: the address itself is the secret that a forger lacks, and a browser that is told to send no
referrer sends no origin that the token's check could accept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation import mail_links
from warmhandoff.foundation.errors import DomainError
from warmhandoff.foundation.mail_links import L, Opened, Standing
from warmhandoff.foundation.models import Actor, ContactPoint, MailedLink
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.web.forms import OneUseKeyForm, PlainForm
from warmhandoff.web.site import limits
from warmhandoff.web.site.access import View, public
from warmhandoff.web.site.csp import link_page

LOOKS = ("GET", "HEAD")
ANY = (*LOOKS, "POST")
# Enters a view as the desk lets this visit act; what it returns is rendered inside.
Enter: TypeAlias = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Visit(Generic[L]):
    """One request behind a link. `actor` is None while nobody acts."""

    desk: str
    token: str
    link: L
    standing: Standing
    language: str
    asked_language: str
    granted: bool
    actor: Actor | None = None

    def url(self, name: str = "page", *more: str, **said: str) -> str:
        asked = {"lang": self.asked_language} if self.asked_language else {}
        query = urlencode({**asked, **said})
        path = reverse(f"{self.desk}:{name}", args=[self.token, *more])
        return f"{path}?{query}" if query else path

    @property
    def query(self) -> str:
        """What an address behind this link goes on with: the language that was asked for."""
        return f"?lang={self.asked_language}" if self.asked_language else ""

    @property
    def by(self) -> Actor:
        if self.actor is None:
            raise TypeError("Nobody acts in a look.")
        return self.actor


@dataclass(frozen=True, kw_only=True)
class Door(Generic[L]):
    """One kind of link as pages. `desk` names its addresses (`<desk>:page` shows how it stands) and its `<desk>/gone.html`.

    Whoever holds a link of a `renewable` standing may have a fresh one sent: to the same mailbox, and only there.
    """

    desk: str
    because: str
    open_token: Callable[[str], Opened[L] | None]
    renewable: tuple[Standing, ...] = (Standing.REPLACED,)

    def leads_to(
        self,
        enter: Enter,
        *,
        methods: tuple[str, ...] = ANY,
        standings: tuple[Standing, ...] = (Standing.LIVE,),
    ) -> View:
        """The view behind this door: `enter(request, visit, **more)` is asked once the link may act."""

        @csrf_exempt
        @public(self.because)
        @link_page
        @require_http_methods([*ANY])
        def entered(request: HttpRequest, token: str, **more: str) -> HttpResponseBase:
            with acting_as(None):
                opened = self.open_token(token)
                granted = opened is not None and mail_links.is_granted(
                    opened.link, request.COOKIES.get(cookie_of(opened.link), "")
                )
            with translation.override(_language(request, opened.link if opened else None)):
                answer = (
                    self._answer(
                        request,
                        self._visit(request, token, opened, granted=granted),
                        enter,
                        methods,
                        standings,
                        more,
                    )
                    if opened
                    else self.gone(request, "unknown", status=404)
                )
                answer.headers["Content-Language"] = translation.get_language() or "en"
                return answer

        return entered

    def _answer(
        self,
        request: HttpRequest,
        visit: Visit[L],
        enter: Enter,
        methods: tuple[str, ...],
        standings: tuple[Standing, ...],
        more: dict[str, str],
    ) -> HttpResponseBase:
        if request.method not in methods:
            # A look at the address of a press, after going back: how it stands.
            return redirect(visit.url())
        if request.method == "POST" and limits.too_many_presses(request, self.desk, visit.link.pk):
            return self.gone(request, "too_many", visit, status=429)
        if visit.standing not in standings:
            return self.gone(request, visit.standing, visit)
        return enter(request, visit, **more)

    def _visit(self, request: HttpRequest, token: str, opened: Opened[L], *, granted: bool) -> Visit[L]:
        return Visit(
            desk=self.desk,
            token=token,
            link=opened.link,
            standing=opened.standing,
            language=translation.get_language() or "en",
            asked_language=_asked_language(request),
            granted=granted,
        )

    def gone(
        self, request: HttpRequest, why: str, visit: Visit[L] | None = None, status: int = 410
    ) -> HttpResponse:
        """A link that doesn't act, or not now, said kindly."""
        context = {
            "why": str(why),
            "may_renew": why in self.renewable,
            "was_sent": request.GET.get("sent") == "yes",
            "organization_name": visit.link.organization.name if visit else "",
            "fresh": visit.url("fresh") if visit else "",
            "other_languages": other_languages(),
        }
        return render(request, f"{self.desk}/gone.html", context, status=status)

    def fresh(self, request: HttpRequest, visit: Visit[L], renew: Callable[[], object]) -> HttpResponse:
        """A fresh link for whoever holds an older one. `renew` sends it."""
        if limits.too_many_fresh_links(self.desk, visit.link.pk):
            return self.gone(request, "too_many", visit, status=429)
        if visit.standing is not Standing.LIVE:
            renew()
        return redirect(visit.url(sent="yes"))


def frame(visit: Visit[L]) -> dict[str, Any]:
    """What each page behind the link shows."""
    return {
        "visit": visit,
        "token": visit.token,
        "query": visit.query,
        "granted": visit.granted,
        "back": visit.url(),
        "other_languages": other_languages(),
    }


def other_languages() -> list[tuple[str, str]]:
    codes = [code for code in current_place().languages if code != translation.get_language()]
    return [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]


def _asked_language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in current_place().languages else ""


def _language(request: HttpRequest, link: MailedLink | None) -> str:
    """What was asked for, else the mailbox's language; where there is no link, the browser's."""
    if asked := _asked_language(request):
        return asked
    if link is None:
        return translation.get_language() or "en"
    if link.speaks:
        return link.speaks if link.speaks in current_place().languages else "en"
    with acting_as(None, organization_id=link.organization_id):
        point = ContactPoint.objects.filter(pk=link.mailbox_id).first()
    return point.language if point and point.language in current_place().languages else "en"


# --- The code -----------------------------------------------------------------------------------------------------


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("The six digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"class": "usa-input--medium", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
        error_messages={"required": _("Type the six digits from the mail.")},
    )


def send_code(
    request: HttpRequest, visit: Visit[L], *, says: str, send: Callable[[], object]
) -> HttpResponse:
    """Six digits to the same mailbox, once a press: whoever has only the address of this page can't go on."""

    def act() -> str:
        send()
        return "code"

    form = OneUseKeyForm(request.POST)
    if form.is_valid():
        try:
            form.once(by=visit.by, act=act)
        except mail_links.TooManyCodes as error:
            return _code_page(request, visit, CodeForm(), says, refused=error)
    return redirect(visit.url("code"))


def take_code(request: HttpRequest, visit: Visit[L], *, says: str, leads_to: str) -> HttpResponse:
    """The code step. Right: this browser is remembered for twelve hours, and goes on. `says` is what the code is for."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tried = mail_links.try_code(visit.link, form.cleaned_data["code"])
        if tried.refusal is None:
            return remember(redirect(leads_to), visit.link, tried.browser_key)
        form.add_error("code", f"{tried.refusal.sentence} {tried.refusal.mend}")
    return _code_page(request, visit, form, says)


def _code_page(
    request: HttpRequest, visit: Visit[L], form: CodeForm, says: str, refused: DomainError | None = None
) -> HttpResponse:
    context = frame(visit) | {
        "form": form,
        "says": says,
        "refused": f"{refused.sentence} {refused.mend}" if refused else "",
        "was_sent": mail_links.waits(visit.link),
        "here": visit.url("code"),
        "send": visit.url("send_code"),
        "key": OneUseKeyForm()["form_key"],
    }
    status = refused.status if refused else 422 if form.is_bound else 200
    return render(request, [f"{visit.desk}/code.html", "mail_link/code.html"], context, status=status)


def remember(
    response: HttpResponse,
    link: MailedLink,
    browser_key: str,
    seconds: int = mail_links.GRANT_HOURS * 3600,
) -> HttpResponse:
    """This browser brings its key along, to pages of this kind of link alone."""
    response.set_cookie(
        cookie_of(link),
        browser_key,
        max_age=seconds,
        path=f"/{link.begins}/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def cookie_of(link: MailedLink) -> str:
    return f"wh_{link.code}"
