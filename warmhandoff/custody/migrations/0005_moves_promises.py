"""What is asked for and linked, kept by the database: P1, P3 and P8 of requests, working links and merges.

A person who is closed behind another is held through that other: for as long as the link is live, and no longer. Whoever asks
may not answer themselves, even where a referral lets them act for the other side: the answer is looked at by who acts, and not
for whom. What each side may know stands in its party row, and each side's duty is opened and closed with the handover itself.
"""

from typing import ClassVar

from django.db import migrations

HELD = """
CREATE OR REPLACE FUNCTION wh_assert_held(p uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person participants_person%ROWTYPE;
    held custody_custody%ROWTYPE;
    step foundation_duty%ROWTYPE;
    holders integer;
    linked boolean;
BEGIN
    SELECT * INTO person FROM participants_person WHERE id = p FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT count(*) INTO holders FROM custody_custody WHERE person_id = p AND until IS NULL;
    linked := EXISTS (SELECT 1 FROM custody_link WHERE closed_id = p AND known_to IS NULL);
    IF person.closed_at IS NOT NULL THEN
        IF holders > 0 THEN
            RAISE EXCEPTION 'person % is closed and still held', p USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
        END IF;
        IF EXISTS (SELECT 1 FROM foundation_duty WHERE person_id = p AND holds_release AND closed_at IS NULL) THEN
            RAISE EXCEPTION 'person % is closed with something open', p
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
        END IF;
        IF person.close_reason IN ('linked', 'merged') THEN
            -- Held through the one who is kept, by the link that ended the last custody.
            IF NOT EXISTS (SELECT 1 FROM custody_link l WHERE l.closed_id = p AND l.known_to IS NULL
                           AND l.basis = CASE person.close_reason WHEN 'linked' THEN 'agreed' ELSE 'merge' END
                           AND l.custody_id = (SELECT max(id) FROM custody_custody WHERE person_id = p)) THEN
                RAISE EXCEPTION 'person % is closed behind nobody', p
                    USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_linked';
            END IF;
        ELSIF NOT EXISTS (SELECT 1 FROM custody_custodyevent WHERE kind = 'released' AND detail = person.close_reason
                       AND custody_id = (SELECT max(id) FROM custody_custody WHERE person_id = p)) THEN
            RAISE EXCEPTION 'person % was closed and never released', p
                USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_holder';
        END IF;
        RETURN;
    END IF;
    IF linked THEN
        RAISE EXCEPTION 'person % is open and stands behind another', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p1_linked';
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
    -- To answer somebody's question about a person is no next step for the person.
    IF step.id IS NULL OR step.closed_at IS NOT NULL OR step.person_id IS DISTINCT FROM p
       OR step.organization_id <> held.organization_id OR step.subject_kind = 'handover' THEN
        RAISE EXCEPTION 'person % has no next step', p USING ERRCODE = '23514', CONSTRAINT = 'wh_p2_next_step';
    END IF;
    IF EXISTS (SELECT 1 FROM foundation_duty d WHERE d.person_id = p AND d.closed_at IS NULL AND d.holds_release
               AND d.organization_id <> held.organization_id) THEN
        RAISE EXCEPTION 'person % is kept open by an organization that does not hold them', p
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_release';
    END IF;
END
$$;
"""

# As migration 0002 wrote it, with two more ways: what was linked and is no longer comes back to whoever had it; and of the
# handshakes, a working link moves nobody.
HANDSHAKE = """
CREATE OR REPLACE FUNCTION wh_assert_handshake(c bigint) RETURNS void
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
    ELSIF fresh.basis = 'unlinking' THEN
        allowed := prior.organization_id = fresh.organization_id AND EXISTS (SELECT 1 FROM custody_link l
            WHERE l.closed_id = fresh.person_id AND l.custody_id = prior.id AND l.known_to IS NOT NULL);
    ELSIF EXISTS (SELECT 1 FROM custody_link l WHERE l.custody_id = prior.id) THEN
        -- What ended with a link is taken up again by its end, and by nothing else.
        allowed := false;
    ELSIF prior.organization_id = fresh.organization_id THEN
        allowed := fresh.basis IN ('intake', 'assignment');
    ELSIF fresh.basis = 'intake' THEN
        -- Released there, taken in here: nobody held them in between, so nothing crossed.
        allowed := EXISTS (SELECT 1 FROM custody_custodyevent e WHERE e.custody_id = prior.id AND e.kind = 'released');
    ELSIF fresh.basis = 'handover' THEN
        allowed := EXISTS (SELECT 1 FROM custody_handover h
            WHERE h.id = fresh.handover_id AND h.person_id = fresh.person_id AND h.state = 'accepted'
              AND h.kind IN ('transfer', 'request')
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
$$;
"""

# Who decides is whoever was asked: looked at by who acts (wh.actor), which no crossing changes.
HANDOVERS = """
CREATE OR REPLACE FUNCTION wh_guard_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    acts bigint;
    asked bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'offered' THEN
            RAISE EXCEPTION 'a handover begins as an offer' USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
        END IF;
        IF NEW.answer_due_at IS NULL AND NEW.kind = 'transfer' THEN RETURN NEW; END IF;
        IF NEW.answer_due_at IS NULL
           OR NOT EXISTS (SELECT 1 FROM custody_custody c
               WHERE c.person_id = NEW.person_id AND c.organization_id = NEW.from_organization_id AND c.until IS NULL)
           OR NOT EXISTS (SELECT 1 FROM network_membership m WHERE m.id = NEW.asked_by_id AND m.organization_id =
               CASE NEW.kind WHEN 'transfer' THEN NEW.from_organization_id ELSE NEW.to_organization_id END)
           OR NOT EXISTS (SELECT 1 FROM network_queue q
               WHERE q.id = NEW.to_queue_id AND q.organization_id = NEW.to_organization_id)
           -- Knowing a person's key isn't enough to ask for them: one has a file on them, or was told that somebody has.
           OR (NEW.kind <> 'transfer' AND NOT NEW.unnamed AND NOT EXISTS (SELECT 1 FROM participants_participant f
               WHERE f.person_id = NEW.person_id AND f.organization_id = NEW.to_organization_id))
           OR (NEW.kind = 'working_link' AND NOT EXISTS (SELECT 1 FROM custody_custody c
               WHERE c.person_id = NEW.other_person_id AND c.organization_id = NEW.to_organization_id AND c.until IS NULL)) THEN
            RAISE EXCEPTION 'a handover of what is not theirs to ask for'
                USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
        END IF;
        RETURN NEW;
    END IF;
    asked := CASE OLD.kind WHEN 'transfer' THEN OLD.to_organization_id ELSE OLD.from_organization_id END;
    SELECT organization_id INTO acts FROM foundation_actor
        WHERE id = NULLIF(current_setting('wh.actor', true), '')::bigint;
    IF (OLD.id, OLD.code, OLD.person_id, OLD.other_person_id, OLD.kind, OLD.from_organization_id, OLD.to_organization_id,
        OLD.to_queue_id, OLD.offered_at, OLD.asked_by_id, OLD.answer_due_at, OLD.expires_at, OLD.proposed, OLD.unnamed)
       IS DISTINCT FROM
       (NEW.id, NEW.code, NEW.person_id, NEW.other_person_id, NEW.kind, NEW.from_organization_id, NEW.to_organization_id,
        NEW.to_queue_id, NEW.offered_at, NEW.asked_by_id, NEW.answer_due_at, NEW.expires_at, NEW.proposed, NEW.unnamed)
       OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('offered', 'accepted'), ('offered', 'declined'), ('offered', 'withdrawn'), ('offered', 'expired'),
            ('expired', 'accepted'), ('expired', 'withdrawn')))
       OR (OLD.state <> NEW.state AND NEW.state IN ('accepted', 'declined')
           AND (here IS DISTINCT FROM asked OR acts IS DISTINCT FROM asked))
       OR (OLD.state <> NEW.state AND NEW.state = 'accepted' AND OLD.kind = 'working_link'
           AND OLD.proposed NOT IN ('either', NEW.keeps)) THEN
        RAISE EXCEPTION 'handover % can not go this way', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
    IF OLD.state <> NEW.state AND NEW.state = 'accepted' AND OLD.answer_due_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM participants_consent c JOIN participants_participant f ON f.id = c.file_id
           WHERE c.id = NEW.consent_id AND f.person_id = NEW.person_id AND f.organization_id = NEW.from_organization_id
             AND NOT c.refused AND c.revoked_at IS NULL AND c.expires_at > wh_now()
             AND NEW.to_organization_id = ANY(c.recipients)) THEN
        RAISE EXCEPTION 'handover % without the person''s consent', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p8_share';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION wh_guard_handover_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'accepted' AND NOT (CASE NEW.kind
        WHEN 'working_link' THEN EXISTS (SELECT 1 FROM custody_link l WHERE l.handover_id = NEW.id)
        ELSE EXISTS (SELECT 1 FROM custody_custody c WHERE c.handover_id = NEW.id) END) THEN
        RAISE EXCEPTION 'handover % was accepted and moved nobody', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_handshake';
    END IF;
    RETURN NULL;
END $$;
"""

# Each side's party row and duty, with the handover: so that whoever asks needs not act for whom they ask, nor know who that is.
PARTIES = """
CREATE FUNCTION wh_guard_handover_parties() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    actor bigint := NULLIF(current_setting('wh.actor', true), '')::bigint;
    asks bigint; asked bigint; asks_about uuid; asked_about uuid;
    held custody_custody%ROWTYPE;
BEGIN
    IF NEW.answer_due_at IS NULL THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.kind = 'transfer' THEN
            asks := NEW.from_organization_id; asked := NEW.to_organization_id; asks_about := NEW.person_id;
            SELECT f.person_id INTO asked_about FROM participants_participant f
                WHERE f.person_id = NEW.person_id AND f.organization_id = asked;
        ELSE
            asks := NEW.to_organization_id; asked := NEW.from_organization_id;
            asks_about := COALESCE(NEW.other_person_id, NEW.person_id); asked_about := NEW.person_id;
        END IF;
        INSERT INTO custody_handoverparty (handover_id, organization_id, side, person_id, other_organization_id, code, kind,
            state, proposed, keeps, reason, asked_at, answer_due_at)
        VALUES (NEW.id, asks, 'asker', asks_about, CASE WHEN NEW.unnamed THEN NULL ELSE asked END, NEW.code, NEW.kind,
                NEW.state, NEW.proposed, '', '', NEW.offered_at, NEW.answer_due_at),
               (NEW.id, asked, 'asked', asked_about, asks, NEW.code, NEW.kind,
                NEW.state, NEW.proposed, '', '', NEW.offered_at, NEW.answer_due_at);
        SELECT * INTO held FROM custody_custody WHERE person_id = NEW.person_id AND until IS NULL;
        INSERT INTO foundation_duty (code, organization_id, membership_id, queue_id, kind, detail, person_id, subject_kind,
            subject_id, due_at, max_days, holds_release, opened_by_id, closed_how)
        VALUES (wh_guard_code(), asks, NEW.asked_by_id, NULL, 'await_handover', NEW.kind, asks_about, 'handover',
                NEW.id, NEW.answer_due_at, 30, false, actor, ''),
               (wh_guard_code(), asked,
                CASE NEW.kind WHEN 'transfer' THEN NULL ELSE held.membership_id END,
                CASE NEW.kind WHEN 'transfer' THEN NEW.to_queue_id ELSE held.queue_id END,
                'answer_handover', NEW.kind, asked_about, 'handover', NEW.id, NEW.answer_due_at, 30,
                NEW.kind <> 'transfer', actor, '');
        INSERT INTO custody_custodyevent (person_id, organization_id, by_id, kind, detail, other_organization_id, due_at, reason)
        SELECT e.person, e.organization, actor, e.kind, NEW.kind, e.other, NEW.answer_due_at, ''
        FROM (VALUES (asks_about, asks, CASE NEW.kind WHEN 'transfer' THEN 'offered' ELSE 'asked' END,
                      CASE WHEN NEW.unnamed THEN NULL ELSE asked END),
                     (asked_about, asked, CASE NEW.kind WHEN 'transfer' THEN 'offered_to_us' ELSE 'asked_of_us' END, asks))
             AS e(person, organization, kind, other) WHERE e.person IS NOT NULL;
        RETURN NULL;
    END IF;
    UPDATE custody_handoverparty SET state = NEW.state, keeps = NEW.keeps, reason = NEW.reason, settled_at = NEW.settled_at,
        other_organization_id = CASE WHEN NEW.state <> 'accepted' THEN other_organization_id
            WHEN organization_id = NEW.from_organization_id THEN NEW.to_organization_id ELSE NEW.from_organization_id END,
        person_id = CASE WHEN NEW.state = 'accepted' THEN COALESCE(person_id, NEW.person_id) ELSE person_id END
        WHERE handover_id = NEW.id;
    UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = actor,
        closed_how = CASE WHEN NEW.state IN ('accepted', 'declined') THEN 'done' ELSE 'no_longer' END
        WHERE subject_kind = 'handover' AND subject_id = NEW.id AND closed_at IS NULL;
    IF NEW.state <> 'accepted' THEN
        INSERT INTO custody_custodyevent (person_id, organization_id, by_id, kind, detail, other_organization_id, reason)
        SELECT y.person_id, y.organization_id, actor,
               CASE NEW.state WHEN 'declined' THEN 'refused' ELSE 'asking_' || NEW.state END,
               CASE NEW.state WHEN 'declined' THEN NEW.reason ELSE NEW.kind END, y.other_organization_id, ''
        FROM custody_handoverparty y WHERE y.handover_id = NEW.id AND y.person_id IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_handover_parties AFTER INSERT OR UPDATE OF state ON custody_handover
    FOR EACH ROW EXECUTE FUNCTION wh_guard_handover_parties();

-- A public code, of the alphabet that is read out without mistakes (foundation/codes.py); 44 bits of a random UUID.
CREATE FUNCTION wh_guard_code() RETURNS text LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT string_agg(substr('34679CDFGHJKMNPQRTVWXY', (get_byte(r.bytes, i) % 22) + 1, 1), '')
    FROM (SELECT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') AS bytes) r,
         unnest(ARRAY[0, 1, 2, 3, 4, 5, 16, 17, 18, 19]) AS i
$$;

-- What the asker may do to a row that they may not see: take it back, or let it expire when its time has come.
CREATE FUNCTION wh_end_asking(handover bigint, how text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
BEGIN
    UPDATE custody_handover h SET state = how, settled_at = wh_now()
     WHERE h.id = handover AND h.answer_due_at IS NOT NULL
       AND here = CASE h.kind WHEN 'transfer' THEN h.from_organization_id ELSE h.to_organization_id END
       AND ((how = 'withdrawn' AND h.state IN ('offered', 'expired'))
         OR (how = 'expired' AND h.state = 'offered' AND h.expires_at <= wh_now()));
    RETURN FOUND;
END $$;
"""

# The handshake lets both sides act for one another at the moment at which it was accepted, for what it is about; a link that
# ends does, at that moment.
BECAUSE = """
CREATE FUNCTION wh_because_handover(here bigint, target bigint, handover bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM custody_handover h WHERE h.id = handover AND h.answer_due_at IS NOT NULL
        AND h.state = 'accepted' AND h.settled_at = wh_now()
        AND (here, target) IN ((h.from_organization_id, h.to_organization_id), (h.to_organization_id, h.from_organization_id)))
$$;
CREATE FUNCTION wh_because_link(here bigint, target bigint, link bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM custody_link l JOIN custody_custody c ON c.person_id = l.kept_id AND c.until IS NULL
        WHERE l.id = link AND l.basis = 'agreed' AND l.known_to = wh_now()
          AND (here, target) IN ((l.organization_id, c.organization_id), (c.organization_id, l.organization_id)))
$$;
"""

# A link stands on a handshake that was accepted and says who keeps, or on two files of one organization. It is then history:
# it ends once, and nothing else of it changes.
LINKS = """
CREATE FUNCTION wh_guard_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    founded boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.known_to IS NOT NULL OR NEW.known_to < NEW.known_from OR to_jsonb(OLD) - 'known_to' - 'unlinked_by_id'
           IS DISTINCT FROM to_jsonb(NEW) - 'known_to' - 'unlinked_by_id' THEN
            RAISE EXCEPTION 'link % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_history';
        END IF;
        RETURN NEW;
    END IF;
    founded := NEW.known_to IS NULL AND NEW.organization_id = here
        AND NOT EXISTS (SELECT 1 FROM custody_link l WHERE l.closed_id = NEW.kept_id AND l.known_to IS NULL)
        AND CASE NEW.basis
            -- Nobody is put behind someone whom another organization holds: that takes its handshake.
            WHEN 'merge' THEN NOT EXISTS (SELECT 1 FROM custody_custody c WHERE c.person_id = NEW.closed_id
                    AND c.until IS NULL AND c.organization_id <> here)
                AND CASE WHEN NEW.custody_id IS NULL
                    THEN EXISTS (SELECT 1 FROM participants_person p WHERE p.id = NEW.closed_id AND p.closed_at IS NOT NULL)
                    ELSE EXISTS (SELECT 1 FROM custody_custody c WHERE c.person_id = NEW.kept_id AND c.until IS NULL
                                 AND c.organization_id = here) END
                AND (SELECT count(*) = 2 FROM participants_participant f
                     WHERE f.person_id IN (NEW.kept_id, NEW.closed_id) AND f.organization_id = here)
            ELSE EXISTS (SELECT 1 FROM custody_handover h WHERE h.id = NEW.handover_id AND h.kind = 'working_link'
                AND h.state = 'accepted' AND (NEW.kept_id, NEW.closed_id, NEW.organization_id) = (
                    CASE h.keeps WHEN 'asked' THEN h.person_id ELSE h.other_person_id END,
                    CASE h.keeps WHEN 'asked' THEN h.other_person_id ELSE h.person_id END,
                    CASE h.keeps WHEN 'asked' THEN h.to_organization_id ELSE h.from_organization_id END)) END
        AND (NEW.custody_id IS NULL OR EXISTS (SELECT 1 FROM custody_custody c
             WHERE c.id = NEW.custody_id AND c.person_id = NEW.closed_id AND c.organization_id = NEW.organization_id));
    IF NOT founded THEN
        RAISE EXCEPTION 'a link that nobody agreed to' USING ERRCODE = '23514', CONSTRAINT = 'wh_p3_link';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p3_link BEFORE INSERT OR UPDATE ON custody_link FOR EACH ROW EXECUTE FUNCTION wh_guard_link();

-- Whoever holds the kept one hears of it: the other side may not know who that is by now.
CREATE FUNCTION wh_guard_link_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.basis = 'agreed' THEN
        INSERT INTO custody_custodyevent (person_id, organization_id, custody_id, by_id, kind, detail, other_organization_id, reason)
        SELECT NEW.kept_id, c.organization_id, c.id, COALESCE(NEW.unlinked_by_id, NEW.linked_by_id),
               CASE TG_OP WHEN 'INSERT' THEN 'kept' ELSE 'unlinked' END, '', NEW.organization_id, ''
        FROM custody_custody c WHERE c.person_id = NEW.kept_id AND c.until IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_link_told AFTER INSERT OR UPDATE ON custody_link FOR EACH ROW EXECUTE FUNCTION wh_guard_link_told();

CREATE FUNCTION wh_guard_linked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM wh_assert_held(p) FROM unnest(ARRAY[NEW.closed_id, NEW.kept_id]) AS p ORDER BY p;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_p1_link AFTER INSERT OR UPDATE ON custody_link
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_linked();
"""

UNDO = """
DROP TRIGGER wh_p1_link ON custody_link; DROP FUNCTION wh_guard_linked();
DROP TRIGGER wh_link_told ON custody_link; DROP FUNCTION wh_guard_link_told();
DROP TRIGGER wh_p3_link ON custody_link; DROP FUNCTION wh_guard_link();
DROP FUNCTION wh_because_link(bigint, bigint, bigint); DROP FUNCTION wh_because_handover(bigint, bigint, bigint);
DROP FUNCTION wh_end_asking(bigint, text); DROP TRIGGER wh_handover_parties ON custody_handover;
DROP FUNCTION wh_guard_handover_parties(); DROP FUNCTION wh_guard_code();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0004_moves")]
    operations: ClassVar = [
        migrations.RunSQL(HELD + HANDSHAKE + HANDOVERS + PARTIES + BECAUSE + LINKS, UNDO),
    ]
