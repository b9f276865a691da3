"""Nothing of a contact is overwritten in silence; and who may correct what: its author or a lead, once, about the same thing."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")

SAME_ORGANIZATION = files._same_organization("contactchange")

# The values before a change stay, field by field. Whoever forgets a person deletes them here too.
CONTACT_CHANGES = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_contact_changes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO participants_contactchange (file_id, organization_id, field, was, became)
        SELECT NEW.file_id, NEW.organization_id, b.key, left(COALESCE(b.value, ''), 160), left(COALESCE(a.value, ''), 160)
        FROM jsonb_each_text(to_jsonb(OLD)) b JOIN jsonb_each_text(to_jsonb(NEW)) a ON a.key = b.key
        WHERE b.key = ANY(ARRAY['first_name', 'last_name', 'pronouns', 'language', 'birth_date', 'area', 'street', 'zip_code',
                                'availability', 'do_not_contact'])
          AND b.value IS DISTINCT FROM a.value
        ORDER BY array_position(ARRAY['first_name', 'last_name', 'birth_date'], b.key), b.key;
        RETURN NULL;
    END $$;
    CREATE TRIGGER wh_p7_contact_changes AFTER UPDATE ON participants_contact
        FOR EACH ROW EXECUTE FUNCTION wh_guard_contact_changes()
    """,
    "DROP TRIGGER wh_p7_contact_changes ON participants_contact; DROP FUNCTION wh_guard_contact_changes()",
)

# Asked before the key that keeps it at once: whether something that isn't one's own was corrected can't be told from outside.
MAY_CORRECT = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_may_correct(author bigint, corrector bigint, organization bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT corrector = NULLIF(current_setting('wh.actor', true), '')::bigint AND (author = corrector OR EXISTS (
            SELECT 1 FROM foundation_actor a JOIN network_membership m ON m.id = a.subject_id
            WHERE a.id = corrector AND a.kind = 'member' AND m.organization_id = organization AND m.state = 'active'
              AND m.role IN ('lead', 'navigator')))
    $$
    """,
    "DROP FUNCTION wh_guard_may_correct(bigint, bigint, bigint)",
)


def _correction(table: str, author: str, same: str) -> migrations.RunSQL:
    """`same` says that `e` and NEW are of one kind and about one thing."""
    name = table.split("_", 1)[1]
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION wh_guard_{name}_correction() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM {table} e WHERE e.id = NEW.supersedes_id AND e.organization_id = NEW.organization_id AND {same}
                   AND wh_guard_may_correct(e.{author}, NEW.{author}, NEW.organization_id)) THEN
                RAISE EXCEPTION 'nothing here that may be corrected' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_correction';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER wh_p7_correction BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION wh_guard_{name}_correction()
        """,
        f"DROP TRIGGER wh_p7_correction ON {table}; DROP FUNCTION wh_guard_{name}_correction()",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("participants", "0011_corrections"),
        ("foundation", "0005_mailbox_actor"),
        ("network", "0002_keys_of_foundation"),
    ]
    operations: ClassVar = [
        SAME_ORGANIZATION,
        CONTACT_CHANGES,
        MAY_CORRECT,
        _correction(
            "participants_fileevent", "by_id", "e.file_id = NEW.file_id AND NEW.kind IN (e.kind, 'struck')"
        ),
        _correction(
            "participants_narrative",
            "written_by_id",
            "e.file_id = NEW.file_id AND e.about_kind = NEW.about_kind AND e.about_id = NEW.about_id",
        ),
    ]
