"""What somebody takes part in here, and the pages about it: one part of their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from warmhandoff.network.roles import Permission
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.reading.served import Standing, standing_of
from warmhandoff.programs.reading.terms import called, terms_on
from warmhandoff.programs.states import OPEN, STAFF_WORDS
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who


@dataclass(frozen=True)
class Page:
    """A page about somebody's taking part, at /people/<code>/...: shown to whoever may open it."""

    label: Any
    url_name: str
    permission: Permission = Permission.CHANGE_FILE


# In the order of the way through a program. Each names its page; `says` on it is that page's own.
PAGES: tuple[Page, ...] = ()


@dataclass(frozen=True)
class TakingPart:
    """One enrollment as pages show it."""

    enrollment: Enrollment
    program: str
    says: str
    is_open: bool
    standing: Standing | None = None


def taking_part(enrollments: Sequence[Enrollment]) -> list[TakingPart]:
    """The same with what they are called and how they stand, each read once."""
    terms = terms_on({one.program_id for one in enrollments}) if enrollments else {}
    standings = standing_of(enrollments)
    language = get_language() or "en"
    return [
        TakingPart(
            enrollment=one,
            program="" if one.program_id not in terms else called(terms[one.program_id], language),
            says=str(STAFF_WORDS[one.state]),
            is_open=one.state in OPEN,
            standing=standings.get(one.pk),
        )
        for one in enrollments
    ]


@require_safe
@requires(Permission.SEE_PEOPLE)
def program(request: HttpRequest, code: str) -> HttpResponse:
    """Open ones first; then the pages about what they do there."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = (
        Enrollment.objects.filter(file=card.file)
        .select_related("contract__agency")
        .order_by("-applied_on", "-id")
    )
    told = taking_part(list(found))
    pages = [
        {"label": page.label, "url": reverse(f"people:{page.url_name}", args=[code])}
        for page in PAGES
        if who.may(page.permission)
    ]
    context = {
        "open": [one for one in told if one.is_open],
        "over": [one for one in told if not one.is_open],
        "pages": pages,
    }
    return render(request, "people/program.html", frame(card, "program", who) | context)
