"""The pages behind a service's mailed link: still true? room? and, after the code, everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.directory import access, actions, links, notices
from warmhandoff.directory.links import Standing
from warmhandoff.directory.models import Service
from warmhandoff.directory.protocol import GRANT_HOURS, LINK_CODE
from warmhandoff.foundation import messages
from warmhandoff.foundation.errors import BadValue, DomainError
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.organization.service_forms import PlaceForm, RoomForm, SaysForm, WordsForm
from warmhandoff.web.organization.services import page_of
from warmhandoff.web.owner import limits
from warmhandoff.web.owner.door import LOOKS, Visit, behind_the_link, cookie_of, frame, gone_page

# What was done, by the word in the address that shows it: nothing in the address is worth forging.
DONE = {
    "true": gettext_lazy("Thank you. The directory says that all of this is true today."),
    "room": gettext_lazy("Thank you. The directory says so as of now."),
    "waits": gettext_lazy(
        "Saved. The network's office reads the new words before they stand; until then the old ones do."
    ),
    "words": gettext_lazy("Saved. It stands in the directory, confirmed today."),
    "place": gettext_lazy("Saved. The directory shows this place as of now."),
}


class CodeForm(OneUseKeyForm):
    code = forms.CharField(
        label=gettext_lazy("Six digits"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "usa-input usa-input--small",
            }
        ),
    )


def _with_service(visit: Visit) -> Service:
    return Service.objects.select_related("organization", "mailbox").get(pk=visit.service.pk)


def _page(request: HttpRequest, visit: Visit, form: RoomForm) -> HttpResponse:
    service = _with_service(visit)
    context = (
        frame(visit)
        | page_of(service)
        | {
            "form": form,
            "key": OneUseKeyForm()["form_key"],
            "done": DONE.get(request.GET.get("done", "")),
        }
    )
    return render(request, "owner/page.html", context, status=422 if form.is_bound else 200)


@behind_the_link(methods=LOOKS)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Is this still true? Yes, room, or change something."""
    form = RoomForm(initial=RoomForm.said_of(visit.service), ask_name=visit.ask_name)
    return _page(request, visit, form)


@behind_the_link(methods=("POST",))
def still_true(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    form = OneUseKeyForm(request.POST)
    if not form.is_valid():
        return redirect(visit.url())

    def act() -> str:
        actions.confirm_service(service=_with_service(visit), by=visit.by, signed_as=visit.link.signed_as)
        return "true"

    return _after(visit, form.once(by=visit.by, act=act))


@behind_the_link(methods=("POST",))
def room(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """One of the three answers to: is there room?"""
    form = RoomForm(request.POST, ask_name=visit.ask_name)

    def act() -> str:
        actions.say_room(
            service=_with_service(visit), by=visit.by, signed_as=visit.link.signed_as, **form.said()
        )
        return "room"

    return _press(visit, form, act) or _page(request, visit, form)


def _press(visit: Visit, form: SaysForm, act: Callable[[], str]) -> HttpResponse | None:
    """Let the form act once. The result that is kept is a word, never the address: that holds the token."""
    if form.is_bound and form.is_valid():
        links.sign(visit.link, form.said_name)
        try:
            return _after(visit, form.once(by=visit.by, act=act))
        except BadValue as error:
            form.refuse(error)
    return None


def _after(visit: Visit, what: str) -> HttpResponse:
    return redirect(f"{visit.url()}{'&' if visit.query else '?'}done={what}")


# --- After the code -----------------------------------------------------------------------------------------------


@behind_the_link(needs_code=True)
def words(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    service = _with_service(visit)
    form = WordsForm.of(actions.said_of(service), request.POST or None, ask_name=visit.ask_name)

    def act() -> str:
        waiting = actions.change_service(
            service=service, told=form.told(), by=visit.by, signed_as=visit.link.signed_as
        )
        return "words" if waiting is None else "waits"

    return _press(visit, form, act) or _form_page(request, visit, "owner/words.html", form)


@behind_the_link(needs_code=True)
def add_place(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    form = PlaceForm(request.POST or None, ask_name=visit.ask_name)

    def act() -> str:
        actions.add_place(
            service=_with_service(visit), told=form.told(), by=visit.by, signed_as=visit.link.signed_as
        )
        return "place"

    return _press(visit, form, act) or _form_page(request, visit, "owner/place.html", form)


@behind_the_link(needs_code=True)
def change_place(request: HttpRequest, visit: Visit, place: str) -> HttpResponseBase:
    location = access.own_place_or_404(place, _with_service(visit))
    form = PlaceForm(request.POST or None, initial=PlaceForm.said_of(location), ask_name=visit.ask_name)

    def act() -> str:
        actions.change_place(location=location, told=form.told(), by=visit.by, signed_as=visit.link.signed_as)
        return "place"

    return _press(visit, form, act) or _form_page(request, visit, "owner/place.html", form)


def _form_page(request: HttpRequest, visit: Visit, template: str, form: SaysForm) -> HttpResponse:
    context = frame(visit) | {"service": visit.service, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


# --- The code -----------------------------------------------------------------------------------------------------


@behind_the_link(methods=("POST",))
def send_code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Six digits to the same mailbox."""
    form = OneUseKeyForm(request.POST)
    if form.is_valid():
        try:
            form.once(by=visit.by, act=lambda: _send_code(visit))
        except links.TooManyCodes as error:
            return _code_page(request, visit, CodeForm(), words_of(error), status=429)
    return redirect(visit.url("code"))


def _send_code(visit: Visit) -> str:
    made = links.new_code(visit.link)
    messages.send(
        notices.ServiceCodeMail,
        to=visit.link.mailbox_id,
        organization_id=visit.link.organization_id,
        subject=(LINK_CODE, made.pk),
    )
    return "code"


@behind_the_link()
def code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The code step: right, and this browser changes words for twelve hours."""
    if visit.granted:
        return redirect(visit.url("words"))
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        tried = links.try_code(visit.link, form.cleaned_data["code"])
        if tried.browser_key:
            return _remember(redirect(visit.url("words")), visit, tried.browser_key)
        form.add_error("code", words_of(tried.refusal or links.CodeSpent()))
    return _code_page(request, visit, form)


def _code_page(
    request: HttpRequest, visit: Visit, form: CodeForm, refused: str = "", status: int = 200
) -> HttpResponse:
    context = frame(visit) | {
        "form": form,
        "refused": refused,
        "was_sent": links.waits(visit.link),
        "key": OneUseKeyForm()["form_key"],
    }
    return render(request, "owner/code.html", context, status=422 if form.is_bound else status)


def words_of(error: DomainError) -> str:
    """A refusal in the language of the page."""
    told: dict[str, Any] = {
        "wrong_code": _("That isn't the code we sent. Look at the newest mail and try again."),
        "code_spent": _("This code can no longer be used. Ask for a new one; it goes to the same mailbox."),
        "too_many_codes": _("Several codes were sent to this mailbox just now. Wait ten minutes."),
    }
    return str(told.get(error.code, f"{error.sentence} {error.mend}"))


def _remember(response: HttpResponse, visit: Visit, browser_key: str) -> HttpResponse:
    response.set_cookie(
        cookie_of(visit.link),
        browser_key,
        max_age=GRANT_HOURS * 3600,
        path="/s/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


# --- Links that went astray ---------------------------------------------------------------------------------------


@behind_the_link()
def wrong_mailbox(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Not their mailbox: the link stops."""
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        form.once(by=visit.by, act=lambda: str(links.revoke(visit.link)))
        return redirect(visit.url())
    return render(request, "owner/wrong_mailbox.html", frame(visit) | {"key": form["form_key"]})


@behind_the_link(methods=("POST",), standings=(Standing.LIVE, Standing.REPLACED, Standing.DEAD))
def fresh(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """A fresh link for whoever holds an older one: to the same mailbox, and only there."""
    if limits.too_many_fresh(visit.link.pk):
        return gone_page(request, "too_many", status=429)
    if visit.standing is not Standing.LIVE:
        try:
            actions.fresh_link(link=visit.link)
        except actions.TooSoon:
            pass  # a mail went there minutes ago: what the page says is true
    return redirect(f"{visit.url()}{'&' if visit.query else '?'}sent=yes")
