"""What finding somebody costs: the look-up alone, and from a key press to the fragment, as the app's login.

The largest organization's own files (20,000 where the network is `full`) are looked through among a million files' keys. The
other organizations' further files are keys alone, made of those that are there, so that the table and its indexes have their
size; they come after everything else was measured, and go again where the database is kept.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections

from warmhandoff.cli import visit
from warmhandoff.cli.benchmark import ground, pages
from warmhandoff.cli.benchmark.figures import milliseconds
from warmhandoff.cli.supervisor import Supervisor
from warmhandoff.foundation.scoping import acting_as
from warmhandoff.network.access import Member, member
from warmhandoff.network.models import Membership
from warmhandoff.participants.identity import asking, finding
from warmhandoff.participants.models import Contact

FILES: Final = 1_000_000
FROM: Final = 1_000_000_000  # numbers of files from here on are keys alone
WARM_UP: Final = 20
LARGE: Final = 60_000  # people: smaller networks are looked through as they are


def measure(supervisor: Supervisor, port: int, *, people: int, runs: int) -> dict[str, Any]:
    with _a_million(is_large=people >= LARGE) as files:
        who = member(Membership.objects.select_related("user", "organization").get(pk=2))
        typed = _typed(who, runs)
        print(f"Looking for {len(typed)} people among {files:,} files ...", flush=True)
        own, alone, whole = _in_process(who, typed)
        return {
            "own": own,
            "files": files,
            "alone": alone,
            "weighed": whole,
            "fragment": _over_http(supervisor, port, who, typed, runs),
        }


def _typed(who: Member, runs: int) -> list[str]:
    """What people type: a name with one letter wrong, as far as it is typed, with a birth date or without."""
    dice = random.Random(20_000)  # noqa: S311  the same questions each time
    with acting_as(who.actor, classes=who.classes):
        known = list(
            Contact.objects.filter(organization_id=who.organization_id).order_by("file_id")
            .values_list("first_name", "last_name", "birth_date")[: 10 * runs]
        )  # fmt: skip
    return [_spoilt(dice, *dice.choice(known)) for _ in range(runs)]


def _spoilt(dice: random.Random, first: str, last: str, born: Any) -> str:
    place = dice.randrange(1, max(2, len(last)))
    wrong = last[:place] + last[place + 1 :]
    asked = [f"{first} {wrong}", f"{wrong} {first}", f"{first} {last}", wrong, first]
    if born:
        asked += [f"{wrong} {born:%m/%d/%Y}", f"{born.day}/{born.month}/{born.year}"]
    return dice.choice(asked)


def _in_process(who: Member, typed: list[str]) -> tuple[int, dict[str, float], dict[str, float]]:
    """(own files, milliseconds of the statement alone, and with weighing)."""
    alone: list[float] = []
    whole: list[float] = []
    with acting_as(who.actor, classes=who.classes):
        own = Contact.objects.filter(organization_id=who.organization_id).count()
        for text in typed[:WARM_UP] + typed:
            asked = asking.asked(text)
            began = time.perf_counter()
            finding.candidates(asked.as_known())
            between = time.perf_counter()
            finding.found(asked)
            alone.append(between - began)
            whole.append(time.perf_counter() - between)
    return own, milliseconds(alone[-len(typed) :]), milliseconds(whole[-len(typed) :])


def _over_http(
    supervisor: Supervisor, port: int, who: Member, typed: list[str], runs: int
) -> dict[str, float]:
    """From the request that a key press sends to the whole fragment."""
    session = visit.sign_in(who.membership.user)
    asks = [pages.Ask("/people/", {"q": text}, fragment=True) for text in typed]
    connections.close_all()
    with pages.serving(supervisor, port):
        timed = pages._timed([pages.Page("fragment", asks, session)], port, runs, supervisor)
    return timed["fragment"]


@contextmanager
def _a_million(*, is_large: bool) -> Iterator[int]:
    """The keys of so many more files of other organizations that there are a million."""
    with connections["owner"].cursor() as cursor:
        files = _files(cursor)
        times = round(FILES / max(1, files)) - 1
        if times < 1 or not is_large:
            yield files
            return
        print(f"Writing the keys of {times * files:,} further files ...", flush=True)
        _fill(cursor, times)
        ground.settle()
        files = _files(cursor)
    try:
        yield files
    finally:
        with connections["owner"].cursor() as cursor:
            _empty(cursor)


def _files(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM (SELECT DISTINCT file_id FROM participants_filekey) f")
    return int(cursor.fetchone()[0])


def _fill(cursor: Any, times: int) -> None:
    """Each file's keys again, so many times: for another organization, of the same kinds, and none the same.

    Written without indexes, which are made afterwards: row by row, in no order, they would take most of the time.
    """
    cursor.execute(
        "SET synchronous_commit = off; SET work_mem = '128MB'; SET maintenance_work_mem = '512MB';"
        "ALTER TABLE participants_filekey DROP CONSTRAINT filekey_file_and_organization"
    )
    with _indexes_afterwards(cursor):
        cursor.execute(
            "INSERT INTO participants_filekey (organization_id, file_id, key)"
            " SELECT CASE WHEN k.organization_id = 1 THEN 2 + k.file_id %% 100 ELSE k.organization_id END,"
            "        %(start)s + n * 10000000 + k.file_id,"
            # The kind is the upper byte; the rest is another number for each round.
            "        (k.key & (127::bigint << 56)) | (hashint8extended(k.key, n) & ((1::bigint << 56) - 1))"
            " FROM participants_filekey k, generate_series(1, %(times)s) n",
            {"start": FROM, "times": times},
        )
    cursor.execute("VACUUM (ANALYZE) participants_filekey")


@contextmanager
def _indexes_afterwards(cursor: Any) -> Iterator[None]:
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), quote_ident(c.conname), pg_get_constraintdef(c.oid)"
        " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'p'"
        " WHERE i.indrelid = 'participants_filekey'::regclass"
    )
    indexes = cursor.fetchall()
    for index, _definition, key, _key_definition in indexes:
        cursor.execute(
            f"ALTER TABLE participants_filekey DROP CONSTRAINT {key}" if key else f"DROP INDEX {index}"
        )
    yield  # what was half written is dropped with its database
    for _index, definition, key, key_definition in indexes:
        cursor.execute(
            f"ALTER TABLE participants_filekey ADD CONSTRAINT {key} {key_definition}" if key else definition
        )


def _empty(cursor: Any) -> None:
    cursor.execute("DELETE FROM participants_filekey WHERE file_id >= %s", [FROM])
    cursor.execute(
        "ALTER TABLE participants_filekey ADD CONSTRAINT filekey_file_and_organization FOREIGN KEY (file_id, organization_id)"
        " REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED"
    )
