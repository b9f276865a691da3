"""P2 for what a referral waits for besides its state: a reply, a hold, a waitlist. Kept by the database.

When something was put off is nobody's to say but the database's; each side says its own; nobody leaves a waitlist without a word;
and whoever holds the person has the date before them, wherever the person went.
"""

from typing import ClassVar

from django.db import migrations

WAITS = """
CREATE FUNCTION wh_guard_referral_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    holds boolean := NEW.held_until IS NOT NULL AND NEW.held_until IS DISTINCT FROM OLD.held_until;
    lists boolean := NEW.review_due_at IS NOT NULL AND NEW.review_due_at IS DISTINCT FROM OLD.review_due_at;
BEGIN
    IF NEW.held_until IS NOT NULL THEN
        NEW.held_at := CASE WHEN holds THEN wh_now() ELSE OLD.held_at END;
    END IF;
    IF NEW.review_due_at IS NOT NULL THEN
        NEW.waitlisted_at := CASE WHEN lists THEN wh_now() ELSE OLD.waitlisted_at END;
    END IF;
    IF (lists OR (holds AND NEW.hold_side = 'receiver')
        OR (NEW.question_due_at IS NOT NULL AND NEW.question_due_at IS DISTINCT FROM OLD.question_due_at)
        OR (NEW.stage <> '' AND NEW.stage IS DISTINCT FROM OLD.stage)
        OR NEW.receiver_membership_id IS DISTINCT FROM OLD.receiver_membership_id)
       AND here IS DISTINCT FROM NEW.receiver_id
       OR (holds AND NEW.hold_side = 'sender' AND here IS NOT DISTINCT FROM NEW.receiver_id)
       OR (NEW.receiver_membership_id IS DISTINCT FROM OLD.receiver_membership_id AND NOT EXISTS (
           SELECT 1 FROM network_membership m
           WHERE m.id = NEW.receiver_membership_id AND m.organization_id = NEW.receiver_id)) THEN
        RAISE EXCEPTION 'this is not for organization % to say of referral %', here, NEW.id
            USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    IF NEW.state = OLD.state AND OLD.review_due_at IS NOT NULL AND NEW.review_due_at IS NULL THEN
        RAISE EXCEPTION 'referral % would leave the waitlist without a word', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_waits';
    END IF;
    IF NEW.stage <> '' AND NOT EXISTS (
        SELECT 1 FROM foundation_term t WHERE t.vocabulary = 'stage' AND t.code = NEW.stage
           AND (t.parent = NEW.state OR NEW.stage = OLD.stage)) THEN
        RAISE EXCEPTION 'stage % is none of %', NEW.stage, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p2_waits BEFORE UPDATE ON referrals_referral
    FOR EACH ROW WHEN (OLD.question_due_at IS DISTINCT FROM NEW.question_due_at
                       OR OLD.held_at IS DISTINCT FROM NEW.held_at
                       OR OLD.held_until IS DISTINCT FROM NEW.held_until
                       OR OLD.hold_side IS DISTINCT FROM NEW.hold_side
                       OR OLD.waitlisted_at IS DISTINCT FROM NEW.waitlisted_at
                       OR OLD.review_due_at IS DISTINCT FROM NEW.review_due_at
                       OR OLD.stage IS DISTINCT FROM NEW.stage
                       OR OLD.receiver_membership_id IS DISTINCT FROM NEW.receiver_membership_id)
    EXECUTE FUNCTION wh_guard_referral_waits();

-- What begins, begins without any of it: the row's own constraints say the rest.
CREATE FUNCTION wh_guard_referral_waits_for_nothing() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a referral begins with nothing put off' USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_waits';
END $$;
CREATE TRIGGER wh_p2_begins BEFORE INSERT ON referrals_referral
    FOR EACH ROW WHEN (NEW.question_due_at IS NOT NULL OR NEW.held_until IS NOT NULL OR NEW.review_due_at IS NOT NULL
                       OR NEW.stands_since IS NOT NULL)
    EXECUTE FUNCTION wh_guard_referral_waits_for_nothing();
"""

WAITED = """
CREATE FUNCTION wh_assert_waited(r bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    referral referrals_referral%ROWTYPE;
BEGIN
    SELECT * INTO referral FROM referrals_referral WHERE id = r;
    IF NOT FOUND OR (referral.held_until IS NULL AND referral.review_due_at IS NULL) THEN RETURN; END IF;
    PERFORM 1 FROM participants_person WHERE id = referral.person_id FOR NO KEY UPDATE;
    SELECT * INTO referral FROM referrals_referral WHERE id = r;
    IF referral.held_until IS NULL AND referral.review_due_at IS NULL THEN RETURN; END IF;
    IF NOT EXISTS (
        SELECT 1 FROM foundation_duty d JOIN custody_custody c ON c.person_id = referral.person_id AND c.until IS NULL
        WHERE d.subject_kind = 'referral' AND d.subject_id = r AND d.closed_at IS NULL
          AND d.organization_id = c.organization_id AND d.person_id = referral.person_id
          AND d.kind IN ('await_review', 'await_hold', 'review_hold')) THEN
        RAISE EXCEPTION 'referral % is put off and nobody who holds the person looks at it again', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_waits';
    END IF;
END $$
"""

TRIGGERS = """
CREATE FUNCTION wh_guard_waited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN PERFORM wh_assert_waited(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wh_p2_waited AFTER UPDATE ON referrals_referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.held_until IS NOT NULL OR NEW.review_due_at IS NOT NULL) EXECUTE FUNCTION wh_guard_waited();

CREATE FUNCTION wh_guard_waited_duty() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN PERFORM wh_assert_waited(OLD.subject_id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wh_p2_waited_duty AFTER UPDATE ON foundation_duty DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.kind IN ('await_review', 'await_hold', 'review_hold') AND OLD.closed_at IS NULL)
    EXECUTE FUNCTION wh_guard_waited_duty();

CREATE FUNCTION wh_guard_waited_custody() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_waited(r.id) FROM referrals_referral r
        WHERE r.person_id = NEW.person_id AND (r.held_until IS NOT NULL OR r.review_due_at IS NOT NULL);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p2_waited_custody AFTER INSERT ON custody_custody
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_waited_custody();
"""

UNDO = """
DROP TRIGGER wh_p2_waited_custody ON custody_custody; DROP FUNCTION wh_guard_waited_custody();
DROP TRIGGER wh_p2_waited_duty ON foundation_duty; DROP FUNCTION wh_guard_waited_duty();
DROP TRIGGER wh_p2_waited ON referrals_referral; DROP FUNCTION wh_guard_waited();
DROP FUNCTION wh_assert_waited(bigint);
DROP TRIGGER wh_p2_begins ON referrals_referral; DROP FUNCTION wh_guard_referral_waits_for_nothing();
DROP TRIGGER wh_p2_waits ON referrals_referral; DROP FUNCTION wh_guard_referral_waits();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0007_waiting"), ("foundation", "0004_words_change")]
    operations: ClassVar = [migrations.RunSQL(WAITS + WAITED + ";" + TRIGGERS, UNDO)]
