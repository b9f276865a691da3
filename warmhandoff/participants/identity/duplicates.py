"""Files of one organization that may be one person's: for its lead, likeliest first, with what speaks for it.

Two files are compared where they share two or more keys of those that strangers rarely share. A key that many files hold (a
shelter's phone) makes no pair. Who was said to be two people isn't shown as one again.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from warmhandoff.foundation.errors import NotYours
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.scoping import current_organization
from warmhandoff.participants.identity import scoring
from warmhandoff.participants.identity.keeping import COLUMNS, of_columns
from warmhandoff.participants.identity.keys import SHIFT, WEAK, Kind
from warmhandoff.participants.identity.known import Known
from warmhandoff.participants.identity.scoring import Score
from warmhandoff.participants.models import KnownApart, Listing, Participant

MOST_HOLDERS = 20
MOST_PAIRS = 500
_TELLING = sorted(kind for kind in Kind if kind not in WEAK and kind != Kind.PERSON)

_PAIRS = f"""
WITH telling AS MATERIALIZED (
    SELECT k.key, k.file_id, count(*) OVER (PARTITION BY k.key) AS holders FROM participants_filekey k
    WHERE k.organization_id = %(organization)s AND k.key >> {SHIFT} = ANY(%(kinds)s)),
few AS MATERIALIZED (SELECT key, file_id FROM telling WHERE holders BETWEEN 2 AND %(most)s),
pairs AS (
    SELECT a.file_id AS one, b.file_id AS other, count(*) AS shared FROM few a JOIN few b ON b.key = a.key AND b.file_id > a.file_id
    GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY shared DESC, 1, 2 LIMIT %(pairs)s)
SELECT one, other FROM pairs
WHERE NOT EXISTS (SELECT 1 FROM participants_knownapart k WHERE k.one_id = one AND k.other_id = other)
  AND NOT EXISTS (SELECT 1 FROM participants_listing l WHERE l.file_id IN (one, other) AND l.standing = 'merged')
  AND (SELECT count(DISTINCT f.person_id) FROM participants_participant f WHERE f.id IN (one, other)) = 2
ORDER BY shared DESC, one, other
"""  # noqa: S608  our own numbers


@dataclass(frozen=True)
class Pair:
    """Two files, the older one first, and what speaks for one person."""

    one: Listing
    other: Listing
    score: Score


def likely_duplicates() -> list[Pair]:
    """The organization's files that may be one person's, likeliest first."""
    least = scoring.weights().likely
    pairs = _pairs()
    files = _known({file for pair in pairs for file in pair})
    scored = [
        (one, other, scoring.compared(files[one], files[other]))
        for one, other in pairs
        if one in files and other in files
    ]
    kept = [each for each in scored if each[2].bits >= least]
    listings = Listing.objects.in_bulk(
        {file for one, other, _ in kept for file in (one, other)}, field_name="file_id"
    )
    found = [
        Pair(listings[one], listings[other], score)
        for one, other, score in kept
        if one in listings and other in listings
    ]
    return sorted(found, key=lambda pair: (-pair.score.bits, pair.one.last_sort, pair.one.file_id))


def _pairs() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _PAIRS,
            {
                "organization": current_organization(),
                "kinds": _TELLING,
                "most": MOST_HOLDERS,
                "pairs": MOST_PAIRS,
            },
        )
        return list(cursor.fetchall())


def _known(files: set[int]) -> dict[int, Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.file_id, {COLUMNS} FROM participants_contact c"  # noqa: S608  our own columns
            " WHERE c.organization_id = %s AND c.file_id = ANY(%s)",
            [current_organization(), sorted(files)],
        )
        return {row[0]: of_columns(*row[1:]) for row in cursor.fetchall()}


@transaction.atomic
def say_apart(*, one: Participant, other: Participant, by: Actor) -> None:
    """These are two people, says somebody who knows. A second time changes nothing."""
    here = current_organization()
    if one.pk == other.pk or {one.organization_id, other.organization_id} != {here}:
        raise NotYours()
    first, second = sorted((one.pk, other.pk))
    KnownApart.objects.bulk_create(
        [KnownApart(organization_id=here, one_id=first, other_id=second, by=by)], ignore_conflicts=True
    )
