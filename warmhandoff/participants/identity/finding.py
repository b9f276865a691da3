"""Who of the organization's own files is meant: candidates from the keys in one statement, weighed one by one.

A key that more than MOST_HOLDERS of the organization's files have tells nothing and is skipped; how many have it is counted
when it is asked, up to that number, so that no count can be out of date. Nothing else is cut off before the ranking: the
two hundred that share the most keys are compared. The row policies hold here as everywhere: no other organization's file,
no count and no key of theirs, can be met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from warmhandoff.foundation.scoping import current_organization
from warmhandoff.participants.identity import asking, keys, scoring
from warmhandoff.participants.identity.keeping import COLUMNS, WITHOUT_REACH, of_columns
from warmhandoff.participants.identity.known import Known, known
from warmhandoff.participants.identity.scoring import Score
from warmhandoff.participants.models import Listing

if TYPE_CHECKING:
    from warmhandoff.participants.actions import Told, Way

MOST_HOLDERS = 1_000
COMPARED = 200
SHOWN = 10

_RANKED = """
WITH held AS MATERIALIZED (
    SELECT ARRAY(SELECT f.file_id FROM participants_filekey f
                 WHERE f.organization_id = %(organization)s AND f.key = k LIMIT %(most)s + 1) AS files
    FROM unnest(%(keys)s::bigint[]) k),
ranked AS MATERIALIZED (
    SELECT file_id, count(*) AS shared FROM held, unnest(files) file_id WHERE cardinality(files) <= %(most)s
    GROUP BY file_id ORDER BY shared DESC, file_id LIMIT %(compared)s)
SELECT c.file_id, {columns} FROM ranked JOIN participants_contact c USING (file_id)
WHERE c.organization_id = %(organization)s
"""
# By whether a phone or an address is compared: of two hundred files it takes longer to read than all the rest.
_CANDIDATES = {True: _RANKED.format(columns=COLUMNS), False: _RANKED.format(columns=WITHOUT_REACH)}


@dataclass(frozen=True)
class Alike:
    """A file that may be the person's, and what speaks for it and against (scoring.PARTS)."""

    listing: Listing
    score: Score

    @property
    def likely(self) -> bool:
        return self.score.bits >= scoring.weights().likely


def alike(*, told: Told, reach: Sequence[Way] = ()) -> list[Alike]:
    """The organization's own files so alike to what somebody told that they may be theirs, likeliest first."""
    one = known(
        first_name=told.first_name,
        last_name=told.last_name,
        birth_date=told.birth_date,
        area=told.area,
        postal=told.zip_code,
        reach=[(way.channel, way.value) for way in reach],
    )
    return _shown(one, lambda file: scoring.compared(one, file), scoring.weights().alike)


def found(asked: asking.Asked) -> list[Alike]:
    """The organization's own files that may be meant by what was typed into the one box, likeliest first."""
    one = asked.as_known()
    # Where one thing was told, it can't be borne out by another.
    told = len(asked.words) + bool(asked.born) + bool(asked.phone)
    least = scoring.weights().alike if told > 1 else scoring.weights().alike / 2
    return _shown(one, lambda file: scoring.compared_in_any_order(asked.words, one, file), least)


def candidates(one: Known) -> list[tuple[int, Known]]:
    """(file, what is known of it) of those that share the most keys; their phones and addresses where one is asked for."""
    wanted = sorted(keys.keys_asked(one))
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES[bool(one.phones or one.mails)],
            {
                "keys": wanted,
                "organization": current_organization(),
                "most": MOST_HOLDERS,
                "compared": COMPARED,
            },
        )
        return [(row[0], of_columns(*row[1:])) for row in cursor.fetchall()]


def best(
    files: Iterable[tuple[int, Known]], compare: Callable[[Known], Score], least: float
) -> list[tuple[int, Score]]:
    """(file, score) of those that come to at least so many bits."""
    scored = [(file_id, compare(one)) for file_id, one in files]
    enough = [each for each in scored if each[1].bits >= least]
    return sorted(enough, key=lambda each: (-each[1].bits, each[0]))


def _shown(one: Known, compare: Callable[[Known], Score], least: float) -> list[Alike]:
    ranked = best(candidates(one), compare, least)[: 2 * SHOWN]
    listings = {
        listing.file_id: listing
        for listing in Listing.objects.filter(
            file_id__in=[file_id for file_id, _ in ranked], organization_id=current_organization()
        ).exclude(standing=Listing.Standing.MERGED)
    }
    kept = [Alike(listings[file_id], score) for file_id, score in ranked if file_id in listings]
    kept.sort(key=lambda each: (-each.score.bits, each.listing.last_sort, each.listing.file_id))
    return kept[:SHOWN]
