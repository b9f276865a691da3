"""The lead's view: who holds how many, who of them was not reached for long, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from warmhandoff.casework.protocol import OUT_OF_TOUCH_DAYS, WITHOUT_SERVICE_DAYS
from warmhandoff.casework.reading import caseloads as reading
from warmhandoff.casework.reading.caseloads import Kept, Load
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import colleague_or_404, queue_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants.reading import names_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today.lines import lines_for

QUEUE = "queue"
ON_A_PAGE = 50
FILTERS = {
    "out_of_touch": gettext_lazy("Not reached for long"),
    "without_service": gettext_lazy("No service for long"),
    "late": gettext_lazy("Late"),
    "due_soon": gettext_lazy("Due within a week"),
}


@dataclass(frozen=True)
class Row:
    """One load in the list."""

    name: str
    load: Load
    page: str
    hand_over: str
    away: bool = False


@require_safe
@requires(Permission.ASSIGN)
def caseloads(request: HttpRequest) -> HttpResponse:
    """One line a colleague who holds somebody, and the queue; the fullest first."""
    who: Who = request.who  # type: ignore[attr-defined]
    loads = reading.caseloads()
    members = Membership.objects.select_related("user").in_bulk(
        [load.owner.membership_id for load in loads if load.owner.membership_id]
    )
    rows = [_row(load, members.get(load.owner.membership_id or 0), who) for load in loads]
    context = {
        "rows": rows,
        "people": sum(len(load.people) for load in loads),
        "out_of_touch": sum(len(load.out_of_touch) for load in loads),
        "late": sum(len(load.late) for load in loads),
        "out_of_touch_days": OUT_OF_TOUCH_DAYS,
        "without_service_days": WITHOUT_SERVICE_DAYS,
    }
    return render(request, "organization/caseloads.html", context)


def _row(load: Load, member: Membership | None, who: Who) -> Row:
    if member is None:
        queue = queue_of(who.organization.pk)
        page = reverse("organization:caseload_of", args=[QUEUE])
        return Row(queue.name, load, page, reverse("organization:queue_caseload"))
    page = reverse("organization:caseload_of", args=[member.code])
    return Row(member.user.name, load, page, reverse("organization:caseload", args=[member.code]))


@require_safe
@requires(Permission.ASSIGN)
def of_one(request: HttpRequest, code: str) -> HttpResponse:
    """Whom one colleague, or the queue, holds: longest out of touch first. `?only=` one kind of them."""
    who: Who = request.who  # type: ignore[attr-defined]
    here = who.organization.pk
    if code == QUEUE:
        queue = queue_of(here)
        owner, name = Owner(here, queue_id=queue.pk), queue.name
        hand_over = reverse("organization:queue_caseload")
    else:
        member = colleague_or_404(code, here)
        owner, name = Owner(here, membership_id=member.pk), member.user.name
        hand_over = reverse("organization:caseload", args=[code])
    found = reading.caseloads(owner)
    load = found[0] if found else Load(owner)
    only = request.GET.get("only", "") if request.GET.get("only", "") in FILTERS else ""
    people: list[Kept] = getattr(load, only) if only else load.people
    page = Paginator(people, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "name": name,
        "load": load,
        "page": page,
        "rows": _people(list(page.object_list), who),
        "only": FILTERS.get(only, ""),
        "filters": [
            {"code": key, "label": label, "number": len(getattr(load, key)), "current": key == only}
            for key, label in FILTERS.items()
        ],
        "hand_over": hand_over,
    }
    return render(request, "organization/caseload_of.html", context)


def _people(people: list[Kept], who: Who) -> list[dict[str, Any]]:
    names = names_of([each.person_id for each in people])
    steps = Duty.objects.filter(pk__in=[each.step_id for each in people]).order_by("pk")
    lines = {line.duty.pk: line for line in lines_for(list(steps), who)}
    return [
        {
            "kept": each,
            "name": names[each.person_id].name if each.person_id in names else _("Someone"),
            "page": reverse("people:person", args=[names[each.person_id].code])
            if each.person_id in names
            else "",
            "line": lines.get(each.step_id),
        }
        for each in people
    ]
