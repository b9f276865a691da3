"""Appointments with somebody: what is to come, making one, and one appointment's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from warmhandoff.casework.actions import appointments as verbs
from warmhandoff.casework.models import Appointment
from warmhandoff.casework.reading import appointment_or_404, appointments_of
from warmhandoff.casework.states import APPOINTMENT_WORDS, KEPT, MISSED, PLANNED
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import WrongState
from warmhandoff.jurisdictions import dates
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import may_correct
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import mail_of
from warmhandoff.programs.actions.enrollment import were_served
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.appointment_forms import (
    AppointmentForm,
    CallOffForm,
    SetRightForm,
    WhenFields,
    spoken_length,
)
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

PAST = 20


@dataclass(frozen=True)
class Told:
    """One appointment as pages show it."""

    appointment: Appointment
    when: str
    about: str
    how: str
    with_: str
    says: str
    # It has begun, and nobody has said how it went.
    waits: bool
    page: str

    @property
    def is_planned(self) -> bool:
        return self.appointment.state == PLANNED


def told(appointment: Appointment, who: Who) -> Told:
    words = said.words_of("appointment_about", "appointment_how")
    mine = appointment.membership_id == who.membership.pk
    waits = appointment.state == PLANNED and appointment.starts_at <= clock.now()
    minutes = int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
    where = appointment.location.address if appointment.location else ""
    return Told(
        appointment=appointment,
        when=f"{dates.moment(appointment.starts_at)}, {spoken_length(minutes)}",
        about=words.of("appointment_about", appointment.about),
        how=", ".join(filter(None, [words.of("appointment_how", appointment.how), where])),
        with_=_("You") if mine else appointment.membership.user.name,
        says=str(APPOINTMENT_WORDS[appointment.state]),
        waits=waits,
        page=reverse("people:appointment", args=[appointment.code]),
    )


@require_safe
@requires(Permission.RECORD_CONTACT)
def appointments(request: HttpRequest, code: str) -> HttpResponse:
    """What is to come, the first one first; and what was."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = [told(one, who) for one in appointments_of(card.file)]
    planned = [one for one in reversed(found) if one.is_planned]
    context = {
        "planned": planned,
        "over": [one for one in found if not one.is_planned][:PAST],
        "may_make": who.may(Permission.CHANGE_FILE),
    }
    return render(request, "people/appointments.html", frame(card, "program", who) | context)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Agree on one."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = AppointmentForm(
        request.POST or None,
        organization_id=who.organization.pk,
        has_mail=mail_of(card.file.person_id) is not None,
        me=who.membership,
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        answer = do_once(
            request,
            form,
            lambda: verbs.make(
                file=card.file,
                when=form.when(),
                about=data["about"],
                with_=form.with_(),
                by=who.actor,
                by_mail=data.get("by_mail", False),
            ),
            to=_list_of(card.file),
            says=_("Agreed. It comes up on Today."),
        )
        if answer:
            return answer
    context = {
        "card": card,
        "code": code,
        "form": form,
        "title": _("Make an appointment with %(name)s") % {"name": card.name},
    }
    return render(request, "people/make_appointment.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Permission.RECORD_CONTACT)
def appointment(request: HttpRequest, code: str) -> HttpResponse:
    """One appointment: how it went, another time, or calling it off."""
    return _show(request, appointment_or_404(code))


@require_POST
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def went(request: HttpRequest, code: str) -> HttpResponse:
    """They came, or not."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = appointment_or_404(code)
    form = PressForm(request.POST)
    if not form.is_valid() or request.POST.get("outcome") not in (KEPT, MISSED):
        raise WrongState(_("This form is incomplete."), mend=_("Open the page again and press once more."))
    came = request.POST["outcome"] == KEPT
    verb = verbs.keep if came else verbs.miss
    says = (
        _("Written down: they came. What you gave them can be recorded here too.")
        if came
        else _("Written down: they did not come. Whoever holds them calls them next.")
    )
    to = _list_of(found.file)

    def act() -> None:
        verb(appointment=found, by=who.actor)
        if came:
            were_served(files=[found.file_id], on=said.day_of(found.starts_at), by=who.actor)

    return do_once(request, form, act, to=to, says=says) or redirect(to)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Another time, way or place."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = appointment_or_404(code)
    form = WhenFields(
        request.POST or None, organization_id=who.organization.pk, initial=WhenFields.initial_of(found)
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.move(appointment=found, when=form.when(), by=who.actor),
            to=_list_of(found.file),
            says=_("Moved. Whoever has it in a calendar is told."),
        )
        if answer:
            return answer
    return _show(request, found, "people/move_appointment.html", form=form)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def call_off(request: HttpRequest, code: str) -> HttpResponse:
    """It does not take place."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = appointment_or_404(code)
    form = CallOffForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.cancel(appointment=found, reason=form.cleaned_data["reason"], by=who.actor),
            to=_list_of(found.file),
            says=_("Called off. Whoever has it in a calendar is told."),
        )
        if answer:
            return answer
    return _show(request, found, "people/call_off_appointment.html", form=form)


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def set_right(request: HttpRequest, code: str) -> HttpResponse:
    """They came after all, or did not."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = appointment_or_404(code)
    form = SetRightForm(request.POST or None)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.set_right(appointment=found, reason=form.cleaned_data["reason"], by=who.actor),
            to=_list_of(found.file),
            says=_("Corrected. What was said before stays readable."),
        )
        if answer:
            return answer
    return _show(request, found, "people/set_appointment_right.html", form=form)


def _list_of(file: Participant) -> str:
    return reverse("people:appointments", args=[file.code])


def _show(
    request: HttpRequest, found: Appointment, template: str = "people/appointment.html", **more: Any
) -> HttpResponse:
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(found.file.code, who)
    last = found.events.order_by("-id").first()
    one = told(found, who)
    context = {
        "card": card,
        "code": card.file.code,
        "one": one,
        "press": PressForm(auto_id="press_%s"),
        "changes": one.is_planned and who.may(Permission.CHANGE_FILE),
        "corrects": found.state in (KEPT, MISSED)
        and last is not None
        and may_correct(last.by_id, by=who.actor),
        **more,
    }
    form = more.get("form")
    return render(request, template, context, status=422 if form is not None and form.is_bound else 200)
