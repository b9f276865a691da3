"""What a person takes part in, for their own page."""

from typing import ClassVar

from django.db import migrations

# Bound to the way in that acts, as `wh_own_groups` is: theirs across all organizations, what goes on and what ended last.
PROGRAMS = """
CREATE FUNCTION wh_own_programs() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT e.state, e.applied_on, e.review_on, e.enrolled_on, e.ended_on, o.name AS organization, o.phone, t.name, t.name_es
          FROM programs_enrollment e JOIN participants_participant f ON f.id = e.file_id
          JOIN network_organization o ON o.id = e.organization_id
          JOIN LATERAL (SELECT p.name, p.name_es FROM programs_programterms p WHERE p.program_id = e.program_id
                         ORDER BY (p.valid_from <= COALESCE(e.ended_on, wh_now()::date)) DESC, p.valid_from DESC LIMIT 1) t ON true
         WHERE f.person_id IN (SELECT wh_guard_own_people())
         ORDER BY (e.ended_on IS NULL) DESC, COALESCE(e.ended_on, e.enrolled_on, e.applied_on) DESC, e.id DESC LIMIT 4
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(mine)), '[]') FROM mine
$$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0021_proof_of_its_class"), ("referrals", "0030_paper_joins")]
    operations: ClassVar = [migrations.RunSQL(PROGRAMS, "DROP FUNCTION wh_own_programs()")]
