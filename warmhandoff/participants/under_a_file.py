"""For the rooms above: what holds of each table whose rows stand under somebody's file (`FileRow`)."""

from __future__ import annotations

from django.db.migrations import RunSQL

from warmhandoff.foundation.promises import Proof


def same_organization(table: str) -> RunSQL:
    """A row's organization is its file's. The key of two replaces Django's own of one, whose error would tell that such a file exists."""
    name = f"{table}_file_and_organization"
    return RunSQL(
        f"""DO $$ DECLARE name text; BEGIN
            SELECT conname INTO STRICT name FROM pg_constraint
                WHERE conrelid = '{table}'::regclass AND contype = 'f' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                    WHERE attrelid = '{table}'::regclass AND attname = 'file_id')];
            EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', name);
        END $$;
        ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (file_id, organization_id)
            REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED""",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def differs(table: str, noun: str) -> Proof:
    """What `check` counts of the same: rows whose file is another organization's."""
    return Proof(
        "P8",
        "no one sees what is not theirs",
        f"SELECT count(*) FROM {table}",
        f"""SELECT '{noun} whose file is another organization''s', t.id::text FROM {table} t
            LEFT JOIN participants_participant f ON f.id = t.file_id
            WHERE f.id IS NULL OR f.organization_id <> t.organization_id""",
    )
