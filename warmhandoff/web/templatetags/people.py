"""What pages of several desks show of people: the box that finds them, unfinished intakes, whom else one may call."""

from __future__ import annotations

from typing import Any

from django import template

from warmhandoff.network.roles import Permission
from warmhandoff.participants.models import AlternateContact
from warmhandoff.participants.profile import alternates_of
from warmhandoff.web.people.asking import RELATIONS
from warmhandoff.web.people.card import Card
from warmhandoff.web.people.forms import PressForm
from warmhandoff.web.people.intake import unfinished_of

register = template.Library()


@register.inclusion_tag("people/find_box.html", takes_context=True)
def find_box(context: template.Context, *, with_list: bool = False) -> dict[str, Any]:
    """The one box. On the page with the list it narrows the list; elsewhere it stands alone, and an empty one answers nothing."""
    who = context["request"].who
    return {
        "with_list": with_list,
        "q": context["q"] if with_list else "",
        "show": context["show"] if with_list else "",
        "may_take_in": who.may(Permission.TAKE_IN),
    }


@register.inclusion_tag("people/unfinished.html", takes_context=True)
def unfinished(context: template.Context) -> dict[str, Any]:
    """The intakes that were begun and not saved, each with its way back."""
    return {"unfinished": unfinished_of(context["request"].who)}


@register.inclusion_tag("people/someone_else.html", takes_context=True)
def someone_else(context: template.Context, card: Card) -> dict[str, Any]:
    """Who else can be reached, and how much they may be told."""
    found = [
        {
            "one": one,
            "relation": str(RELATIONS[AlternateContact.Relation(one.relation)]),
            "press": PressForm(auto_id=f"else_{one.pk}_%s"),
        }
        for one in alternates_of(card.file)
    ]
    return {"found": found, "code": card.file.code}
