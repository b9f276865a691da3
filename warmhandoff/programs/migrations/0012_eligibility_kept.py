"""What stands under a file is of that file's organization; proofs are corrected by who may; a decided waiver stays as it is."""

from typing import ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import corrected_by_who_may, recorded_now, same_organization

WAIVER = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_waiver() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.decided_at IS NOT NULL THEN
                RAISE EXCEPTION 'a waiver is asked for before it is decided' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_waiver';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.decided_at IS NOT NULL OR (to_jsonb(NEW) - '{granted,decided_at,decided_by_id,lapses_on}'::text[])
                <> (to_jsonb(OLD) - '{granted,decided_at,decided_by_id,lapses_on}'::text[]) OR NEW.lapses_on > OLD.lapses_on THEN
            RAISE EXCEPTION 'what was asked for stays, and what was decided' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_waiver';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p7_waiver BEFORE INSERT OR UPDATE ON programs_waiver FOR EACH ROW EXECUTE FUNCTION wh_guard_waiver()
    """,
    "DROP TRIGGER wh_p7_waiver ON programs_waiver; DROP FUNCTION wh_guard_waiver()",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0011_eligibility")]
    operations: ClassVar = [
        same_organization("programs_proof"),
        same_organization("programs_waiver"),
        same_organization("programs_coenrollment"),
        recorded_now("programs_proof"),
        recorded_now("programs_coenrollment"),
        corrected_by_who_may("programs_proof", "e.shown = NEW.shown"),
        corrected_by_who_may("programs_coenrollment", "e.other_program = NEW.other_program"),
        WAIVER,
    ]
