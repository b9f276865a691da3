"""What the ladder needs of the database: a referral that has stalled stands on the board of the network's office; whoever keeps the
numbers hears at once that they changed; what waited lately is counted without being read; and what waits already gets the rungs
that are new."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

second_look = import_module("warmhandoff.referrals.migrations.0025_second_look_kept")
network_last = import_module("warmhandoff.referrals.migrations.0015_network_side_last")

TELLS_BEFORE = second_look._since_asked(second_look.TELLS)
TELLS = TELLS_BEFORE.replace(
    "WHEN 'accepted' THEN r.contact_due_at END",
    "WHEN 'accepted' THEN r.contact_due_at ELSE r.stalled_at END",
)
if TELLS == TELLS_BEFORE:
    raise ValueError("What the last function tells by has changed: look at it anew.")
CHANGED = network_last.CHANGED.removesuffix(")") + "\n                       OR OLD.stalled_at IS DISTINCT FROM NEW.stalled_at)"
DROP = "DROP TRIGGER wh_network_moves ON referrals_referral;"
TOLD = """
CREATE CONSTRAINT TRIGGER wh_network_moves AFTER UPDATE ON referrals_referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN {changed} EXECUTE FUNCTION wh_guard_network_told();
"""

# Each process keeps the numbers, as it keeps the texts that are data, and asks by the same version whether they are current.
KEPT = """
CREATE TRIGGER wh_ladder_version AFTER INSERT ON referrals_laddernumber
    FOR EACH STATEMENT EXECUTE FUNCTION wh_guard_terms_version();
"""

# For the network's office alone: what happened to referrals that waited for something since a moment, one after the other, by a
# number that means nothing outside of the answer. No person, no organization, no code; the newest of them, at most so many.
LATELY = """
CREATE FUNCTION wh_waited_lately(since timestamptz, kind_of_service text, one_service bigint, at_most int)
RETURNS TABLE (referral bigint, service bigint, is_led boolean, kind text, detail text, at timestamptz, due timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH waited AS (
        SELECT r.id, r.service_id, row_number() OVER (ORDER BY r.id) AS n, EXISTS (
                   SELECT 1 FROM network_queue q JOIN network_membership m ON m.id = q.lead_id AND m.state = 'active'
                   WHERE q.organization_id = r.receiver_id) AS is_led
        FROM referrals_referral r JOIN directory_service s ON s.id = r.service_id
        WHERE (kind_of_service = '' OR s.service_code = kind_of_service)
          AND (one_service IS NULL OR s.id = one_service)
          AND (r.ended_at IS NULL OR r.ended_at >= since OR EXISTS (
              SELECT 1 FROM referrals_disposition d WHERE d.referral_id = r.id AND (d.settled_at IS NULL OR d.settled_at >= since)))
          AND EXISTS (SELECT 1 FROM network_organization o WHERE 'network_office' = ANY(o.kinds) AND o.state = 'active'
              AND o.id = NULLIF(current_setting('wh.organization', true), '')::bigint)
        ORDER BY r.id DESC LIMIT at_most
    )
    SELECT w.n, w.service_id, w.is_led, e.kind, CASE WHEN e.kind = 'struck' THEN e.detail ELSE '' END, e.recorded_at, e.due_at
    FROM waited w JOIN referrals_referralevent e ON e.referral_id = w.id
    WHERE e.kind IN ('sent', 'seen', 'asked', 'answered_question', 'waitlisted', 'held', 'resumed', 'accepted', 'declined', 'expired',
                     'contacted', 'engaged', 'completed', 'ended_early', 'lost_contact', 'withdrawn', 'receiver_closed',
                     'disposition_opened', 'settled', 'asked_again', 'confirmed', 'stage', 'struck')
    ORDER BY w.n, e.recorded_at, e.id
$$;
"""

# What was there before its rungs were: they come in the days that a rung has, from today on.
RUNGS = """
INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at)
SELECT CASE WHEN t.ours THEN r.sender_id ELSE r.receiver_id END, 'referral', r.id, t.step, wh_now() + t.days * interval '1 day'
FROM referrals_referral r JOIN (VALUES
    ('sent', 'seen_reminder', 1, false), ('sent', 'seen_lead', 2, false), ('sent', 'answer_person', 5, true),
    ('accepted', 'contact_person', 5, true), ('accepted', 'contact_undecided', 14, true),
    ('contacted', 'start_reminder', 14, false), ('contacted', 'start_lead', 17, false), ('contacted', 'start_sender', 20, true),
    ('contacted', 'start_person', 20, true),
    ('engaged', 'engaged_reminder', 14, false), ('engaged', 'engaged_lead', 19, false), ('engaged', 'engaged_sender', 24, true)
) AS t (state, step, days, ours) ON t.state = r.state AND (t.step NOT LIKE 'seen%%' OR r.seen_at IS NULL)
WHERE r.question_due_at IS NULL AND r.held_until IS NULL AND r.review_due_at IS NULL
UNION ALL
SELECT r.sender_id, 'referral', r.id, t.step, wh_now() + t.days * interval '1 day'
FROM referrals_disposition d JOIN referrals_referral r ON r.id = d.referral_id,
     (VALUES ('decision_reminder', 2), ('decision_lead', 3), ('decision_office', 5)) AS t (step, days)
WHERE d.settled_at IS NULL
""".replace("%%", "%")
NO_RUNGS = "DELETE FROM foundation_timer WHERE subject_kind = 'referral' AND fired_at IS NULL AND step ~ '^(seen|start|engaged|decision)_'"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0027_rungs")]
    operations: ClassVar = [
        migrations.RunSQL(TELLS, TELLS_BEFORE),
        migrations.RunSQL(
            DROP + TOLD.format(changed=CHANGED), DROP + TOLD.format(changed=network_last.CHANGED)
        ),
        migrations.RunSQL(KEPT, "DROP TRIGGER wh_ladder_version ON referrals_laddernumber"),
        migrations.RunSQL(LATELY, "DROP FUNCTION wh_waited_lately(timestamptz, text, bigint, int)"),
        migrations.RunSQL(RUNGS, NO_RUNGS),
    ]
