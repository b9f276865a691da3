"""A share waits for whoever is taking its consent back, and whoever takes it back waits for a share that is being written.

Both looked at what the other had not committed yet, and both went on: a share that outlived its consent.
"""

from typing import ClassVar

from django.db import migrations

GUARD = """
    CREATE OR REPLACE FUNCTION wh_guard_share() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        founded boolean;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.revoked_at IS NOT NULL
               OR to_jsonb(OLD) - 'revoked_at' IS DISTINCT FROM to_jsonb(NEW) - 'revoked_at' THEN
                RAISE EXCEPTION 'share % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.basis = 'escheat' THEN
            founded := NEW.data_class = 'contact' AND EXISTS (
                SELECT 1 FROM network_agreement a JOIN network_queue q ON q.id = a.escheat_queue_id
                JOIN network_organization o ON o.id = a.organization_id
                WHERE a.id = NEW.agreement_id AND a.ends_on IS NULL AND a.organization_id = NEW.organization_id
                  AND q.organization_id = NEW.recipient_id AND o.state = 'closed');
        ELSE
            {lock}
            founded := EXISTS (
                SELECT 1 FROM participants_consent c
                WHERE c.id = NEW.consent_id AND NOT c.refused AND c.revoked_at IS NULL AND c.person_id = NEW.person_id
                  AND c.file_id = NEW.file_id AND c.organization_id = NEW.organization_id
                  AND NEW.recipient_id = ANY(c.recipients) AND NEW.data_class = ANY(c.data_classes)
                  AND NEW.until <= c.expires_at AND c.expires_at > wh_now());
        END IF;
        IF NOT founded OR NOT EXISTS (
            SELECT 1 FROM participants_participant f WHERE f.id = NEW.file_id AND f.person_id = NEW.person_id) THEN
            RAISE EXCEPTION 'a share beyond what it stands on' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
        END IF;
        RETURN NEW;
    END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0018_about_a_program")]
    operations: ClassVar = [
        migrations.RunSQL(
            GUARD.replace(
                "{lock}", "PERFORM 1 FROM participants_consent WHERE id = NEW.consent_id FOR SHARE;"
            ),
            GUARD.replace("{lock}", ""),
        ),
    ]
