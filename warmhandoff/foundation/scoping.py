"""Who acts, for which organization, seeing which classes of data.

`acting_as` opens a transaction and sets the context with SET LOCAL, so it ends with the transaction, whatever happens.
The row policies read it: without a context no row about a person is there. `on_behalf_of` is the only way to change rows
of another organization: the database itself confirms the reason (a handshake that names both, or a signed agreement),
and logs the crossing.

What this does not stop: whoever can run SQL of their own choosing as the app's login can set a context of their own
choosing. See docs/explanation/security.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from warmhandoff.foundation import clock, versions
from warmhandoff.foundation.errors import NoContext

if TYPE_CHECKING:
    from warmhandoff.foundation.models import Actor

# A placement looks for a job: whatever the role, it reads nothing that an employer may not learn (P9).
NEVER_FOR_PLACEMENT = frozenset({"justice", "supervision", "health", "substance_use"})


@dataclass(frozen=True)
class Context:
    """What the database was told."""

    organization_id: int | None = None
    actor_id: int | None = None
    classes: frozenset[str] = field(default_factory=frozenset)
    purpose: str = ""
    # The moment that was asked for, where it was: a context that returns brings its own time back.
    asked: datetime | None = None


@dataclass(frozen=True)
class Because:
    """Why one organization may touch another's rows: `kind` names the database function that confirms it."""

    kind: str
    id: int


_current: ContextVar[Context | None] = ContextVar("wh_context", default=None)


def current() -> Context:
    """The context in force; raises where nobody acts."""
    context = _current.get()
    if context is None:
        raise NoContext()
    return context


def current_organization() -> int:
    organization_id = current().organization_id
    if organization_id is None:
        raise NoContext("Whoever acts here acts for no organization.")
    return organization_id


@contextmanager
def acting_as(
    actor: Actor | None,
    *,
    purpose: str = "service",
    classes: Iterable[str] = (),
    organization_id: int | None = None,
) -> Iterator[Context]:
    """Act as `actor`, for its organization, in one transaction. `classes` are the data classes that role and purpose allow."""
    readable = frozenset(classes)
    if purpose == "placement":
        readable -= NEVER_FOR_PLACEMENT
    context = Context(
        organization_id=actor.organization_id if actor else organization_id,
        actor_id=actor.pk if actor else None,
        classes=readable,
        purpose=purpose,
        asked=clock.asked(),
    )
    with _entered(context):
        yield context


@contextmanager
def on_behalf_of(organization_id: int, *, because: Because) -> Iterator[Context]:
    """Write rows of `organization_id` for the statements inside. The database confirms the reason or refuses."""
    here = current()
    if here.organization_id == organization_id:
        yield here
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT wh_cross(%s, %s, %s)", [organization_id, because.kind, because.id])
        context = replace(here, organization_id=organization_id)
        token = _current.set(context)
        try:
            yield context
        finally:
            _current.reset(token)
            _restore(here)


@contextmanager
def _entered(context: Context) -> Iterator[None]:
    with transaction.atomic():
        before = _current.get()
        moment, terms_version = _tell_database(context)
        token = _current.set(context)
        try:
            with clock.of_transaction(moment), versions.of_transaction(terms_version):
                yield
        finally:
            _current.reset(token)
            _restore(before or Context())


def _restore(context: Context) -> None:
    # After an error the transaction takes no statement; its rollback undoes the setting anyway.
    raw = connection.connection
    if (
        raw is not None
        and raw.info.transaction_status == TransactionStatus.INTRANS
        and connection.in_atomic_block
        and not connection.needs_rollback
    ):
        _tell_database(context)


def _tell_database(context: Context) -> tuple[datetime, int]:
    """Set the context; the database says what time it is, and in which version the texts that are data stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wh_enter(%s, %s, %s, %s, %s), (SELECT version FROM foundation_termsversion)",
            [
                "" if context.organization_id is None else str(context.organization_id),
                "" if context.actor_id is None else str(context.actor_id),
                ",".join(sorted(context.classes)),
                context.purpose,
                context.asked.isoformat() if context.asked else "",
            ],
        )
        moment, terms_version = cursor.fetchone()
    return moment.astimezone(UTC), terms_version
