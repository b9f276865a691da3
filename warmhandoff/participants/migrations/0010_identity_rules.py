"""A key belongs to its file's organization; and the one question that is answered beyond the organization."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")

SAME_ORGANIZATION = migrations.RunSQL(
    "ALTER TABLE participants_filekey ADD CONSTRAINT filekey_file_and_organization FOREIGN KEY (file_id, organization_id)"
    " REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED",
    "ALTER TABLE participants_filekey DROP CONSTRAINT filekey_file_and_organization",
)


def _own_file(table: str, column: str) -> migrations.RunSQL:
    """A key of two columns in place of one: its name in an error would tell that another organization's file exists."""
    name = f"{table}_{column}_and_organization"
    return migrations.RunSQL(
        files._drop_key(f"participants_{table}", f"{column}_id")
        + f"ALTER TABLE participants_{table} ADD CONSTRAINT {name} FOREIGN KEY ({column}_id, organization_id)"
        " REFERENCES participants_participant (id, organization_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE participants_{table} DROP CONSTRAINT {name}",
    )


# Who, beyond the file's own organization, is open somewhere under the same name, birth date and phone or mail. For the
# owner's functions alone (wh_known_elsewhere below, and what asks such a person's holder): the app's login can't run it.
# 1224979098644774912 is 17 << 56: keys from there on join all three (identity/keys.py).
PEOPLE = migrations.RunSQL(
    """
    CREATE FUNCTION wh_guard_known_people(asking bigint) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT DISTINCT theirs.person_id
        FROM participants_filekey mine
        JOIN participants_filekey k ON k.key = mine.key AND k.organization_id <> mine.organization_id
        JOIN participants_participant theirs ON theirs.id = k.file_id
        JOIN participants_person p ON p.id = theirs.person_id
        JOIN network_organization o ON o.id = k.organization_id
        WHERE mine.file_id = asking AND mine.key >= 1224979098644774912 AND k.key >= 1224979098644774912
          AND p.closed_at IS NULL AND o.state = 'active'
          AND theirs.person_id <> (SELECT f.person_id FROM participants_participant f WHERE f.id = asking)
    $$
    """,
    "DROP FUNCTION wh_guard_known_people(bigint)",
)

# Yes or no, and nothing else: to a member, about a file of their own organization, after the person's recorded yes, so many
# times in 24 hours, and never without a line that says who asked. Refused all the same way whoever is known elsewhere.
KNOWN = migrations.RunSQL(
    """
    CREATE FUNCTION wh_known_elsewhere(asking bigint, asker bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
        a_day_ago timestamptz := wh_now() - interval '24 hours';
        answer boolean;
    BEGIN
        IF here IS NULL OR asker IS NULL OR asker IS DISTINCT FROM NULLIF(current_setting('wh.actor', true), '')::bigint
           OR NOT EXISTS (SELECT 1 FROM foundation_actor a WHERE a.id = asker AND a.kind = 'member' AND a.organization_id = here)
           OR NOT EXISTS (SELECT 1 FROM participants_participant f WHERE f.id = asking AND f.organization_id = here)
           OR ('contact' = ANY(string_to_array(current_setting('wh.classes', true), ','))) IS NOT TRUE THEN
            RAISE EXCEPTION 'nothing here to ask about' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_yours';
        END IF;
        -- The last word counts.
        IF (SELECT e.kind FROM participants_fileevent e WHERE e.file_id = asking AND e.kind IN ('look_allowed', 'look_refused')
            ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) IS DISTINCT FROM 'look_allowed' THEN
            RAISE EXCEPTION 'the person has not said yes' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_asked';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM participants_filekey k WHERE k.file_id = asking AND k.key >= 1224979098644774912) THEN
            RAISE EXCEPTION 'too little is known' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_needs';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtext('wh_known_elsewhere'), here::integer);
        IF (SELECT count(*) FROM participants_networklook l
            WHERE l.organization_id = here AND l.by_id = asker AND l.looked_at > a_day_ago) >= 20
           OR (SELECT count(*) FROM participants_networklook l
               WHERE l.organization_id = here AND l.looked_at > a_day_ago) >= 100 THEN
            RAISE EXCEPTION 'enough for a day' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_limit';
        END IF;
        answer := (SELECT count(*) FROM wh_guard_known_people(asking)) > 0;
        INSERT INTO participants_networklook (file_id, organization_id, by_id, looked_at, found)
        VALUES (asking, here, asker, wh_now(), answer);
        RETURN answer;
    END $$
    """,
    "DROP FUNCTION wh_known_elsewhere(bigint, bigint)",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0009_identity")]
    operations: ClassVar = [
        SAME_ORGANIZATION,
        _own_file("knownapart", "one"),
        _own_file("knownapart", "other"),
        PEOPLE,
        KNOWN,
    ]
