"""Describing one's own services: is there room first, everything else behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.directory import access, actions
from warmhandoff.directory.models import Service, ServiceChange
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.roles import Permission
from warmhandoff.web.directory.history import history_of
from warmhandoff.web.directory.places import places_of
from warmhandoff.web.directory.words import lines
from warmhandoff.web.forms import Meanwhile
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.live import FORM as FORM_OF_SERVICE
from warmhandoff.web.organization.live import changed_since, one_after_the_other
from warmhandoff.web.organization.service_forms import PlaceForm, RoomForm, SaysForm, WordsForm
from warmhandoff.web.organization.views import FORM, HOME, who_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.live import listens

SERVICE = "organization:change_service"


def _of(request: HttpRequest, code: str) -> Service:
    return access.own_service_or_404(code, who_of(request).organization.pk)


def page_of(service: Service) -> dict[str, Any]:
    """What the page of one's own service shows, at the desk and behind the mailed link."""
    changes = list(service.changes.select_related("by")[:30])
    return {
        "service": service,
        "line": lines([service])[0],
        "places": places_of(service),
        "waiting": next((each for each in changes if each.state == ServiceChange.State.WAITING), None),
        "sent_back": _sent_back(changes),
        "history": history_of(service, changes),
    }


def _sent_back(changes: list[ServiceChange]) -> ServiceChange | None:
    """The reviewer's last word, where it was a no and nothing newer was proposed since."""
    decided = [each for each in changes if each.state != ServiceChange.State.DONE]
    return decided[0] if decided and decided[0].state == ServiceChange.State.SENT_BACK else None


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service: is there room? Two taps answer."""
    found = _of(request, code)
    form = RoomForm(request.POST or None, initial=RoomForm.said_of(found))

    def act() -> str:
        actions.say_room(service=found, by=who_of(request).actor, **form.said())
        messages.success(request, _("Thank you. The directory says so as of now."))
        return reverse(SERVICE, args=[code])

    done = press(request, form, act)
    if done is not None:
        return done
    context = page_of(found) | {
        "form": form,
        "still": PressForm(),
        "out": PressForm(),
        "words_url": reverse("organization:service_words", args=[code]),
    }
    return render(request, "organization/service.html", context, status=422 if form.is_bound else 200)


def press(
    request: HttpRequest, form: SaysForm, act: Callable[[], str], service: Service | None = None
) -> HttpResponse | None:
    """Let the form act once; None where it must be shown (again)."""
    if request.method == "POST" and form.is_valid() and _stands_as_opened(form, service):
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return None


def _stands_as_opened(form: SaysForm, service: Service | None) -> bool:
    if service is None or not isinstance(form, Meanwhile):
        return True
    return form.stands_as_opened(lambda at: changed_since(service, at))


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def add(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    form = WordsForm(request.POST or None)

    def act() -> str:
        made = actions.add_service(organization=who.organization, told=form.told(), by=who.actor)
        messages.success(
            request, _("Saved. It stands in the directory. Now say where it is, and whether there is room.")
        )
        return reverse(SERVICE, args=[made.code])

    return press(request, form, act) or _words_page(request, form, None)


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
@listens(FORM_OF_SERVICE)
def words(request: HttpRequest, code: str) -> HttpResponse:
    """What it is, whom it is for, where its referrals go."""
    found = one_after_the_other(request, _of(request, code))
    form = WordsForm.of(actions.said_of(found), request.POST or None)

    def act() -> str:
        waiting = actions.change_service(service=found, told=form.told(), by=who_of(request).actor)
        messages.success(request, said_of_saving(waiting))
        return reverse(SERVICE, args=[code])

    return press(request, form, act, found) or _words_page(request, form, found)


def said_of_saving(waiting: ServiceChange | None) -> str:
    if waiting is None:
        return _("Saved. It stands in the directory, confirmed today.")
    return _("Saved. The network's office reads the new words before they stand; until then the old ones do.")


def _words_page(request: HttpRequest, form: WordsForm, found: Service | None) -> HttpResponse:
    context = {
        "form": form,
        "service": found,
        "back": reverse(SERVICE, args=[found.code]) if found else reverse(HOME),
    }
    return render(request, "organization/service_words.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def add_place(request: HttpRequest, code: str) -> HttpResponse:
    found = _of(request, code)
    form = PlaceForm(request.POST or None)

    def act() -> str:
        actions.add_place(service=found, told=form.told(), by=who_of(request).actor)
        messages.success(request, _("Saved. The directory shows this place as of now."))
        return reverse(SERVICE, args=[code])

    return press(request, form, act) or _place_page(request, form, found)


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def change_place(request: HttpRequest, code: str, place: str) -> HttpResponse:
    found = _of(request, code)
    location = access.own_place_or_404(place, found)
    form = PlaceForm(request.POST or None, initial=PlaceForm.said_of(location))

    def act() -> str:
        actions.change_place(location=location, told=form.told(), by=who_of(request).actor)
        messages.success(request, _("Saved. The directory shows this place as of now."))
        return reverse(SERVICE, args=[code])

    out = reverse("organization:remove_place", args=[code, place])
    return press(request, form, act) or _place_page(request, form, found, out)


def _place_page(request: HttpRequest, form: PlaceForm, found: Service, out: str = "") -> HttpResponse:
    context = {
        "form": form,
        "service": found,
        "back": reverse(SERVICE, args=[found.code]),
        "out": out,
        "out_form": PressForm(),
    }
    return render(request, "organization/service_place.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_SERVICES)
def remove_place(request: HttpRequest, code: str, place: str) -> HttpResponse:
    found, form = _of(request, code), PressForm(request.POST)

    def act() -> str:
        actions.remove_place(location=access.own_place_or_404(place, found), by=who_of(request).actor)
        messages.success(request, _("This place is out of the directory."))
        return reverse(SERVICE, args=[code])

    if not form.is_valid():
        return redirect(SERVICE, code)
    return redirect(form.once(by=who_of(request).actor, act=act))


@require_POST
@requires(Permission.EDIT_SERVICES)
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing has changed: confirmed today."""
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        found = _of(request, code)
        actions.confirm_service(service=found, by=who.actor)
        messages.success(request, _("%(name)s is confirmed today.") % {"name": found.name})
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


@require_POST
@requires(Permission.EDIT_SERVICES)
def end(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        found = _of(request, code)
        actions.end_service(service=found, by=who.actor)
        messages.success(
            request,
            _("%(name)s is out of the directory. Referrals that were sent before go on.")
            % {"name": found.name},
        )
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)
