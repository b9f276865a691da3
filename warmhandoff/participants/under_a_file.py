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


def recorded_now(table: str) -> RunSQL:
    """When an event was heard of is the database's own clock, whatever was sent."""
    return RunSQL(
        f"CREATE TRIGGER wh_p7_recorded BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION wh_guard_recorded()",
        f"DROP TRIGGER wh_p7_recorded ON {table}",
    )


def corrected_by_who_may(table: str, same: str, author: str = "by_id") -> RunSQL:
    """A correction is of the same file, by who wrote it or a lead; `same` says that `e` and NEW are about one thing."""
    name = f"wh_guard_{table}_correction"
    return RunSQL(
        f"""CREATE FUNCTION {name}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM {table} e WHERE e.id = NEW.supersedes_id AND e.organization_id = NEW.organization_id
                   AND e.file_id = NEW.file_id AND {same}
                   AND wh_guard_may_correct(e.{author}, NEW.{author}, NEW.organization_id)) THEN
                RAISE EXCEPTION 'nothing here that may be corrected' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_correction';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER wh_p7_correction BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()""",
        f"DROP TRIGGER wh_p7_correction ON {table}; DROP FUNCTION {name}()",
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
