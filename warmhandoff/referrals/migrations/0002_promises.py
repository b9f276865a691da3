"""P4, kept by the database; the referral as a reason to cross; and the party rows' state kept equal to the referral's."""

from typing import ClassVar

from django.db import migrations

FOLLOWED = """
CREATE FUNCTION wh_assert_followed(r bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    referral referrals_referral%ROWTYPE;
    after referrals_disposition%ROWTYPE;
    closed timestamptz;
    holder bigint;
BEGIN
    SELECT * INTO referral FROM referrals_referral WHERE id = r;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT closed_at INTO closed FROM participants_person WHERE id = referral.person_id;
    IF referral.state IN ('sent', 'accepted', 'contacted', 'engaged') AND closed IS NOT NULL THEN
        RAISE EXCEPTION 'referral % is open and its person closed', r USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
    IF referral.state NOT IN ('declined', 'expired', 'withdrawn', 'ended_early', 'lost_contact', 'receiver_closed') THEN
        RETURN;
    END IF;
    SELECT * INTO after FROM referrals_disposition WHERE referral_id = r ORDER BY id DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'referral % ended with nobody to decide what is next', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
    END IF;
    IF after.settled_at IS NOT NULL THEN
        IF after.outcome = 'late_yes' THEN
            RAISE EXCEPTION 'referral % has a late yes and still stands ended', r
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
        END IF;
        RETURN;
    END IF;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'referral % waits for a decision and its person is closed', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
    SELECT organization_id INTO holder FROM custody_custody WHERE person_id = referral.person_id AND until IS NULL;
    IF after.organization_id IS DISTINCT FROM holder OR NOT EXISTS (
        SELECT 1 FROM foundation_duty d WHERE d.id = after.duty_id AND d.closed_at IS NULL AND d.holds_release
           AND d.organization_id = holder AND d.person_id = referral.person_id) THEN
        RAISE EXCEPTION 'the decision on referral % is not with the holder', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
    END IF;
END
$$
"""

TRIGGERS = """
CREATE FUNCTION wh_guard_referral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN PERFORM wh_assert_followed(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wh_p4_referral AFTER INSERT OR UPDATE ON referrals_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_referral();

CREATE FUNCTION wh_guard_disposition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_followed(OLD.referral_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p4_disposition AFTER UPDATE OR DELETE ON referrals_disposition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_disposition();

CREATE FUNCTION wh_guard_disposition_duty() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_followed(s.referral_id) FROM referrals_disposition s WHERE s.duty_id = OLD.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p4_duty AFTER UPDATE OR DELETE ON foundation_duty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_disposition_duty();

CREATE FUNCTION wh_guard_person_referrals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'participants_person' THEN
        PERFORM wh_assert_followed(r.id) FROM referrals_referral r WHERE r.person_id = NEW.id;
    ELSE
        PERFORM wh_assert_followed(s.referral_id) FROM referrals_disposition s
            WHERE s.person_id = NEW.person_id AND s.settled_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p4_person AFTER UPDATE ON participants_person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_person_referrals();
CREATE CONSTRAINT TRIGGER wh_p4_custody AFTER INSERT ON custody_custody
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_person_referrals();
"""

PARTIES = """
CREATE FUNCTION wh_guard_parties() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO referrals_referralparty
            (referral_id, organization_id, side, other_organization_id, service_id, state, sent_at)
        VALUES (NEW.id, NEW.sender_id, 'sender', NEW.receiver_id, NEW.service_id, NEW.state, NEW.sent_at),
               (NEW.id, NEW.receiver_id, 'receiver', NEW.sender_id, NEW.service_id, NEW.state, NEW.sent_at);
    ELSE
        UPDATE referrals_referralparty SET state = NEW.state WHERE referral_id = NEW.id AND state <> NEW.state;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_parties AFTER INSERT OR UPDATE OF state ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION wh_guard_parties();

-- Whoever takes a person over sees the stage of what is still open for them: told by a party of that referral.
CREATE FUNCTION wh_follow_to_holder(referral bigint, holder bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = referral
                   AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint) THEN
        RAISE EXCEPTION 'no party of this referral' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    INSERT INTO referrals_referralparty
        (referral_id, organization_id, side, other_organization_id, service_id, state, sent_at)
    SELECT r.id, holder, 'holder', r.receiver_id, r.service_id, r.state, r.sent_at FROM referrals_referral r
    WHERE r.id = referral
    ON CONFLICT (referral_id, organization_id) DO NOTHING;
END $$;
"""

# Both sides of a referral, and whoever holds its person as its party, may act for one another, for what it is about.
BECAUSE = """
CREATE FUNCTION wh_because_referral(here bigint, target bigint, referral bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT organization_id) = 2 FROM referrals_referralparty
    WHERE referral_id = referral AND organization_id IN (here, target)
$$;
-- Which organization holds the person of a referral: told to those who take part in it, and to nobody else.
CREATE FUNCTION wh_referral_holder(referral bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.organization_id FROM referrals_referral r
      JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL
    WHERE r.id = referral AND EXISTS (
        SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = r.id
           AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint)
$$
"""

# An open decision follows the person to their new holder: the one row that changes its organization. The giving side and the
# taking side must have the reason that lets them act for one another; that the taking side holds the person is proved at commit.
CARRY = """
CREATE FUNCTION wh_carry_disposition(disposition bigint, duty bigint, because_kind text, because_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    allowed boolean;
    origin bigint;
BEGIN
    SELECT organization_id INTO origin FROM referrals_disposition WHERE id = disposition AND settled_at IS NULL;
    IF because_kind !~ '^[a-z_]{1,30}$' THEN RAISE EXCEPTION 'no reason' USING ERRCODE = '42501'; END IF;
    EXECUTE format('SELECT %I($1, $2, $3)', 'wh_because_' || because_kind) INTO allowed USING here, origin, because_id;
    IF allowed IS NOT TRUE OR NOT EXISTS (
        SELECT 1 FROM foundation_duty d WHERE d.id = duty AND d.organization_id = here AND d.closed_at IS NULL) THEN
        RAISE EXCEPTION 'this decision may not move' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    UPDATE referrals_disposition SET organization_id = here, duty_id = duty WHERE id = disposition AND settled_at IS NULL;
END
$$
"""

UNDO = """
DROP FUNCTION wh_carry_disposition(bigint, bigint, text, bigint);
DROP FUNCTION wh_referral_holder(bigint); DROP FUNCTION wh_because_referral(bigint, bigint, bigint);
DROP FUNCTION wh_follow_to_holder(bigint, bigint); DROP TRIGGER wh_parties ON referrals_referral; DROP FUNCTION wh_guard_parties();
DROP TRIGGER wh_p4_custody ON custody_custody; DROP TRIGGER wh_p4_person ON participants_person;
DROP FUNCTION wh_guard_person_referrals();
DROP TRIGGER wh_p4_duty ON foundation_duty; DROP FUNCTION wh_guard_disposition_duty();
DROP TRIGGER wh_p4_disposition ON referrals_disposition; DROP FUNCTION wh_guard_disposition();
DROP TRIGGER wh_p4_referral ON referrals_referral; DROP FUNCTION wh_guard_referral();
DROP FUNCTION wh_assert_followed(bigint);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0001_initial"), ("custody", "0002_promises")]
    operations: ClassVar = [migrations.RunSQL(FOLLOWED + ";" + TRIGGERS + PARTIES + BECAUSE + ";" + CARRY, UNDO)]
