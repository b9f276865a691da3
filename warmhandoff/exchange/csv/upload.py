"""A file that somebody brought to the import page: kept while they work on it, tried, written, and deleted.

A short one is read at once; a long one by the worker. Trying and writing are the same code, once taken back and once kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from warmhandoff.directory.imports import PartnerImport
from warmhandoff.exchange.csv import importing, own_services, partners
from warmhandoff.exchange.csv.table import heading_of, parse
from warmhandoff.foundation import clock
from warmhandoff.foundation.aside import said_aside
from warmhandoff.foundation.errors import BadValue, NotYours, WrongState
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.network.models import Organization

State, Scope = PartnerImport.State, PartnerImport.Scope
# What is read while somebody waits for the page: a second's work.
AT_ONCE_BYTES = 200_000
# How much of a long file a page shows.
MOST_SHOWN = 200
KEPT_FOR = timedelta(days=1)
# How often a long file says how far it is.
SECONDS_BETWEEN_WORDS = 1.0
# By its name: the door that people use calls back into this one.
_RUN = "warmhandoff.web.tasks.run_import"


class Stopped(Exception):
    """Somebody stopped this file while it was worked on: what was written of it is taken back."""


def bring(*, raw: bytes, scope: str, organization: Organization, by: Actor) -> PartnerImport:
    """Take a file that can be read; whatever was brought before and not finished is gone."""
    table = heading_of(raw)
    if table.troubles:
        first = table.troubles[0]
        raise BadValue("file", str(first).split(": ", 1)[1] if first.row == 0 else str(first))
    with transaction.atomic():
        forget(PartnerImport.objects.filter(organization=organization, by=by, ended_at__isnull=True))
        return PartnerImport.objects.create(
            organization=organization,
            by=by,
            scope=scope,
            content=raw,
            columns=_guessed(scope, organization, table.heading),
            rows=max(raw.count(b"\n") - (0 if raw.endswith(b"\n") else -1) - 1, 0),
        )


def importer_of(job: PartnerImport) -> importing.Importer:
    return own_services.importer_for(job.organization) if job.scope == Scope.OWN else partners.IMPORTER


def columns_of(scope: str) -> tuple[str, ...]:
    return own_services.COLUMNS if scope == Scope.OWN else partners.COLUMNS


def optional_of(scope: str) -> tuple[str, ...]:
    return own_services.OPTIONAL if scope == Scope.OWN else ()


def heading_in(job: PartnerImport) -> list[str]:
    return heading_of(bytes(job.content or b"")).heading


def _guessed(scope: str, organization: Organization, heading: list[str]) -> dict[str, str]:
    """Which of their columns is which of ours: of the same name, else as it was the last time."""
    folded = {name.casefold(): name for name in heading}
    before = (
        PartnerImport.objects.filter(organization=organization, scope=scope)
        .order_by("-made_at", "-id")
        .first()
    )
    remembered = before.columns if before else {}
    return {
        column: folded.get(column) or folded.get(str(remembered.get(column, "")).casefold(), "")
        for column in columns_of(scope)
    }


def own_or_404(code: str) -> PartnerImport:
    found = (
        PartnerImport.objects.filter(organization_id=current_organization(), code=code)
        .select_related("organization", "by")
        .first()
    )
    if found is None:
        raise NotYours()
    return found


@transaction.atomic
def attempt(*, job: PartnerImport, columns: Mapping[str, str], keep_good: bool) -> None:
    """Find out what bringing it in would do."""
    _begin(job, (State.UPLOADED, State.TRIED), State.TRYING, columns=dict(columns), keep_good=keep_good)


@transaction.atomic
def write(*, job: PartnerImport) -> None:
    """Bring it in, as it was tried."""
    _begin(job, (State.TRIED,), State.WRITING)


def _begin(job: PartnerImport, sources: tuple[str, ...], state: str, **more: object) -> None:
    moved = PartnerImport.objects.filter(pk=job.pk, state__in=sources, ended_at__isnull=True)
    if not moved.update(state=state, rows_done=0, **more):
        raise WrongState("This file is being read, or was brought in already.")
    job.refresh_from_db()
    if len(job.content or b"") <= AT_ONCE_BYTES:
        run(job)
    else:
        app.configure_task(_RUN, queue="imports").defer(import_id=job.pk, organization_id=job.organization_id)


def run_long(import_id: int) -> None:
    """The same for a long file, by the worker, who says how far it is. A second worker waits, and finds nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('warmhandoff import file', %s))", [import_id]
        )
    # The row itself stays free meanwhile: for the word how far it is, and for whoever stops it.
    job = PartnerImport.objects.select_related("organization", "by").get(pk=import_id)
    run(job, tell=_Aside(job))


def run(job: PartnerImport, *, tell: importing.Tell = importing.tell_nobody) -> None:
    """Do what it waits for. A job that runs again finds nothing to do."""
    if job.state not in (State.TRYING, State.WRITING) or job.content is None:
        return
    importer = importer_of(job)
    places = _places(job)
    table = parse(bytes(job.content), list(places), importer.longest, places)
    writing = job.state == State.WRITING
    tried = importing.attempt(table, importer, by=job.by, keep_good=job.keep_good, write=writing, tell=tell)
    came_to = {
        "rows": tried.rows,
        "rows_done": len(tried.came) if tried.is_written else 0,
        "bad_rows": len(tried.bad_rows),
        "counts": {name: dict(counted) for name, counted in tried.counts.items()},
        "shown": _shown(tried, importer),
        "errors_file": tried.errors_file or None,
        **(_ended(tried) if writing else {"state": State.TRIED}),
    }
    if not _worked_on(job).update(**came_to):
        raise Stopped


def _worked_on(job: PartnerImport) -> QuerySet[PartnerImport]:
    return PartnerImport.objects.filter(pk=job.pk, state=job.state, ended_at__isnull=True)


class _Aside:
    """Says now and then how many rows are done, where whoever waits can read it, and hears there whether to stop."""

    def __init__(self, job: PartnerImport) -> None:
        self.job, self.said_at = job, 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() - self.said_at < SECONDS_BETWEEN_WORDS:
            return
        with said_aside() as cursor:
            cursor.execute(
                "UPDATE directory_partnerimport SET rows_done = %s WHERE id = %s AND state = %s",
                [done, self.job.pk, self.job.state],
            )
            if not cursor.rowcount:
                raise Stopped
        self.said_at = time.monotonic()


def _ended(tried: importing.Tried) -> dict[str, object]:
    """With its end the file is gone. What is left to be mended stays for a day."""
    state = State.DONE if tried.is_written else State.FAILED
    return {"state": state, "content": None, "ended_at": clock.now()}


def _places(job: PartnerImport) -> dict[str, str]:
    """Each of our columns that the file has, by the file's own heading."""
    return {column: str(name) for column, name in job.columns.items() if name}


def _shown(tried: importing.Tried, importer: importing.Importer) -> dict[str, object]:
    said = {
        row.number: ", ".join(filter(None, (row[name] for name in importer.label)))
        for row in tried.table.rows
    }
    return {
        "rows": [
            [number, said.get(number, ""), came] for number, came in sorted(tried.came.items())[:MOST_SHOWN]
        ],
        "troubles": [[each.row, each.field, each.says, each.mend] for each in tried.troubles[:MOST_SHOWN]],
        "troubles_number": len(tried.troubles),
        "can_be_read": tried.can_be_read,
    }


def forget(found: QuerySet[PartnerImport]) -> int:
    """Delete what these files held. Who brought one in when, and what it came to, stays."""
    return found.update(content=None, errors_file=None, shown={}, state=State.FAILED, ended_at=clock.now())


def forget_old() -> None:
    """What nobody finished, and what nobody mended, is deleted after a day."""
    old = PartnerImport.objects.filter(made_at__lt=clock.now() - KEPT_FOR)
    forget(old.filter(ended_at__isnull=True))
    old.filter(Q(errors_file__isnull=False) | ~Q(shown={})).update(errors_file=None, shown={})
