"""Two files of one's own organization that may be one person's: for whoever gives people to colleagues, likeliest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warmhandoff.network.roles import Permission
from warmhandoff.participants.identity.duplicates import Pair, likely_duplicates, say_apart
from warmhandoff.participants.identity.reasons import in_words
from warmhandoff.participants.reading import PAGE, file_or_404
from warmhandoff.web.people.finding import Row, rows
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who


@dataclass(frozen=True)
class Both:
    """Two files, and why they stand here."""

    one: Row
    other: Row
    why: str


@require_safe
@requires(Permission.ASSIGN)
def duplicates(request: HttpRequest) -> HttpResponse:
    """The list; each pair with its reasons, and what can be done."""
    who: Who = request.who  # type: ignore[attr-defined]
    page = Paginator(likely_duplicates(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": _both(list(page.object_list), who),
        "may_merge": who.may(Permission.RELEASE) and who.may(Permission.CHANGE_FILE),
    }
    return render(request, "people/duplicates.html", context)


def _both(pairs: list[Pair], who: Who) -> list[Both]:
    shown = rows([listing for pair in pairs for listing in (pair.one, pair.other)], who)
    return [
        Both(shown[2 * number], shown[2 * number + 1], in_words(pair.score))
        for number, pair in enumerate(pairs)
    ]


@require_POST
@requires(Permission.ASSIGN)
def apart(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """These are two people. They are not shown as one again; a second press says so once more."""
    who: Who = request.who  # type: ignore[attr-defined]
    say_apart(one=file_or_404(code), other=file_or_404(other), by=who.actor)
    messages.success(request, _("Noted: two people. They are not shown here again."))
    return redirect("people:duplicates")
