"""What somebody is known by when files are compared: the parts of a name, a birth date, phones, mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from warmhandoff.participants.identity.names import tokens

TAIL = 7  # the part of a phone number that people give


@dataclass(frozen=True)
class Born:
    """A birth date, or the part of it that was told."""

    year: int = 0
    month: int = 0
    day: int = 0

    @classmethod
    def on(cls, day: date | None) -> Born | None:
        return cls(day.year, day.month, day.day) if day else None

    @property
    def whole(self) -> bool:
        return bool(self.year and self.month and self.day)


@dataclass(frozen=True, slots=True)
class Known:
    """One file's part in a comparison."""

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    born: Born | None = None
    phones: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    area: str = ""
    postal: str = ""


def known(
    *,
    first_name: str,
    last_name: str,
    birth_date: date | None = None,
    reach: Iterable[tuple[str, str]] = (),
    area: str = "",
    postal: str = "",
) -> Known:
    """`reach` are (channel, value) pairs."""
    ways = list(reach)
    return Known(
        given=tokens(first_name),
        family=tokens(last_name),
        born=Born.on(birth_date),
        phones=frozenset(filter(None, (digits(value) for channel, value in ways if channel in ("text", "voice")))),
        mails=frozenset(value.strip().casefold() for channel, value in ways if channel == "email"),
        area=area,
        postal=postal[:5],
    )  # fmt: skip


def digits(phone: str) -> str:
    """The digits of a number without the country's, and nothing where there are too few to tell."""
    only = re.sub(r"\D", "", phone)
    if len(only) == 11 and only.startswith("1"):
        only = only[1:]
    return only if len(only) >= TAIL else ""
