"""P4, kept by the database; the referral as a reason to cross; and the party rows' state kept equal to the referral's.

Like custody's promises these are examined under a lock on the person: a decision that one transaction opens with the holder and
a move of the person in another can't pass each other unseen.
"""

from typing import ClassVar

from django.db import migrations

FOLLOWED = """
CREATE FUNCTION wh_assert_followed(r bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    referral referrals_referral%ROWTYPE;
    waiting referrals_disposition%ROWTYPE;
    closed timestamptz;
    holder bigint;
    ended boolean;
BEGIN
    SELECT * INTO referral FROM referrals_referral WHERE id = r;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT closed_at INTO closed FROM participants_person WHERE id = referral.person_id FOR NO KEY UPDATE;
    SELECT * INTO referral FROM referrals_referral WHERE id = r;
    ended := referral.state IN ('declined', 'expired', 'withdrawn', 'ended_early', 'lost_contact', 'receiver_closed');
    IF referral.state IN ('sent', 'accepted', 'contacted', 'engaged') AND closed IS NOT NULL THEN
        RAISE EXCEPTION 'referral % is open and its person closed', r USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
    IF referral.mode = 'transfer' AND referral.state NOT IN ('sent', 'declined', 'expired', 'withdrawn', 'receiver_closed')
       AND NOT EXISTS (SELECT 1 FROM custody_handover h WHERE h.id = referral.handover_id AND h.state = 'accepted') THEN
        RAISE EXCEPTION 'transfer % was accepted and its handover not', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
    SELECT * INTO waiting FROM referrals_disposition WHERE referral_id = r AND settled_at IS NULL;
    IF NOT FOUND THEN
        IF ended AND COALESCE((SELECT outcome FROM referrals_disposition WHERE referral_id = r ORDER BY id DESC LIMIT 1),
                              'late_yes') = 'late_yes' THEN
            RAISE EXCEPTION 'referral % ended with nobody to decide what is next', r
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
        END IF;
        RETURN;
    END IF;
    IF NOT ended THEN
        RAISE EXCEPTION 'a decision waits on referral %, which has not ended', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
    END IF;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'referral % waits for a decision and its person is closed', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
    SELECT organization_id INTO holder FROM custody_custody WHERE person_id = referral.person_id AND until IS NULL;
    IF waiting.person_id <> referral.person_id OR waiting.organization_id IS DISTINCT FROM holder OR NOT EXISTS (
        SELECT 1 FROM foundation_duty d WHERE d.id = waiting.duty_id AND d.closed_at IS NULL AND d.holds_release
           AND d.organization_id = holder AND d.person_id = referral.person_id) THEN
        RAISE EXCEPTION 'the decision on referral % is not with the holder', r
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
    END IF;
END
$$
"""

TRIGGERS = """
CREATE FUNCTION wh_guard_referral() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_followed(NEW.id);
    -- Who took the person over in the meantime has a party row that our change of state could not see yet.
    UPDATE referrals_referralparty p SET state = r.state FROM referrals_referral r
        WHERE r.id = NEW.id AND p.referral_id = r.id AND p.state <> r.state;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p4_referral AFTER INSERT OR UPDATE ON referrals_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_referral();

CREATE FUNCTION wh_guard_disposition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_followed(CASE WHEN TG_OP = 'INSERT' THEN NEW.referral_id ELSE OLD.referral_id END);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p4_disposition AFTER INSERT OR UPDATE OR DELETE ON referrals_disposition
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

# A referral is about a person whom its sender holds, from the sender's file, by the sender's consent, to one whom that names.
# It takes the ways of its machine (states.py), and what is the receiver's to say, the receiver says.
MACHINE = """
CREATE FUNCTION wh_guard_referral_sent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'sent'
       OR NOT EXISTS (SELECT 1 FROM participants_participant f
           WHERE f.id = NEW.sender_file_id AND f.person_id = NEW.person_id AND f.organization_id = NEW.sender_id)
       OR NOT EXISTS (SELECT 1 FROM custody_custody c
           WHERE c.person_id = NEW.person_id AND c.organization_id = NEW.sender_id AND c.until IS NULL)
       OR NOT EXISTS (SELECT 1 FROM directory_service s
           WHERE s.id = NEW.service_id AND s.organization_id = NEW.receiver_id)
       OR NOT EXISTS (SELECT 1 FROM network_membership m
           WHERE m.id = NEW.sender_membership_id AND m.organization_id = NEW.sender_id)
       OR (NEW.handover_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM custody_handover h
           WHERE h.id = NEW.handover_id AND h.person_id = NEW.person_id AND h.state = 'offered'
             AND h.from_organization_id = NEW.sender_id AND h.to_organization_id = NEW.receiver_id)) THEN
        RAISE EXCEPTION 'a referral of what is not its sender''s' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM participants_consent c
        WHERE c.id = NEW.consent_id AND c.file_id = NEW.sender_file_id AND NOT c.refused AND c.revoked_at IS NULL
          AND c.expires_at > wh_now() AND NEW.receiver_id = ANY(c.recipients) AND NEW.parts <@ c.parts) THEN
        RAISE EXCEPTION 'a referral without consent' USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p8_referral BEFORE INSERT ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION wh_guard_referral_sent();

CREATE FUNCTION wh_guard_referral_moved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.code, OLD.person_id, OLD.mode, OLD.sender_id, OLD.sender_membership_id, OLD.sender_file_id,
        OLD.receiver_id, OLD.service_id, OLD.handover_id, OLD.consent_id, OLD.need_code, OLD.parts, OLD.sent_at)
       IS DISTINCT FROM
       (NEW.id, NEW.code, NEW.person_id, NEW.mode, NEW.sender_id, NEW.sender_membership_id, NEW.sender_file_id,
        NEW.receiver_id, NEW.service_id, NEW.handover_id, NEW.consent_id, NEW.need_code, NEW.parts, NEW.sent_at) THEN
        RAISE EXCEPTION 'referral % was sent as it was', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
    END IF;
    IF OLD.state = NEW.state THEN RETURN NEW; END IF;
    IF (OLD.state, NEW.state) NOT IN (
            ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'expired'), ('sent', 'withdrawn'),
            ('sent', 'receiver_closed'), ('expired', 'accepted'),
            ('accepted', 'contacted'), ('accepted', 'engaged'), ('accepted', 'ended_early'), ('accepted', 'lost_contact'),
            ('accepted', 'withdrawn'), ('accepted', 'receiver_closed'),
            ('contacted', 'engaged'), ('contacted', 'ended_early'), ('contacted', 'withdrawn'),
            ('contacted', 'receiver_closed'),
            ('engaged', 'completed'), ('engaged', 'ended_early'), ('engaged', 'withdrawn'), ('engaged', 'receiver_closed'))
       OR (NEW.state IN ('accepted', 'declined', 'contacted', 'engaged', 'completed', 'ended_early', 'lost_contact')
           AND NULLIF(current_setting('wh.organization', true), '')::bigint IS DISTINCT FROM NEW.receiver_id) THEN
        RAISE EXCEPTION 'referral % can not go from % to % here', OLD.id, OLD.state, NEW.state
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p4_transition BEFORE UPDATE ON referrals_referral
    FOR EACH ROW EXECUTE FUNCTION wh_guard_referral_moved();
"""

# A decision begins open, is settled once, by a person who works here (a late yes: by whoever said it), and is then history.
DECISIONS = """
CREATE FUNCTION wh_guard_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.settled_at IS NOT NULL THEN
            RAISE EXCEPTION 'a decision begins open' USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.settled_at IS NOT NULL
       OR (OLD.id, OLD.referral_id, OLD.person_id, OLD.because, OLD.opened_at) IS DISTINCT FROM
          (NEW.id, NEW.referral_id, NEW.person_id, NEW.because, NEW.opened_at) THEN
        RAISE EXCEPTION 'decision % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
    END IF;
    IF NEW.settled_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM foundation_actor a WHERE a.id = NEW.settled_by_id
           AND (a.kind = 'member' OR (a.kind = 'link' AND NEW.outcome = 'late_yes'))) THEN
        RAISE EXCEPTION 'decision % was settled by nobody', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_disposition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p4_decision BEFORE INSERT OR UPDATE ON referrals_disposition
    FOR EACH ROW EXECUTE FUNCTION wh_guard_decision();
CREATE TRIGGER wh_p7_recorded BEFORE INSERT ON referrals_referralevent FOR EACH ROW EXECUTE FUNCTION wh_guard_recorded();
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

-- And nobody else does: a holder among the parties holds the person, or held them.
CREATE FUNCTION wh_guard_party() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.side = 'holder' AND NOT EXISTS (
        SELECT 1 FROM referrals_referral r JOIN custody_custody c ON c.person_id = r.person_id
        WHERE r.id = NEW.referral_id AND c.organization_id = NEW.organization_id) THEN
        RAISE EXCEPTION 'organization % takes no part in referral %', NEW.organization_id, NEW.referral_id
            USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p8_party AFTER INSERT ON referrals_referralparty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_party();
"""

# Both sides of a referral, and whoever holds its person as its party, may act for one another, for what it is about.
BECAUSE = """
CREATE FUNCTION wh_because_referral(here bigint, target bigint, referral bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT organization_id) = 2 FROM referrals_referralparty
    WHERE referral_id = referral AND organization_id IN (here, target)
$$;
-- Which organization holds the person of a referral: told to those who take part in it, and to nobody else. The person is locked
-- first: whoever acts on the answer must find it still true, and acts after whoever was moving them.
CREATE FUNCTION wh_referral_holder(referral bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    SELECT r.person_id INTO about FROM referrals_referral r WHERE r.id = referral AND EXISTS (
        SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = r.id
           AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint);
    PERFORM 1 FROM participants_person WHERE id = about FOR NO KEY UPDATE;
    RETURN (SELECT organization_id FROM custody_custody WHERE person_id = about AND until IS NULL);
END $$
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
DROP TRIGGER wh_p7_recorded ON referrals_referralevent;
DROP TRIGGER wh_p8_party ON referrals_referralparty; DROP FUNCTION wh_guard_party();
DROP TRIGGER wh_p4_decision ON referrals_disposition; DROP FUNCTION wh_guard_decision();
DROP TRIGGER wh_p4_transition ON referrals_referral; DROP FUNCTION wh_guard_referral_moved();
DROP TRIGGER wh_p8_referral ON referrals_referral; DROP FUNCTION wh_guard_referral_sent();
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
    operations: ClassVar = [migrations.RunSQL(FOLLOWED + ";" + TRIGGERS + MACHINE + DECISIONS + PARTIES + BECAUSE + ";" + CARRY, UNDO)]
