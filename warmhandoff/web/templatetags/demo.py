"""What the foot of each page says in the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from warmhandoff.demo import clock as demo_clock
from warmhandoff.demo import followed
from warmhandoff.web.demo import guide

register = template.Library()

# Pages that lead into the story by themselves.
WITHOUT = ("demo:start",)


@dataclass(frozen=True)
class Strip:
    """The guide: open with its step, or closed, ready to be opened."""

    step: guide.Step | None
    back: str


@register.simple_tag(takes_context=True)
def strip(context: template.Context) -> Strip | None:
    """None where the demo's addresses don't exist, and on the page where the story begins."""
    request: HttpRequest | None = context.get("request")
    if request is None or not _is_led(request):
        return None
    if request.session.get(guide.GUIDE) != guide.OPEN:
        return Strip(None, request.get_full_path())
    story = followed.standing() if demo_clock.is_demo() else None
    if story is None:
        return None
    shown: Any = context.flatten()
    return Strip(guide.step(story, guide.here(request, shown)), request.get_full_path())


def _is_led(request: HttpRequest) -> bool:
    try:
        reverse("demo:guide")
    except NoReverseMatch:
        return False
    match = request.resolver_match
    return match is not None and match.view_name not in WITHOUT and hasattr(request, "session")
