"""Describing one's own services."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.directory import access, actions
from warmhandoff.directory.models import Service
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.roles import Permission
from warmhandoff.web.directory.words import lines
from warmhandoff.web.organization.forms import PressForm, ServiceForm
from warmhandoff.web.organization.views import FORM, HOME, who_of
from warmhandoff.web.site.access import requires


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def add(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    form = ServiceForm(request.POST or None)

    def act() -> str:
        actions.add_service(organization=who.organization, told=form.told(), by=who.actor)
        messages.success(request, _("Saved. It stands in the directory, confirmed today."))
        return reverse(HOME)

    return _answer(request, form, act, service=None)


@require_http_methods(FORM)
@requires(Permission.EDIT_SERVICES)
def change(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    service = access.own_service_or_404(code, who.organization.pk)
    form = ServiceForm(request.POST or None, initial=ServiceForm.said_of(service))

    def act() -> str:
        actions.change_service(service=service, told=form.told(), by=who.actor)
        messages.success(request, _("Saved. It stands in the directory, confirmed today."))
        return reverse(HOME)

    return _answer(request, form, act, service=service)


def _answer(
    request: HttpRequest, form: ServiceForm, act: Callable[[], str], service: Service | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who_of(request).actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {
        "form": form,
        "line": lines([service])[0] if service else None,
        "still": PressForm(),
        "out": PressForm(),
    }
    return render(request, "organization/service.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.EDIT_SERVICES)
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Nothing has changed: confirmed today."""
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        service = access.own_service_or_404(code, who.organization.pk)
        actions.confirm_service(service=service, by=who.actor)
        messages.success(request, _("%(name)s is confirmed today.") % {"name": service.name})
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


@require_POST
@requires(Permission.EDIT_SERVICES)
def end(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        service = access.own_service_or_404(code, who.organization.pk)
        actions.end_service(service=service, by=who.actor)
        messages.success(
            request,
            _("%(name)s is out of the directory. Referrals that were sent before go on.")
            % {"name": service.name},
        )
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)
