"""The pages behind a service's mailed link: still true? room? and, after the code, everything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from warmhandoff.directory import access, actions
from warmhandoff.directory.models import Service
from warmhandoff.foundation import mail_links
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.mail_links import Standing
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.organization.live import changed_since, one_after_the_other
from warmhandoff.web.organization.service_forms import PlaceForm, RoomForm, SaysForm, WordsForm
from warmhandoff.web.organization.services import page_of
from warmhandoff.web.owner.door import DOOR, Visit, behind_the_link
from warmhandoff.web.site import mail_door
from warmhandoff.web.site.mail_door import LOOKS

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


def _frame(visit: Visit) -> dict[str, Any]:
    return mail_door.frame(visit) | {"organization": visit.link.organization}


def _with_service(visit: Visit) -> Service:
    return Service.objects.select_related("organization", "mailbox").get(pk=visit.link.service_id)


def _page(request: HttpRequest, visit: Visit, form: RoomForm) -> HttpResponse:
    service = _with_service(visit)
    context = (
        _frame(visit)
        | page_of(service)
        | {
            "form": form,
            "key": OneUseKeyForm()["form_key"],
            "done": DONE.get(request.GET.get("done", "")),
            "room_action": visit.url("room"),
            "words_url": visit.url("words"),
            # Then the next question is the one to be met.
            "room_is_said": request.GET.get("done") == "room",
        }
    )
    return render(request, "owner/page.html", context, status=422 if form.is_bound else 200)


@behind_the_link(methods=LOOKS)
def page(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Is this still true? Yes, room, or change something."""
    form = RoomForm(initial=RoomForm.said_of(visit.link.service), ask_name=visit.ask_name)
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
        mail_links.sign(visit.link, form.said_name)
        try:
            return _after(visit, form.once(by=visit.by, act=act))
        except BadValue as error:
            form.refuse(error)
    return None


def _after(visit: Visit, what: str) -> HttpResponse:
    return redirect(visit.url(done=what))


# --- After the code -----------------------------------------------------------------------------------------------


@behind_the_link(needs_code=True)
def words(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    service = one_after_the_other(request, _with_service(visit))
    form = WordsForm.of(actions.said_of(service), request.POST or None, ask_name=visit.ask_name)

    def act() -> str:
        waiting = actions.change_service(
            service=service, told=form.told(), by=visit.by, signed_as=visit.link.signed_as
        )
        return "words" if waiting is None else "waits"

    if form.is_bound and form.is_valid() and not form.stands_as_opened(lambda at: changed_since(service, at)):
        return _form_page(request, visit, "owner/words.html", form)
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
    context = _frame(visit) | {"service": visit.link.service, "form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)


# --- The code -----------------------------------------------------------------------------------------------------


@behind_the_link(methods=("POST",))
def send_code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return mail_door.send_code(
        request, visit, says=_what_for(), send=lambda: actions.send_code(link=visit.link)
    )


@behind_the_link()
def code(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The code step: right, and this browser changes words for twelve hours."""
    if visit.granted:
        return redirect(visit.url("words"))
    return mail_door.take_code(request, visit, says=_what_for(), leads_to=visit.url("words"))


def _what_for() -> str:
    return _("Words and places are changed only by whoever reads this mailbox.")


# --- Links that went astray ---------------------------------------------------------------------------------------


@behind_the_link()
def wrong_mailbox(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Not their mailbox: the link stops."""
    form = OneUseKeyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        form.once(by=visit.by, act=lambda: str(actions.mailbox_is_wrong(link=visit.link, by=visit.by)))
        return redirect(visit.url())
    return render(request, "owner/wrong_mailbox.html", _frame(visit) | {"key": form["form_key"]})


@behind_the_link(methods=("POST",), standings=(Standing.LIVE, *DOOR.renewable))
def fresh(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    return DOOR.fresh(request, visit, renew=lambda: _fresh_link(visit))


def _fresh_link(visit: Visit) -> None:
    with suppress(actions.TooSoon):  # a mail went there minutes ago: what the page says is true
        actions.fresh_link(link=visit.link)
