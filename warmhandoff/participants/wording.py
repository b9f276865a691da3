"""The words of the consent form, by version. A version is never changed: a new one begins on its day, and who agreed before agreed to the old."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from warmhandoff.foundation import clock
from warmhandoff.foundation.errors import BadValue
from warmhandoff.foundation.models import Actor
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.participants.models import ConsentText

SHORTEST = 80


@dataclass(frozen=True)
class Version:
    """One version in its languages: from when, and until when (None: until a newer one comes)."""

    version: str
    valid_from: date
    until: date | None
    texts: dict[str, str]
    source: str

    @property
    def standing(self) -> str:
        """`coming`, `in_force` or `past`."""
        today = clock.today(current_place().zone)
        if self.valid_from > today:
            return "coming"
        return "past" if self.until is not None and self.until < today else "in_force"


def versions() -> list[Version]:
    """All versions, the newest first."""
    found: dict[str, list[ConsentText]] = {}
    for text in ConsentText.objects.order_by("-valid_from", "version", "language"):
        found.setdefault(text.version, []).append(text)
    made: list[Version] = []
    for version, texts in found.items():
        until = made[-1].valid_from - timedelta(days=1) if made else None
        words = {text.language: text.text for text in texts}
        made.append(Version(version, texts[0].valid_from, until, words, texts[0].source))
    return made


@transaction.atomic
def write_version(*, texts: Mapping[str, str], valid_from: date, source: str, by: Actor) -> list[ConsentText]:
    """A new version in every language of the place, from a day that is still to come and after all others. The old ones stay."""
    if valid_from <= clock.today(current_place().zone):
        raise BadValue(
            "valid_from",
            "A new version begins tomorrow at the earliest.",
            mend="Today's consents were given to today's words.",
        )
    newest = ConsentText.objects.order_by("-valid_from").values_list("valid_from", flat=True).first()
    if newest is not None and valid_from <= newest:
        raise BadValue(
            "valid_from", "Another version begins on that day or later.", mend="Choose a later day."
        )
    for language in current_place().languages:
        if len(texts.get(language, "").strip()) < SHORTEST:
            raise BadValue(
                f"text_{language}",
                "These words are too few to agree to.",
                mend="Write the whole text, in both languages.",
            )
    return ConsentText.objects.bulk_create(
        ConsentText(
            version=valid_from.isoformat(), language=language, text=texts[language].strip(), valid_from=valid_from,
            source=source.strip(),
        )
        for language in current_place().languages
    )  # fmt: skip
