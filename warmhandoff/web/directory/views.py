"""The list of services, and one service: to read, to print, and to ask its mailbox whether it is still true."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warmhandoff.directory import access, actions, reading
from warmhandoff.directory.actions.mailing import can_be_asked
from warmhandoff.directory.models import Service
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.web.directory.forms import FindForm
from warmhandoff.web.directory.places import places_of
from warmhandoff.web.directory.words import Line, kinds_of, lines
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.site.access import requires

PAGE = 25
LONGEST_NUMBER = 6


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
    page = page_of(reading.find(wanted), request.GET.get("page", ""))
    told = {line.service.pk: line for line in lines(page.object_list)}
    return render(
        request,
        "directory/list.html",
        {
            "form": form,
            "may_review": request.who.may(Permission.REVIEW_SERVICES),  # type: ignore[attr-defined]
            "narrowed": bool(wanted),
            "found": page.paginator.count,
            "page": page,
            "entries": [
                Entry(
                    entry.organization,
                    kinds_of(entry.organization),
                    [told[service.pk] for service in entry.services],
                    entry.is_listed_only,
                )
                for entry in reading.by_organization(page.object_list)
            ],
        },
    )


def page_of(found: QuerySet[Service], asked: str) -> Page[Service]:
    """The page that was asked for. All that fits is gone through once: for how many there are and which stand here."""
    pages = Paginator(found, PAGE)
    number = int(asked) if asked.isdecimal() and len(asked) < LONGEST_NUMBER else 1
    first = (max(number, 1) - 1) * PAGE
    here = list(found.annotate(of=Window(Count("*"))).values_list("pk", "of")[first : first + PAGE])
    if not here and first:
        return pages.get_page(asked)  # there are not so many: the last page then
    pages.count = here[0][1] if here else 0
    rows = reading.services().in_bulk([pk for pk, _of in here])
    return Page([rows[pk] for pk, _of in here], first // PAGE + 1, pages)


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
            "places": places_of(found),
            "others": lines(others),
            "ask": OneUseKeyForm() if not own and can_be_asked(found) else None,
            "languages": [
                (each, get_language_info(each)["name_local"].capitalize())
                for each in current_place().languages
            ],
        },
    )


@require_safe
@requires(Permission.SEE_DIRECTORY)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One page to print and hand to a person, in their language."""
    found = access.service_or_404(code)
    asked = request.GET.get("lang", "")
    language = asked if asked in current_place().languages else translation.get_language() or "en"
    with translation.override(language):
        context = {
            "line": lines([found])[0],
            "service": found,
            "organization": found.organization,
            "places": places_of(found),
            "language": language,
        }
        answer = render(request, "directory/sheet.html", context)
    answer.headers["Content-Language"] = language
    return answer


@require_POST
@requires(Permission.SEE_DIRECTORY)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Mail the service's own mailbox: is this still true?"""
    found, form = access.service_or_404(code), OneUseKeyForm(request.POST)

    def act() -> str:
        actions.ask_the_mailbox(service=found)
        messages.success(request, _("We asked them. Whoever reads their mailbox answers there."))
        return request.path.removesuffix("ask/")

    who = request.who  # type: ignore[attr-defined]
    if not form.is_valid():
        return redirect("directory:service", code)
    return redirect(form.once(by=who.actor, act=act))
