"""The code of a card, typed: on one's own phone, or on a shared screen in a waiting room that forgets after one minute.

The shared screen's pages stand under an address that is worth nothing afterwards, so what its history keeps opens nothing.
"""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from warmhandoff.foundation import mail_links
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.mail_links import Tried
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants import own_links
from warmhandoff.participants.own_page import OwnLink
from warmhandoff.web.forms import MemorableDateField, PlainForm
from warmhandoff.web.own.door import KIOSK_SECONDS
from warmhandoff.web.site import limits, mail_door
from warmhandoff.web.site.access import public
from warmhandoff.web.site.csp import link_page_with_form
from warmhandoff.web.today import said

TRIES = 30
BECAUSE = "a person opens their own page with a card, without an account"


def born_field() -> MemorableDateField:
    return MemorableDateField(
        label=gettext_lazy("The day you were born"),
        earliest=lambda: date(1900, 1, 1),
        latest=said.today,
        error_messages={"required": gettext_lazy("Write the day, the month and the year.")},
    )


class BornForm(PlainForm):
    """What goes with a card that was scanned."""

    marks_optional = False
    born = born_field()


class CardForm(PlainForm):
    """The code from a card, and what goes with it."""

    marks_optional = False
    code = forms.CharField(
        label=gettext_lazy("The code on your card"),
        max_length=24,
        widget=forms.TextInput(
            attrs={
                "class": "usa-input--medium",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
        error_messages={"required": gettext_lazy("Type the code on your card.")},
    )
    born = born_field()


@link_page_with_form
@public(BECAUSE)
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """On a phone or computer of one's own."""
    return _type(request, is_kiosk=False)


@link_page_with_form
@public(BECAUSE)
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """On a screen that others use too."""
    return _type(request, is_kiosk=True)


def _type(request: HttpRequest, *, is_kiosk: bool) -> HttpResponse:
    with translation.override(_language(request)):
        form = CardForm(request.POST or None)
        if form.is_bound and limits.times_from_there(request, "own") > TRIES:
            form.add_error(None, _("Many codes were tried from here. Please wait ten minutes."))
        if form.is_bound and form.is_valid() and (found := _try(form, is_kiosk=is_kiosk)):
            link, tried = found
            if tried.refusal is None:
                return _let_in(request, link, tried.browser_key, is_kiosk=is_kiosk)
            form.add_error("born", f"{tried.refusal.sentence} {tried.refusal.mend}")
        context = {
            "form": form,
            "is_kiosk": is_kiosk,
            "has_forgotten": is_kiosk and request.GET.get("forgot") == "yes",
            "other_languages": mail_door.other_languages(),
            "seconds": KIOSK_SECONDS,
        }
        answer = render(request, "own/type.html", context, status=422 if form.is_bound else 200)
        if is_kiosk and form.is_bound:  # what was typed must not stand there for the next one
            answer.headers["Refresh"] = f"{KIOSK_SECONDS}; url={reverse('own:forget')}{_query(request)}"
        return answer


def _try(form: CardForm, *, is_kiosk: bool) -> tuple[OwnLink, Tried] | None:
    with acting_as(None):
        link = own_links.card_with(form.cleaned_data["code"])
        if link is not None:
            return link, own_links.try_birth_date(link, form.cleaned_data["born"], kiosk=is_kiosk)
    form.add_error("code", _("We know no such card, or it no longer works. Check each letter and number."))
    return None


def _let_in(request: HttpRequest, link: OwnLink, key: str, *, is_kiosk: bool) -> HttpResponse:
    with acting_as(None):
        own_links.looked(link=link, by=participant_actor(link.pk, link.organization_id))
        grant = own_links.grant_of(key)
    token = own_links.kiosk_token(grant) if is_kiosk else mail_links.token_of(link)
    to = redirect(reverse("own:page", args=[token]) + _query(request))
    return (
        mail_door.remember(to, link, key, KIOSK_SECONDS * 60)
        if is_kiosk
        else mail_door.remember(to, link, key)
    )


@link_page_with_form
@public("ends a visit at a shared screen")
@require_safe
def forget(request: HttpRequest) -> HttpResponse:
    """Nobody pressed anything: the screen forgets who was there."""
    with acting_as(None):
        own_links.forget(keys_of(request))
    more = "&" if _query(request) else "?"
    return without_keys(request, redirect(reverse("own:kiosk") + _query(request) + f"{more}forgot=yes"))


# --- What a browser brings along ----------------------------------------------------------------------------------


def keys_of(request: HttpRequest) -> list[str]:
    return [value for name, value in request.COOKIES.items() if name.startswith("wh_")]


def without_keys(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    for name in request.COOKIES:
        if name.startswith("wh_"):
            response.delete_cookie(name, path=f"/{OwnLink.begins}/")
    return response


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in current_place().languages else translation.get_language() or "en"


def _query(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return f"?lang={asked}" if asked in current_place().languages else ""
