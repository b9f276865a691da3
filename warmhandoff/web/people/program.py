"""What somebody takes part in here, and the pages about it: one part of their page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from warmhandoff.network.roles import Permission
from warmhandoff.programs.models import Enrollment
from warmhandoff.programs.reading.enrollments import contracts_of
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.person import frame
from warmhandoff.web.people.taking_part import taking_part
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


@dataclass(frozen=True)
class Page:
    """A page about somebody's taking part, at /people/<code>/...: shown to whoever may open it."""

    label: Any
    url_name: str
    permission: Permission = Permission.CHANGE_FILE


# In the order of the way through a program. Each names its page; `says` on it is that page's own.
PAGES: tuple[Page, ...] = (
    Page(gettext_lazy("Eligibility"), "eligibility"),
    Page(gettext_lazy("Needs scale"), "scale"),
    Page(gettext_lazy("Plan"), "plan"),
    Page(gettext_lazy("Ready for work"), "ready"),
    Page(gettext_lazy("Career coaching"), "coaching"),
    Page(gettext_lazy("Services given"), "services", Permission.RECORD_CONTACT),
    Page(gettext_lazy("Groups"), "groups", Permission.RUN_GROUPS),
    Page(gettext_lazy("Training"), "training"),
    Page(gettext_lazy("Paid work"), "work"),
    Page(gettext_lazy("Appointments"), "appointments", Permission.RECORD_CONTACT),
    Page(gettext_lazy("Record clearance"), "clearance"),
)


def pages_for(code: str, who: Who) -> list[dict[str, Any]]:
    """The pages about what they do there that `who` may open."""
    return [
        {"label": page.label, "url": reverse(f"people:{page.url_name}", args=[code])}
        for page in PAGES
        if who.may(page.permission)
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
    context = {
        "open": [one for one in told if one.is_open],
        "over": [one for one in told if not one.is_open],
        "pages": pages_for(code, who),
        "may_apply": card.works and contracts_of(said.today()).exists(),
    }
    return render(request, "people/program.html", frame(card, "program", who) | context)
