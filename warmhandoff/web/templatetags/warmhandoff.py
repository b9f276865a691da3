"""What templates say often: icons, chips, and dates as people say them with the exact one on hover."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions import dates
from warmhandoff.jurisdictions.place import current_place

register = template.Library()

CHIP_KINDS = ("", "good", "late")
# What set-up leaves of the sprite.
ICONS = frozenset(tomllib.loads((Path(__file__).parents[1] / "uswds.toml").read_text("utf-8"))["icons"])
THIS_WEEK = timedelta(days=6)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon of the USWDS sprite: the word beside it carries the meaning."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"Add the icon {name!r} to web/uswds.toml, then: make setup.")
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("uswds/img/sprite.svg"),
        name,
    )


@register.simple_tag
def chip(words: str, kind: str, icon_name: str) -> SafeString:
    """A state: an icon and a word, never color alone. `late` is for lateness and nothing else."""
    if kind not in CHIP_KINDS:
        raise template.TemplateSyntaxError(f"A chip is one of {CHIP_KINDS}, not {kind!r}.")
    css_class = f"chip chip--{kind}" if kind else "chip"
    return format_html('<span class="{}">{}{}</span>', css_class, icon(icon_name), words)


@register.simple_tag
def when(moment: datetime) -> SafeString:
    """`Tue, Nov 24, 3 pm`."""
    return _time(moment, dates.moment(moment))


@register.simple_tag
def day(value: date | datetime) -> SafeString:
    """`Tue, Nov 24`, with the year where it isn't this one."""
    on = _local(value).date() if isinstance(value, datetime) else value
    exact = formats.date_format(on, gettext("l, F j, Y"))
    return format_html('<time datetime="{}" title="{}">{}</time>', on.isoformat(), exact, dates.short_day(on))


@register.simple_tag
def due(moment: datetime) -> SafeString:
    """`today, by 5 pm`, `Wednesday, 3 pm`, `Fri, Dec 4, 3 pm`."""
    local = _local(moment)
    return _due(local, str(local.tzinfo), _today(), get_language() or "")


# Most of a page's lines are due at the end of one of a few days. A moment is the same one in every zone, and said differently.
@lru_cache(maxsize=1024)
def _due(local: datetime, _zone: str, today: date, _language: str) -> SafeString:
    hour = dates.hour(local)
    days = local.date() - today
    if days == timedelta():
        said = gettext("today, by %(hour)s") % {"hour": hour}
    elif days == timedelta(days=1):
        said = gettext("tomorrow, %(hour)s") % {"hour": hour}
    elif timedelta() < days <= THIS_WEEK:
        said = gettext("%(day)s, %(hour)s") % {"day": formats.date_format(local, "l"), "hour": hour}
    else:
        said = gettext("%(day)s, %(hour)s") % {"day": dates.short_day(local.date()), "hour": hour}
    return _time(local, said)


@register.inclusion_tag("layout/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Page) -> dict[str, Any]:
    """Links to the pages before and after; the rest of the query stays as it is."""
    request: HttpRequest = context["request"]

    def link(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous": link(page.number - 1) if page.has_previous() else "",
        "next": link(page.number + 1) if page.has_next() else "",
    }


def _local(moment: datetime) -> datetime:
    return current_place().local(moment)


def _today() -> date:
    return clock.today(current_place().zone)


def _time(moment: datetime, said: str) -> SafeString:
    local = _local(moment)
    exact = formats.date_format(local, gettext("l, F j, Y, g:i a"))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, said
    )
