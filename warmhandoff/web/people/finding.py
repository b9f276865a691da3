"""Finding somebody among the organization's own people: by one box, as one types. *Add* is always the last line.

Those whose name begins with what was typed come first, as a list that can be gone through; then those who may be meant
however they are spelt, each with the reason. A birth date, a phone or a file's code may stand in the box too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation import together
from warmhandoff.network.models import Membership, Queue, User
from warmhandoff.network.roles import Permission
from warmhandoff.participants import identity
from warmhandoff.participants.identity import asking
from warmhandoff.participants.identity.reasons import in_words
from warmhandoff.participants.models import Listing
from warmhandoff.participants.reading import PAGE
from warmhandoff.web.people import listing
from warmhandoff.web.people.listing import BY_NAME, DUE, SHOWN, SORTS, YOU
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

LONGEST = 80
Standing = Listing.Standing


@dataclass(frozen=True)
class Row:
    """One of our people, and how they stand."""

    listing: Listing
    page: str
    stands: str
    due_at: object
    why: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_PEOPLE)
def find(request: HttpRequest) -> HttpResponse:
    """The list, and what was looked for in it. A search comes as a form: a name must not stand in an address.

    A POST reads as a GET does; nothing is changed.
    """
    who: Who = request.who  # type: ignore[attr-defined]
    asked = request.POST if request.method == "POST" else request.GET
    fragment = bool(getattr(request, "htmx", False)) and request.method == "POST"
    typed = request.POST.get("q", "").replace("\x00", "")[:LONGEST]
    if fragment and not typed.strip() and "alone" in asked:
        return render(request, "people/nothing_asked.html")  # the box of another desk, emptied again
    works = who.may(Permission.CHANGE_FILE)
    # What is due when is not for who reads contact alone: neither as a view nor as an order.
    views = {code: label for code, label in SHOWN.items() if works or code != DUE}
    shown = asked.get("show", "") if asked.get("show", "") in views else ""
    wanted = asking.asked(typed)
    sort = asked.get("sort", "") if works and asked.get("sort", "") in SORTS else BY_NAME
    people = listing.people(typed if wanted.is_a_name_alone or wanted.code else "", shown, who, sort=sort)
    if typed and not (wanted.is_a_name_alone or wanted.code):
        people = people.none()  # nobody's name begins with a birth date or a phone number
    page = Paginator(people, PAGE).get_page(asked.get("page"))
    listed = list(page.object_list)
    alike = _alike(wanted, people, page, shown, who) if page.number == 1 else {}
    shown_rows = rows([*listed, *alike], who)
    context = {
        "q": typed,
        "show": shown,
        "views": [{"code": code, "label": label, "current": code == shown} for code, label in views.items()],
        "sorts": [{"code": code, "label": label, "current": code == sort} for code, label in SORTS.items()],
        "empty": listing.EMPTY.get(shown, ""),
        **_yours(typed, shown, page, who),
        "page": page,
        "rows": shown_rows[: len(listed)],
        "alike": [replace(row, why=alike[row.listing]) for row in shown_rows[len(listed) :]],
        "is_name": wanted.is_a_name_alone,
        "may_take_in": who.may(Permission.TAKE_IN),
        "works": works,
        "sees_duplicates": who.may(Permission.ASSIGN),
    }
    return render(request, "people/results.html" if fragment else "people/find.html", context)


def _yours(typed: str, shown: str, page: Page[Listing], who: Who) -> dict[str, object]:
    """One's own caseload stands first, where not everybody fits on the page and nothing is looked for."""
    all_here = not page.has_other_pages()
    if typed or shown or all_here or page.number > 1 or not who.may(Permission.CHANGE_FILE):
        return {"yours": [], "more_of_yours": False}
    mine = listing.caseload(who)
    return {"yours": rows(mine[: listing.FIRST], who), "more_of_yours": len(mine) > listing.FIRST}


def _alike(
    wanted: asking.Asked, people: QuerySet[Listing], page: Page[Listing], shown: str, who: Who
) -> dict[Listing, str]:
    """Who else may be meant, and why: not those who stand in the list already, on this page or on another."""
    if not _tells_enough(wanted):
        return {}
    found = [each for each in identity.found(wanted) if _is_shown(each.listing, shown, who)]
    listed = {one.pk for one in page.object_list}
    if page.has_other_pages():
        files = [each.listing.file_id for each in found]
        listed |= set(people.filter(file__in=files).values_list("pk", flat=True))
    return {each.listing: in_words(each.score) for each in found if each.listing.pk not in listed}


def _tells_enough(wanted: asking.Asked) -> bool:
    """Two or three letters are the beginning of a name, and alike to everybody's."""
    return not wanted.is_a_name_alone or max(map(len, wanted.words), default=0) > 3


def _is_shown(one: Listing, shown: str, who: Who) -> bool:
    if shown == YOU:
        return one.standing == Standing.HELD and one.membership_id == who.membership.pk
    return not shown or shown == DUE or one.standing == shown


def rows(people: Iterable[Listing], who: Who) -> list[Row]:
    listings = list(people)
    holders = {one.membership_id for one in listings if one.membership_id}
    waits_in = {one.queue_id for one in listings if one.queue_id}
    names = _names(holders, waits_in)
    works = who.may(Permission.CHANGE_FILE)
    return [
        Row(
            listing=one,
            page=reverse("people:person", args=[one.code]),
            stands=_stands(one, names, who, works=works),
            due_at=one.next_due_at if works and one.standing == Standing.HELD else None,
        )
        for one in listings
    ]


# Whoever holds them: by the number of the membership, or of the queue.
_HOLDERS = together.Prepared(
    lambda holders, queues: (
        Membership.objects.filter(pk__in=holders),
        User.objects.filter(memberships__pk__in=holders),
        Queue.objects.filter(pk__in=queues),
    )
)


def _names(holders: Collection[int], queues: Collection[int]) -> dict[tuple[str, int], str]:
    if not holders and not queues:
        return {}
    members, users, found = _HOLDERS.read(holders=sorted(holders), queues=sorted(queues))
    called = {user.pk: user.name for user in users}
    return {("member", one.pk): called[one.user_id] for one in members} | {
        ("queue", one.pk): one.name for one in found
    }


def _stands(one: Listing, names: dict[tuple[str, int], str], who: Who, *, works: bool) -> str:
    if one.standing == Standing.HELD and one.membership_id == who.membership.pk:
        return _("Held by you")
    if one.standing == Standing.HELD:
        by = ("member", one.membership_id) if one.membership_id else ("queue", one.queue_id or 0)
        return _("Held by %(name)s") % {"name": names.get(by, "")}
    # That another organization referred them is about referrals: whoever reads contact alone isn't told.
    if one.standing == Standing.SERVED:
        return _("Served by us, held by whoever referred them") if works else _("Served by us")
    return _("No longer with us")
