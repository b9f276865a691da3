"""Public codes: stable, unguessable, readable over the phone."""

from __future__ import annotations

import secrets
import unicodedata

# No vowels (no words), nothing that is mistaken for something else when read out: 0/O, 1/I/L, 5/S, 2/Z, 8/B.
ALPHABET = "34679CDFGHJKMNPQRTVWXY"


def new_code(length: int = 10) -> str:
    """A code of `length` characters; 10 characters hold 44 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def code_of(digest: bytes, length: int) -> str:
    """The code of `length` characters that a digest stands for."""
    number, letters = int.from_bytes(digest[:16], "big"), []
    for _ in range(length):
        number, left = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[left])
    return "".join(letters)


def typed(text: str) -> str:
    """A code as it was typed, in any spelling: small letters, hyphens and spaces are the same."""
    return "".join(letter for letter in text.upper() if letter in ALPHABET)


def in_groups(code: str, of: int = 4) -> str:
    """`ABCD-EFGH`: as it stands on paper."""
    return "-".join(code[begin : begin + of] for begin in range(0, len(code), of))


def sort_key(text: str) -> str:
    """Casefolded, without accents: the embedded database has no ICU, where Zapata would sort before Álvarez."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
