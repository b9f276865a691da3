"""A row's organization is its file's; a copied row's share is one that reached this organization, for this class."""

from typing import Any, ClassVar

from django.db import migrations

UNDER_A_FILE = ("contact", "reach", "need", "narrative", "listing", "consent", "share", "fileevent")
CLASS_TABLES = {
    "contact": "'contact'",
    "reach": "'contact'",
    "need": "NEW.data_class",
    "narrative": "'narrative'",
}


def _drop_key(table: str, column: str) -> str:
    """Drop the key of one column that a key of two makes needless: its name in an error would tell that such a row exists."""
    return f"""DO $$ DECLARE name text; BEGIN
        SELECT conname INTO STRICT name FROM pg_constraint
            WHERE conrelid = '{table}'::regclass AND contype = 'f' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                WHERE attrelid = '{table}'::regclass AND attname = '{column}')];
        EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', name);
    END $$;"""


def _same_organization(table: str) -> migrations.RunSQL:
    name = f"{table}_file_and_organization"
    return migrations.RunSQL(
        _drop_key(f"participants_{table}", "file_id")
        + f"ALTER TABLE participants_{table} ADD CONSTRAINT {name} FOREIGN KEY (file_id, organization_id)"
        " REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE participants_{table} DROP CONSTRAINT {name}",
    )


def _copied_by_a_share(table: str, data_class: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"ALTER TABLE participants_{table} ADD CONSTRAINT {table}_copied_names_its_share"
            " CHECK (copied = (share_id IS NOT NULL))",
            f"ALTER TABLE participants_{table} DROP CONSTRAINT {table}_copied_names_its_share",
        ),
        migrations.RunSQL(
            f"""
            CREATE FUNCTION wh_guard_{table}_share() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN
                IF NEW.share_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM participants_share s JOIN participants_participant f ON f.id = NEW.file_id
                    WHERE s.id = NEW.share_id AND s.recipient_id = NEW.organization_id AND s.person_id = f.person_id
                      AND s.data_class = {data_class}) THEN
                    RAISE EXCEPTION 'no share of this class reached this organization'
                        USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
                END IF;
                RETURN NEW;
            END
            $$;
            CREATE TRIGGER wh_p8_share BEFORE INSERT OR UPDATE ON participants_{table}
                FOR EACH ROW EXECUTE FUNCTION wh_guard_{table}_share()
            """,
            f"DROP TRIGGER wh_p8_share ON participants_{table}; DROP FUNCTION wh_guard_{table}_share()",
        ),
    ]


DUTY_PERSON = migrations.RunSQL(
    "ALTER TABLE foundation_duty ADD CONSTRAINT foundation_duty_person_id_key FOREIGN KEY (person_id)"
    " REFERENCES participants_person (id) DEFERRABLE INITIALLY DEFERRED;"
    "ALTER TABLE foundation_accesslog ADD CONSTRAINT foundation_accesslog_person_id_key FOREIGN KEY (person_id)"
    " REFERENCES participants_person (id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE foundation_duty DROP CONSTRAINT foundation_duty_person_id_key;"
    "ALTER TABLE foundation_accesslog DROP CONSTRAINT foundation_accesslog_person_id_key",
)

# A contact point is policied by organization alone; its value reaches another one only through a share of the contact class.
REACH_VALUE = migrations.RunSQL(
    """
    CREATE FUNCTION wh_reach_value(reach bigint)
    RETURNS TABLE (channel text, value text, language text, leave_message boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT c.channel::text, c.value::text, c.language::text, c.leave_message
        FROM participants_reach r JOIN foundation_contactpoint c ON c.id = r.contact_point_id
        WHERE r.id = reach AND c.organization_id = r.organization_id AND c.stopped_at IS NULL
          AND 'contact' = ANY(string_to_array(current_setting('wh.classes', true), ','))
          AND (r.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
            OR EXISTS (SELECT 1 FROM participants_share s
                       WHERE s.file_id = r.file_id AND s.data_class = 'contact' AND s.revoked_at IS NULL
                         AND s.until > wh_now()
                         AND s.recipient_id = NULLIF(current_setting('wh.organization', true), '')::bigint))
    $$
    """,
    "DROP FUNCTION wh_reach_value(bigint)",
)

# A way to reach someone stands at one contact point of the same organization: no other one's number can be named.
REACH_POINT = migrations.RunSQL(
    _drop_key("participants_reach", "contact_point_id")
    + "ALTER TABLE foundation_contactpoint ADD CONSTRAINT contactpoint_and_organization UNIQUE (id, organization_id);"
    "ALTER TABLE participants_reach ADD CONSTRAINT reach_point_and_organization"
    " FOREIGN KEY (contact_point_id, organization_id) REFERENCES foundation_contactpoint (id, organization_id)"
    " DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE participants_reach DROP CONSTRAINT reach_point_and_organization;"
    "ALTER TABLE foundation_contactpoint DROP CONSTRAINT contactpoint_and_organization",
)

# A share goes no further than what it stands on: the consent that names recipient, class and end, or the agreement of an
# organization that closed. It is then history: it can be revoked, once, and nothing else of it changes.
SHARE_BASIS = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_share() RETURNS trigger
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
    CREATE TRIGGER wh_p8_share BEFORE INSERT OR UPDATE ON participants_share
        FOR EACH ROW EXECUTE FUNCTION wh_guard_share()
    """,
    "DROP TRIGGER wh_p8_share ON participants_share; DROP FUNCTION wh_guard_share()",
)

# What someone agreed to is never rewritten: it can be taken back, once, and then no share of it goes on.
CONSENT_HISTORY = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_consent() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF OLD.revoked_at IS NOT NULL OR to_jsonb(OLD) - 'revoked_at' IS DISTINCT FROM to_jsonb(NEW) - 'revoked_at' THEN
            RAISE EXCEPTION 'consent % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p7_consent BEFORE UPDATE ON participants_consent
        FOR EACH ROW EXECUTE FUNCTION wh_guard_consent();

    CREATE FUNCTION wh_guard_revocation() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF NEW.revoked_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM participants_share s WHERE s.consent_id = NEW.id AND s.revoked_at IS NULL) THEN
            RAISE EXCEPTION 'consent % was taken back and is still shared', NEW.id
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER wh_p8_revoked AFTER UPDATE ON participants_consent
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_revocation()
    """,
    "DROP TRIGGER wh_p8_revoked ON participants_consent; DROP FUNCTION wh_guard_revocation();"
    "DROP TRIGGER wh_p7_consent ON participants_consent; DROP FUNCTION wh_guard_consent()",
)

# An organization opens a file on someone new, or on someone of whom another one told it: knowing a person's key isn't enough.
# And a file stays the file of its person and organization.
FILE_OF_WHOM = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_file() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF (OLD.id, OLD.code, OLD.person_id, OLD.organization_id) IS DISTINCT FROM
               (NEW.id, NEW.code, NEW.person_id, NEW.organization_id) THEN
                RAISE EXCEPTION 'a file stays its person''s' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
            END IF;
            RETURN NEW;
        END IF;
        IF EXISTS (SELECT 1 FROM participants_person WHERE id = NEW.person_id) AND NOT EXISTS (
            SELECT 1 FROM participants_share s WHERE s.person_id = NEW.person_id AND s.recipient_id = NEW.organization_id
               AND s.revoked_at IS NULL AND s.until > wh_now()) THEN
            RAISE EXCEPTION 'nobody told this organization of this person'
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER wh_p8_file BEFORE INSERT OR UPDATE ON participants_participant
        FOR EACH ROW EXECUTE FUNCTION wh_guard_file()
    """,
    "DROP TRIGGER wh_p8_file ON participants_participant; DROP FUNCTION wh_guard_file()",
)

RECORDED = migrations.RunSQL(
    "CREATE TRIGGER wh_p7_recorded BEFORE INSERT ON participants_fileevent"
    " FOR EACH ROW EXECUTE FUNCTION wh_guard_recorded()",
    "DROP TRIGGER wh_p7_recorded ON participants_fileevent",
)

CONSENT = {
    "en": (
        "You decide who may know what about you. If you agree, we tell the organization named here, and only them, what is"
        " listed here, so that they can help you with what you asked for. They tell us whether they answered, whether you"
        " met, and how it ended. Before they say yes they see what you need, your language and area, and no name. You can say no and we go on helping you. You can stop"
        " this at any time by telling us; from that moment nothing more is shared. What they already know, they know."
    ),
    "es": (
        "Usted decide quién puede saber qué sobre usted. Si está de acuerdo, le decimos a la organización nombrada aquí, y a"
        " nadie más, lo que está en esta lista, para que le ayude con lo que pidió. Ellos nos dicen si contestaron, si se"
        " reunieron y cómo terminó. Antes de decir que sí ven qué necesita, su idioma y su zona, sin nombre. Puede decir que no y le seguimos ayudando. Puede"
        " detener esto cuando quiera con decírnoslo; desde ese momento no se comparte nada más. Lo que ya saben, ya lo saben."
    ),
}


def write_consent_text(apps: Any, schema_editor: Any) -> None:
    from datetime import date

    text = apps.get_model("participants", "ConsentText")
    for language, words in CONSENT.items():
        text.objects.using(schema_editor.connection.alias).create(
            version="2026-11",
            language=language,
            text=words,
            valid_from=date(2026, 11, 1),
            source="the network's own wording; to be reviewed by counsel before use",
        )


def erase_consent_text(apps: Any, schema_editor: Any) -> None:
    apps.get_model("participants", "ConsentText").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0001_initial"), ("network", "0002_keys_of_foundation")]
    operations: ClassVar = [
        *(_same_organization(table) for table in UNDER_A_FILE),
        *(
            step
            for table, data_class in CLASS_TABLES.items()
            for step in _copied_by_a_share(table, data_class)
        ),
        DUTY_PERSON,
        REACH_VALUE,
        REACH_POINT,
        SHARE_BASIS,
        CONSENT_HISTORY,
        FILE_OF_WHOM,
        RECORDED,
        migrations.RunPython(write_consent_text, erase_consent_text),
    ]
