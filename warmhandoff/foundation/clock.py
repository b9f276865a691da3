"""The one clock. Nothing else in the product asks what time it is.

Inside a context (`scoping.acting_as`) the time is that of the transaction, as the database's `wh_now()` told it:
Python and triggers can't disagree about what is late. Outside, it is the machine's. `at()` moves the clock, and the
database honors that only where it is marked as a demo or a test; elsewhere the override has no effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_asked: ContextVar[datetime | None] = ContextVar("wh_clock_asked", default=None)
_transaction: ContextVar[datetime | None] = ContextVar("wh_clock_transaction", default=None)


def now() -> datetime:
    """The present moment, in UTC."""
    return _transaction.get() or _asked.get() or datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """The present day where the place is."""
    return now().astimezone(zone).date()


def asked() -> datetime | None:
    """The moment that a demo or a test asked for, if any: handed to the database with each context."""
    return _asked.get()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let it be `moment` (aware) for the contexts entered inside: demo and test databases only."""
    token = _asked.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _asked.reset(token)


@contextmanager
def of_transaction(moment: datetime) -> Iterator[None]:
    """Used by scoping alone: the time the database reported for this transaction."""
    token = _transaction.set(moment)
    try:
        yield
    finally:
        _transaction.reset(token)
