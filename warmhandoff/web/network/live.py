"""What the network's board hears while it is open: that it no longer shows who waits. One statement, codes alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from warmhandoff.foundation import clock
from warmhandoff.referrals import board
from warmhandoff.web.site.context import Who
from warmhandoff.web.site.live import Heard, Line, Source


def _heard(who: Who, since: datetime) -> list[Heard]:
    late = sorted(board.waits_longer_than_promised().order_by().values_list("pk", flat=True))
    # Known to a page that was opened with the same ones waiting, whatever happened elsewhere.
    return [Heard(f"late:{late}", clock.now(), len(late))]


def _told(who: Who, heard: Sequence[Heard]) -> list[Line]:
    return [Line(_says(each.row), each.at) for each in heard]


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
