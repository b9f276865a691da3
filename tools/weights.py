"""Estimates the weights by which files are compared, and writes warmhandoff/participants/identity/weights.toml.

    .venv/bin/python tools/weights.py

m (how often a level is seen between two descriptions of one person) is counted over made-up people, each told with one of
the errors of tests/participants/identity/errors.py, all kinds of error equally often; u (between strangers) over pairs of
them drawn at random. Half an observation is added to each level, so that none is impossible. The seeds are fixed and are not
those of the test that measures recall.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmhandoff.web.site.settings")

VERSION = 1
PEOPLE, STRANGERS = 6_000, 400_000
HEAD = """\
# How much each level of agreement between two files says. Written by tools/weights.py; don't edit the levels by hand.
#
# Each level is [m, u]: how often it is seen between two descriptions of one person, and between two strangers' files.
# Source: made-up people and errors of our own (tests/participants/identity/errors.py, {people} people told with one error each,
# {strangers} pairs of strangers); no real person's data. Counted, with half an observation added to each level. Set by hand:
# `postal` (made-up people have no ZIP code), phones and mail (a family, or a shelter's whole list, may share
# one), and a birth date of which the box was told a part (one year in fifty, one day in 366).
version = {version}
# From so many bits on, log2(m/u) added up, two descriptions are shown as alike, and as likely one person.
alike = {alike}
likely = {likely}

[levels]
"""
BY_HAND = {
    "postal": {"same": (0.85, 0.004), "slip": (0.09, 0.012), "other": (0.06, 0.984)},
    "phone": {"same": (0.65, 0.002), "slip": (0.01, 0.0001), "other": (0.34, 0.9979)},
    "mail": {"same": (0.90, 0.0005), "slip": (0.03, 0.0001), "other": (0.07, 0.9994)},
    "born": {"day_told": (0.95, 0.0027), "year_told": (0.95, 0.02)},
}
ALIKE, LIKELY = 6.0, 16.0


def main() -> None:
    import django

    django.setup()
    from tests.participants.identity import errors
    from warmhandoff.participants.identity.known import known
    from warmhandoff.participants.identity.scoring import PARTS, WEIGHTS, levels_of

    def described(one: Any) -> Any:
        reach = [("voice", one.phone), ("email", one.mail)]
        return known(
            first_name=one.first,
            last_name=one.last,
            birth_date=one.born,
            reach=[way for way in reach if way[1]],
            area=one.area,
        )

    dice = random.Random(1969)  # noqa: S311  nothing secret: the same draw each time
    everyone = errors.people(PEOPLE, seed=1969)
    kinds = list(errors.ERRORS.values())
    matches: Counter[tuple[str, str]] = Counter()
    for number, one in enumerate(everyone):
        heard = errors.mistaken(dice, one, kinds[number % len(kinds)])
        if heard:
            matches.update(levels_of(described(heard), described(one)))
    strangers: Counter[tuple[str, str]] = Counter()
    files = [described(one) for one in everyone]
    for _ in range(STRANGERS):
        a, b = dice.sample(range(PEOPLE), 2)
        strangers.update(levels_of(files[a], files[b]))
    WEIGHTS.write_text(_written(PARTS, matches, strangers), "utf-8")


def _written(parts: dict[str, tuple[str, ...]], m: Counter[Any], u: Counter[Any]) -> str:
    lines = [
        HEAD.format(people=PEOPLE, strangers=STRANGERS, version=VERSION, alike=ALIKE, likely=LIKELY).rstrip()
    ]
    for part, levels in parts.items():
        counted = [level for level in levels if level not in BY_HAND.get(part, {})]
        shares = {
            level: (_share(m, part, level, counted), _share(u, part, level, counted)) for level in counted
        }
        shares |= BY_HAND.get(part, {})
        lines += [f"[levels.{part}]", *(f"{level} = [{a:.7f}, {b:.7f}]" for level, (a, b) in shares.items())]
    return "\n".join(lines).replace("[levels]\n", "") + "\n"


def _share(counted: Counter[Any], part: str, level: str, levels: list[str]) -> float:
    whole = sum(counted[part, each] + 0.5 for each in levels)
    return float((counted[part, level] + 0.5) / whole)


if __name__ == "__main__":
    main()
