"""What is known of someone beyond contact and needs, asked or corrected later. Opening it is written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from warmhandoff.foundation.errors import BadValue
from warmhandoff.network.roles import Permission
from warmhandoff.participants import profile
from warmhandoff.participants.reading import known_of, may_look
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.asking import NO, YES, FactsForm
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.questions import QUESTIONS
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CHANGE_FILE)
@shows_the_first_result
def facts(request: HttpRequest, code: str) -> HttpResponse:
    """Papers, school, work, housing, justice yes or no, and what funders count."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    look = {True: YES, False: NO, None: ""}[may_look(card.file)]
    known = {} if request.method == "POST" else FactsForm.initial_of(known_of(card.file, by=who.actor))
    form = FactsForm(request.POST or None, initial=known | {"look": look})
    if form.is_bound and form.is_valid():

        def act() -> str:
            profile.learn(file=card.file, answers=form.answers(), by=who.actor)
            if form.cleaned_data["look"]:
                profile.record_look(file=card.file, allowed=form.cleaned_data["look"] == YES, by=who.actor)
            return reverse("people:person", args=[code])

        try:
            return redirect(form.once(by=who.actor, act=act))
        except BadValue as error:
            form.refuse(error)
    context = {"card": card, "code": code, "form": form, "questions": QUESTIONS}
    return render(request, "people/facts_page.html", context, status=422 if form.is_bound else 200)
