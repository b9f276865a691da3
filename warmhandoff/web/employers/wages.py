"""What an hour must pay, and what it pays: least wages by place with their source, occupations with the survey's wages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours
from warmhandoff.jurisdictions.dates import full_day
from warmhandoff.labor_market import actions, reading
from warmhandoff.labor_market.models import WageFloor
from warmhandoff.labor_market.reading import dollars
from warmhandoff.network.roles import Permission
from warmhandoff.web.employers.forms import FloorForm, SearchForm
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

A_PAGE = 40


@dataclass(frozen=True)
class FloorLine:
    """A least wage as pages tell it."""

    floor: WageFloor
    place: str
    industry: str
    rate: str
    days: str
    holds: bool


def floor_line(floor: WageFloor) -> FloorLine:
    today = said.today()
    since = full_day(floor.valid_from)
    days = (
        _("since %(day)s") % {"day": since}
        if floor.valid_from <= today
        else _("from %(day)s on") % {"day": since}
    )
    if floor.valid_to:
        days = _("%(begins)s to %(ends)s") % {"begins": since, "ends": full_day(floor.valid_to)}
    return FloorLine(
        floor,
        floor.locality.in_language(get_language() or "en"),
        terms.word("industry", floor.industry) if floor.industry else "",
        dollars(floor.rate),
        days,
        floor.valid_from <= today and (floor.valid_to is None or floor.valid_to >= today),
    )


@require_safe
@requires(Permission.SEE_DIRECTORY)
def floors(request: HttpRequest) -> HttpResponse:
    """What holds today first; then what comes, and what was."""
    who: Who = request.who  # type: ignore[attr-defined]
    lines = [floor_line(one) for one in reading.floors()]
    today = said.today()
    context = {
        "groups": [
            (title, found)
            for title, found in (
                (_("Hold today"), [one for one in lines if one.holds]),
                (_("To come"), [one for one in lines if one.floor.valid_from > today]),
                (_("Before"), [one for one in lines if not one.holds and one.floor.valid_from <= today]),
            )
            if found
        ],
        "may_set": who.may(Permission.MANAGE_NETWORK),
        "key": OneUseKeyForm()["form_key"],
    }
    return render(request, "employers/floors.html", context)


@require_http_methods(GET_OR_POST)
@requires(Permission.MANAGE_NETWORK)
@shows_the_first_result
def add_floor(request: HttpRequest) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    form = FloorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        done = do_once(
            request,
            form,
            lambda: actions.set_floor(
                locality=form.localities[data["locality"]],
                industry=data["industry"],
                rate=data["rate"],
                valid_from=data["valid_from"],
                source=data["source"],
                verified_on=said.today(),
                by=who.actor,
            ),
            to=reverse("employers:floors"),
            says=_("Written down. What held before ends the day before."),
        )
        if done:
            return done
    context = {
        "form": form,
        "title": _("A new least wage"),
        "button": _("Write it down"),
        "back": reverse("employers:floors"),
    }
    return render(request, "employers/form.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.MANAGE_NETWORK)
def verify_floor(request: HttpRequest, floor: str) -> HttpResponse:
    """I read it at its source, today."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = WageFloor.objects.filter(code=floor).first()
    if found is None:
        raise NotYours()
    form = OneUseKeyForm(request.POST)
    if form.is_valid():
        done = do_once(
            request,
            form,
            lambda: actions.verify_floor(floor=found, by=who.actor),
            to=reverse("employers:floors"),
            says=_("Verified today."),
        )
        if done:
            return done
    return redirect("employers:floors")


@require_safe
@requires(Permission.SEE_DIRECTORY)
def occupations(request: HttpRequest) -> HttpResponse:
    """Those the place trains for; any other by its name or number."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data["q"].strip() if form.is_valid() else ""
    language = get_language() or "en"
    context: dict[str, Any] = {"form": form, "asked": asked, "page": None, "found": [], "sectors": []}
    if asked:
        page = Paginator(reading.occupations(asked), A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "found": _pays(reading.with_pay(page.object_list))}
    else:
        context["sectors"] = [
            (
                one.in_language(language),
                one.source,
                one.verified_on,
                _pays(reading.with_pay(one.occupations.all())),
            )
            for one in reading.sectors()
        ]
    return render(request, "employers/occupations.html", context)


def _pays(found: list[reading.Pays]) -> list[tuple[reading.Pays, str, str]]:
    return [
        (
            one,
            dollars(one.wage.median) if one.wage and one.wage.median else "",
            one.wage.area if one.wage else "",
        )
        for one in found
    ]


@require_safe
@requires(Permission.SEE_DIRECTORY)
def occupation(request: HttpRequest, soc: str) -> HttpResponse:
    found = reading.occupation_or_404(soc)
    rows = [
        (
            wage,
            [
                dollars(value) if value is not None else ""
                for value in (wage.p10, wage.p25, wage.median, wage.p75, wage.p90)
            ],
        )
        for wage in reading.wages_of(found)
    ]
    return render(request, "employers/occupation.html", {"occupation": found, "rows": rows})
