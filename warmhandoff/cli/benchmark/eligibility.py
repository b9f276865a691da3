"""What it costs to say anew of everybody whether a program is for them, as after a change of its rules.

Everybody's proofs are read as each organization reads its own, with the policies on, a thousand files at a time; each person is
judged span by span. Measured after the pages: it adds people of whom nothing else is known.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.db import connections, transaction

from warmhandoff.directory.eligibility import Standing
from warmhandoff.foundation import clock, scoping
from warmhandoff.jurisdictions.place import current_place
from warmhandoff.network.models import Organization
from warmhandoff.network.roles import Role, classes_of
from warmhandoff.participants.models import Participant
from warmhandoff.programs.eligibility import conditions_of, standings
from warmhandoff.programs.models import Program

PEOPLE: Final = 50_000
AT_ONCE: Final = 1_000

# People up to the wanted number, the file before its person as at an intake; then, of all of them: a paper about the age, their own word about the rest, of some a year old or
# a no, of some nothing.
_FILL = """
CREATE TEMP TABLE more ON COMMIT DROP AS
SELECT gen_random_uuid() AS person_id, nextval(pg_get_serial_sequence('participants_participant', 'id')) AS file_id,
       1 + i % (SELECT count(*) FROM network_organization) AS organization_id
FROM generate_series(1, greatest(0, {wanted} - (SELECT count(*) FROM participants_contact WHERE birth_date IS NOT NULL))) i;

INSERT INTO participants_participant (id, code, origin, opened_at, opened_by_id, organization_id, person_id)
SELECT file_id, 'E' || file_id, 'intake', timestamptz '{now}', (SELECT min(id) FROM foundation_actor), organization_id, person_id FROM more;

-- People of whom nothing was ever told but this: nobody held or released them.
ALTER TABLE participants_person DISABLE TRIGGER USER;
INSERT INTO participants_person (id, opened_at, closed_at, close_reason)
SELECT person_id, timestamptz '{now}' - interval '1 year', timestamptz '{now}', 'finished' FROM more;
ALTER TABLE participants_person ENABLE TRIGGER USER;

INSERT INTO participants_contact (copied, recorded_at, first_name, last_name, pronouns, language, birth_date, birth_date_unknown,
                                  area, area_unknown, availability, do_not_contact, organization_id, file_id, speaks, street, zip_code)
SELECT false, timestamptz '{now}', 'Made-up', 'Person', '', 'en', date '1960-01-01' + (file_id % 16000)::int, '', 'south', '', 'any', false,
       organization_id, file_id, '{{}}', '', '' FROM more;

INSERT INTO programs_proof (happened_at, recorded_at, reason, code, shown, data_class, holds, limb, method, shown_on, by_id, file_id, organization_id)
SELECT timestamptz '{now}', timestamptz '{now}', '', 'E' || s.n || c.file_id, s.shown, s.data_class, (c.file_id + s.n) % 23 > 0, '',
       s.method, date '{now}' - ((c.file_id * s.n) % 400)::int, (SELECT min(id) FROM foundation_actor), c.file_id, c.organization_id
FROM (SELECT file_id, organization_id FROM participants_contact WHERE birth_date IS NOT NULL ORDER BY file_id LIMIT {wanted}) c,
     (VALUES (1, 'of_age', 'contact', 'document'), (2, 'justice_history', 'justice', 'self'), (3, 'justice_history', 'justice', 'agency'),
             (4, 'behavioral_health', 'substance_use', 'self')) s (n, shown, data_class, method)
WHERE (c.file_id + s.n) % 7 > 0;
ANALYZE programs_proof, participants_contact, participants_participant;
"""


def measure(*, people: int = PEOPLE) -> dict[str, Any]:
    now = clock.now()
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_FILL.format(wanted=people, now=now.isoformat()))
    program = Program.objects.get(slug="sector")
    print(f"Judging {people:,} people anew ...", flush=True)
    began = time.monotonic()
    found: Counter[str] = Counter()
    for standing in _judged(program, people):
        found[standing] += 1
    return {
        "people": sum(found.values()),
        "seconds": round(time.monotonic() - began, 1),
        "found": dict(found),
    }


def _judged(program: Program, people: int) -> Iterator[Standing]:
    conditions, today, left = conditions_of(program), clock.today(current_place().zone), people
    for organization_id in Organization.objects.order_by("id").values_list("id", flat=True):
        reads = classes_of(Role.CASE_MANAGER)
        with scoping.acting_as(None, organization_id=organization_id, classes=reads):
            files = Participant.objects.filter(
                organization_id=organization_id, contact__birth_date__isnull=False
            )
            numbers = list(files.order_by("id").values_list("id", flat=True)[:left])
            left -= len(numbers)
            for begin in range(0, len(numbers), AT_ONCE):
                some = standings(numbers[begin : begin + AT_ONCE], program, today, conditions=conditions)
                yield from (verdict.standing for verdict in some.values())
