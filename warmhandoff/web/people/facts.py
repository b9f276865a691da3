"""What is known of someone beyond contact and needs, asked or corrected later. Opening it is written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from warmhandoff.foundation.errors import BadValue, NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants import profile
from warmhandoff.participants.models import AlternateContact
from warmhandoff.participants.profile import NO, YES
from warmhandoff.participants.reading import file_or_404, known_of, may_look
from warmhandoff.web.people.acts import one_after_the_other, shows_the_first_result
from warmhandoff.web.people.asking import AlternateForm, FactsForm
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.live import FORM, changed_since
from warmhandoff.web.people.questions import QUESTIONS
from warmhandoff.web.people.said_before import told_before
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import listens


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE)
@listens(FORM)
@shows_the_first_result
def facts(request: HttpRequest, code: str) -> HttpResponse:
    """Papers, school, work, housing, justice yes or no, and what funders count."""
    who: Who = request.who  # type: ignore[attr-defined]
    one_after_the_other(request, code)
    card = card_for(code, who)
    look = {True: YES, False: NO, None: ""}[may_look(card.file)]
    known = FactsForm.initial_of(known_of(card.file, by=who.actor))
    form = FactsForm(request.POST or None, initial=known | {"look": look})
    if form.is_bound and form.is_valid() and form.stands_as_opened(lambda at: changed_since(who, at, code)):

        def act() -> str:
            profile.learn(file=card.file, answers=form.answers(), by=who.actor)
            if form.cleaned_data["look"]:
                profile.record_look(file=card.file, allowed=form.cleaned_data["look"] == YES, by=who.actor)
            return reverse("people:person", args=[code])

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    before = told_before(card.file, by=who.actor)
    context = {"card": card, "code": code, "form": form, "questions": QUESTIONS, "before": before}
    return render(request, "people/facts_page.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def someone_else(request: HttpRequest, code: str) -> HttpResponse:
    """Someone else who can pass on that we called."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = AlternateForm(request.POST or None)
    if form.is_bound and form.is_valid():

        def act() -> str:
            profile.add_alternate(file=card.file, by=who.actor, **form.alternate())
            return reverse("people:contact", args=[code])

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {"card": card, "code": code, "form": form}
    return render(request, "people/someone_else_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def stop_someone_else(request: HttpRequest, code: str) -> HttpResponse:
    """They are not to be called any more: not safe, or not wanted."""
    who: Who = request.who  # type: ignore[attr-defined]
    file, form = file_or_404(code), PressForm(request.POST)
    point = request.POST.get("way", "")[:12]
    alternate = AlternateContact.objects.filter(file=file, contact_point__code=point).first()
    if alternate is None or not form.is_valid():
        raise NotYours()

    def act() -> str:
        profile.stop_alternate(alternate=alternate, by=who.actor)
        return reverse("people:contact", args=[code])

    return redirect(form.once(by=who.actor, act=act))
