"""Finding somebody among the organization's own people. *Add* is always the last line."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Listing
from warmhandoff.participants.reading import PAGE, own_people
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

LONGEST = 80
Standing = Listing.Standing
SHOWN = {
    "": gettext_lazy("Everyone"),
    "you": gettext_lazy("With you"),
    Standing.HELD: gettext_lazy("Held by us"),
    Standing.SERVED: gettext_lazy("Served by us"),
    Standing.CLOSED: gettext_lazy("No longer with us"),
}


@dataclass(frozen=True)
class Row:
    """One of our people, and how they stand."""

    listing: Listing
    page: str
    stands: str
    due_at: object


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_PEOPLE)
def find(request: HttpRequest) -> HttpResponse:
    """The list, and what was looked for in it. A search comes as a form: a name must not stand in an address.

    A POST reads as a GET does; nothing is changed.
    """
    who: Who = request.who  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    typed = request.POST.get("q", "").replace("\x00", "")[:LONGEST]
    shown = asked.get("show", "") if asked.get("show", "") in SHOWN else ""
    page = Paginator(_people(typed, shown, who), PAGE).get_page(asked.get("page"))
    context = {
        "q": typed,
        "show": shown,
        "views": [{"code": code, "label": label, "current": code == shown} for code, label in SHOWN.items()],
        "page": page,
        "rows": rows(page, who),
        "may_take_in": who.may(Permission.TAKE_IN),
        "works": who.may(Permission.CHANGE_FILE),
    }
    fragment = bool(getattr(request, "htmx", False)) and request.method == "POST"
    return render(request, "people/results.html" if fragment else "people/find.html", context)


def _people(typed: str, shown: str, who: Who) -> QuerySet[Listing]:
    if shown == "you":
        return own_people(typed, standing=Standing.HELD).filter(membership_id=who.membership.pk)
    return own_people(typed, standing=shown)


def rows(page: Page[Listing], who: Who) -> list[Row]:
    listings = list(page.object_list)
    holders = Membership.objects.select_related("user").in_bulk(
        {one.membership_id for one in listings if one.membership_id}
    )
    queues = Queue.objects.in_bulk({one.queue_id for one in listings if one.queue_id})
    works = who.may(Permission.CHANGE_FILE)
    return [
        Row(
            listing=one,
            page=reverse("people:person", args=[one.code]),
            stands=_stands(one, holders, queues, who, works=works),
            due_at=one.next_due_at if works and one.standing == Standing.HELD else None,
        )
        for one in listings
    ]


def _stands(
    one: Listing, holders: dict[int, Membership], queues: dict[int, Queue], who: Who, *, works: bool
) -> str:
    if one.standing == Standing.HELD and one.membership_id == who.membership.pk:
        return _("Held by you")
    if one.standing == Standing.HELD:
        holder = holders.get(one.membership_id or 0)
        queue = queues.get(one.queue_id or 0)
        return _("Held by %(name)s") % {"name": holder.user.name if holder else queue.name if queue else ""}
    # That another organization referred them is about referrals: whoever reads contact alone isn't told.
    if one.standing == Standing.SERVED:
        return _("Served by us, held by whoever referred them") if works else _("Served by us")
    return _("No longer with us")
