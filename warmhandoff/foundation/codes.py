"""Public codes: stable, unguessable, readable over the phone."""

from __future__ import annotations

import secrets
import unicodedata

# No vowels (no words), nothing that is mistaken for something else when read out: 0/O, 1/I/L, 5/S, 2/Z, 8/B.
ALPHABET = "34679CDFGHJKMNPQRTVWXY"


def new_code(length: int = 10) -> str:
    """A code of `length` characters; 10 characters hold 44 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def sort_key(text: str) -> str:
    """Casefolded, without accents: the embedded database has no ICU, where Zapata would sort before Álvarez."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
