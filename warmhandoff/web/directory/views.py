"""The list of services, and one service."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from warmhandoff.directory import access, reading
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.web.directory.forms import FindForm
from warmhandoff.web.directory.words import Line, kinds_of, lines
from warmhandoff.web.site.access import requires

PAGE = 40


@dataclass(frozen=True)
class Entry:
    organization: Organization
    kinds: str
    lines: list[Line]
    is_listed_only: bool


@require_safe
@requires(Permission.SEE_DIRECTORY)
def list_services(request: HttpRequest) -> HttpResponse:
    """What there is, by organization; the query narrows it."""
    form = FindForm(request.GET or None)
    form.is_valid()
    wanted = form.wanted() if form.is_bound else reading.Wanted()
    found = reading.find(wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "directory/list.html",
        {
            "form": form,
            "narrowed": bool(wanted),
            "found": page.paginator.count,
            "all": reading.services().count(),
            "page": page,
            "entries": [
                Entry(
                    entry.organization,
                    kinds_of(entry.organization),
                    lines(entry.services),
                    entry.is_listed_only,
                )
                for entry in reading.by_organization(page.object_list)
            ],
        },
    )


@require_safe
@requires(Permission.SEE_DIRECTORY)
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is known about one service."""
    found = access.service_or_404(code)
    who = request.who  # type: ignore[attr-defined]
    own = found.organization_id == who.organization.pk
    others = [each for each in reading.services_of(found.organization_id) if each.pk != found.pk]
    return render(
        request,
        "directory/service.html",
        {
            "line": lines([found])[0],
            "service": found,
            "organization": found.organization,
            "kinds": kinds_of(found.organization),
            "is_listed_only": found.organization.standing == Organization.Standing.LISTED,
            "may_change": own and who.may(Permission.EDIT_SERVICES),
            "others": lines(others),
        },
    )
