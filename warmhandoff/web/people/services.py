"""What was given to somebody: two taps for the usual, the same to many at once, and what was recorded wrongly said right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.casework.actions import services as verbs
from warmhandoff.casework.actions.services import COACHING
from warmhandoff.casework.models import ServiceGiven
from warmhandoff.casework.reading.services import Given, given_to, unit_of, usual_codes
from warmhandoff.custody.correcting import UNDO_FOR
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Listing, Participant
from warmhandoff.participants.reading import own_people
from warmhandoff.programs.actions.enrollment import were_served
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.casework_forms import (
    CorrectServiceForm,
    GiveForm,
    GiveManyForm,
    amount,
    chosen,
    said_of,
    says,
)
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.noted import code_of, words_of_reason
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

ENTRIES = 25
# What a colleague gave lately comes first among the buttons, so many of it.
USUAL, LATELY = 4, timedelta(days=60)
# On one page for many, by name; a longer list has a search, and pages.
NAMES = 60


@dataclass(frozen=True)
class Button:
    code: str
    words: str


def buttons(form: GiveForm, who: Who) -> tuple[list[Button], list[Button]]:
    """What this colleague gives most, and the rest, each with its words."""
    every = {term.code: Button(term.code, said_of(term)) for term in form.services}
    usual = [code for code in usual_codes(who.membership, said.today() - LATELY) if code in every][:USUAL]
    return [every[code] for code in usual], [one for code, one in every.items() if code not in usual]


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def services(request: HttpRequest, code: str) -> HttpResponse:
    """What was given, newest first; and one tap for what was given just now."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    # To where it is written down: on a phone the card stands above it.
    here = f"{reverse('people:services', args=[code])}#give"
    form = GiveForm(
        request.POST or None, organization_id=who.organization.pk, initial=_now(who), auto_id="give_%s"
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: _give([card.file], form.gave(), who),
            to=here,
        )
        if answer:
            return answer
    given = given_to(card.file, by=who.actor)
    page = Paginator(given.services, ENTRIES).get_page(request.GET.get("page"))
    usual, rest = buttons(form, who)
    undo = just_given(given, who)
    context = {
        "form": form,
        "usual": usual,
        "rest": rest,
        "page": page,
        "given": [told(service, given, who, code) for service in page.object_list],
        "totals": [
            (terms.word("service_given", one), amount(one, units)) for one, units in given.totals.items()
        ],
        "number": len(given.services),
        "undo": told(undo, given, who, code) if undo else None,
        "undo_press": PressForm(auto_id="undo_%s"),
        "coaches": who.may(Permission.CHANGE_FILE),
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/services.html", frame(card, "program", who) | context, status=status)


def _now(who: Who) -> dict[str, Any]:
    return {"on": said.today(), "staff": who.membership.code}


def told(service: ServiceGiven, given: Given, who: Who, code: str) -> dict[str, Any]:
    """One service as the list shows it, with what it corrects struck out."""
    was = given.before.get(service.pk)
    mine = service.by_id == who.actor.pk or who.may(Permission.CORRECT)
    return {
        "says": says(service),
        "on": service.on,
        "staff": _("you") if service.staff_id == who.membership.pk else service.staff.user.name,
        "was": f"{says(was)}, {said.day(was.on)}" if was else "",
        "reason": words_of_reason(service.reason) if was else "",
        "correct": reverse("people:correct_service", args=[code, code_of("service", service.pk)])
        if mine
        else "",
    }


def just_given(given: Given, who: Who) -> ServiceGiven | None:
    """What this colleague wrote down here within the last minute, and so can be undone."""
    mine = [
        service
        for service in given.services
        if service.by_id == who.actor.pk
        and service.supersedes_id is None
        and service.code != COACHING
        and clock.now() - service.recorded_at <= UNDO_FOR
    ]
    return max(mine, key=lambda service: service.pk, default=None)


@require_POST
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def undo_service(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what was just recorded: for a minute, by who did it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = PressForm(request.POST)
    last = just_given(given_to(card.file, by=who.actor), who)
    if last is None or not form.is_valid():
        raise WrongState(
            _("This can be undone for a minute only."), mend=_("Correct it in the list instead.")
        )
    return do_once(
        request,
        form,
        lambda: verbs.strike(service=last, reason=Reason.MISTAKE, by=who.actor),
        to=reverse("people:services", args=[code]),
        says=_("Undone."),
    ) or redirect("people:services", code)


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def correct_service(request: HttpRequest, code: str, entry: str) -> HttpResponse:
    """It was something else, or never was."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    service = _named(given_to(card.file, by=who.actor), entry, who)
    minutes = round(service.units * 60) if unit_of(service.code) == "hour" else 30
    initial = {
        "code": service.code,
        "minutes": minutes,
        "number": max(1, round(service.units)),
        "on": service.on,
        "staff": service.staff.code,
    }
    form = CorrectServiceForm(
        request.POST or None,
        organization_id=who.organization.pk,
        also=service.code,
        minutes=minutes,
        initial=initial,
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: _correct(service, form, who),
            to=reverse("people:services", args=[code]),
            says=_("Corrected. What stood there stays readable, struck through."),
        )
        if answer:
            return answer
    context = {"card": card, "code": code, "form": form, "says": says(service)}
    return render(request, "people/correct_service.html", context, status=422 if form.is_bound else 200)


def _named(given: Given, entry: str, who: Who) -> ServiceGiven:
    """One that stands, and that whoever looks may correct; anything else isn't there."""
    for service in given.services:
        mine = service.by_id == who.actor.pk or who.may(Permission.CORRECT)
        if mine and code_of("service", service.pk) == entry:
            return service
    raise NotYours()


def _correct(service: ServiceGiven, form: CorrectServiceForm, who: Who) -> None:
    reason = form.cleaned_data["reason"]
    if form.goes:
        verbs.strike(service=service, reason=reason, by=who.actor)
    else:
        verbs.correct(service=service, gave=form.gave(), reason=reason, by=who.actor)


# --- The same to many ---------------------------------------------------------------------------------------------


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def give_many(request: HttpRequest) -> HttpResponse:
    """One service to many people at once, a page of names at a time. `?of=all`: everybody here, and not only whom one holds."""
    who: Who = request.who  # type: ignore[attr-defined]
    asked = request.GET.get("q", "").strip()[:80]
    held = own_people(standing=Listing.Standing.HELD)
    held_by_me = {"membership_id": who.membership.pk}
    number, mine = held.count(), held.filter(**held_by_me).count()
    everyone = request.GET.get("of") == "all" or not mine
    wanted = own_people(asked, standing=Listing.Standing.HELD) if asked else held
    found = wanted if everyone else wanted.filter(**held_by_me)
    page = Paginator(found, NAMES).get_page(request.GET.get("page"))
    people = list(page.object_list)
    form = GiveManyForm(
        request.POST or None,
        organization_id=who.organization.pk,
        people=[(listing.code, listing.name) for listing in people],
        initial=_now(who),
    )
    if form.is_bound and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=lambda: _give_many(request, form, people, who)))
        except BadValue as error:
            form.refuse(error)
    context = {
        "form": form,
        "people": people,
        "page": page,
        "asked": asked,
        "everyone": everyone,
        "held": number,
        "mine": mine,
        "is_long": (number if everyone else mine) > NAMES,
    }
    return render(request, "people/give_many.html", context, status=422 if form.is_bound else 200)


def _give(
    files: Sequence[Participant], gave: verbs.Gave, who: Who, *, again: bool = True
) -> list[ServiceGiven]:
    """Given; and what they take part in hears of it."""
    rows = verbs.give_many(files=files, gave=gave, by=who.actor, again=again)
    were_served(files=[row.file_id for row in rows], on=gave.on, by=who.actor)
    return rows


def _give_many(request: HttpRequest, form: GiveManyForm, people: Sequence[Listing], who: Who) -> str:
    files = list(
        Participant.objects.filter(
            organization_id=who.organization.pk, pk__in=[listing.file_id for listing in people]
        ).order_by("pk")
    )
    named = chosen(files, form.cleaned_data["people"])
    rows = _give(named, form.gave(), who, again=False)
    words = said.inside(terms.word("service_given", form.cleaned_data["code"]))
    told = ngettext(
        "Written down for %(number)s person: %(what)s.",
        "Written down for %(number)s people: %(what)s.",
        len(rows),
    ) % {"number": len(rows), "what": words}
    if len(rows) < len(named):
        names = {listing.file_id: listing.name for listing in people}
        served = {row.file_id for row in rows}
        left = said.together([names[file.pk] for file in named if file.pk not in served])
        told += " " + _("It was written down that day before, and so isn’t again: %(names)s.") % {
            "names": left
        }
    messages.success(request, told)
    return request.get_full_path()
