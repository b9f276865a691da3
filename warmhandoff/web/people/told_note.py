"""Writing a note, telling colleagues of it, and reading what one was told."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Duty
from warmhandoff.network.models import Membership
from warmhandoff.network.reading import duties_for, name_of
from warmhandoff.network.roles import Permission
from warmhandoff.participants import actions as participants
from warmhandoff.participants import telling
from warmhandoff.participants.models import FileEvent, Narrative
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.forms import TEXT_LONGEST, PressForm, WhomToTell
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


class NoteForm(WhomToTell, OneUseKeyForm):
    """A note without a contact."""

    text = forms.CharField(
        label=gettext_lazy("What should colleagues know?"),
        max_length=TEXT_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: object, me: Membership, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["text", "tell"])
        self.choose_among(me)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A note, with a choice of whom to tell."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = NoteForm(request.POST or None, me=who.membership)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: participants.note(
                file=card.file, text=form.cleaned_data["text"], by=who.actor, tell=form.chosen()
            ),
            to=reverse("people:person", args=[code]),
            says=_("Written down."),
        )
        if answer:
            return answer
    context = {"card": card, "code": code, "form": form}
    return render(request, "people/note.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def read(request: HttpRequest, duty: str) -> HttpResponse:
    """What a colleague wrote for whoever looks; one press takes it off their list."""
    who: Who = request.who  # type: ignore[attr-defined]
    found = Duty.objects.filter(
        code=duty, kind=telling.READ_NOTE, organization_id=who.organization.pk
    ).first()
    mine = found is not None and (
        found.membership_id == who.membership.pk or duties_for(who.membership).filter(pk=found.pk).exists()
    )
    event = (
        FileEvent.objects.filter(pk=found.subject_id or 0).select_related("by", "file").first()
        if mine and found
        else None
    )
    if found is None or event is None:
        raise NotYours()
    card = card_for(event.file.code, who)
    form = PressForm(request.POST or None)
    if form.is_bound and form.is_valid():
        messages.success(request, _("Read."))
        answer = do_once(
            request, form, lambda: telling.read(duty=found, by=who.actor), to=reverse("today:home")
        )
        return answer or redirect("today:home")
    context = {
        "card": card,
        "code": event.file.code,
        "by": name_of(event.by),
        "day": said.on_day(event.happened_at),
        "notes": Narrative.standing.filter(about_kind=telling.SUBJECT, about_id=event.pk),
        "is_open": found.closed_at is None,
        "form": form,
    }
    return render(request, "people/told_note.html", context)
