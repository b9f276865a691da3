"""What a share for a program stands on, and whom nobody releases: asked of the database, whoever writes."""

from typing import ClassVar

from django.db import migrations

# Beside what holds of every share: only the class of taking part, only for the agency of the contract, only by the consent that
# the person gave when they enrolled.
PROGRAM_SHARE = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_program_share() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.data_class <> 'program' OR NEW.about_kind <> 'enrollment' OR NOT EXISTS (
            SELECT 1 FROM programs_enrollment e JOIN programs_contract k ON k.id = e.contract_id
            WHERE e.id = NEW.about_id AND e.file_id = NEW.file_id AND e.organization_id = NEW.organization_id
              AND e.consent_id = NEW.consent_id AND k.agency_id = NEW.recipient_id) THEN
            RAISE EXCEPTION 'a share beyond what it stands on' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p8_program_share BEFORE INSERT ON participants_share
        FOR EACH ROW WHEN (NEW.basis = 'program') EXECUTE FUNCTION wh_guard_program_share()
    """,
    "DROP TRIGGER wh_p8_program_share ON participants_share; DROP FUNCTION wh_guard_program_share()",
)

# Whoever takes part, or waits for a place, at the organization that holds them isn't released before that has ended. A working
# link is no release: somebody else holds them from then on, and they go on taking part here.
NOT_RELEASED = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_enrolled() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT 1 FROM participants_participant f JOIN programs_enrollment e ON e.file_id = f.id
            WHERE f.person_id = NEW.id AND f.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
              AND e.state IN ('applied', 'waitlisted', 'enrolled', 'active')) THEN
            RAISE EXCEPTION 'person % takes part', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'wh_enrollment_open';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_enrolled BEFORE UPDATE ON participants_person
        FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.close_reason <> 'linked')
        EXECUTE FUNCTION wh_guard_enrolled()
    """,
    "DROP TRIGGER wh_enrolled ON participants_person; DROP FUNCTION wh_guard_enrolled()",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0003_enrollment_events"), ("participants", "0017_own_page_of_a_file")]
    operations: ClassVar = [PROGRAM_SHARE, NOT_RELEASED]
