"""A word said aside: committed at once, on a connection of its own, while the transaction that does the work is still open.

For how far long work is, and for nothing that the work changes: what is said aside stays when the work is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from warmhandoff.foundation.scoping import current


@contextmanager
def said_aside() -> Iterator[CursorWrapper]:
    """A cursor for the organization that acts. Rows that the work itself has changed wait for the work: leave them alone."""
    here = current()
    beside = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with beside.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT wh_enter(%s, '', '', %s, '')", [str(here.organization_id), here.purpose])
            yield cursor
            cursor.execute("COMMIT")
    finally:
        beside.close()
