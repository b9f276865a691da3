"""Notes of a file as they stand, with what each corrected; and the words of corrections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy

from warmhandoff.participants.correcting import Reason
from warmhandoff.participants.models import Narrative
from warmhandoff.participants.reading import Shown

REASON_WORDS = {
    Reason.WRONG_DAY: gettext_lazy("wrong day"),
    Reason.WRONG_WAY: gettext_lazy("another way"),
    Reason.WRONG_OUTCOME: gettext_lazy("it ended otherwise"),
    Reason.WRONG_PERSON: gettext_lazy("that was somebody else"),
    Reason.MISTYPED: gettext_lazy("written down wrong"),
    Reason.MISTAKE: gettext_lazy("done by mistake"),
}


def code_of(kind: str, pk: int) -> str:
    """What stands in an address for an event or a note: its number would tell how many there are in all."""
    return salted_hmac(f"warmhandoff.{kind}", str(pk)).hexdigest()[:16]


@dataclass(frozen=True)
class Noted:
    """A note; `before` is what it corrected, oldest first. Without a text it should never have stood here."""

    note: Narrative
    first: Narrative
    before: list[str]
    # Where whoever looks can correct it.
    correct: str = ""

    @property
    def text(self) -> str:
        return self.note.text

    @property
    def reason(self) -> str:
        return words_of_reason(self.note.reason)


def words_of_reason(reason: str) -> str:
    return str(REASON_WORDS.get(reason, reason))  # type: ignore[call-overload]


@dataclass
class Notes:
    """All notes of a file, by what they are about."""

    by_subject: dict[tuple[str, int], list[Noted]] = field(default_factory=dict)

    @classmethod
    def of(cls, shown: Shown) -> Notes:
        found = cls()
        for standing in (shown.notes, shown.struck):
            for about, notes in standing.items():
                found.by_subject.setdefault(about, []).extend(_noted(note, shown) for note in notes)
        return found

    def about(self, kind: str, pks: list[int]) -> list[Noted]:
        return [one for pk in pks for one in self.by_subject.get((kind, pk), [])]

    def everything(self) -> Iterator[tuple[str, Noted]]:
        for (kind, _pk), notes in self.by_subject.items():
            for one in notes:
                yield kind, one


def _noted(note: Narrative, shown: Shown) -> Noted:
    before: list[str] = []
    at = note
    while at.pk in shown.superseded:
        at = shown.superseded[at.pk]
        before.insert(0, at.text)
    return Noted(note, at, before)
