"""Saying that something doesn't work, what others said, and what came of one's own."""

from __future__ import annotations

import re
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import warmhandoff
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network import improvements
from warmhandoff.network.improvements import Seen
from warmhandoff.network.models import ImprovementReport
from warmhandoff.network.roles import Permission
from warmhandoff.web.improvements.forms import CodeForm, SayForm
from warmhandoff.web.improvements.words import where
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.site import limits
from warmhandoff.web.site.access import View, public, requires, signed_in
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.csp import link_page_with_form
from warmhandoff.web.site.mail_door import other_languages

FORM = ["GET", "HEAD", "POST"]


def in_the_language_of_the_page(view: View) -> View:
    """For visitors: `?lang=` is the language of the page that they come from, or the one they choose here."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(_asked(request) or translation.get_language()):
            return view(request, *args, **kwargs)

    return speaking


def _asked(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in current_place().languages else ""


def _goes_on(request: HttpRequest, address: str) -> str:
    asked = _asked(request)
    return f"{address}?lang={asked}" if asked else address


MOST = 200
SAID_BY_VISITORS = 10
LOOKS = 30
# The name of a page in the addresses: `referrals:referral`. Never an address, so that no code and no token travels in it.
PAGE_NAME = re.compile(r"[a-z_]+(:[a-z_]+)?")


@require_http_methods(FORM)
@public("says that something doesn’t work, with or without an account")
@link_page_with_form
@in_the_language_of_the_page
def say(request: HttpRequest) -> HttpResponse:
    """The small form. What somebody types is read by the network's office alone."""
    who: Who | None = request.who  # type: ignore[attr-defined]
    form = SayForm(request.POST or None, member=who is not None, initial={"on": request.GET.get("on", "")})
    if request.method == "POST" and form.is_valid():
        if who is None and limits.times_from_there(request, "improvements") > SAID_BY_VISITORS:
            raise TooMuchSaid()
        try:
            return redirect(form.once(by=who.actor if who else None, act=lambda: _report(request, form, who)))
        except BadValue as error:
            form.refuse(error)
    return render(
        request,
        "improvements/say.html",
        {"form": form, **_languages(request)},
        status=422 if form.is_bound else 200,
    )


class TooMuchSaid(WrongState):
    code = "too_much_said"
    sentence = _("A lot was said from here in the last minutes, and we keep all of it.")
    mend = _("Wait ten minutes, then say the rest.")
    status = 429


def _report(request: HttpRequest, form: SayForm, who: Who | None) -> str:
    data = form.cleaned_data
    seen = Seen(
        page=data["on"] if PAGE_NAME.fullmatch(data["on"]) else "",
        role=who.membership.role if who else "",
        organization=who.organization if who else None,
        version=warmhandoff.__version__,
        width=form.seen_at,
        language=get_language() or "en",
    )
    words = {"trying": data["trying"], "happened": data["happened"], "seen": seen}
    if who is not None:
        improvements.report(**words, may_ask_back=data["may_ask_back"], by=who.actor)
        messages.success(
            request,
            _("Thank you. The network’s office reads it, and it stands below. You can close this page."),
        )
        return reverse("improvements:mine")
    with acting_as(None):
        code = improvements.report(**words, by=None).code
    return _goes_on(request, reverse("improvements:said", args=[code]))


@require_http_methods(FORM)
@public("looks what came of what a visitor said, by the code that they were given")
@link_page_with_form
@in_the_language_of_the_page
def look(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _with_code(request, form.cleaned_data["code"])
        if found is not None:
            return redirect(_goes_on(request, reverse("improvements:said", args=[found.code])))
        form.add_error("code", _("We know no such code. Check each letter and number."))
    return render(
        request,
        "improvements/look.html",
        {"form": form, **_languages(request)},
        status=422 if form.is_bound else 200,
    )


@require_safe
@public("shows what came of what a visitor said, by the code that they were given")
@link_page_with_form
@in_the_language_of_the_page
def said(request: HttpRequest, code: str) -> HttpResponse:
    """How it stands. What was typed is not shown: a code may be seen over somebody's shoulder."""
    found = _with_code(request, code)
    if found is None:
        raise NotYours()
    return render(request, "improvements/said.html", {"report": found, **_languages(request)})


def _languages(request: HttpRequest) -> dict[str, Any]:
    """The other languages, each with the address of this page in it."""
    query = request.GET.copy()
    found = []
    for code, name in other_languages():
        query["lang"] = code
        found.append({"code": code, "name": name, "address": f"{request.path}?{query.urlencode()}"})
    return {"languages": found, "goes_on": _goes_on(request, "")}


def _with_code(request: HttpRequest, code: str) -> ImprovementReport | None:
    if limits.times_from_there(request, "improvements:look") > LOOKS:
        raise TooMuchSaid(
            _("Too many codes were tried from here."), mend=_("Wait ten minutes, then try again.")
        )
    with acting_as(None):
        try:
            return improvements.report_or_404("".join(code.upper().split()))
        except NotYours:
            return None


@require_safe
@signed_in("sees what came of what they said")
def mine(request: HttpRequest) -> HttpResponse:
    """What one said, and how each stands."""
    who: Who | None = request.who  # type: ignore[attr-defined]
    if who is None:
        raise NotYours()
    reports = [
        {"report": each, "where": where(each.page)} for each in improvements.reported_by(who.actor)[:MOST]
    ]
    return render(request, "improvements/mine.html", {"reports": reports})


@require_safe
@requires(Permission.SEE_DIRECTORY)
def listing(request: HttpRequest) -> HttpResponse:
    """What doesn't work, in the office's words, and how it stands."""
    who: Who = request.who  # type: ignore[attr-defined]
    ours = improvements.voiced_by(who.organization.pk)
    context = {
        "improvements": [
            {"one": each, "ours": each.pk in ours, "press": PressForm()}
            for each in improvements.shared()[:MOST]
        ],
        "hears": who.may(Permission.HEAR_IMPROVEMENTS),
    }
    return render(request, "improvements/list.html", context)


@require_POST
@requires(Permission.SEE_DIRECTORY)
def too(request: HttpRequest, code: str) -> HttpResponse:
    """We have this too."""
    who: Who = request.who  # type: ignore[attr-defined]
    found, form = improvements.shared_or_404(code), PressForm(request.POST)
    if not form.is_valid():
        return redirect("improvements:list")

    def act() -> str:
        improvements.have_this_too(improvement=found, organization=who.organization, by=who.actor)
        return f"{reverse('improvements:list')}#i{found.code}"

    return redirect(form.once(by=who.actor, act=act))
