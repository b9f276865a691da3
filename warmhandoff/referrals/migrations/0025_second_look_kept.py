"""The second look is kept by the database: it is about a no that somebody still decides about, it ends when that is decided, and
only the network's office sends a referral back, three times at most, with a note. The office goes on reading no referral: its
functions know it by its own row."""

from importlib import import_module
from typing import Any, ClassVar

from django.db import migrations

promises = import_module("warmhandoff.referrals.migrations.0002_promises")
network_side = import_module("warmhandoff.referrals.migrations.0012_network_side_rows")
answer_time = import_module("warmhandoff.referrals.migrations.0014_answer_time")
said_right = import_module("warmhandoff.referrals.migrations.0016_said_right")

LOOKS = """
CREATE FUNCTION wh_guard_look() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked referrals_referral%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM referrals_referral WHERE id = NEW.referral_id FOR NO KEY UPDATE;
    IF asked.state <> 'declined' OR asked.mode <> 'refer' OR NEW.round <> asked.asked_times OR NEW.verdict <> ''
       OR NOT EXISTS (SELECT 1 FROM referrals_disposition d WHERE d.referral_id = asked.id AND d.settled_at IS NULL) THEN
        RAISE EXCEPTION 'nothing to look at: referral %', NEW.referral_id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_look';
    END IF;
    NEW.opened_at := wh_now();
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p4_look BEFORE INSERT ON referrals_secondlook FOR EACH ROW EXECUTE FUNCTION wh_guard_look();

-- The office owes it: one duty at each office whose queue somebody leads. It names the referral by its code, and nobody.
CREATE FUNCTION wh_guard_look_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO foundation_duty (code, organization_id, queue_id, kind, detail, subject_kind, subject_id, due_at, max_days,
                                 holds_release, opened_by_id, closed_how)
    SELECT DISTINCT ON (p.organization_id) wh_guard_code(), p.organization_id, q.id, 'second_look', p.code, 'second_look',
           NEW.id, NEW.due_at, 30, false, NULLIF(current_setting('wh.actor', true), '')::bigint, ''
    FROM referrals_referralparty p
    JOIN network_organization o ON o.id = p.organization_id AND o.state = 'active'
    JOIN network_queue q ON q.organization_id = o.id
    JOIN network_membership m ON m.id = q.lead_id AND m.state = 'active'
    WHERE p.referral_id = NEW.referral_id AND p.side = 'network'
    ORDER BY p.organization_id, q.id;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_look_opened AFTER INSERT ON referrals_secondlook
    FOR EACH ROW EXECUTE FUNCTION wh_guard_look_opened();

CREATE FUNCTION wh_guard_look_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = NEW.decided_by_id,
           closed_how = CASE WHEN NEW.verdict = 'moot' THEN 'no_longer' ELSE 'done' END
        WHERE subject_kind = 'second_look' AND subject_id = NEW.id AND closed_at IS NULL;
    -- One that is firing at this moment finds that nothing is to be done any more.
    UPDATE foundation_timer SET called_off_at = wh_now() WHERE id IN (
        SELECT id FROM foundation_timer WHERE subject_kind = 'second_look' AND subject_id = NEW.id
           AND fired_at IS NULL AND called_off_at IS NULL FOR UPDATE SKIP LOCKED);
    RETURN NULL;
END $$;
CREATE TRIGGER wh_look_closed AFTER UPDATE ON referrals_secondlook
    FOR EACH ROW WHEN (OLD.verdict = '' AND NEW.verdict <> '') EXECUTE FUNCTION wh_guard_look_closed();

-- Whoever holds the person has decided, or the no was taken back: there is nothing to look at any more.
CREATE FUNCTION wh_guard_look_moot() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE referrals_secondlook SET verdict = 'moot', decided_at = wh_now(), decided_by_id = NEW.settled_by_id
        WHERE referral_id = NEW.referral_id AND verdict = '';
    RETURN NULL;
END $$;
CREATE TRIGGER wh_look_moot AFTER UPDATE ON referrals_disposition
    FOR EACH ROW WHEN (OLD.settled_at IS NULL AND NEW.settled_at IS NOT NULL) EXECUTE FUNCTION wh_guard_look_moot();
"""

# The office decides by its own row of the referral. The referral is locked before the look, as whoever settles it does.
DECIDES = """
CREATE FUNCTION wh_decide_look(party bigint, verdict text, note text)
RETURNS TABLE (look bigint, referral bigint, sender bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    whose bigint := NULLIF(current_setting('wh.actor', true), '')::bigint;
    looked_at referrals_secondlook%ROWTYPE;
BEGIN
    SELECT p.referral_id INTO referral FROM referrals_referralparty p
        WHERE p.id = party AND p.side = 'network' AND p.organization_id = here;
    IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM foundation_actor a
        WHERE a.id = whose AND a.kind = 'member' AND a.organization_id = here) THEN
        RETURN;
    END IF;
    SELECT r.sender_id INTO sender FROM referrals_referral r WHERE r.id = wh_decide_look.referral FOR NO KEY UPDATE;
    SELECT l.* INTO looked_at FROM referrals_secondlook l
        WHERE l.referral_id = wh_decide_look.referral AND l.verdict = '' FOR UPDATE;
    IF NOT FOUND OR wh_decide_look.verdict NOT IN ('confirmed', 'sent_back', 'rerouted')
       OR (wh_decide_look.verdict = 'sent_back' AND wh_decide_look.note = '') THEN
        RETURN;
    END IF;
    look := looked_at.id;
    UPDATE referrals_secondlook l SET verdict = wh_decide_look.verdict, decided_at = wh_now(), decided_by_id = whose
        WHERE l.id = look;
    INSERT INTO referrals_referralevent (referral_id, kind, organization_id, detail, by_id, happened_at, recorded_at, reason)
        VALUES (referral, CASE wh_decide_look.verdict WHEN 'confirmed' THEN 'look_confirmed' WHEN 'rerouted' THEN 'look_rerouted'
                          ELSE 'asked_again' END,
                here, CASE wh_decide_look.verdict WHEN 'sent_back' THEN (looked_at.round + 1)::text ELSE '' END,
                whose, wh_now(), wh_now(), '');
    IF wh_decide_look.verdict = 'sent_back' THEN
        INSERT INTO referrals_referralnote (referral_id, organization_id, text, written_by_id, written_at, kind, may_name)
            VALUES (referral, here, wh_decide_look.note, whose, wh_now(), 'look', false);
    END IF;
    RETURN NEXT;
END $$;

-- The office acts for the sender only in the transaction in which it has decided a look: to ask again, and to tell both sides.
CREATE FUNCTION wh_because_second_look(here bigint, target bigint, look bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM referrals_secondlook l
        JOIN referrals_referral r ON r.id = l.referral_id AND r.sender_id = target AND r.state = 'declined'
        JOIN referrals_referralparty p ON p.referral_id = r.id AND p.side = 'network' AND p.organization_id = here
        WHERE l.id = look AND l.verdict IN ('confirmed', 'sent_back', 'rerouted') AND l.decided_at = wh_now())
$$;
"""
UNDO = """
DROP FUNCTION wh_because_second_look(bigint, bigint, bigint); DROP FUNCTION wh_decide_look(bigint, text, text);
DROP TRIGGER wh_look_moot ON referrals_disposition; DROP FUNCTION wh_guard_look_moot();
DROP TRIGGER wh_look_closed ON referrals_secondlook; DROP FUNCTION wh_guard_look_closed();
DROP TRIGGER wh_look_opened ON referrals_secondlook; DROP FUNCTION wh_guard_look_opened();
DROP TRIGGER wh_p4_look ON referrals_secondlook; DROP FUNCTION wh_guard_look();
"""

# The machine's one way back from a no, besides a correction: the office has looked, in this very moment.
AGAIN = """    IF OLD.state = 'declined' AND NEW.state = 'sent' AND NEW.asked_times = OLD.asked_times + 1 AND EXISTS (
        SELECT 1 FROM referrals_secondlook l WHERE l.referral_id = NEW.id AND l.verdict = 'sent_back'
           AND l.round = OLD.asked_times AND l.decided_at = wh_now()) THEN
        NEW.asked_again_at := wh_now();
        RETURN NEW;
    END IF;
    IF (OLD.asked_times, OLD.asked_again_at) IS DISTINCT FROM (NEW.asked_times, NEW.asked_again_at) THEN
        RAISE EXCEPTION 'referral % is not asked again without a second look', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_p4_transition';
    END IF;
"""


# How long somebody waits for an answer is counted from when they were asked last.
TELLS = network_side.TELLS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _since_asked(sql: str) -> str:
    return sql.replace("WHEN 'sent' THEN r.sent_at", "WHEN 'sent' THEN COALESCE(r.asked_again_at, r.sent_at)")


def _again(
    sql: str, name: str, before: tuple[tuple[str, str], ...], *changes: tuple[str, str]
) -> migrations.RunSQL:
    """The function as it stood last (as first written, with what was changed `before`), and with these changes."""
    was = said_right._function(sql, name)
    for old, new in before:
        was = was.replace(old, new)
    now = was
    for old, new in changes:
        if old not in now:
            raise LookupError(old)
        now = now.replace(old, new)
    return migrations.RunSQL(now, was)


WORDS = (
    ("meets", "They meet what was asked", "Cumple lo que se pide"),
    ("right_service", "It is what they need", "Es lo que necesita"),
    ("room", "We heard that there is room", "Supimos que hay lugar"),
    ("else", "Something else: please call us", "Otra cosa: llámenos, por favor"),
)


def write(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).bulk_create(
        term(vocabulary="look_reason", code=code, en=en, es=es, position=position)
        for position, (code, en, es) in enumerate(WORDS)
    )


def erase(apps: Any, schema_editor: Any) -> None:
    term = apps.get_model("foundation", "Term")
    term.objects.using(schema_editor.connection.alias).filter(vocabulary="look_reason").delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0024_second_look")]
    operations: ClassVar = [
        migrations.RunSQL(LOOKS + DECIDES, UNDO),
        _again(
            promises.MACHINE,
            "wh_guard_referral_moved",
            ((said_right.NO_MOVE, said_right.NO_MOVE + said_right.BACK.lstrip("\n")),),
            (said_right.NO_MOVE, AGAIN + said_right.NO_MOVE),
        ),
        _again(
            promises.FOLLOWED,
            "wh_assert_followed",
            (("'late_yes') = 'late_yes'", "'late_yes') IN ('late_yes', 'taken_back')"),),
            ("IN ('late_yes', 'taken_back')", "IN ('late_yes', 'taken_back', 'asked_again')"),
        ),
        migrations.RunSQL(_since_asked(TELLS), TELLS),
        _again(
            answer_time.TELL,
            "wh_tell_answer_times",
            (),
            ("moment) - sent_at, interval", "moment) - COALESCE(asked_again_at, sent_at), interval"),
        ),
        migrations.RunPython(write, erase),
    ]
