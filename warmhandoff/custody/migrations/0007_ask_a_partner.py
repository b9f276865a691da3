"""Asking a partner whom nobody names; and taking a question back in the order in which it is answered."""

from typing import ClassVar

from django.db import migrations

# The owner alone finds who holds the person that the look found, and writes the question to them. Whoever asks gets the number
# of their own row, and nothing that tells whose the other is. Each partner is asked once: a no isn't asked again.
ASK = """
CREATE FUNCTION wh_ask_known(asking bigint, asker bigint, queue bigint, answer_by timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    mine uuid;
    theirs custody_custody%ROWTYPE;
    made bigint;
BEGIN
    SELECT f.person_id INTO mine FROM participants_participant f WHERE f.id = asking AND f.organization_id = here;
    IF mine IS NULL OR NOT EXISTS (SELECT 1 FROM foundation_actor a
        WHERE a.id = NULLIF(current_setting('wh.actor', true), '')::bigint AND a.kind = 'member'
          AND a.organization_id = here AND a.subject_id = asker) THEN
        RAISE EXCEPTION 'nothing here to ask about' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_yours';
    END IF;
    -- The last look said yes, and the person's last word about looking too.
    IF (SELECT l.found FROM participants_networklook l WHERE l.file_id = asking AND l.organization_id = here
        ORDER BY l.looked_at DESC, l.id DESC LIMIT 1) IS NOT TRUE
       OR (SELECT e.kind FROM participants_fileevent e WHERE e.file_id = asking AND e.kind IN ('look_allowed', 'look_refused')
           ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) IS DISTINCT FROM 'look_allowed' THEN
        RAISE EXCEPTION 'the person has not said yes' USING ERRCODE = '42501', CONSTRAINT = 'wh_look_asked';
    END IF;
    SELECT c.* INTO theirs FROM wh_guard_known_people(asking) AS known(person)
        JOIN custody_custody c ON c.person_id = known.person AND c.until IS NULL
        WHERE c.organization_id <> here AND NOT EXISTS (SELECT 1 FROM custody_handover h
            WHERE h.person_id = known.person AND h.other_person_id = mine AND h.state IN ('offered', 'declined'))
        ORDER BY c.since, c.id LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO custody_handover (code, person_id, other_person_id, kind, from_organization_id, to_organization_id, to_queue_id,
        state, offered_at, asked_by_id, answer_due_at, expires_at, proposed, keeps, reason, unnamed)
    VALUES (wh_guard_code(), theirs.person_id, mine, 'working_link', theirs.organization_id, here, queue,
        'offered', wh_now(), asker, answer_by, until, 'either', '', '', true)
    RETURNING id INTO made;
    RETURN made;
END $$;
"""

# The person first, as an answer does: of a yes and a withdrawal at once, the second finds what the first left.
END = """
CREATE OR REPLACE FUNCTION wh_end_asking(handover bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
BEGIN
    PERFORM 1 FROM participants_person p JOIN custody_handover h ON h.person_id = p.id
     WHERE h.id = handover AND here IN (h.from_organization_id, h.to_organization_id) FOR NO KEY UPDATE OF p;
    UPDATE custody_handover h SET state = how, settled_at = wh_now()
     WHERE h.id = handover AND h.answer_due_at IS NOT NULL
       AND here = CASE h.kind WHEN 'transfer' THEN h.from_organization_id ELSE h.to_organization_id END
       AND ((how = 'withdrawn' AND h.state IN ('offered', 'expired'))
         OR (how = 'expired' AND h.state = 'offered' AND h.expires_at <= wh_now()));
    RETURN FOUND;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0006_moves_words"), ("participants", "0010_identity_rules")]
    operations: ClassVar = [
        migrations.RunSQL(
            ASK + END, "DROP FUNCTION wh_ask_known(bigint, bigint, bigint, timestamptz, timestamptz)"
        ),
    ]
