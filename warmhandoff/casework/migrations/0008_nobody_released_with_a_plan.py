"""Nobody is released with an open plan: how each hoped-for outcome came out is said before."""

from typing import ClassVar

from django.db import migrations

NOT_RELEASED = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_planned() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM participants_participant f JOIN casework_plan p ON p.file_id = f.id
            WHERE f.person_id = NEW.id AND f.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
              AND p.ended_on IS NULL) THEN
            RAISE EXCEPTION 'person % has an open plan', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'wh_plan_open';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_planned BEFORE UPDATE ON participants_person
        FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.close_reason NOT IN ('linked', 'merged'))
        EXECUTE FUNCTION wh_guard_planned()
    """,
    "DROP TRIGGER wh_planned ON participants_person; DROP FUNCTION wh_guard_planned()",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0007_of_its_class"), ("participants", "0019_share_and_consent")]
    operations: ClassVar = [NOT_RELEASED]
