"""The keys under which a file is found again: whole numbers that say nothing without this installation's secret.

A key is a kind (the upper 7 bits that a positive number has) and a keyed hash of what that kind is made of. Two files that
share one may be the same person's; the more they share, the sooner they are compared. Each kind is there for an error that
spoils the others: a surname told by its sound, by its beginning and by its end; a birth date without the order of day and
month, and its parts beside the first name; a phone's end; and, where nobody knows a birth date, two beginnings of names.

The last kind joins name, birth date and one more thing in one key. It alone is looked at beyond the organization, and only
by the owner's function (elsewhere.py).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import cache
from hashlib import blake2b, sha256
from itertools import product

from django.conf import settings

from warmhandoff.participants.identity.known import TAIL, Born, Known
from warmhandoff.participants.identity.names import sound, stands_for

VERSION = 1  # of the rules below: another one makes every file's keys anew (keeping.py)
SHIFT = 56
MOST_FAMILY = 3


class Kind(IntEnum):
    FAMILY = 1
    GIVEN = 2
    GIVEN_FAMILY = 3
    GIVEN_FAMILY_HEAD = 4
    GIVEN_FAMILY_TAIL = 5
    INITIAL_FAMILY = 6
    HEADS = 7
    FAMILY_YEAR = 8
    FAMILY_DAY = 9
    BORN = 10
    GIVEN_YEAR_MONTH = 11
    GIVEN_YEAR_DAY = 12
    GIVEN_DAY = 13
    PHONE = 14
    PHONE_END = 15
    MAIL = 16
    # Name, birth date and one more thing: `wh_known_elsewhere` names this number too.
    PERSON = 17


# What one of them says of two files is little; the rest is rarely shared by strangers.
WEAK = frozenset((Kind.FAMILY, Kind.GIVEN, Kind.INITIAL_FAMILY, Kind.HEADS, Kind.PHONE_END))
Told = tuple[Kind, tuple[object, ...]]


def keys_of(known: Known) -> set[int]:
    """The keys of a file."""
    return _hashed(_told(known))


def keys_asked(known: Known) -> set[int]:
    """The keys that a search looks for. Names may stand in the wrong field, or in one box: then each may be either.

    A search never asks under the key that reaches beyond the organization.
    """
    either = Known(
        given=tuple(dict.fromkeys((*known.given, *known.family)))[:6],
        family=tuple(dict.fromkeys((*known.family, *known.given)))[:6],
        born=known.born,
        phones=known.phones,
        mails=known.mails,
    )
    return _hashed(each for each in _told(either) if each[0] != Kind.PERSON)


def _hashed(told: Iterable[Told]) -> set[int]:
    return {_key(kind, parts) for kind, parts in told}


def _told(known: Known) -> Iterator[Told]:
    given = {name: stands_for(name) for name in known.given}
    family = {name: sound(name) for name in known.family[: MOST_FAMILY if len(known.family) < 4 else None]}
    yield from ((Kind.FAMILY, (heard,)) for heard in family.values())
    yield from ((Kind.GIVEN, (formal,)) for formals in given.values() for formal in formals)
    yield from _names(given, family)
    if known.born:
        yield from _born(known.born, given, family)
    for phone in known.phones:
        yield Kind.PHONE, (phone[-TAIL:],)
        yield Kind.PHONE_END, (phone[-4:],)
    yield from ((Kind.MAIL, (mail,)) for mail in known.mails)
    if known.born and known.born.whole:
        yield from _person(known, known.born)


def _names(given: dict[str, frozenset[str]], family: dict[str, str]) -> Iterator[Told]:
    for (first, formals), (last, heard) in product(given.items(), family.items()):
        if first == last:
            continue
        yield Kind.INITIAL_FAMILY, (first[0], heard)
        yield Kind.HEADS, (first[:2], last[:3])
        for formal in formals:
            yield Kind.GIVEN_FAMILY, (formal, heard)
            yield Kind.GIVEN_FAMILY_HEAD, (formal, last[:3])
            yield Kind.GIVEN_FAMILY_TAIL, (formal, last[-3:])


def _born(born: Born, given: dict[str, frozenset[str]], family: dict[str, str]) -> Iterator[Told]:
    day = tuple(sorted((born.month, born.day)))
    if born.year:
        yield from ((Kind.FAMILY_YEAR, (heard, born.year)) for heard in family.values())
    if not (born.month and born.day):
        return
    yield from ((Kind.FAMILY_DAY, (heard, *day)) for heard in family.values())
    formals = {formal for each in given.values() for formal in each}
    yield from ((Kind.GIVEN_DAY, (formal, *day)) for formal in formals)
    if born.year:
        yield Kind.BORN, (born.year, *day)
        for formal in formals:
            yield Kind.GIVEN_YEAR_MONTH, (formal, born.year, born.month)
            yield Kind.GIVEN_YEAR_DAY, (formal, born.year, born.day)


def _person(known: Known, born: Born) -> Iterator[Told]:
    """First name, surname and birth date, each as people misstate them, with a phone or an address."""
    day = sorted((born.month, born.day))
    formals = {formal for name in known.given for formal in stands_for(name)}
    further = [
        *(("phone", phone[-TAIL:]) for phone in known.phones),
        *(("mail", mail) for mail in known.mails),
    ]
    for formal, last, more in product(formals, known.family, further):
        yield Kind.PERSON, (formal, sound(last), born.year, *day, *more)


def _key(kind: Kind, parts: tuple[object, ...]) -> int:
    text = "\x1f".join(map(str, parts)).encode()
    digest = blake2b(text, digest_size=7, key=_secret(), person=bytes((kind,))).digest()
    return (kind << SHIFT) | int.from_bytes(digest, "big")


@cache
def _secret() -> bytes:
    """Made from the installation's key for links, which every process of it shares."""
    return hmac.digest(settings.LINK_KEY.encode(), b"identity keys", sha256)


def rules() -> str:
    """Which rules and which secret keys are made by: a fingerprint that tells neither."""
    return f"{VERSION}-{hmac.digest(_secret(), b'rules', sha256).hex()[:16]}"
