"""Changes of substance, read by the network's office before they stand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.directory import access, actions, reading
from warmhandoff.directory.models import ServiceChange
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.models import Agreement
from warmhandoff.network.roles import Permission
from warmhandoff.web.directory.forms import ReviewForm, SendBackForm
from warmhandoff.web.directory.history import STATES, differences_of
from warmhandoff.web.directory.words import lines
from warmhandoff.web.site.access import requires

LIST = "directory:changes"


def _organizations_reviewed(organization_id: int) -> list[int]:
    """Those whose agreement names a queue of this organization."""
    agreements = Agreement.objects.filter(
        escheat_queue__organization_id=organization_id, ends_on__isnull=True
    )
    return list(agreements.values_list("organization_id", flat=True))


@require_safe
@requires(Permission.REVIEW_SERVICES)
def changes(request: HttpRequest) -> HttpResponse:
    """What waits to be read, the oldest first."""
    who = request.who  # type: ignore[attr-defined]
    waiting = reading.waiting_changes(_organizations_reviewed(who.organization.pk))
    return render(request, "directory/changes.html", {"waiting": list(waiting)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW_SERVICES)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """The words from before beside the new ones; approve, or send back with a note."""
    who = request.who  # type: ignore[attr-defined]
    found = access.change_or_404(code, who.organization.pk)
    form = SendBackForm(request.POST or None)

    def act() -> str:
        actions.send_back(change=found, note=form.cleaned_data["note"], by=who.actor)
        messages.success(request, _("Sent back with your note. They read it, and can change it again."))
        return reverse(LIST)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {
        "change": found,
        "waits": found.state == ServiceChange.State.WAITING,
        "is_first": found.what == ServiceChange.FIRST,
        "state": STATES.get(found.state, ""),
        "line": lines([found.service])[0],
        "differences": differences_of(found),
        "form": form,
        "approve": ReviewForm(),
    }
    return render(request, "directory/change.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.REVIEW_SERVICES)
def approve(request: HttpRequest, code: str) -> HttpResponse:
    who = request.who  # type: ignore[attr-defined]
    found, form = access.change_or_404(code, who.organization.pk), ReviewForm(request.POST)

    def act() -> str:
        actions.approve(change=found, by=who.actor)
        messages.success(request, _("Approved. It stands in the directory."))
        return reverse(LIST)

    if not form.is_valid():
        return redirect("directory:change", code)
    return redirect(form.once(by=who.actor, act=act))
