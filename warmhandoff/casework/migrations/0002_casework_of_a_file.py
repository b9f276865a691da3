"""What stands under a file is of that file's organization; what was recorded is corrected, not changed; when the last service was."""

from typing import ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import corrected_by_who_may, recorded_now, same_organization

UNDER_A_FILE = (
    "servicegiven", "coachingsession", "rating", "ready", "plan", "planevent", "goal", "hopedoutcome", "score",
)  # fmt: skip
EVENTS = ("servicegiven", "rating", "ready", "planevent", "score")
# Of which kind a correction is: a service may have been another one; the rest is about the same thing.
CORRECTED = {
    "servicegiven": "NOT e.struck",
    "rating": "e.domain = NEW.domain",
    "ready": "e.item = NEW.item",
    "score": "e.outcome_id = NEW.outcome_id",
}
# The day alone, and not of which kind: whoever reads taking part computes it alike, whichever classes they read.
LAST = """
CREATE FUNCTION wh_last_services(files bigint[]) RETURNS TABLE (of_file bigint, last_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.file_id, max(s."on") FROM casework_servicegiven s
     WHERE s.file_id = ANY(files) AND NOT s.struck
       AND s.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
       AND 'program' = ANY(string_to_array(current_setting('wh.classes', true), ','))
       AND NOT EXISTS (SELECT 1 FROM casework_servicegiven c WHERE c.supersedes_id = s.id)
     GROUP BY s.file_id
$$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0001_casework"), ("participants", "0017_own_page_of_a_file")]
    operations: ClassVar = [
        *(same_organization(f"casework_{table}") for table in UNDER_A_FILE),
        *(recorded_now(f"casework_{table}") for table in EVENTS),
        *(corrected_by_who_may(f"casework_{table}", same) for table, same in CORRECTED.items()),
        migrations.RunSQL(LAST, "DROP FUNCTION wh_last_services(bigint[])"),
    ]
