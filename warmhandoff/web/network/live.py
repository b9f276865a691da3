"""What the network's board hears while it is open: what has come to wait too long, by code, and that it no longer shows who waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from warmhandoff.foundation import clock
from warmhandoff.referrals import board
from warmhandoff.web.network.lines import lines_of
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import MOST_LINES, Heard, Line, Source


@dataclass(frozen=True)
class Late:
    """One row of the board whose date has passed since the page was opened."""

    pk: int


def _heard(who: Who, since: datetime) -> list[Heard]:
    """One statement."""
    due = dict(board.waits_longer_than_promised().order_by().values_list("pk", "due_at"))
    late = sorted(due)
    # Known to a page that was opened with the same ones waiting, whatever happened elsewhere.
    changed = Heard(f"late:{late}", clock.now(), len(late))
    lately = sorted((at, pk) for pk, at in due.items() if at is not None and at >= since)
    return [changed, *(Heard(f"late-now:{pk}", at, Late(pk)) for at, pk in lately[-MOST_LINES:])]


def _told(who: Who, heard: Sequence[Heard]) -> list[Line]:
    """Where that is all that has changed, how many wait needn't be said beside what has come to wait."""
    at = {each.row.pk: each.at for each in heard if isinstance(each.row, Late)}
    if not at:
        return [Line(_says(each.row), each.at) for each in heard]
    rows = board.waits_longer_than_promised().filter(pk__in=at)
    return [
        Line(f"{line.where}: {line.why}", at[line.row.pk], name=line.row.code)
        for line in lines_of(list(rows))
    ]


def _says(number: int) -> str:
    if not number:
        return _("Nobody waits longer than promised any more.")
    said = ngettext(
        "This has changed: %(number)s waits longer than promised.",
        "This has changed: %(number)s wait longer than promised.",
        number,
    )
    return said % {"number": number}


BOARD = Source(_heard, _told)
