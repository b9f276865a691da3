"""The database while a command runs: the embedded server where none is named."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from warmhandoff.foundation import postgres

Embedded = postgres.Server | None


@contextmanager
def running() -> Iterator[Embedded]:
    """Start the embedded server, or find it running; None where DATABASE_URL names another."""
    if not settings.EMBEDDED_POSTGRES:
        yield None
        return
    with postgres.ensure_running(settings.POSTGRES_HOME) as server:
        yield server
