"""Career coaching: the coach's guide to go by, the session to write down, and the sessions that were."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.casework.actions.coaching import NOTE, coach
from warmhandoff.casework.actions.services import COACHING
from warmhandoff.casework.reading.services import Given, given_to
from warmhandoff.foundation import terms
from warmhandoff.foundation.models import Term
from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import notes_of
from warmhandoff.programs.actions.enrollment import were_served
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.casework_forms import CoachForm, said_of, says
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def coaching(request: HttpRequest, code: str) -> HttpResponse:
    """What to ask, part by part, in both languages; what was agreed; and what was agreed before."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    form = CoachForm(
        request.POST or None,
        organization_id=who.organization.pk,
        initial={"on": said.today(), "staff": who.membership.code, "minutes": 60},
        auto_id="coach_%s",
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: _coach(card.file, form, who),
            to=reverse("people:coaching", args=[code]),
            says=_("Written down."),
        )
        if answer:
            return answer
    context = {"form": form, "guide": guide(), "sessions": sessions(card, given_to(card.file, by=who.actor))}
    status = 422 if form.is_bound else 200
    return render(request, "people/coaching.html", frame(card, "program", who) | context, status=status)


def _coach(file: Participant, form: CoachForm, who: Who) -> None:
    data = form.cleaned_data
    coach(
        file=file,
        parts=data["parts"],
        minutes=data["minutes"],
        on=data["on"],
        staff=form.giver(),
        note=data["note"],
        by=who.actor,
    )
    were_served(files=[file.pk], on=data["on"], by=who.actor)


def guide() -> list[dict[str, Any]]:
    """Each part with what a coach asks, in the page's language and beside it in the other."""
    questions = terms.in_force("coach_question")
    return [
        {
            "words": said_of(part),
            "questions": [_both(term) for term in questions if term.parent == part.code],
        }
        for part in terms.in_force("coach_guide")
    ]


def _both(term: Term) -> dict[str, str]:
    spanish = (get_language() or "en").startswith("es")
    first, second = ("es", "en") if spanish else ("en", "es")
    return {
        "first": term.in_language(first),
        "second": term.in_language(second),
        "lang": second,
    }


def sessions(card: Card, given: Given) -> list[dict[str, Any]]:
    """The sessions that were, newest first, with what was agreed."""
    notes = notes_of(card.file)
    found = []
    for service in given.services:
        session = given.session_of(service) if service.code == COACHING else None
        if session is not None:
            found.append(
                {
                    "on": service.on,
                    "says": says(service),
                    "staff": service.staff.user.name,
                    "parts": said.together(
                        [said.inside(terms.word("coach_guide", part)) for part in session.parts]
                    ),
                    "notes": [note.text for note in notes.get((NOTE, session.pk), [])],
                }
            )
    return found
