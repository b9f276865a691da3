"""How names are compared: letters without accents, sounds, and the names that stand for one another.

A name here is told by ear at a counter, in English or Spanish, and typed in a hurry. `sound` writes Hernández and Ernandes,
Ximénez and Jimenez, Phillips and Filips the same; `stands_for` says which formal names a short form may mean (nicknames.toml).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

NICKNAMES = Path(__file__).with_name("nicknames.toml")
# Said and written or left out as one likes; they find nobody and would tie strangers together.
PARTICLES = frozenset(
    (
        "de", "del", "la", "las", "lo", "los", "el", "y", "e", "da", "do", "dos", "das", "di", "du", "van", "von", "der", "den",
        "ter", "al", "bin", "ibn",
    )
)  # fmt: skip
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
PREFIXES = frozenset(("mc", "mac", "o", "st"))  # written apart, they belong to what follows
MOST_TOKENS = 4

_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^wh", "w"), (r"^x", "j"), (r"^(?:hu|w)(?=[ae])", "u"),
        (r"ph", "f"), (r"tch|sch|sh|ch", "1"), (r"th|dt", "t"), (r"(?<=.)gh", ""),
        (r"gu(?=[ei])", "2"), (r"qu(?=[ei])|q|ck", "k"), (r"c(?=[eiy])|z", "s"), (r"c", "k"), (r"g(?=[eiy])", "j"),
        (r"x", "ks"), (r"h", ""), (r"v", "b"), (r"[aeiouyw]+(?=.)", "-"), (r"[aeiouyw]+$", ""), (r"2", "g"),
    )
]  # fmt: skip


def plain(text: str) -> str:
    """Small letters without accents; apostrophes and dots closed up, anything else between letters is a space."""
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    closed = re.sub(r"['’`´.]", "", letters)
    return " ".join("".join(c if c.isalpha() else " " for c in closed).split())


@lru_cache(maxsize=100_000)
def tokens(text: str) -> tuple[str, ...]:
    """The parts of a name that tell: two surnames are two, `de la` and `Jr.` none."""
    found: list[str] = []
    prefix = ""
    for part in plain(text).split():
        if part in PREFIXES:
            prefix += part
            continue
        found.append(prefix + part)
        prefix = ""
    if prefix:
        found.append(prefix)
    told = [part for part in found if part not in PARTICLES and part not in SUFFIXES]
    # A name without a letter is a name: whatever was written is what it is found by.
    return tuple((told or found or text.casefold().split())[:MOST_TOKENS])


@lru_cache(maxsize=100_000)
def sound(token: str) -> str:
    """What a name sounds like, vowels left out but for the place of the first: nearly alike in English and Spanish."""
    text = token
    for pattern, told in _SOUNDS:
        text = pattern.sub(told, text)
    told_once = re.sub(r"(.)\1+", r"\1", text)
    return ("a" if told_once.startswith("-") else "") + told_once.replace("-", "") or "a"


@lru_cache(maxsize=100_000)
def stands_for(token: str) -> frozenset[str]:
    """The formal names that this one may mean; one that the list doesn't know stands for its sound.

    A misspelt nickname is known by its sound, where that is one name's alone.
    """
    by_name, by_sound = _classes()
    heard = sound(token)
    return by_name.get(token) or by_sound.get(heard) or frozenset((f"~{heard}",))


@cache
def _classes() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    with NICKNAMES.open("rb") as file:
        written: dict[str, list[str]] = tomllib.load(file)["stands_for"]
    by_name: dict[str, set[str]] = {}
    for formal, forms in written.items():
        for name in (formal, *forms):
            by_name.setdefault(name, set()).add(formal)
    by_sound: dict[str, set[str]] = {}
    for name, formals in by_name.items():
        if len(sound(name)) >= 3:
            by_sound.setdefault(sound(name), set()).update(formals)
    return (
        {name: frozenset(formals) for name, formals in by_name.items()},
        {heard: frozenset(formals) for heard, formals in by_sound.items() if len(formals) == 1},
    )
