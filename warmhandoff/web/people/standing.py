"""The pages on how somebody stands: the needs scale, filled in together, and what is ready for work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from warmhandoff.casework.actions import standing as verbs
from warmhandoff.casework.models import Rating
from warmhandoff.casework.reading.standing import (
    HELD_ELSEWHERE,
    Stands,
    checklist,
    scale_of,
)
from warmhandoff.foundation import terms
from warmhandoff.foundation.errors import NotYours
from warmhandoff.network.roles import Permission
from warmhandoff.participants.correcting import Reason
from warmhandoff.web.people.acts import GET_OR_POST, do_once, shows_the_first_result
from warmhandoff.web.people.card import card_for
from warmhandoff.web.people.casework_forms import (
    STANDING,
    WHY_NOT,
    CorrectRatingForm,
    ReadyForm,
    ScaleForm,
    level_of,
    level_said,
    said_of,
)
from warmhandoff.web.people.noted import code_of
from warmhandoff.web.people.person import frame
from warmhandoff.web.site.access import requires
from warmhandoff.web.site.context import Who

# Where what isn't said on this page is said.
PAGE_OF = {"phone": "people:contact", "email": "people:contact", "housing": "people:facts"}


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def scale(request: HttpRequest, code: str) -> HttpResponse:
    """Each domain with where they stand and stood; the five anchors to choose from open under it."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    found = scale_of(card.file, by=who.actor)
    form = ScaleForm(request.POST or None, domains=[stands.domain for stands in found], auto_id="scale_%s")
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.rate(file=card.file, levels=form.levels(), by=who.actor),
            to=reverse("people:scale", args=[code]),
            says=_("Written down."),
        )
        if answer:
            return answer
    context = {
        "form": form,
        "domains": [_told(stands, form, who, code) for stands in found],
        "asked": sum(1 for stands in found if stands.now),
        "number": len(found),
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/scale.html", frame(card, "program", who) | context, status=status)


def _told(stands: Stands, form: ScaleForm, who: Who, code: str) -> dict[str, Any]:
    now = stands.now
    mine = now is not None and (now.by_id == who.actor.pk or who.may(Permission.CORRECT))
    return {
        "code": stands.domain.code,
        "words": said_of(stands.domain),
        "field": form[stands.domain.code],
        "now": rating_said(now) if now else "",
        "anchor": anchor_of(now) if now else "",
        "on": now.on if now else None,
        "low": bool(now and now.level and now.level <= 2),
        "first": rating_said(stands.first) if stands.first else "",
        "first_on": stands.first.on if stands.first else None,
        "change": stands.change,
        "correct": reverse("people:correct_rating", args=[code, code_of("rating", now.pk)])
        if mine and now
        else "",
    }


def rating_said(rating: Rating) -> str:
    if rating.level:
        return level_said(rating.level)
    return str(dict(WHY_NOT).get(rating.unknown, ""))  # type: ignore[call-overload]


def anchor_of(rating: Rating) -> str:
    return terms.word("scale_anchor", f"{rating.domain}_{rating.level}") if rating.level else ""


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def correct_rating(request: HttpRequest, code: str, entry: str) -> HttpResponse:
    """It was mistyped."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    ratings = [stands.now for stands in scale_of(card.file, by=who.actor) if stands.now]
    rating = next((one for one in ratings if code_of("rating", one.pk) == entry), None)
    if rating is None or not (rating.by_id == who.actor.pk or who.may(Permission.CORRECT)):
        raise NotYours()
    initial = {"level": str(rating.level or rating.unknown)}
    form = CorrectRatingForm(request.POST or None, domain=rating.domain, initial=initial)
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.correct_rating(
                rating=rating,
                level=level_of(form.cleaned_data["level"]),
                reason=Reason.MISTYPED,
                by=who.actor,
            ),
            to=reverse("people:scale", args=[code]),
            says=_("Corrected. What stood there stays readable, struck through."),
        )
        if answer:
            return answer
    context = {"card": card, "code": code, "form": form, "domain": terms.word("scale_domain", rating.domain)}
    return render(request, "people/correct_rating.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
@requires(Permission.SEE_PEOPLE, Permission.CHANGE_FILE)
@shows_the_first_result
def ready(request: HttpRequest, code: str) -> HttpResponse:
    """What work asks for: what is there, on the way, missing."""
    who: Who = request.who  # type: ignore[attr-defined]
    card = card_for(code, who)
    items = checklist(card.file, by=who.actor)
    form = ReadyForm(
        request.POST or None,
        items=[item for item, _standing in items if item.code not in HELD_ELSEWHERE],
        initial={item.code: standing for item, standing in items},
        auto_id="ready_%s",
    )
    if form.is_bound and form.is_valid():
        answer = do_once(
            request,
            form,
            lambda: verbs.mark_ready(file=card.file, standings=form.standings(), by=who.actor),
            to=reverse("people:ready", args=[code]),
            says=_("Saved."),
        )
        if answer:
            return answer
    missing = [said_of(item) for item, standing in items if standing in ("hasnt", "on_the_way", "")]
    context = {
        "form": form,
        "items": [
            {
                "words": said_of(item),
                "says": STANDING.get(standing, ""),  # type: ignore[call-overload]
                "field": form[item.code] if item.code in form.fields else None,
                "page": reverse(PAGE_OF[item.code], args=[code]) if item.code in PAGE_OF else "",
                "there": standing in ("has", "not_needed"),
            }
            for item, standing in items
        ],
        "there": len(items) - len(missing),
        "number": len(items),
        "missing": missing,
    }
    status = 422 if form.is_bound else 200
    return render(request, "people/ready.html", frame(card, "program", who) | context, status=status)
