"""The network's office has its own row of each referral, written here alone: code, stage, organizations and dates; no person.

It is no party: nothing that hangs on a referral opens to it, it acts for nobody, and it is told nothing of who holds the person.
"""

from typing import ClassVar

from django.db import migrations

# One row for each office of the network, told anew at every change. What waits, where, since when, and until when it was promised.
TELLS = """
CREATE FUNCTION wh_guard_tell_network(r bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO referrals_referralparty
        (referral_id, organization_id, side, other_organization_id, service_id, state, sent_at, code, from_organization_id,
         at_organization_id, stage, waits_for, since, due_at, ended_at, decline_reason)
    SELECT r.id, o.id, 'network', r.receiver_id, r.service_id, r.state, r.sent_at, r.code, r.sender_id,
           CASE WHEN d.id IS NOT NULL AND r.state <> 'expired' THEN d.organization_id
                WHEN r.question_due_at IS NOT NULL THEN r.sender_id
                WHEN r.held_until IS NOT NULL AND r.hold_side = 'sender' THEN r.sender_id
                ELSE r.receiver_id END,
           r.stage,
           CASE WHEN d.id IS NOT NULL THEN 'decision'
                WHEN r.question_due_at IS NOT NULL THEN 'reply'
                WHEN r.held_until IS NOT NULL THEN 'hold'
                WHEN r.review_due_at IS NOT NULL THEN 'review'
                ELSE '' END,
           CASE WHEN d.id IS NOT NULL AND r.state = 'expired' THEN r.sent_at
                WHEN d.id IS NOT NULL THEN d.opened_at
                WHEN r.question_due_at IS NOT NULL THEN r.stands_since
                WHEN r.held_until IS NOT NULL THEN r.held_at
                WHEN r.review_due_at IS NOT NULL THEN r.waitlisted_at
                ELSE CASE r.state WHEN 'sent' THEN r.sent_at WHEN 'accepted' THEN r.answered_at
                                  WHEN 'contacted' THEN r.contacted_at WHEN 'engaged' THEN r.engaged_at
                                  ELSE r.ended_at END END,
           CASE WHEN d.id IS NOT NULL AND r.state = 'expired' THEN r.answer_due_at
                WHEN d.id IS NOT NULL THEN t.due_at
                WHEN r.question_due_at IS NOT NULL THEN r.question_due_at
                WHEN r.held_until IS NOT NULL THEN r.held_until
                WHEN r.review_due_at IS NOT NULL THEN r.review_due_at
                ELSE CASE r.state WHEN 'sent' THEN r.answer_due_at WHEN 'accepted' THEN r.contact_due_at END END,
           r.ended_at,
           CASE WHEN r.state = 'declined' THEN r.end_reason ELSE '' END
    FROM referrals_referral r
    JOIN network_organization o ON o.state = 'active' AND 'network_office' = ANY(o.kinds)
    LEFT JOIN referrals_disposition d ON d.referral_id = r.id AND d.settled_at IS NULL
    LEFT JOIN foundation_duty t ON t.id = d.duty_id
    WHERE r.id = wh_guard_tell_network.r
    ON CONFLICT (referral_id, organization_id) WHERE side = 'network' DO UPDATE SET
        state = EXCLUDED.state, at_organization_id = EXCLUDED.at_organization_id, stage = EXCLUDED.stage,
        waits_for = EXCLUDED.waits_for, since = EXCLUDED.since, due_at = EXCLUDED.due_at, ended_at = EXCLUDED.ended_at,
        decline_reason = EXCLUDED.decline_reason,
        -- A reminder was about the waiting that stood then.
        reminded_at = CASE WHEN referrals_referralparty.since IS NOT DISTINCT FROM EXCLUDED.since
                           THEN referrals_referralparty.reminded_at END
$$;
"""

TRIGGERS = """
CREATE FUNCTION wh_guard_network_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'referrals_referral' THEN
        PERFORM wh_guard_tell_network(NEW.id);
    ELSE
        PERFORM wh_guard_tell_network(NEW.referral_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_network_begins AFTER INSERT ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION wh_guard_network_told();
CREATE TRIGGER wh_network_moves AFTER UPDATE ON referrals_referral
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state
                       OR OLD.stage IS DISTINCT FROM NEW.stage
                       OR OLD.answer_due_at IS DISTINCT FROM NEW.answer_due_at
                       OR OLD.contact_due_at IS DISTINCT FROM NEW.contact_due_at
                       OR OLD.question_due_at IS DISTINCT FROM NEW.question_due_at
                       OR OLD.held_until IS DISTINCT FROM NEW.held_until
                       OR OLD.review_due_at IS DISTINCT FROM NEW.review_due_at
                       OR OLD.stands_since IS DISTINCT FROM NEW.stands_since)
    EXECUTE FUNCTION wh_guard_network_told();
CREATE TRIGGER wh_network_decides AFTER INSERT OR UPDATE ON referrals_disposition
    FOR EACH ROW EXECUTE FUNCTION wh_guard_network_told();

-- An organization that becomes the network's office sees what is there; one that no longer is, nothing.
CREATE FUNCTION wh_guard_network_office() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'active' AND 'network_office' = ANY(NEW.kinds) THEN
        PERFORM wh_guard_tell_network(id) FROM referrals_referral;
    ELSE
        DELETE FROM referrals_referralparty WHERE organization_id = NEW.id AND side = 'network';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_network_office AFTER INSERT ON network_organization
    FOR EACH ROW WHEN ('network_office' = ANY(NEW.kinds)) EXECUTE FUNCTION wh_guard_network_office();
CREATE TRIGGER wh_network_office_moves AFTER UPDATE ON network_organization
    FOR EACH ROW WHEN ((OLD.kinds IS DISTINCT FROM NEW.kinds OR OLD.state IS DISTINCT FROM NEW.state)
                       AND ('network_office' = ANY(OLD.kinds) OR 'network_office' = ANY(NEW.kinds)))
    EXECUTE FUNCTION wh_guard_network_office();
"""

# As before, but that the office's own row makes it no party, and stands in nobody's way.
NO_PARTY = """
CREATE OR REPLACE FUNCTION wh_follow_to_holder(referral bigint, holder bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = referral AND p.side <> 'network'
                   AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint) THEN
        RAISE EXCEPTION 'no party of this referral' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    INSERT INTO referrals_referralparty
        (referral_id, organization_id, side, other_organization_id, service_id, state, sent_at)
    SELECT r.id, holder, 'holder', r.receiver_id, r.service_id, r.state, r.sent_at FROM referrals_referral r
    WHERE r.id = referral
    ON CONFLICT (referral_id, organization_id) WHERE NOT (side = 'network') DO NOTHING;
END $$;
CREATE OR REPLACE FUNCTION wh_guard_party() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.side = 'holder' AND NOT EXISTS (
        SELECT 1 FROM referrals_referral r JOIN custody_custody c ON c.person_id = r.person_id
        WHERE r.id = NEW.referral_id AND c.organization_id = NEW.organization_id)
       OR NEW.side = 'network' AND NOT EXISTS (
        SELECT 1 FROM network_organization o WHERE o.id = NEW.organization_id AND 'network_office' = ANY(o.kinds)) THEN
        RAISE EXCEPTION 'organization % takes no part in referral %', NEW.organization_id, NEW.referral_id
            USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION wh_because_referral(here bigint, target bigint, referral bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT organization_id) = 2 FROM referrals_referralparty
    WHERE referral_id = referral AND organization_id IN (here, target) AND side <> 'network'
$$;
CREATE OR REPLACE FUNCTION wh_referral_holder(referral bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    SELECT r.person_id INTO about FROM referrals_referral r WHERE r.id = referral AND EXISTS (
        SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = r.id AND p.side <> 'network'
           AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint);
    PERFORM 1 FROM participants_person WHERE id = about FOR NO KEY UPDATE;
    RETURN (SELECT organization_id FROM custody_custody WHERE person_id = about AND until IS NULL);
END $$;
"""

# The office reminds once a day, of what is late: both sides read that it did, and it learns which organization to remind.
REMINDS = """
CREATE FUNCTION wh_remind_for_network(party bigint, day_began timestamptz) RETURNS TABLE (referral bigint, organization bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE referrals_referralparty p SET reminded_at = wh_now()
        WHERE p.id = party AND p.side = 'network' AND p.due_at < wh_now()
          AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint
          AND p.waits_for IN ('', 'reply', 'review') AND p.state IN ('sent', 'accepted')
          AND (p.reminded_at IS NULL OR p.reminded_at < day_began)
        RETURNING p.referral_id, p.at_organization_id INTO referral, organization;
    IF NOT FOUND THEN RETURN; END IF;
    INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, happened_at, recorded_at, reason)
    VALUES (referral, 'network_reminded', NULLIF(current_setting('wh.organization', true), '')::bigint, '',
            NULLIF(current_setting('wh.actor', true), '')::bigint, wh_now(), wh_now(), '');
    RETURN NEXT;
END $$;

-- Counted by the owner, who sees all rows; kept as two numbers. A page reads the newest row and counts nothing.
CREATE FUNCTION wh_check_holders() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO referrals_holdercheck (checked_at, people, without_holder)
    SELECT wh_now(), count(*), count(*) FILTER (WHERE (
        SELECT count(*) FROM custody_custody c
        JOIN network_organization o ON o.id = c.organization_id AND o.state = 'active'
        LEFT JOIN network_queue q ON q.id = c.queue_id
        JOIN network_membership m ON m.id = COALESCE(c.membership_id, q.lead_id) AND m.state = 'active'
                                 AND m.organization_id = c.organization_id
        WHERE c.person_id = p.id AND c.until IS NULL) <> 1)
    FROM participants_person p WHERE p.closed_at IS NULL
$$;
"""

UNDO = """
DROP FUNCTION wh_check_holders(); DROP FUNCTION wh_remind_for_network(bigint, timestamptz);
DROP TRIGGER wh_network_office_moves ON network_organization; DROP TRIGGER wh_network_office ON network_organization;
DROP FUNCTION wh_guard_network_office();
DROP TRIGGER wh_network_decides ON referrals_disposition;
DROP TRIGGER wh_network_moves ON referrals_referral; DROP TRIGGER wh_network_begins ON referrals_referral;
DROP FUNCTION wh_guard_network_told(); DROP FUNCTION wh_guard_tell_network(bigint);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0011_network_side"), ("custody", "0002_promises")]
    operations: ClassVar = [migrations.RunSQL(TELLS + TRIGGERS + NO_PARTY + REMINDS, UNDO)]
