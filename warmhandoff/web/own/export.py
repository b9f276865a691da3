"""A person's own file, at once: as a letter for each organization that keeps one, and as plain data for a machine.

What staff wrote in their own words is not in it: it may tell about somebody else, so staff look it through before they hand it
over (docs/adr/0005-a-persons-own-file.md). The letter says so.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from warmhandoff.foundation import clock, privacy
from warmhandoff.foundation.actors import participant_actor
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.network.models import Organization
from warmhandoff.participants import correcting
from warmhandoff.participants.models import Participant
from warmhandoff.participants.reading import show
from warmhandoff.referrals.own_page import File
from warmhandoff.web import letters
from warmhandoff.web.forms import OneUseKeyForm
from warmhandoff.web.own.door import Visit, behind_the_link, frame
from warmhandoff.web.people.card import Card, Held, held_of, here_of
from warmhandoff.web.people.handout import FILE_NAME
from warmhandoff.web.people.their_file import letter_of
from warmhandoff.web.site.context import Who

CLASSES = frozenset(privacy.ALL_CLASSES) - {"narrative"}
# Numbers of our own rows: they mean nothing outside, and could join two exports.
OURS = frozenset({"id", "person", "organization_id", "slip", "subject_id", "subject_kind"})


@dataclass(frozen=True)
class Themself:
    """The person in the place of the member of staff who reads their file out."""

    actor: Actor
    organization: Organization
    classes: frozenset[str] = CLASSES
    membership: Any = None


@behind_the_link(methods=("GET", "HEAD"))
def choose(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """Which of them, and in which form."""
    houses = [(one, visit.url("letter", str(number))) for number, one in enumerate(visit.page.files)]
    context = frame(visit) | {
        "houses": houses,
        "data": visit.url("data"),
        "key": OneUseKeyForm()["form_key"],
    }
    return render(request, "own/file.html", context)


@behind_the_link(methods=("POST",))
def letter(request: HttpRequest, visit: Visit, house: str) -> HttpResponseBase:
    """What one organization keeps of them, as PDF. `house`: which of those that their page names."""
    if visit.kiosk or not house.isdigit() or int(house) >= len(visit.page.files):
        return redirect(visit.url("file"))
    language = translation.get_language() or "en"
    pdf = letters.pdf("their_file", _letter(visit, visit.page.files[int(house)], language))
    return _handed(pdf, "application/pdf", FILE_NAME.get(language, FILE_NAME["en"]))


@behind_the_link(methods=("POST",))
def data(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """The same as plain data (JSON): what the page shows, and each organization's file."""
    if visit.kiosk:
        return redirect(visit.url("file"))
    language = translation.get_language() or "en"
    told = {
        "made_at": clock.now().isoformat(),
        "language": language,
        "page": _without_our_numbers(asdict(visit.page)),
        "files": [
            {"organization": one.organization, "sections": _letter(visit, one, language)["sections"]}
            for one in visit.page.files
        ],
    }
    text = json.dumps(told, default=str, ensure_ascii=False, indent=1)
    return _handed(text.encode(), "application/json", FILE_NAME["en"].replace(".pdf", ".json"))


def _without_our_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_our_numbers(each) for name, each in value.items() if name not in OURS}
    return [_without_our_numbers(each) for each in value] if isinstance(value, list) else value


def _letter(visit: Visit, house: File, language: str) -> dict[str, Any]:
    """One organization's file, read as the person there; that it was given is an event of the file."""
    with acting_as(None):
        actor = participant_actor(visit.link.pk, house.organization_id)
    with acting_as(actor, classes=CLASSES):
        file = Participant.objects.select_related("organization", "person", "contact", "listing").get(
            pk=house.id
        )
        themself = cast(Who, Themself(actor, file.organization))
        told = letter_of(_card(file, themself), themself, language=language)
        event = correcting.hand_out(file=file, language=language, by=actor)
        privacy.opened(person_id=file.person_id, subject=("handed_out", event.pk), classes=CLASSES, by=actor)
    told["lead"].append(
        _("What staff noted in their own words is not in this copy: it may tell about others. Ask for it, and they look it through for you.")
    )  # fmt: skip
    return told


def _card(file: Participant, themself: Who) -> Card:
    here = here_of(file)
    held = Held("", by_us=True) if here.custody else held_of(file, file.listing, here, themself, works=True)
    return Card(
        file=file,
        listing=file.listing,
        shown=show(file, by=themself.actor),
        lead="",
        held=held,
        ways=[],
        quiet=False,
        here=here,
        works=True,
    )


def _handed(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
