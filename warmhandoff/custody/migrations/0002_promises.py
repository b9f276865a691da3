"""P1, P2 and P3, kept by the database.

The functions run as the tables' owner (SECURITY DEFINER, pinned search_path): as the app's login they would see only the
organization that acts, and pass in silence. They are deferred: a change of holder ends one row and opens another, and what
must hold is what stands at commit.

Two transactions that each look right to themselves must not be wrong together (one gives a person to a colleague whose account
the other closes). So a promise about a person is examined under a lock on that person, and whoever answers for them is locked
against leaving until the transaction has ended.
"""

from typing import ClassVar

from django.db import migrations

HELD = """
CREATE FUNCTION wh_assert_held(p uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person participants_person%ROWTYPE;
    held custody_custody%ROWTYPE;
    step foundation_duty%ROWTYPE;
    holders integer;
BEGIN
    SELECT * INTO person FROM participants_person WHERE id = p FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT count(*) INTO holders FROM custody_custody WHERE person_id = p AND until IS NULL;
    IF person.closed_at IS NOT NULL THEN
        IF holders > 0 THEN
            RAISE EXCEPTION 'person % is closed and still held', p USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
        END IF;
        IF EXISTS (SELECT 1 FROM foundation_duty WHERE person_id = p AND holds_release AND closed_at IS NULL) THEN
            RAISE EXCEPTION 'person % is closed with something open', p
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM custody_custodyevent WHERE kind = 'released' AND detail = person.close_reason
                       AND custody_id = (SELECT max(id) FROM custody_custody WHERE person_id = p)) THEN
            RAISE EXCEPTION 'person % was closed and never released', p
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
        END IF;
        RETURN;
    END IF;
    IF holders <> 1 THEN
        RAISE EXCEPTION 'person % has % holders', p, holders USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
    END IF;
    SELECT * INTO held FROM custody_custody WHERE person_id = p AND until IS NULL;
    PERFORM 1 FROM network_organization WHERE id = held.organization_id AND state = 'active' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'person % is held by a closed organization', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
    END IF;
    IF held.membership_id IS NOT NULL AND NOT wh_answers(held.membership_id, held.organization_id) THEN
        RAISE EXCEPTION 'person % is held by someone who no longer works there', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
    END IF;
    IF held.queue_id IS NOT NULL AND NOT wh_led(held.queue_id, held.organization_id) THEN
        RAISE EXCEPTION 'person % is held by a queue without a lead', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_lead';
    END IF;
    SELECT * INTO step FROM foundation_duty WHERE id = held.next_step_id;
    IF step.id IS NULL OR step.closed_at IS NOT NULL OR step.person_id IS DISTINCT FROM p
       OR step.organization_id <> held.organization_id THEN
        RAISE EXCEPTION 'person % has no next step', p USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_next_step';
    END IF;
    IF EXISTS (SELECT 1 FROM foundation_duty d WHERE d.person_id = p AND d.closed_at IS NULL AND d.holds_release
               AND d.organization_id <> held.organization_id) THEN
        RAISE EXCEPTION 'person % is kept open by an organization that does not hold them', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
END
$$
"""

# What is owed is owed by someone: a member who works there, or a queue of that organization with a lead.
OWED = """
CREATE FUNCTION wh_assert_owed(duty bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    owed foundation_duty%ROWTYPE;
BEGIN
    SELECT * INTO owed FROM foundation_duty WHERE id = duty AND closed_at IS NULL;
    IF NOT FOUND THEN RETURN; END IF;
    IF (owed.membership_id IS NOT NULL AND NOT wh_answers(owed.membership_id, owed.organization_id))
       OR (owed.queue_id IS NOT NULL AND NOT wh_led(owed.queue_id, owed.organization_id)) THEN
        RAISE EXCEPTION 'duty % is nobody''s', duty USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_next_step';
    END IF;
END
$$
"""

# Whether someone can answer: a membership that is active, of this organization, which is open, of an account that is active; a
# queue of this organization with such a lead. Each stays so until this transaction has ended. The organization is locked first,
# everywhere, so that two who want the same rows wait for one another and not in a ring.
ANSWERS = """
CREATE FUNCTION wh_answers(membership bigint, organization bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM network_organization WHERE id = organization AND state = 'active' FOR SHARE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM 1 FROM network_membership m JOIN network_user u ON u.id = m.user_id
        WHERE m.id = membership AND m.organization_id = organization AND m.state = 'active' AND u.is_active
        FOR SHARE OF m, u;
    RETURN FOUND;
END
$$;
CREATE FUNCTION wh_led(queue bigint, organization bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    leader bigint;
BEGIN
    PERFORM 1 FROM network_organization WHERE id = organization AND state = 'active' FOR SHARE;
    SELECT lead_id INTO leader FROM network_queue WHERE id = queue AND organization_id = organization FOR SHARE;
    RETURN leader IS NOT NULL AND wh_answers(leader, organization);
END
$$
"""

HANDSHAKE = """
CREATE FUNCTION wh_assert_handshake(c bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fresh custody_custody%ROWTYPE;
    prior custody_custody%ROWTYPE;
    allowed boolean;
BEGIN
    SELECT * INTO fresh FROM custody_custody WHERE id = c;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT * INTO prior FROM custody_custody WHERE person_id = fresh.person_id AND id < c ORDER BY id DESC LIMIT 1;
    IF NOT FOUND THEN
        allowed := fresh.basis = 'intake';
    ELSIF prior.organization_id = fresh.organization_id THEN
        allowed := fresh.basis IN ('intake', 'assignment');
    ELSIF fresh.basis = 'intake' THEN
        -- Released there, taken in here: nobody held them in between, so nothing crossed.
        allowed := EXISTS (SELECT 1 FROM custody_custodyevent e WHERE e.custody_id = prior.id AND e.kind = 'released');
    ELSIF fresh.basis = 'handover' THEN
        allowed := EXISTS (SELECT 1 FROM custody_handover h
            WHERE h.id = fresh.handover_id AND h.person_id = fresh.person_id AND h.state = 'accepted'
              AND h.from_organization_id = prior.organization_id AND h.to_organization_id = fresh.organization_id);
    ELSIF fresh.basis = 'escheat' THEN
        allowed := EXISTS (SELECT 1 FROM network_agreement a JOIN network_queue q ON q.id = a.escheat_queue_id
            JOIN network_organization o ON o.id = a.organization_id
            WHERE a.id = fresh.agreement_id AND a.organization_id = prior.organization_id AND o.state = 'closed'
              AND a.ends_on IS NULL AND q.organization_id = fresh.organization_id AND q.id = fresh.queue_id);
    ELSE
        allowed := false;
    END IF;
    IF NOT allowed THEN
        RAISE EXCEPTION 'custody % crossed without a handshake', c USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
END
$$
"""

TRIGGERS = """
CREATE FUNCTION wh_guard_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN PERFORM wh_assert_held(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wh_p1_person AFTER INSERT OR UPDATE ON participants_person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_person();

CREATE FUNCTION wh_guard_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM wh_assert_held(OLD.person_id); END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM wh_assert_held(NEW.person_id);
    END IF;
    IF TG_OP = 'INSERT' THEN PERFORM wh_assert_handshake(NEW.id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_custody AFTER INSERT OR UPDATE OR DELETE ON custody_custody
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_custody();

CREATE FUNCTION wh_guard_duty() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.person_id IS NOT NULL THEN PERFORM wh_assert_held(OLD.person_id); END IF;
    IF TG_OP <> 'DELETE' AND NEW.person_id IS NOT NULL THEN PERFORM wh_assert_held(NEW.person_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM wh_assert_owed(NEW.id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p2_duty AFTER INSERT OR UPDATE OR DELETE ON foundation_duty
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_duty();

CREATE FUNCTION wh_guard_membership() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_held(c.person_id) FROM custody_custody c LEFT JOIN network_queue q ON q.id = c.queue_id
        WHERE c.until IS NULL AND (c.membership_id = OLD.id OR q.lead_id = OLD.id);
    PERFORM wh_assert_owed(d.id) FROM foundation_duty d LEFT JOIN network_queue q ON q.id = d.queue_id
        WHERE d.closed_at IS NULL AND (d.membership_id = OLD.id OR q.lead_id = OLD.id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_membership AFTER UPDATE OR DELETE ON network_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_membership();

CREATE FUNCTION wh_guard_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.is_active THEN RETURN NULL; END IF;
    PERFORM wh_assert_held(c.person_id) FROM custody_custody c
        LEFT JOIN network_queue q ON q.id = c.queue_id
        JOIN network_membership m ON m.id = c.membership_id OR m.id = q.lead_id
        WHERE c.until IS NULL AND m.user_id = NEW.id;
    PERFORM wh_assert_owed(d.id) FROM foundation_duty d
        LEFT JOIN network_queue q ON q.id = d.queue_id
        JOIN network_membership m ON m.id = d.membership_id OR m.id = q.lead_id
        WHERE d.closed_at IS NULL AND m.user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_user AFTER UPDATE ON network_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_user();

CREATE FUNCTION wh_guard_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_held(c.person_id) FROM custody_custody c WHERE c.until IS NULL AND c.queue_id = OLD.id;
    PERFORM wh_assert_owed(d.id) FROM foundation_duty d WHERE d.closed_at IS NULL AND d.queue_id = OLD.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_queue AFTER UPDATE OR DELETE ON network_queue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_queue();

CREATE FUNCTION wh_guard_organization() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'active' THEN RETURN NULL; END IF;
    PERFORM wh_assert_held(c.person_id) FROM custody_custody c WHERE c.until IS NULL AND c.organization_id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_organization AFTER UPDATE ON network_organization
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_organization();
"""

# Custody is history: rows come in their order, one may be ended once and its next step may move on; nothing else of it changes.
HISTORY = """
CREATE FUNCTION wh_guard_custody_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.until IS NOT NULL
           OR EXISTS (SELECT 1 FROM custody_custody c WHERE c.person_id = NEW.person_id AND c.id >= NEW.id) THEN
            RAISE EXCEPTION 'custody % would rewrite what was', NEW.id
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_custody';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.until IS NOT NULL OR NEW.until < NEW.since
       OR (OLD.id, OLD.person_id, OLD.organization_id, OLD.membership_id, OLD.queue_id, OLD.basis, OLD.handover_id,
           OLD.agreement_id, OLD.since, OLD.opened_by_id)
          IS DISTINCT FROM
          (NEW.id, NEW.person_id, NEW.organization_id, NEW.membership_id, NEW.queue_id, NEW.basis, NEW.handover_id,
           NEW.agreement_id, NEW.since, NEW.opened_by_id) THEN
        RAISE EXCEPTION 'custody % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_custody';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p7_custody BEFORE INSERT OR UPDATE ON custody_custody
    FOR EACH ROW EXECUTE FUNCTION wh_guard_custody_history();
CREATE TRIGGER wh_p7_recorded BEFORE INSERT ON custody_custodyevent FOR EACH ROW EXECUTE FUNCTION wh_guard_recorded();
"""

# A handover begins as an offer and takes the ways of its machine (states.py); only whom it was offered to says yes or no; and
# a yes moves the person in its own transaction.
HANDOVERS = """
CREATE FUNCTION wh_guard_handover() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'offered' THEN
            RAISE EXCEPTION 'a handover begins as an offer' USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.id, OLD.code, OLD.person_id, OLD.kind, OLD.from_organization_id, OLD.to_organization_id, OLD.to_queue_id,
        OLD.offered_at) IS DISTINCT FROM
       (NEW.id, NEW.code, NEW.person_id, NEW.kind, NEW.from_organization_id, NEW.to_organization_id, NEW.to_queue_id,
        NEW.offered_at)
       OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('offered', 'accepted'), ('offered', 'declined'), ('offered', 'withdrawn'), ('offered', 'expired'),
            ('expired', 'accepted'), ('expired', 'withdrawn')))
       OR (OLD.state <> NEW.state AND NEW.state IN ('accepted', 'declined')
           AND NULLIF(current_setting('wh.organization', true), '')::bigint IS DISTINCT FROM NEW.to_organization_id) THEN
        RAISE EXCEPTION 'handover % can not go this way', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p3_handover BEFORE INSERT OR UPDATE ON custody_handover
    FOR EACH ROW EXECUTE FUNCTION wh_guard_handover();

CREATE FUNCTION wh_guard_handover_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'accepted' AND NEW.kind = 'transfer'
       AND NOT EXISTS (SELECT 1 FROM custody_custody c WHERE c.handover_id = NEW.id) THEN
        RAISE EXCEPTION 'handover % was accepted and moved nobody', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p3_moved AFTER UPDATE ON custody_handover
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_handover_moved();
"""

UNDO = """
DROP TRIGGER wh_p7_recorded ON custody_custodyevent;
DROP TRIGGER wh_p3_moved ON custody_handover; DROP FUNCTION wh_guard_handover_moved();
DROP TRIGGER wh_p3_handover ON custody_handover; DROP FUNCTION wh_guard_handover();
DROP TRIGGER wh_p7_custody ON custody_custody; DROP FUNCTION wh_guard_custody_history();
DROP TRIGGER wh_p1_organization ON network_organization; DROP FUNCTION wh_guard_organization();
DROP TRIGGER wh_p1_queue ON network_queue; DROP FUNCTION wh_guard_queue();
DROP TRIGGER wh_p1_user ON network_user; DROP FUNCTION wh_guard_user();
DROP TRIGGER wh_p1_membership ON network_membership; DROP FUNCTION wh_guard_membership();
DROP TRIGGER wh_p2_duty ON foundation_duty; DROP FUNCTION wh_guard_duty();
DROP TRIGGER wh_p1_custody ON custody_custody; DROP FUNCTION wh_guard_custody();
DROP TRIGGER wh_p1_person ON participants_person; DROP FUNCTION wh_guard_person();
DROP FUNCTION wh_assert_handshake(bigint); DROP FUNCTION wh_assert_held(uuid);
DROP FUNCTION wh_assert_owed(bigint); DROP FUNCTION wh_led(bigint, bigint); DROP FUNCTION wh_answers(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0001_initial"), ("participants", "0002_files")]
    operations: ClassVar = [
        migrations.RunSQL(
            ANSWERS + ";" + HELD + ";" + OWED + ";" + HANDSHAKE + ";" + TRIGGERS + HISTORY + HANDOVERS, UNDO
        ),
    ]
