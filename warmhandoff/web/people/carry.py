"""A paper to carry, for who wants help and wants nothing shared: chosen, printed in their language, and closed by their word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.custody import actions as custody
from warmhandoff.directory.models import Service
from warmhandoff.foundation import clock, terms
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import file_or_404
from warmhandoff.referrals import carried
from warmhandoff.referrals.slips import CarriedReferral
from warmhandoff.web.directory.places import places_of
from warmhandoff.web.forms import MemorableDateField, OneUseKeyForm
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import PressForm, due_moment, language_choices
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

OUTCOMES = {
    carried.Outcome.ARRIVED: gettext_lazy("They went, and are being helped"),
    carried.Outcome.TURNED_AWAY: gettext_lazy("They went, and could not be helped there"),
    carried.Outcome.DID_NOT_GO: gettext_lazy("They did not go"),
    carried.Outcome.NO_LONGER: gettext_lazy("They no longer want it"),
}
MOST_SERVICES = 200


class CarryForm(OneUseKeyForm):
    """Where to, in which language, and when we ask whether they got there."""

    service = forms.ChoiceField(label=gettext_lazy("Where do they go?"))
    language = forms.ChoiceField(
        label=gettext_lazy("The paper is in"), choices=language_choices, widget=forms.RadioSelect
    )
    due = MemorableDateField(
        label=gettext_lazy("When do we ask whether they got there?"),
        earliest=said.today,
        latest=lambda: said.today() + timedelta(days=30),
        error_messages={
            "too_early": gettext_lazy("This day has passed. Choose today or a later day."),
            "too_late": gettext_lazy("A next step is at most 30 days ahead. Choose an earlier day."),
        },
    )

    def __init__(self, *args: Any, card: Card, own: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {one.code: one for one in services_for(card, own)}
        self.offer("service", [("", _("Choose")), *_grouped(self.services.values())])


def services_for(card: Card, own: int) -> list[Service]:
    """Other organizations' services, those for an open need first; also of organizations that only stand in the directory."""
    wanted = [need.code for need in card.shown.needs]
    found = (
        Service.objects.filter(active=True, organization__state=Organization.State.ACTIVE)
        .exclude(organization_id=own)
        .select_related("organization")
    )
    if wanted:
        found = found.filter(service_code__in=wanted)
    return list(found.order_by("service_code", "organization__name_sort", "name_sort", "id")[:MOST_SERVICES])


def _grouped(services: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in services:
        name = one.in_language(translation.get_language() or "en")
        groups.setdefault(terms.word("service_code", one.service_code), []).append(
            (one.code, f"{name}, {one.organization.name}")
        )
    return list(groups.items())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFER)
@shows_the_first_result
def carry(request: HttpRequest, code: str) -> HttpResponse:
    """Choose where they go with it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    custody.held(card.file.person_id)
    initial = {
        "service": request.GET.get("service", ""),
        "language": card.shown.contact.language if card.shown.contact else "",
        "due": said.day_of(current_place().deadline("first_contact", clock.now())),
    }
    form = CarryForm(request.POST or None, card=card, own=who.organization.pk, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=lambda: _hand(form, card.file, who)))
        except (BadValue, WrongState) as error:
            form.refuse(
                error if isinstance(error, BadValue) else BadValue("service", error.sentence, mend=error.mend)
            )
    context = {"card": card, "code": code, "form": form, "open": list(carried.open_of(card.file))}
    return render(request, "people/carry/choose.html", context, status=422 if form.is_bound else 200)


def _hand(form: CarryForm, file: Participant, who: Who) -> str:
    data = form.cleaned_data
    given = carried.hand(
        file=file,
        service=form.services[data["service"]],
        language=data["language"],
        by=who.actor,
        due_at=due_moment(data["due"]),
    )
    return reverse("people:carried", args=[file.code, given.code])


@require_safe
@requires(Permission.REFER)
def paper(request: HttpRequest, code: str, carries: str) -> HttpResponse:
    """The paper: service, place, hours, code and picture, in the person's language; and what came of it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    given = _given(card.file, carries)
    context = {
        "card": card,
        "code": code,
        "given": given,
        "slip": _paper(given),
        "outcome": OUTCOMES.get(given.outcome, ""),  # type: ignore[call-overload]
        "outcomes": OUTCOMES.items(),
        "press": PressForm(),
    }
    return render(request, "people/carry/paper.html", context)


def _paper(given: CarriedReferral) -> dict[str, Any]:
    """What stands on it: nothing about the person."""
    slip_code = carried.code_of(given.slip)
    service = given.slip.service
    with translation.override(given.language):
        return {
            "language": given.language,
            # Whoever reads it there may speak another one than the person.
            "languages": sorted(current_place().languages, key=lambda one: one != given.language),
            "service": service.in_language(given.language),
            "organization": service.organization.name,
            "phone": service.organization.phone,
            "place": service.place,
            "places": places_of(service),
            "code": slip_code,
            "picture": picture(settings.ROOT_URL + reverse("carried:page", args=[slip_code])),
            "type_at": settings.ROOT_URL + reverse("carried:type"),
        }


def picture(address: str) -> SafeString:
    """The address as a QR code, drawn in the page itself: no script, no file, no style of its own."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=5, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 (digits of our own address, no text of anybody's)


@require_POST
@requires(Permission.REFER)
@shows_the_first_result
def settle(request: HttpRequest, code: str, carries: str) -> HttpResponse:
    """What the person says came of it. A second press shows how it stands."""
    who: Who = request.who  # type: ignore[attr-defined]
    file = file_or_404(code)
    given = _given(file, carries)
    form, outcome = PressForm(request.POST), request.POST.get("outcome", "")
    if not form.is_valid() or outcome not in OUTCOMES:
        raise WrongState(_("This form is incomplete."), mend=_("Open the page again and press once more."))

    def act() -> str:
        if carried.settle(carried=given, outcome=outcome, by=who.actor):
            messages.success(request, _("Written down."))
        return reverse("people:person", args=[code])

    return redirect(form.once(by=who.actor, act=act))


def _given(file: Participant, code: str) -> CarriedReferral:
    given = carried.carried_of(file).filter(code=code).first()
    if given is None:
        raise NotYours()
    return given
