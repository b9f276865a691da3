"""Who took part, and what became of them: drawn once, always the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import pi, sin
from random import Random
from typing import Final

from warmhandoff.demo.lives.names import HE, POOLS, SHE, THEY
from warmhandoff.foundation.codes import sort_key
from warmhandoff.participants.actions import Told, Way

SEED: Final = 1_200
GROUPS: Final = 100
ASK: Final = 13  # of each group; some of them are not eligible
WEEKS: Final = 156
LATEST_WEEK: Final = 2

# Of 100. Of those who ask: who is eligible. Of those enrolled: the rest.
ELIGIBLE: Final = 0.92
MANAGED, IN_GROUP, GROUP_DONE = 0.90, 0.80, 0.60
TRAINS, DONE, CREDENTIAL = 0.75, 0.50, 0.40
# Of those who train: paid work in place of a course. Of all: an end that nobody wrote down in time.
WORKS: Final = 0.3
NO_END: Final = 0.03
AGES: Final = (((18, 24), 22), ((25, 34), 34), ((35, 44), 25), ((45, 54), 13), ((55, 71), 6))

# Who manages the cases, and leads the group; whoever leads there says that hours are right.
HOUSES: Final = (
    # house, case managers, lead, area, weight
    ("alondra", ("hana", "dario"), "yvonne", "south", 22),
    ("eastgate", ("denise", "naira"), "marcus", "east", 18),
    ("harbor", ("ines", "mei"), "paul", "south_bay", 16),
    ("lantern", ("teo", "bao"), "rosalind", "san_fernando", 14),
    ("arroyo", ("joanna",), "felix", "san_gabriel", 10),
    ("joshua", ("dara",), "ken", "antelope", 10),
    ("valley", ("sam",), "vera", "south", 10),
)
WHY_LEFT: Final = (
    "chose_to_stop",
    "family",
    "moved_away",
    "lost_contact",
    "lost_contact",
    "school",
    "no_service",
    "no_service",
)


@dataclass(frozen=True)
class Fate:
    """What becomes of one who asks. Each is true only where those before it are."""

    eligible: bool
    managed: bool = False
    in_group: bool = False
    group_done: bool = False
    trains: str = ""  # "", "course" or "work"
    done: bool = False
    credential: bool = False
    completes: bool = False
    why_left: str = ""
    is_forgotten: bool = False  # nobody wrote down that they left, before the half-year’s report


@dataclass(frozen=True)
class Someone:
    told: Told
    reach: tuple[Way, ...]
    fate: Fate
    limb: str
    comes_before: int  # business days before the group begins


@dataclass(frozen=True)
class Group:
    number: int
    house: str
    by: str
    lead: str
    weeks_ago: int
    people: tuple[Someone, ...]

    @property
    def name(self) -> str:
        return f"{('Morning', 'Midday', 'Afternoon')[self.number % 3]} group {self.number + 1}"


@cache
def groups() -> tuple[Group, ...]:
    """All of them, the oldest first."""
    lot = Random(SEED)  # noqa: S311  the same people each time
    used: set[str] = set()
    found = []
    for number, weeks in enumerate(_begins(lot)):
        house, managers, lead, area, _weight = lot.choices(HOUSES, [each[4] for each in HOUSES])[0]
        # Denise's list is the guided story's: her groups were all long ago.
        by = lot.choice(managers) if weeks > 40 or "denise" not in managers else "naira"
        people = tuple(_someone(lot, used, area, weeks) for _ in range(ASK))
        found.append(Group(number, house, by, lead, weeks, people))
    return tuple(found)


def _begins(lot: Random) -> Sequence[int]:
    """Weeks ago at which each group begins: more in spring and fall than in December."""
    weeks = range(LATEST_WEEK, WEEKS)
    often = [1 + 0.4 * sin(2 * pi * week / 26) for week in weeks]
    return sorted(lot.choices(weeks, often, k=GROUPS), reverse=True)


def _someone(lot: Random, used: set[str], area: str, weeks: int) -> Someone:
    pronouns = lot.choices((HE, SHE, THEY), (70, 28, 2))[0]
    pool = lot.choices(POOLS, [each.weight for each in POOLS])[0]
    while True:
        first, last = lot.choice(pool.first(pronouns)), lot.choice(pool.lasts())
        if pool.two and lot.random() < 0.6:
            last = f"{last} {lot.choice(pool.lasts())}"
        if f"{first} {last}" not in used:
            break
    used.add(f"{first} {last}")
    low, high = lot.choices([span for span, _ in AGES], [weight for _, weight in AGES])[0]
    born = date(2026, 11, 20) - timedelta(
        weeks=weeks, days=lot.randint(low * 365 + 200, (high + 1) * 365 - 20)
    )
    spanish = pool.two and lot.random() < 0.4
    mailbox = f"{sort_key(first)}.{sort_key(last)}".replace(" ", "").replace("’", "")
    told = Told(
        first_name=first,
        last_name=last,
        language="es" if spanish else "en",
        pronouns=pronouns,
        birth_date=born,
        area=area if lot.random() < 0.8 else "central",
    )
    return Someone(
        told=told,
        reach=(Way("email", f"{mailbox}@mail.example"),),
        fate=_fate(lot),
        limb=lot.choices(("convicted", "charged", "arrested"), (70, 18, 12))[0],
        comes_before=lot.randint(12, 28),
    )


def _fate(lot: Random) -> Fate:
    if lot.random() >= ELIGIBLE:
        return Fate(eligible=False)
    in_group = lot.random() < IN_GROUP
    group_done = in_group and lot.random() < GROUP_DONE / IN_GROUP
    # Whoever goes through with the group goes on more often; together it comes to the same.
    goes_on = 0.9 if group_done else (TRAINS - 0.9 * GROUP_DONE) / (1 - GROUP_DONE)
    trains = ("work" if lot.random() < WORKS else "course") if lot.random() < goes_on else ""
    done = bool(trains) and lot.random() < DONE / TRAINS
    credential = done and trains == "course" and lot.random() < CREDENTIAL / (DONE * (1 - WORKS))
    completes = done
    return Fate(
        eligible=True,
        managed=lot.random() < MANAGED or done,
        in_group=in_group,
        group_done=group_done,
        trains=trains,
        done=done,
        credential=credential,
        completes=completes,
        why_left="" if completes else lot.choice(WHY_LEFT),
        is_forgotten=not completes and lot.random() < NO_END,
    )
