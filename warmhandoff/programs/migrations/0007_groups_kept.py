"""Groups: each row is of its group's organization; who is in a group takes part, finds room and is kept apart from whom they must;
who came is said of somebody who belonged there that day. And a version that a group runs by stays as it is."""

from typing import ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import corrected_by_who_may, recorded_now, same_organization


def _of_its_own(table: str, column: str, parent: str) -> migrations.RunSQL:
    """A row's organization is its group's. The key of two replaces Django's own of one, whose error would tell that such a row exists."""
    name = f"{table}_{column}_and_organization"
    return migrations.RunSQL(
        f"""DO $$ DECLARE name text; BEGIN
            SELECT conname INTO STRICT name FROM pg_constraint
                WHERE conrelid = 'programs_{table}'::regclass AND contype = 'f' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                    WHERE attrelid = 'programs_{table}'::regclass AND attname = '{column}_id')];
            EXECUTE format('ALTER TABLE programs_{table} DROP CONSTRAINT %I', name);
        END $$;
        ALTER TABLE programs_{table} ADD CONSTRAINT {name} FOREIGN KEY ({column}_id, organization_id)
            REFERENCES programs_{parent} (id, organization_id) DEFERRABLE INITIALLY DEFERRED""",
        f"ALTER TABLE programs_{table} DROP CONSTRAINT {name}",
    )


OTHER_OF_THE_SAME = migrations.RunSQL(
    """DO $$ DECLARE name text; BEGIN
        SELECT conname INTO STRICT name FROM pg_constraint
            WHERE conrelid = 'programs_keptapart'::regclass AND contype = 'f' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                WHERE attrelid = 'programs_keptapart'::regclass AND attname = 'other_id')];
        EXECUTE format('ALTER TABLE programs_keptapart DROP CONSTRAINT %I', name);
    END $$;
    ALTER TABLE programs_keptapart ADD CONSTRAINT keptapart_other_and_organization FOREIGN KEY (other_id, organization_id)
        REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED""",
    "ALTER TABLE programs_keptapart DROP CONSTRAINT keptapart_other_and_organization",
)

VERSIONS = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_session_in_use() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        of_version bigint;
    BEGIN
        of_version := CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
        IF TG_OP = 'UPDATE' AND (OLD.version_id, OLD.module_id, OLD.number, OLD.kind, OLD.required)
                IS NOT DISTINCT FROM (NEW.version_id, NEW.module_id, NEW.number, NEW.kind, NEW.required) THEN
            RETURN NEW;  -- its titles are the site's to enter at any time
        END IF;
        PERFORM 1 FROM programs_curriculumversion v WHERE v.id = of_version FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM programs_cohort c WHERE c.version_id IN (of_version, CASE TG_OP WHEN 'UPDATE' THEN OLD.version_id END)) THEN
            RAISE EXCEPTION 'a group runs by this version' USING ERRCODE = '23514', CONSTRAINT = 'wh_version_in_use';
        END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER wh_version_in_use BEFORE INSERT OR UPDATE OR DELETE ON programs_sessiontemplate
        FOR EACH ROW EXECUTE FUNCTION wh_guard_session_in_use();
    CREATE FUNCTION wh_guard_cohort_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id AND EXISTS (
                SELECT 1 FROM programs_meeting m WHERE m.cohort_id = NEW.id) THEN
            RAISE EXCEPTION 'a group keeps the version that it began with'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_version_in_use';
        END IF;
        PERFORM 1 FROM programs_curriculumversion v WHERE v.id = NEW.version_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT 1 FROM programs_curriculumversion v JOIN programs_curriculum c ON c.id = v.curriculum_id
                WHERE v.id = NEW.version_id AND COALESCE(c.organization_id, NEW.organization_id) = NEW.organization_id)
           OR NOT EXISTS (SELECT 1 FROM programs_contract k WHERE k.id = NEW.contract_id AND k.provider_id = NEW.organization_id) THEN
            RAISE EXCEPTION 'a group is of whoever has the contract and the curriculum'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_group_is_ones_own';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_group_is_ones_own BEFORE INSERT OR UPDATE OF version_id, contract_id, organization_id ON programs_cohort
        FOR EACH ROW EXECUTE FUNCTION wh_guard_cohort_version()
    """,
    """
    DROP TRIGGER wh_group_is_ones_own ON programs_cohort; DROP FUNCTION wh_guard_cohort_version();
    DROP TRIGGER wh_version_in_use ON programs_sessiontemplate; DROP FUNCTION wh_guard_session_in_use()
    """,
)

# Both lock the files first, the one that was opened earlier first: of a pair and a joining at once, the second sees the first.
APART = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_stands_apart(whose bigint, cohort bigint, meeting bigint) RETURNS boolean
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

    CREATE FUNCTION wh_guard_kept_apart() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.ended_at IS NOT NULL OR (OLD.file_id, OLD.other_id, OLD.organization_id, OLD.set_by_id)
                    IS DISTINCT FROM (NEW.file_id, NEW.other_id, NEW.organization_id, NEW.set_by_id) THEN
                RAISE EXCEPTION 'a pair is ended, and nothing else of it changes'
                    USING ERRCODE = '23514', CONSTRAINT = 'wh_pair_changes_once';
            END IF;
            RETURN NEW;
        END IF;
        PERFORM 1 FROM participants_participant f WHERE f.id IN (NEW.file_id, NEW.other_id) ORDER BY f.id FOR NO KEY UPDATE;
        IF EXISTS (SELECT 1 FROM programs_cohortmember a JOIN programs_cohortmember b ON b.cohort_id = a.cohort_id
                WHERE a.file_id = NEW.file_id AND b.file_id = NEW.other_id AND a.left_on IS NULL AND b.left_on IS NULL) THEN
            RAISE EXCEPTION 'both are in one group now' USING ERRCODE = '23514', CONSTRAINT = 'wh_pair_is_together';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_kept_apart BEFORE INSERT OR UPDATE ON programs_keptapart
        FOR EACH ROW EXECUTE FUNCTION wh_guard_kept_apart();

    CREATE FUNCTION wh_guard_cohort_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        room_for integer;
        closed date;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.left_on IS NOT NULL OR (OLD.file_id, OLD.organization_id, OLD.cohort_id, OLD.enrollment_id, OLD.joined_on, OLD.code)
                    IS DISTINCT FROM (NEW.file_id, NEW.organization_id, NEW.cohort_id, NEW.enrollment_id, NEW.joined_on, NEW.code) THEN
                RAISE EXCEPTION 'who left a group comes back by a row of its own'
                    USING ERRCODE = '23514', CONSTRAINT = 'wh_member_leaves_once';
            END IF;
            RETURN NEW;
        END IF;
        PERFORM 1 FROM participants_participant f WHERE f.id = NEW.file_id FOR NO KEY UPDATE;
        SELECT c.max_size, c.ended_on INTO room_for, closed FROM programs_cohort c
            WHERE c.id = NEW.cohort_id AND c.organization_id = NEW.organization_id FOR NO KEY UPDATE;
        IF NOT FOUND OR NOT EXISTS (
                SELECT 1 FROM programs_enrollment e JOIN programs_cohort c ON c.id = NEW.cohort_id
                JOIN programs_contract k ON k.id = c.contract_id
                WHERE e.id = NEW.enrollment_id AND e.file_id = NEW.file_id AND e.organization_id = NEW.organization_id
                  AND e.program_id = k.program_id AND e.state IN ('enrolled', 'active') AND e.enrolled_on <= NEW.joined_on) THEN
            RAISE EXCEPTION 'only who takes part joins a group, from that day on'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_member_takes_part';
        END IF;
        IF closed IS NOT NULL THEN
            RAISE EXCEPTION 'this group has ended' USING ERRCODE = '23514', CONSTRAINT = 'wh_group_has_ended';
        END IF;
        IF (SELECT count(*) FROM programs_cohortmember m WHERE m.cohort_id = NEW.cohort_id AND m.left_on IS NULL) >= room_for THEN
            RAISE EXCEPTION 'this group is full' USING ERRCODE = '23514', CONSTRAINT = 'wh_group_is_full';
        END IF;
        IF wh_guard_stands_apart(NEW.file_id, NEW.cohort_id, NULL) THEN
            RAISE EXCEPTION 'somebody in this group is kept apart from them'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_group_keeps_apart';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_cohort_member BEFORE INSERT OR UPDATE ON programs_cohortmember
        FOR EACH ROW EXECUTE FUNCTION wh_guard_cohort_member();

    CREATE FUNCTION wh_guard_make_up() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        of_cohort bigint;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.called_off_at IS NOT NULL OR (OLD.file_id, OLD.organization_id, OLD.meeting_id, OLD.member_id, OLD.template_id)
                    IS DISTINCT FROM (NEW.file_id, NEW.organization_id, NEW.meeting_id, NEW.member_id, NEW.template_id) THEN
                RAISE EXCEPTION 'a make-up is called off, and nothing else of it changes'
                    USING ERRCODE = '23514', CONSTRAINT = 'wh_make_up_changes_once';
            END IF;
            RETURN NEW;
        END IF;
        PERFORM 1 FROM participants_participant f WHERE f.id = NEW.file_id FOR NO KEY UPDATE;
        SELECT t.cohort_id INTO of_cohort FROM programs_meeting t
            WHERE t.id = NEW.meeting_id AND t.organization_id = NEW.organization_id AND t.state = 'planned' FOR NO KEY UPDATE;
        IF NOT FOUND OR NOT EXISTS (
                SELECT 1 FROM programs_cohortmember m JOIN programs_cohort c ON c.id = m.cohort_id
                JOIN programs_sessiontemplate s ON s.version_id = c.version_id
                WHERE m.id = NEW.member_id AND m.file_id = NEW.file_id AND m.organization_id = NEW.organization_id
                  AND m.left_on IS NULL AND s.id = NEW.template_id) THEN
            RAISE EXCEPTION 'a make-up is for a session of one''s own group'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_make_up_of_ones_own';
        END IF;
        IF wh_guard_stands_apart(NEW.file_id, of_cohort, NEW.meeting_id) THEN
            RAISE EXCEPTION 'somebody at this meeting is kept apart from them'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_group_keeps_apart';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_make_up BEFORE INSERT OR UPDATE ON programs_makeup
        FOR EACH ROW EXECUTE FUNCTION wh_guard_make_up()
    """,
    """
    DROP TRIGGER wh_make_up ON programs_makeup; DROP FUNCTION wh_guard_make_up();
    DROP TRIGGER wh_cohort_member ON programs_cohortmember; DROP FUNCTION wh_guard_cohort_member();
    DROP TRIGGER wh_kept_apart ON programs_keptapart; DROP FUNCTION wh_guard_kept_apart();
    DROP FUNCTION wh_guard_stands_apart(bigint, bigint, bigint)
    """,
)

ATTENDANCE = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_attendance() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM programs_meeting t
            JOIN programs_cohortmember m ON m.id = NEW.member_id
            JOIN programs_cohort c ON c.id = m.cohort_id
            JOIN programs_enrollment e ON e.id = m.enrollment_id
            JOIN programs_sessiontemplate s ON s.id = NEW.template_id AND s.version_id = c.version_id
            WHERE t.id = NEW.meeting_id AND t.organization_id = NEW.organization_id AND t.state <> 'cancelled'
              AND m.file_id = NEW.file_id AND m.organization_id = NEW.organization_id
              AND ((NOT t.make_up AND t.cohort_id = m.cohort_id AND t.template_id = NEW.template_id)
                   OR EXISTS (SELECT 1 FROM programs_makeup g WHERE g.meeting_id = t.id AND g.member_id = m.id
                                AND g.template_id = NEW.template_id AND g.called_off_at IS NULL))
              AND abs(NEW."on" - t.starts_at::date) <= 1
              AND m.joined_on <= NEW."on" AND (m.left_on IS NULL OR NEW."on" <= m.left_on) AND e.enrolled_on <= NEW."on") THEN
            RAISE EXCEPTION 'nobody''s session on that day' USING ERRCODE = '23514', CONSTRAINT = 'wh_attendance_of_a_member';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_attendance BEFORE INSERT ON programs_attendance
        FOR EACH ROW EXECUTE FUNCTION wh_guard_attendance()
    """,
    "DROP TRIGGER wh_attendance ON programs_attendance; DROP FUNCTION wh_guard_attendance()",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0006_groups")]
    operations: ClassVar = [
        *(
            same_organization(f"programs_{table}")
            for table in ("cohortmember", "makeup", "attendance", "keptapart")
        ),
        OTHER_OF_THE_SAME,
        *(_of_its_own(table, "cohort", "cohort") for table in ("weeklyslot", "cohortstaff", "meeting")),
        _of_its_own("meetingevent", "meeting", "meeting"),
        VERSIONS,
        APART,
        ATTENDANCE,
        recorded_now("programs_meetingevent"),
        recorded_now("programs_attendance"),
        corrected_by_who_may(
            "programs_attendance",
            "(e.meeting_id, e.member_id, e.template_id) = (NEW.meeting_id, NEW.member_id, NEW.template_id)",
        ),
    ]
