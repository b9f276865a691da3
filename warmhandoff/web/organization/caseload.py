"""Handing a caseload over, and the receiver's word: whom a colleague, or the queue, holds, and who holds them from now on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from warmhandoff.custody import caseload
from warmhandoff.custody.caseload import CHECKS, Handed
from warmhandoff.custody.models import Custody, Given
from warmhandoff.foundation.duties import Owner
from warmhandoff.foundation.errors import BadValue
from warmhandoff.network import reading
from warmhandoff.network.models import Membership, Queue
from warmhandoff.network.reading import name_of
from warmhandoff.network.roles import Permission, roles_with
from warmhandoff.participants.models import Listing, Narrative
from warmhandoff.participants.reading import names_of
from warmhandoff.referrals.models import Referral
from warmhandoff.referrals.states import OPEN
from warmhandoff.web.organization.forms import CHECK_WORDS, CaseloadForm, PressForm
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said
from warmhandoff.web.today.lines import Line, lines_for

FORM = ("GET", "HEAD", "POST")
HOME = "organization:home"
# On one page; the next ones follow when these are handed over.
MOST_NAMES = 100


@dataclass
class Caseload:
    """Whom one colleague, or the queue, holds, as whoever looks may see it: by name for whoever reads contact."""

    owner: Owner
    who: Who
    source: Membership | Queue
    held: list[Custody] = field(default_factory=list)

    @classmethod
    def of(cls, source: Membership | Queue, who: Who) -> Caseload:
        is_queue = isinstance(source, Queue)
        here = source.organization_id
        owner = Owner(here, queue_id=source.pk) if is_queue else Owner(here, membership_id=source.pk)
        return cls(owner, who, source, list(caseload.caseload(owner)))

    @property
    def people(self) -> int:
        return len(self.held)

    @property
    def unnamed(self) -> int:
        return self.people - len(self.listed)

    @cached_property
    def listed(self) -> list[tuple[Listing, Custody]]:
        """Those who are shown, first whose next step is due first."""
        shown = self.held[:MOST_NAMES]
        names = names_of([each.person_id for each in shown])
        return [(names[each.person_id], each) for each in shown if each.person_id in names]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(listing.code, listing.name) for listing, _custody in self.listed]

    def able(self) -> list[Membership]:
        """The colleagues who may hold people, but for whoever holds these."""
        roles = [role.value for role in roles_with(Permission.RELEASE)]
        staff = reading.staff_of(self.owner.organization_id).filter(role__in=roles)
        return list(staff.exclude(pk=self.owner.membership_id or 0))

    def form(self, *given: Any, leaves: bool = False) -> CaseloadForm:
        queue = reading.led_queue_of(self.owner.organization_id)
        lead = queue.lead.user.name if queue and queue.lead and self.owner.queue_id is None else ""
        return CaseloadForm(*given, able=self.able(), lead=lead, people=self.choices, leaves=leaves)

    def rows(self, form: CaseloadForm) -> list[dict[str, Any]]:
        """One row a person: next step and date, open referrals, and the fields about them."""
        lines = {
            line.duty.pk: line for line in lines_for([each.next_step for _l, each in self.listed], self.who)
        }
        referrals = _open_referrals([each.person_id for _l, each in self.listed])
        return [
            {
                "listing": listing,
                "page": reverse("people:person", args=[listing.code]),
                "line": lines.get(each.next_step_id),
                "referrals": referrals[each.person_id],
                **form.of(listing.code),
            }
            for listing, each in self.listed
        ]

    def handed(self, form: CaseloadForm) -> list[Handed]:
        """Those who were named, as the form says it."""
        to: dict[str, Membership | Queue] = {each.code: each for each in self.able()}
        queue = reading.led_queue_of(self.owner.organization_id)
        if queue is not None:
            to[form.QUEUE] = queue
        elif form.QUEUE in form.named().values():
            raise reading.NoLead()
        by_code = {listing.code: each.person_id for listing, each in self.listed}
        return [Handed(by_code[code], to[where], *form.told(code)) for code, where in form.named().items()]


def _open_referrals(people: Sequence[Any]) -> Counter[Any]:
    found = Referral.objects.filter(person_id__among=list(people), state__in=OPEN)
    return Counter(found.values_list("person_id", flat=True))


# --- Handing over -------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@requires(Permission.ASSIGN)
def of_colleague(request: HttpRequest, code: str) -> HttpResponse:
    """Hand over whom a colleague holds: some today, the rest another day."""
    who: Who = request.who  # type: ignore[attr-defined]
    return _hand_over(request, reading.colleague_or_404(code, who.organization.pk))


@require_http_methods(FORM)
@requires(Permission.ASSIGN)
def of_queue(request: HttpRequest) -> HttpResponse:
    """The same of our people's queue."""
    who: Who = request.who  # type: ignore[attr-defined]
    return _hand_over(request, reading.queue_of(who.organization.pk))


def _hand_over(request: HttpRequest, source: Membership | Queue) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    here = Caseload.of(source, who)
    form = here.form(request.POST or None)

    def act() -> str:
        given = caseload.give(people=here.handed(form), held_by=here.owner, by=who.actor)
        messages.success(request, _gone(given, here.people - len(given), source))
        return request.path if len(given) < here.people else reverse(HOME)

    # A second press shows the first's result, though nobody of those whom it named is here any more.
    press = PressForm(request.POST or None)
    if request.method == "POST" and press.is_valid():
        try:
            return redirect(press.once(by=who.actor, act=lambda: _checked(form, act)))
        except NotYet:
            pass
        except BadValue as error:
            form.refuse(error)
    return render(
        request,
        "organization/caseload.html",
        {
            "form": form,
            "name": _name_of(source),
            "is_queue": isinstance(source, Queue),
            "caseload": here,
            "rows": here.rows(form),
            "able": here.able(),
        },
        status=422 if form.is_bound else 200,
    )


class NotYet(Exception):
    """The form says what is missing."""


def _checked(form: CaseloadForm, act: Any) -> str:
    if not form.is_valid():
        raise NotYet
    path: str = act()
    return path


def _name_of(source: Membership | Queue) -> str:
    return source.name if isinstance(source, Queue) else source.user.name


def _gone(given: Sequence[Given], left: int, source: Membership | Queue) -> str:
    told = ngettext(
        "%(number)s person is with whom you chose.", "%(number)s people are with whom you chose.", len(given)
    ) % {"number": len(given)}
    if not left:
        return told
    return f"{told} " + ngettext(
        "%(number)s is still with %(name)s.", "%(number)s are still with %(name)s.", left
    ) % {"number": left, "name": _name_of(source)}


# --- The receiver -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    """One person who was given to us: what is seen to, and what isn't yet."""

    given: Given
    listing: Listing | None
    line: Line | None
    note: str

    @property
    def page(self) -> str:
        return reverse("people:person", args=[self.listing.code]) if self.listing else ""

    @property
    def name(self) -> str:
        return self.listing.name if self.listing else _("Someone")

    @property
    def seen_to(self) -> list[str]:
        return [str(CHECK_WORDS[each]) for each in CHECKS if each in self.given.seen_to]

    @property
    def open(self) -> list[str]:
        return [str(CHECK_WORDS[each]) for each in CHECKS if each not in self.given.seen_to]


@dataclass(frozen=True)
class From:
    """All that one colleague gave."""

    name: str
    day: str
    people: list[Received]


@require_http_methods(FORM)
@requires(Permission.RELEASE)
def given(request: HttpRequest) -> HttpResponse:
    """Who was given to us, from whom and with what; and the word that we have them."""
    who: Who = request.who  # type: ignore[attr-defined]
    form = PressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(form.once(by=who.actor, act=lambda: _confirm(request, who)))
    waiting = list(caseload.waiting_for(who.membership))
    return render(
        request,
        "organization/given.html",
        {"groups": _received(waiting, who), "number": len(waiting), "form": form},
    )


def _confirm(request: HttpRequest, who: Who) -> str:
    """One, or all that the page showed: whoever was given since is not confirmed unseen."""
    one = request.POST.get("one")
    codes = [one] if one else request.POST.getlist("shown")
    number = caseload.confirm(codes=codes, membership=who.membership, by=who.actor)
    left = caseload.waiting_for(who.membership).count()
    if number:
        told = ngettext("You have %(number)s person.", "You have %(number)s people.", number)
        messages.success(request, told % {"number": number})
    return reverse("organization:given") if left else reverse("today:home")


def _received(waiting: Sequence[Given], who: Who) -> list[From]:
    names = names_of([each.person_id for each in waiting])
    lines = {line.duty.pk: line for line in lines_for([each.custody.next_step for each in waiting], who)}
    notes = _notes([each.custody_id for each in waiting])
    groups = []
    in_order = sorted(waiting, key=lambda each: (each.given_by_id, each.given_at, each.pk))
    for _giver, found in groupby(in_order, key=lambda each: each.given_by_id):
        those = list(found)
        people = [
            Received(
                each,
                names.get(each.person_id),
                lines.get(each.custody.next_step_id),
                notes.get(each.custody_id, ""),
            )
            for each in those
        ]
        groups.append(From(name_of(those[0].given_by), said.on_day(those[-1].given_at), people))
    return groups


def _notes(custodies: Sequence[int]) -> Mapping[int, str]:
    found = Narrative.standing.filter(about_kind="custody", about_id__among=list(custodies))
    return dict(found.order_by("recorded_at", "id").values_list("about_id", "text"))
