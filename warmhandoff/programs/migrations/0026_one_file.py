"""Two files of one person: what goes on in the one that would be put away is ended first, and nothing begins there afterward; whoever
is kept apart from somebody stays so in whichever of their files it was said."""

from typing import ClassVar

from django.db import migrations

# What only the file itself can settle: it stays where it was written, so it isn't put away before it has ended.
GOES_ON = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_goes_on(whose bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (SELECT 1 FROM programs_enrollment e WHERE e.file_id = whose AND e.ended_on IS NULL)
            OR EXISTS (SELECT 1 FROM programs_training t WHERE t.file_id = whose AND t.ended_on IS NULL)
            OR EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.file_id = whose AND w.ended_on IS NULL)
            OR EXISTS (SELECT 1 FROM programs_timesheet s WHERE s.file_id = whose
                AND NOT EXISTS (SELECT 1 FROM programs_timesheet n WHERE n.supersedes_id = s.id)
                AND NOT EXISTS (SELECT 1 FROM programs_timesheetanswer a WHERE a.timesheet_id = s.id AND a.approved))
            OR EXISTS (SELECT 1 FROM programs_waiver v WHERE v.file_id = whose AND v.decided_at IS NULL)
            OR EXISTS (SELECT 1 FROM casework_plan p WHERE p.file_id = whose AND p.ended_on IS NULL)
            OR EXISTS (SELECT 1 FROM casework_clearance c WHERE c.file_id = whose AND c.ended_on IS NULL)
            OR EXISTS (SELECT 1 FROM casework_appointment d WHERE d.file_id = whose AND d.state = 'planned')
    $$;
    CREATE FUNCTION wh_guard_merge_goes_on() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM participants_participant f WHERE f.person_id = NEW.closed_id
                    AND f.organization_id = NEW.organization_id AND wh_guard_goes_on(f.id)) THEN
            RAISE EXCEPTION 'something goes on in the file that would be put away'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_merge_goes_on';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_merge_goes_on BEFORE INSERT ON custody_link
        FOR EACH ROW WHEN (NEW.basis = 'merge') EXECUTE FUNCTION wh_guard_merge_goes_on()
    """,
    """
    DROP TRIGGER wh_merge_goes_on ON custody_link; DROP FUNCTION wh_guard_merge_goes_on(); DROP FUNCTION wh_guard_goes_on(bigint)
    """,
)

# Whoever puts the two together at the same moment waits for us, or we for them.
PUT_AWAY = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_put_away() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        whose uuid;
    BEGIN
        SELECT f.person_id INTO whose FROM participants_participant f WHERE f.id = NEW.file_id;
        PERFORM 1 FROM participants_person p WHERE p.id = whose FOR SHARE;
        IF EXISTS (SELECT 1 FROM custody_link k WHERE k.closed_id = whose AND k.organization_id = NEW.organization_id
                    AND k.basis = 'merge' AND k.known_to IS NULL) THEN
            RAISE EXCEPTION 'another file of the same person is shown' USING ERRCODE = '23514', CONSTRAINT = 'wh_put_away';
        END IF;
        RETURN NEW;
    END $$;
    DO $$ DECLARE its text; BEGIN
        FOREACH its IN ARRAY ARRAY['programs_enrollment', 'programs_training', 'programs_paidwork', 'programs_timesheet',
                                   'programs_waiver', 'casework_plan', 'casework_clearance', 'casework_appointment'] LOOP
            EXECUTE format('CREATE TRIGGER wh_put_away BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION wh_guard_put_away()', its);
        END LOOP;
        -- What was said to have ended goes on again.
        FOREACH its IN ARRAY ARRAY['programs_enrollment', 'casework_clearance'] LOOP
            EXECUTE format('CREATE TRIGGER wh_put_away_again BEFORE UPDATE OF ended_on ON %I FOR EACH ROW'
                           ' WHEN (OLD.ended_on IS NOT NULL AND NEW.ended_on IS NULL) EXECUTE FUNCTION wh_guard_put_away()', its);
        END LOOP;
    END $$
    """,
    "DROP FUNCTION wh_guard_put_away() CASCADE",
)

_APART = """
CREATE OR REPLACE FUNCTION wh_guard_stands_apart(whose bigint, cohort bigint, meeting bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH me AS (SELECT wh_guard_files_of_one(whose) AS files),
         kept AS (SELECT unnest(wh_guard_files_of_one(CASE WHEN k.file_id = ANY (me.files) THEN k.other_id ELSE k.file_id END)) AS file
                    FROM me JOIN programs_keptapart k ON k.ended_at IS NULL AND (k.file_id = ANY (me.files) OR k.other_id = ANY (me.files))),
         others AS (SELECT kept.file FROM kept, me WHERE kept.file <> ALL (me.files))
    SELECT EXISTS (SELECT 1 FROM programs_cohortmember m JOIN others o ON o.file = m.file_id
                    WHERE m.cohort_id = cohort AND m.left_on IS NULL)
        OR EXISTS (SELECT 1 FROM programs_makeup g JOIN others o ON o.file = g.file_id JOIN programs_meeting t ON t.id = g.meeting_id
                    WHERE g.called_off_at IS NULL AND t.state = 'planned'
                      AND (t.id = meeting OR (meeting IS NULL AND t.cohort_id = cohort)))
$$
"""
_APART_BEFORE = """
CREATE OR REPLACE FUNCTION wh_guard_stands_apart(whose bigint, cohort bigint, meeting bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM programs_keptapart k
        WHERE k.ended_at IS NULL AND whose IN (k.file_id, k.other_id) AND (
            EXISTS (SELECT 1 FROM programs_cohortmember m WHERE m.cohort_id = cohort AND m.left_on IS NULL
                      AND m.file_id <> whose AND m.file_id IN (k.file_id, k.other_id))
            OR EXISTS (SELECT 1 FROM programs_makeup g JOIN programs_meeting t ON t.id = g.meeting_id
                WHERE g.called_off_at IS NULL AND t.state = 'planned' AND g.file_id <> whose
                  AND g.file_id IN (k.file_id, k.other_id)
                  AND (t.id = meeting OR (meeting IS NULL AND t.cohort_id = cohort)))))
$$;
DROP FUNCTION wh_guard_files_of_one(bigint)
"""
# The files of one organization that are one person's, by what it has put together.
FILES_OF_ONE = """
CREATE FUNCTION wh_guard_files_of_one(whose bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE mine AS (SELECT f.person_id, f.organization_id FROM participants_participant f WHERE f.id = whose),
    one(person) AS (
        SELECT person_id FROM mine
        UNION
        SELECT CASE WHEN k.kept_id = one.person THEN k.closed_id ELSE k.kept_id END
          FROM one CROSS JOIN mine JOIN custody_link k ON k.known_to IS NULL AND k.basis = 'merge'
           AND k.organization_id = mine.organization_id AND one.person IN (k.kept_id, k.closed_id))
    SELECT array_agg(f.id) FROM participants_participant f JOIN one ON one.person = f.person_id
      JOIN mine ON mine.organization_id = f.organization_id
$$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("programs", "0025_own_program"),
        ("casework", "0008_nobody_released_with_a_plan"),
        ("custody", "0011_caseload"),
    ]
    operations: ClassVar = [GOES_ON, PUT_AWAY, migrations.RunSQL(FILES_OF_ONE + _APART, _APART_BEFORE)]
