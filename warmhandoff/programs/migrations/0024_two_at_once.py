"""Of two at once: who joins a group takes part, and nobody has left it on a day on which something is said of them. Whom a program
serves is on its list; and nobody is released while a training or paid work of theirs goes on."""

from typing import ClassVar

from django.db import migrations

# Whoever ends the enrollment, or the membership, at the same moment waits for us, or we for them.
MEMBERS = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_member_at_once() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM 1 FROM programs_enrollment e WHERE e.id = NEW.enrollment_id FOR SHARE;
        ELSIF OLD.left_on IS NULL AND EXISTS (
                SELECT 1 FROM programs_attendance a WHERE a.member_id = NEW.id AND a."on" > NEW.left_on) THEN
            RAISE EXCEPTION 'something is said of them after that day'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_left_before_they_came';
        END IF;
        RETURN NEW;
    END $$;
    -- By its name before the one that asks whether they take part.
    CREATE TRIGGER wh_a_member_at_once BEFORE INSERT OR UPDATE OF left_on ON programs_cohortmember
        FOR EACH ROW EXECUTE FUNCTION wh_guard_member_at_once();

    CREATE FUNCTION wh_guard_attendance_at_once() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        PERFORM 1 FROM programs_cohortmember m WHERE m.id = NEW.member_id FOR SHARE;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_a_member_at_once BEFORE INSERT ON programs_attendance
        FOR EACH ROW EXECUTE FUNCTION wh_guard_attendance_at_once()
    """,
    """
    DROP TRIGGER wh_a_member_at_once ON programs_attendance; DROP FUNCTION wh_guard_attendance_at_once();
    DROP TRIGGER wh_a_member_at_once ON programs_cohortmember; DROP FUNCTION wh_guard_member_at_once()
    """,
)

# What ends elsewhere (a second referral, the holding) closes no line of somebody whom a program here goes on serving: whoever ends it
# may not read that.
LISTED = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_listed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM programs_enrollment e WHERE e.file_id = NEW.file_id
                    AND e.organization_id = NEW.organization_id AND e.state IN ('enrolled', 'active')) THEN
            NEW.standing := 'served';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_listed BEFORE UPDATE OF standing ON participants_listing
        FOR EACH ROW WHEN (NEW.standing = 'closed') EXECUTE FUNCTION wh_guard_listed()
    """,
    "DROP TRIGGER wh_listed ON participants_listing; DROP FUNCTION wh_guard_listed()",
)

NOT_RELEASED = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_under_way() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM participants_participant f
            WHERE f.person_id = NEW.id AND f.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
              AND (EXISTS (SELECT 1 FROM programs_training t WHERE t.file_id = f.id AND t.state IN ('planned', 'under_way'))
                OR EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.file_id = f.id AND w.state IN ('planned', 'under_way')))
            ) THEN
            RAISE EXCEPTION 'something of person % goes on', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'wh_under_way';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_under_way BEFORE UPDATE ON participants_person
        FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.close_reason NOT IN ('linked', 'merged'))
        EXECUTE FUNCTION wh_guard_under_way()
    """,
    "DROP TRIGGER wh_under_way ON participants_person; DROP FUNCTION wh_guard_under_way()",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0023_who_oversees"), ("participants", "0019_share_and_consent")]
    operations: ClassVar = [MEMBERS, LISTED, NOT_RELEASED]
