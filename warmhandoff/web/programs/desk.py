"""Who takes part, who waits, whom somebody has to look at first."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from warmhandoff.network.roles import Permission
from warmhandoff.programs.models import Contract
from warmhandoff.programs.reading.enrollments import contracts_of, desk, places_taken
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.web.people.taking_part import TakingPart, taking_part
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

PAGE = 40
# Of who asked, who waits and who is near: so many at once; the rest come up on Today by their day.
MOST = 40


@require_safe
@requires(Permission.SEE_PEOPLE)
def home(request: HttpRequest) -> HttpResponse:
    """First whom the program's rule is near, then who asked and who waits, then who takes part."""
    who: Who = request.who  # type: ignore[attr-defined]
    contracts = list(contracts_of(said.today()))
    chosen = next((one for one in contracts if one.code == request.GET.get("contract")), None)
    found = desk(chosen)
    page = Paginator(found.taking_part, PAGE).get_page(request.GET.get("page"))
    context = {
        "contracts": _contracts(contracts, chosen),
        "chosen": chosen,
        "near": _near(found.near[:MOST]) if page.number == 1 else [],
        "asked": taking_part(found.asked[:MOST]) if page.number == 1 else [],
        "waiting": taking_part(found.waiting[:MOST]) if page.number == 1 else [],
        "page": page,
        "lines": taking_part(list(page.object_list)),
        "may": who.may(Permission.CHANGE_FILE),
    }
    return render(request, "programs/home.html", context)


def _contracts(contracts: list[Contract], chosen: Contract | None) -> list[dict[str, Any]]:
    """Each with how many of its places are taken."""
    language = get_language() or "en"
    terms, taken = terms_on({one.program_id for one in contracts}), places_taken(contracts)
    return [
        {
            "code": one.code,
            "name": called(terms[one.program_id], language),
            "funding": " ".join(part for part in (one.funding.grant, one.funding.tranche) if part),
            "agency": one.agency.name,
            "taken": taken.get(one.pk, 0),
            "slots": one.slots,
            "current": one == chosen,
        }
        for one in contracts
        if one.program_id in terms
    ]


def _near(found: list[Any]) -> list[tuple[TakingPart, bool]]:
    """With whether the day has passed."""
    told = taking_part([one for one, _standing in found])
    return [(one, standing.is_out(said.today())) for one, (_e, standing) in zip(told, found, strict=True)]
