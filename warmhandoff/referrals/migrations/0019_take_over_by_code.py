"""The network's office asks to take over whom it sees waiting, by code: the owner alone finds who that is, and who holds them."""

from typing import ClassVar

from django.db import migrations

# The person first, as whoever acts on them does, and then the board's row. The answer is a number of the office's own, or nothing:
# nothing tells apart why it can't be asked. A no isn't asked again.
ASKS = """
CREATE FUNCTION wh_ask_take_over(party bigint, asker bigint, queue bigint, answer_by timestamptz, until timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    about uuid;
    mine referrals_referralparty%ROWTYPE;
    held custody_custody%ROWTYPE;
    made bigint;
BEGIN
    SELECT r.person_id INTO about FROM referrals_referralparty p JOIN referrals_referral r ON r.id = p.referral_id
        WHERE p.id = party AND p.side = 'network' AND p.organization_id = here;
    IF about IS NULL OR NOT EXISTS (SELECT 1 FROM foundation_actor a
        WHERE a.id = NULLIF(current_setting('wh.actor', true), '')::bigint AND a.kind = 'member'
          AND a.organization_id = here AND a.subject_id = asker) THEN
        RAISE EXCEPTION 'nothing here to ask about' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    PERFORM 1 FROM participants_person WHERE id = about FOR NO KEY UPDATE;
    SELECT * INTO mine FROM referrals_referralparty WHERE id = party FOR NO KEY UPDATE;
    SELECT c.* INTO held FROM custody_custody c WHERE c.person_id = about AND c.until IS NULL;
    IF held.id IS NULL OR held.organization_id = here OR (mine.due_at < wh_now()) IS NOT TRUE OR mine.waits_for = 'hold'
       OR EXISTS (SELECT 1 FROM custody_handover h WHERE h.id = mine.take_over_id AND h.state IN ('offered', 'declined')) THEN
        RETURN NULL;
    END IF;
    INSERT INTO custody_handover (code, person_id, kind, from_organization_id, to_organization_id, to_queue_id,
        state, offered_at, asked_by_id, answer_due_at, expires_at, proposed, keeps, reason, unnamed)
    VALUES (wh_guard_code(), about, 'request', held.organization_id, here, queue,
        'offered', wh_now(), asker, answer_by, until, '', '', '', true)
    RETURNING id INTO made;
    UPDATE referrals_referralparty SET take_over_id = made WHERE id = party;
    -- Whoever asked waits for it by the code that they know.
    UPDATE foundation_duty SET detail = mine.code
        WHERE subject_kind = 'handover' AND subject_id = made AND organization_id = here AND kind = 'await_handover';
    RETURN made;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0018_take_over"), ("custody", "0010_take_over_by_code")]
    operations: ClassVar = [
        migrations.RunSQL(
            ASKS, "DROP FUNCTION wh_ask_take_over(bigint, bigint, bigint, timestamptz, timestamptz)"
        ),
    ]
