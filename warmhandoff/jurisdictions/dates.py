"""Days and moments as people say them, where the place is and in the language that is on: pages and mails say them alike."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import formats
from django.utils.translation import gettext, pgettext

from warmhandoff.foundation import clock
from warmhandoff.jurisdictions.place import current_place


def short_day(on: date) -> str:
    """`Tue, Nov 24`, with the year where it isn't this one."""
    if on.year == clock.today(current_place().zone).year:
        return str(formats.date_format(on, pgettext("a day of this year", "D, M j")))
    return str(formats.date_format(on, pgettext("a day of another year", "M j, Y")))


def full_day(on: date) -> str:
    """`April 5, 1990`: with its year, whichever it is."""
    return str(formats.date_format(on, pgettext("a day of another year, at length", "F j, Y")))


def hour(local: datetime | time) -> str:
    """`3 pm`, `3:30 pm`: of a moment that is already the place's, or of any day."""
    form = pgettext("a full hour", "g a") if local.minute == 0 else pgettext("an hour and minutes", "g:i a")
    # "3 pm", not "3 p.m.": the chip and the line are short.
    return str(formats.time_format(local, form)).replace(".", "")


def moment(at: datetime) -> str:
    """`Tue, Nov 24, 3 pm`."""
    local = current_place().local(at)
    return gettext("%(day)s, %(hour)s") % {"day": short_day(local.date()), "hour": hour(local)}


def day_of(at: datetime) -> str:
    """`Tue, Nov 24`: the place's day of a moment."""
    return short_day(current_place().day_of(at))
