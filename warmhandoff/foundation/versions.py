"""In which version the texts that are data stand, as the database said with the context: it costs no statement of its own.

Each process keeps the texts and asks, at each use, whether what it keeps is of the version that its transaction heard. So a word
that was changed in one process is there for the next request of every other, without a restart and without a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_terms: ContextVar[int | None] = ContextVar("wh_terms_version", default=None)


def of_terms() -> int | None:
    """What this transaction heard; None where nobody acts."""
    return _terms.get()


def changed(version: int) -> None:
    """This transaction changed them itself: from now on it hears its own version."""
    if _terms.get() is not None:
        _terms.set(version)


@contextmanager
def of_transaction(version: int) -> Iterator[None]:
    """Used by scoping alone."""
    token = _terms.set(version)
    try:
        yield
    finally:
        _terms.reset(token)
