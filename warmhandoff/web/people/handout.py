"""Giving a person their own file: a PDF made when it is asked for, streamed and kept nowhere; that it was given is an event."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from warmhandoff.custody.reading import put_away_behind
from warmhandoff.foundation import once, privacy
from warmhandoff.foundation.errors import NotAllowed
from warmhandoff.network.roles import Permission
from warmhandoff.participants import correcting
from warmhandoff.participants.reading import file_of
from warmhandoff.web import letters
from warmhandoff.web.people.acts import shows_the_first_result
from warmhandoff.web.people.card import Card, card_for
from warmhandoff.web.people.forms import HandOutForm
from warmhandoff.web.people.their_file import letter_of
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who
from warmhandoff.web.today import said

# It names nobody: not the person, not the network, not us.
FILE_NAME = {"en": "your-file.pdf", "es": "su-expediente.pdf"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_PEOPLE, Permission.HAND_OUT)
@shows_the_first_result
def handout(request: HttpRequest, code: str) -> HttpResponse:
    """Say the language, look through the notes, and make it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    if not card.can["hand_out"]:
        raise NotAllowed("This person is no longer with you.", mend="Ask your lead: they can give the file.")
    contact = card.shown.contact
    behind = _behind(card, who)
    form = HandOutForm(
        request.POST or None,
        notes=[note for each in (card, *behind) for note in _notes(each)],
        initial={"language": contact.language if contact else "en"},
    )
    if form.is_bound and form.is_valid():
        return _given(card, behind, form, who)
    context = {"card": card, "code": code, "form": form}
    return render(request, "people/handout.html", context, status=422 if form.is_bound else 200)


def _notes(card: Card) -> list[tuple[int, str]]:
    return [
        (note.pk, f"{said.day(note.recorded_at)}: {note.text}")
        for notes in card.shown.notes.values()
        for note in notes
    ]


def _behind(card: Card, who: Who) -> list[Card]:
    """Other files of ours on the same person that were put together with this one."""
    people = put_away_behind(card.file.person_id)
    files = {file.person_id: file for file in map(file_of, people) if file is not None}
    return [card_for(files[person].code, who) for person in people if person in files]


def _given(card: Card, behind: list[Card], form: HandOutForm, who: Who) -> HttpResponse:
    page = reverse("people:person", args=[card.file.code])
    key, language = form.data["form_key"], form.cleaned_data["language"]
    if shown := once.claim(key, by=who.actor):
        return redirect(shown)
    left_out = frozenset(form.cleaned_data.get("left_out", ()))
    letter = letter_of(card, who, language=language, left_out=left_out, behind=behind)
    for other in behind:
        privacy.opened(
            person_id=other.file.person_id,
            subject=("handed_out", other.file.pk),
            classes=who.classes,
            by=who.actor,
        )
    event = correcting.hand_out(file=card.file, language=language, by=who.actor)
    privacy.opened(
        person_id=card.file.person_id, subject=("handed_out", event.pk), classes=who.classes, by=who.actor
    )
    once.settle(key, page)
    answer = HttpResponse(letters.pdf("their_file", letter), content_type="application/pdf")
    name = FILE_NAME.get(language, FILE_NAME["en"])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
