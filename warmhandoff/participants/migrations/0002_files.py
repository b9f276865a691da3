"""A row's organization is its file's; a copied row's share is one that reached this organization, for this class."""

from typing import Any, ClassVar

from django.db import migrations

UNDER_A_FILE = ("contact", "reach", "need", "narrative", "listing", "consent", "share", "fileevent")
CLASS_TABLES = {"contact": "'contact'", "reach": "'contact'", "need": "NEW.data_class", "narrative": "'narrative'"}


def _same_organization(table: str) -> migrations.RunSQL:
    name = f"{table}_file_and_organization"
    return migrations.RunSQL(
        f"ALTER TABLE participants_{table} ADD CONSTRAINT {name} FOREIGN KEY (file_id, organization_id)"
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
        WHERE r.id = reach AND 'contact' = ANY(string_to_array(current_setting('wh.classes', true), ','))
          AND (r.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
            OR EXISTS (SELECT 1 FROM participants_share s
                       WHERE s.file_id = r.file_id AND s.data_class = 'contact' AND s.revoked_at IS NULL
                         AND s.until > wh_now()
                         AND s.recipient_id = NULLIF(current_setting('wh.organization', true), '')::bigint))
    $$
    """,
    "DROP FUNCTION wh_reach_value(bigint)",
)

CONSENT = {
    "en": (
        "You decide who may know what about you. If you agree, we tell the organization named here, and only them, what is"
        " listed here, so that they can help you with what you asked for. They tell us whether they answered, whether you"
        " met, and how it ended. They see nothing before they say yes. You can say no and we go on helping you. You can stop"
        " this at any time by telling us; from that moment nothing more is shared. What they already know, they know."
    ),
    "es": (
        "Usted decide quién puede saber qué sobre usted. Si está de acuerdo, le decimos a la organización nombrada aquí, y a"
        " nadie más, lo que está en esta lista, para que le ayude con lo que pidió. Ellos nos dicen si contestaron, si se"
        " reunieron y cómo terminó. No ven nada antes de decir que sí. Puede decir que no y le seguimos ayudando. Puede"
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
        *(step for table, data_class in CLASS_TABLES.items() for step in _copied_by_a_share(table, data_class)),
        DUTY_PERSON,
        REACH_VALUE,
        migrations.RunPython(write_consent_text, erase_consent_text),
    ]
