"""The network's board."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody import moves
from warmhandoff.directory.capacity import Standing, capacity_of
from warmhandoff.directory.models import Service
from warmhandoff.foundation.errors import BadValue
from warmhandoff.jurisdictions.dates import day_of
from warmhandoff.network.models import Membership, Organization
from warmhandoff.network.reading import led_queue_of
from warmhandoff.network.roles import Permission
from warmhandoff.referrals import actions, board, declines, stalls
from warmhandoff.web.directory.words import room_of
from warmhandoff.web.network.forms import SuggestForm, TakeOverForm
from warmhandoff.web.network.lines import lines_of, reason_of
from warmhandoff.web.network.live import BOARD
from warmhandoff.web.organization.forms import PressForm
from warmhandoff.web.organization.views import FORM, who_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.live import listens

HOME = "network:home"
# Beyond this nobody reads on; the longest come first.
MOST = 100
MOST_STALE = 20
MOST_PLACES = 30


@require_safe
@requires(Permission.WATCH_NETWORK)
@listens(BOARD)
def home(request: HttpRequest) -> HttpResponse:
    """Who waits longer than promised, the longest first; below, what will wait soon."""
    who = who_of(request)
    late = board.waits_longer_than_promised()
    number = late.count()
    return render(
        request,
        "network_board/home.html",
        {
            "is_office": Organization.Kind.NETWORK_OFFICE in who.organization.kinds,
            "number": number,
            "lines": lines_of(list(late[:MOST])),
            "more": max(number - MOST, 0),
            "check": board.last_check(),
            "unanswered": stalls.unanswered(),
            "silent": _silent(),
            "declines": _declines(),
            "to_review": declines.to_review(),
            "coming": board.coming_due(),
            "stale": _stale(),
        },
    )


@require_POST
@requires(Permission.WATCH_NETWORK)
def remind(request: HttpRequest, code: str) -> HttpResponse:
    who, form = who_of(request), PressForm(request.POST)

    def act() -> str:
        row = board.row_or_404(code)
        actions.remind(party=row, by=who.actor)
        at = row.at_organization or row.other_organization
        messages.success(request, _("%(name)s is reminded. The mail is on its way.") % {"name": at.name})
        return reverse(HOME)

    return redirect(form.once(by=who.actor, act=act) if form.is_valid() else HOME)


@require_http_methods(FORM)
@requires(Permission.WATCH_NETWORK)
def suggest(request: HttpRequest, code: str) -> HttpResponse:
    """Name another place to whoever holds the person."""
    who, row = who_of(request), board.row_or_404(code)
    # A second press shows the first's result, whatever can be suggested by then.
    form = SuggestForm(request.POST or None, places=those_with_room_first(board.places_to_suggest(row)))

    def act() -> str:
        actions.suggest(party=row, service=form.chosen, note=form.cleaned_data["note"], by=who.actor)
        messages.success(
            request,
            _("Suggested: %(place)s. Whoever holds the person reads it today.")
            % {"place": form.chosen.organization.name},
        )
        return reverse(HOME)

    if request.method == "POST" and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {"form": form, "line": lines_of([row])[0], "back": reverse(HOME)}
    return render(request, "network_board/suggest.html", context, status=422 if form.is_bound else 200)


@require_http_methods(FORM)
@requires(Permission.WATCH_NETWORK)
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """Ask whoever holds the person whether the office may."""
    who, row = who_of(request), board.row_or_404(code)
    form = TakeOverForm(request.POST or None)

    def act() -> str:
        party = actions.ask_to_take_over(
            party=row, note=form.cleaned_data["note"], by=who.actor, membership=who.membership
        )
        day = day_of(party.answer_due_at)
        messages.success(
            request, _("Asked about %(code)s. They answer by %(day)s.") % {"code": row.code, "day": day}
        )
        return reverse(HOME)

    if form.is_bound and form.is_valid():
        return redirect(form.once(by=who.actor, act=act))
    queue = led_queue_of(who.organization.pk)
    if queue is None or queue.lead is None:
        raise moves.CannotTakeOver()
    context = {"form": form, "line": lines_of([row])[0], "lead": queue.lead.user.name}
    return render(request, "network_board/take_over.html", context, status=422 if form.is_bound else 200)


def those_with_room_first(places: list[Service]) -> list[Service]:
    return sorted(places, key=lambda each: not capacity_of(each).has_room)[:MOST_PLACES]


def _silent() -> list[dict[str, object]]:
    """Silent organizations, each with the last sign-in of anybody who works there."""
    found = board.silent_organizations()
    seen: dict[int, datetime | None] = dict(
        Membership.objects.filter(
            organization_id__in=[each.organization.pk for each in found], state=Membership.State.ACTIVE
        )
        .order_by()
        .values_list("organization_id")
        .annotate(Max("user__last_login"))
    )
    return [{"silence": each, "seen": seen.get(each.organization.pk)} for each in found]


def _declines() -> list[dict[str, object]]:
    """Those worth a look: full, and the directory speaks of room; or the same refusal for the third time."""
    shown = []
    for each in board.declines_lately():
        room = room_of(_with_organization(each.row.service, each.row.other_organization))
        contradicts = each.reason == "full" and room is not None and room.capacity.has_room
        if contradicts or each.is_often:
            shown.append(
                {
                    "declines": each,
                    "reason": reason_of(each.row),
                    "room": room.words if room and contradicts else "",
                }
            )
    return shown


def _with_organization(service: Service, organization: Organization) -> Service:
    service.organization = organization
    return service


def _stale() -> list[dict[str, object]]:
    """Services of members whose word about room no longer holds, the oldest first."""
    found = (
        Service.objects.filter(
            active=True,
            organization__standing=Organization.Standing.MEMBER,
            organization__state=Organization.State.ACTIVE,
            room_as_of__isnull=False,
        )
        .select_related("organization")
        .order_by("room_as_of", "id")
    )
    known = [(service, capacity_of(service)) for service in found[: MOST_STALE * 5]]
    lapsed = [(service, room) for service, room in known if room.standing is Standing.LAPSED]
    return [{"service": service, "room": room} for service, room in lapsed[:MOST_STALE]]
