"""What pages show of people's intakes that aren't finished."""

from __future__ import annotations

from typing import Any

from django import template

from warmhandoff.web.people.intake import unfinished_of

register = template.Library()


@register.inclusion_tag("people/unfinished.html", takes_context=True)
def unfinished(context: template.Context) -> dict[str, Any]:
    """The intakes that were begun and not saved, each with its way back."""
    return {"unfinished": unfinished_of(context["request"].who)}
