"""Each promise that is proved over all rows, in a sentence for somebody who reads it for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from warmhandoff.demo.counts import Finding


@dataclass(frozen=True)
class Words:
    name: Any
    means: Any


WORDS = {
    "P1": Words(
        _("Nobody is without a holder."),
        _("Everyone here has one organization and one name that answers for them, until they are released."),
    ),
    "P2": Words(
        _("Nobody waits without a date."),
        _("Everyone has a next step: what, who, and by when. Late can be seen; forgotten can’t be."),
    ),
    "P3": Words(
        _("Nobody changes hands in the dark."),
        _("A person is held by another organization only where it accepted, or signed that it would."),
    ),
    "P4": Words(
        _("No dead end."),
        _("Where a referral ends without success, somebody with a name decides what is next."),
    ),
    "P5": Words(
        _("Silence is an event."),
        _("Whoever doesn’t answer is reminded; their lead, the sender and the navigator hear of it, each at the promised time."),
    ),
    "P6": Words(
        _("A change and its messages are one."),
        _("What is to be told is kept with what happened: each mail that waits has what sends it, and nobody has two digests of a day."),
    ),
    "P7": Words(
        _("Nothing is overwritten."),
        _("What was written is corrected by new rows, each with a reason; the old ones stay readable."),
    ),
    "P8": Words(
        _("No one sees what is not theirs."),
        _("Each row about a person belongs to one organization; others see what the person agreed to, while it lasts."),
    ),
}  # fmt: skip


def words_of(finding: Finding) -> Words:
    return WORDS.get(finding.promise, Words(finding.says, ""))
