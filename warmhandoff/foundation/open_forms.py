"""Who has a form open that changes a thing: known within one organization, for a minute, by number alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from warmhandoff.foundation import clock
from warmhandoff.foundation.models import OpenForm
from warmhandoff.foundation.scoping import current_organization

# A page that is looked at says so every twenty seconds; one without scripts says so once.
KEEPS = timedelta(seconds=70)
# Long enough that nobody sweeps a row away that its own member is just writing.
SWEPT_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Thing:
    """What a form changes: a file, a service, a referral."""

    kind: str
    id: int


# One statement: what ran out long ago goes, this one stays, and the others are read.
_KEEP = """
WITH gone AS (DELETE FROM foundation_openform WHERE organization_id = %(here)s AND until <= %(swept)s AND membership_id <> %(by)s),
     mine AS (INSERT INTO foundation_openform (organization_id, membership_id, subject_kind, subject_id, opened_at, until)
              VALUES (%(here)s, %(by)s, %(kind)s, %(id)s, %(now)s, %(until)s)
              ON CONFLICT ON CONSTRAINT openform_once DO UPDATE SET until = excluded.until,
                 opened_at = CASE WHEN foundation_openform.until <= %(now)s THEN excluded.opened_at ELSE foundation_openform.opened_at END)
SELECT * FROM foundation_openform WHERE organization_id = %(here)s AND subject_kind = %(kind)s AND subject_id = %(id)s
   AND membership_id <> %(by)s AND until > %(now)s ORDER BY opened_at, id
"""


def keep_open(thing: Thing, *, by: int) -> list[OpenForm]:
    """Say that the member `by` has it open; returns who else has, first who opened it first."""
    now = clock.now()
    values = {
        "here": current_organization(), "by": by, "kind": thing.kind, "id": thing.id, "now": now,
        "until": now + KEEPS, "swept": now - SWEPT_AFTER,
    }  # fmt: skip
    return list(OpenForm.objects.raw(_KEEP, values))


def close(thing: Thing, *, by: int) -> None:
    """Saved, or left."""
    OpenForm.objects.filter(
        organization_id=current_organization(), membership_id=by, subject_kind=thing.kind, subject_id=thing.id
    ).delete()
