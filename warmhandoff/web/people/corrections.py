"""What was written down wrongly is said right, with the reason; what was just pressed by mistake is undone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.custody import correcting as custody
from warmhandoff.custody.models import CustodyEvent
from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.network.roles import Permission
from warmhandoff.participants import correcting
from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import FileEvent, Narrative
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import CorrectContactForm, CorrectNoteForm, PressForm, due_moment
from warmhandoff.web.people.noted import code_of
from warmhandoff.web.people.story import just_done
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def correct(request: HttpRequest, code: str, entry: str) -> HttpResponse:
    """A contact was otherwise, or never was."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    event = _contact(card, entry, who)
    how, outcome = event.detail.split(":")
    happened_on = said.day_of(event.happened_at)
    initial = {"how": how, "outcome": outcome, "happened_on": happened_on}
    form = CorrectContactForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            return redirect(form.once(by=who.actor, act=lambda: _correct(request, event, form, who, code)))
        except BadValue as error:
            form.refuse(error)
    return render(
        request,
        "people/correct.html",
        {"card": card, "code": code, "form": form},
        status=422 if form.is_bound else 200,
    )


def _contact(card: Card, entry: str, who: Who) -> FileEvent:
    """One that stands, and that the viewer may correct; anything else isn't there."""
    gone = {event.supersedes_id for event in card.events.file}
    for event in card.events.file:
        if event.kind == FileEvent.Kind.CONTACTED and code_of("event", event.pk) == entry:
            if event.pk in gone:
                raise WrongState(_("This was corrected before."), mend=_("Open the person’s page again."))
            if event.by_id == who.actor.pk or who.may(Permission.CORRECT):
                return event
    raise NotYours()


def _correct(request: HttpRequest, event: FileEvent, form: CorrectContactForm, who: Who, code: str) -> str:
    data = form.cleaned_data
    if form.goes:
        correcting.strike(event=event, reason=data["reason"], by=who.actor)
    else:
        on = data["happened_on"]
        correcting.correct_contact_event(
            event=event,
            how=data["how"],
            reached=data["outcome"] == "reached",
            happened_at=clock.now() if on == said.today() else due_moment(on),
            reason=data["reason"],
            by=who.actor,
        )
    return _corrected(request, code)


def _corrected(request: HttpRequest, code: str) -> str:
    messages.success(request, _("Corrected. What stood there stays readable, struck through."))
    return reverse("people:person", args=[code])


@require_http_methods(GET_OR_POST)
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def correct_note(request: HttpRequest, code: str, note: str) -> HttpResponse:
    """A note is said better, or goes from this file."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = _note(card, note, who)
    form = CorrectNoteForm(request.POST or None, initial={"text": found.text, "reason": Reason.MISTYPED})
    if form.is_bound and form.is_valid():

        def act() -> str:
            correcting.correct_note(
                note=found, text=form.words, reason=form.cleaned_data["reason"], by=who.actor
            )
            return _corrected(request, code)

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    return render(
        request,
        "people/correct_note.html",
        {"card": card, "code": code, "form": form},
        status=422 if form.is_bound else 200,
    )


def _note(card: Card, code: str, who: Who) -> Narrative:
    for notes in card.shown.notes.values():
        for note in notes:
            mine = note.written_by_id == who.actor.pk or who.may(Permission.CORRECT)
            if mine and not note.copied and code_of("note", note.pk) == code:
                return note
    raise NotYours()


@require_POST
@requires(Permission.RECORD_CONTACT)
@shows_the_first_result
def undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what was just done: for a minute, by who did it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = PressForm(request.POST)
    if not form.is_valid():
        raise WrongState(_("This form is incomplete."), mend=_("Open the page again and press once more."))
    to = reverse("people:person", args=[code])

    def act() -> str:
        done = just_done(card, who)
        if not done:
            raise WrongState(
                _("This can be undone for a minute only."), mend=_("Correct it in the story instead.")
            )
        for event in done:
            if isinstance(event, CustodyEvent):
                custody.undo_finish(event=event, by=who.actor)
            else:
                correcting.strike(event=event, reason=Reason.MISTAKE, by=who.actor)
        messages.success(request, _("Undone."))
        return to

    return redirect(form.once(by=who.actor, act=act))
