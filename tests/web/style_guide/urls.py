"""Every part of the look on a few pages: for tests and screenshots, never in the product."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import WrongState
from warmhandoff.web.forms import ChoiceLabel, MemorableDateField, OneUseKeyForm, PhoneField
from warmhandoff.web.site.access import public
from warmhandoff.web.site.urls import handler400, handler403, handler404, handler429, handler500
from warmhandoff.web.site.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500"]

MENU = ("Today", "People", "Referrals", "Directory", "My organization")
LANGUAGES = [("en", "English"), ("es", "Spanish"), ("unknown", "Not asked yet")]
PARTS = [
    ("name", ChoiceLabel("Name", "Rosa M.")),
    ("contact", ChoiceLabel("How to reach her", "Text 555-0123, weekdays, Spanish")),
    ("work", "Work so far"),
]


class EveryField(OneUseKeyForm):
    name = forms.CharField(label="Name", help_text="As the person says it.", max_length=80)
    email = forms.EmailField(label="Email", required=False)
    phone = PhoneField(label="Phone", help_text="A number where a message is safe.")
    born = MemorableDateField(
        label="Birth date", help_text="For example: April 9 1990.", latest=lambda: date(2026, 11, 23)
    )
    language = forms.ChoiceField(label="Language", widget=forms.RadioSelect, choices=LANGUAGES)
    area = forms.ChoiceField(
        label="Area", choices=[("", "Choose one"), ("south", "South"), ("central", "Central")]
    )
    parts = forms.MultipleChoiceField(
        label="What may be shared", widget=forms.CheckboxSelectMultiple, choices=PARTS
    )
    needs = forms.CharField(label="What they need", widget=forms.Textarea, required=False, max_length=500)
    paper = forms.FileField(
        label="A paper", required=False, widget=forms.FileInput, help_text="PDF or photo, up to 10 MB."
    )
    text_ok = forms.BooleanField(
        label="Text messages are safe", required=False, help_text="Nobody else reads this phone."
    )


@public("shows the parts of the look")
def everything(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    context: dict[str, Any] = {
        "now": now,
        "soon": now + timedelta(days=2),
        "later": now + timedelta(days=30),
        "born": date(1990, 4, 9),
        "nav": [{"label": label, "url": "#main", "current": label == "Today"} for label in MENU],
        "page": Paginator(range(120), 50).page(2),
    }
    return render(request, "style_guide/everything.html", context)


@public("shows every field")
def fields(request: HttpRequest) -> HttpResponse:
    form = EveryField(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return HttpResponse(form.once(by=None, act=lambda: "/look/"))
    return render(request, "style_guide/fields.html", {"form": form}, status=422 if form.is_bound else 200)


@public("shows a page behind a link")
def link(request: HttpRequest) -> HttpResponse:
    return render(request, "style_guide/link.html")


@public("shows a page that swaps a part of itself")
def swaps(request: HttpRequest) -> HttpResponse:
    template = "style_guide/swapped.html" if request.htmx else "style_guide/swaps.html"
    return render(request, template, {"done": bool(request.GET.get("done"))})


@public("refuses")
def refuses(request: HttpRequest, how: str) -> HttpResponse:
    if how == "moved":
        raise WrongState()
    if how == "role":
        raise PermissionDenied
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("look/", everything),
    path("look/fields/", fields),
    path("look/link/", link),
    path("look/swaps/", swaps),
    path("look/refuses/<slug:how>/", refuses),
    *product,
]
