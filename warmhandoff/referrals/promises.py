"""What `warmhandoff check` proves of referrals, over all rows."""

from warmhandoff.foundation.promises import Proof, proves
from warmhandoff.participants.promises import corrections
from warmhandoff.referrals import protocol as p
from warmhandoff.referrals import stalls
from warmhandoff.referrals.states import MOST_ROUNDS, OPEN, SENT, UNDER_WAY, UNSUCCESSFUL

_UNSUCCESSFUL = ", ".join(f"'{state}'" for state in UNSUCCESSFUL)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_UNDER_WAY = ", ".join(f"'{state}'" for state in UNDER_WAY)

proves(
    corrections(
        "referrals_referralevent", "by_id", "e.referral_id = n.referral_id AND n.kind IN (e.kind, 'struck')"
    ),
    Proof(
        "P7",
        "nothing is overwritten",
        "SELECT count(*) FROM referrals_referralevent WHERE kind = 'struck'",
        """SELECT 'taken back and still standing', r.id::text FROM referrals_referral r
           JOIN referrals_referralevent e ON e.referral_id = r.id AND e.kind = r.state
           JOIN referrals_referralevent s ON s.supersedes_id = e.id AND s.kind = 'struck'
           WHERE NOT EXISTS (SELECT 1 FROM referrals_referralevent o WHERE o.referral_id = r.id AND o.kind = r.state
               AND NOT EXISTS (SELECT 1 FROM referrals_referralevent x WHERE x.supersedes_id = o.id))""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM referrals_referral WHERE held_until IS NOT NULL OR review_due_at IS NOT NULL",
        f"""SELECT CASE WHEN r.state NOT IN ({_OPEN}) THEN 'put off though it has ended'
                        WHEN num_nonnulls(r.question_due_at, r.held_until, r.review_due_at) > 1 THEN 'put off twice'
                        WHEN r.held_until > r.held_at + interval '91 days' THEN 'on hold for too long'
                        WHEN r.review_due_at > r.waitlisted_at + interval '91 days'
                             THEN 'on a waitlist that nobody looks at within ninety days'
                        WHEN r.held_until IS NOT NULL AND NOT EXISTS (SELECT 1 FROM foundation_timer t
                             WHERE t.subject_kind = 'referral' AND t.subject_id = r.id AND t.step = 'hold_ends'
                               AND t.called_off_at IS NULL) THEN 'on hold without an end'
                        WHEN r.review_due_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM foundation_timer t
                             WHERE t.subject_kind = 'referral' AND t.subject_id = r.id AND t.step = 'review_expires'
                               AND t.called_off_at IS NULL) THEN 'on a waitlist without an end'
                        ELSE 'put off, and whoever holds the person does not look again' END, r.id::text
            FROM referrals_referral r
            WHERE (r.held_until IS NOT NULL OR r.review_due_at IS NOT NULL) AND (
                r.state NOT IN ({_OPEN}) OR num_nonnulls(r.question_due_at, r.held_until, r.review_due_at) > 1
             OR r.held_at IS NULL AND r.held_until IS NOT NULL OR r.waitlisted_at IS NULL AND r.review_due_at IS NOT NULL
             OR r.held_until > r.held_at + interval '91 days' OR r.review_due_at > r.waitlisted_at + interval '91 days'
             OR NOT EXISTS (SELECT 1 FROM foundation_timer t WHERE t.subject_kind = 'referral' AND t.subject_id = r.id
                  AND t.step = CASE WHEN r.held_until IS NOT NULL THEN 'hold_ends' ELSE 'review_expires' END
                  AND t.called_off_at IS NULL)
             OR NOT EXISTS (SELECT 1 FROM foundation_duty d
                  JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL
                  WHERE d.subject_kind = 'referral' AND d.subject_id = r.id AND d.closed_at IS NULL
                    AND d.organization_id = c.organization_id AND d.person_id = r.person_id
                    AND d.kind IN ('await_review', 'await_hold', 'review_hold')))""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM referrals_referral WHERE question_due_at IS NOT NULL",
        """SELECT 'a question that nobody owes a reply to', r.id::text FROM referrals_referral r
           WHERE r.question_due_at IS NOT NULL AND (r.state <> 'sent' OR r.stands_since IS NULL
             OR NOT EXISTS (SELECT 1 FROM foundation_timer t WHERE t.subject_kind = 'referral' AND t.subject_id = r.id
                  AND t.step = 'question_expires' AND t.called_off_at IS NULL))""",
    ),
    Proof(
        "P4",
        "no dead end",
        "SELECT count(*) FROM referrals_referral",
        f"""SELECT 'ended with nobody to decide what is next', r.id::text FROM referrals_referral r
            LEFT JOIN LATERAL (SELECT * FROM referrals_disposition d WHERE d.referral_id = r.id
                               ORDER BY d.id DESC LIMIT 1) d ON true
            WHERE r.state IN ({_UNSUCCESSFUL}) AND (d.id IS NULL OR d.outcome IN ('late_yes', 'taken_back', 'asked_again'))""",
    ),
    Proof(
        "P4",
        "no dead end",
        "SELECT count(*) FROM referrals_disposition",
        f"""SELECT CASE WHEN d.settled_at IS NOT NULL THEN 'settled by nobody' ELSE 'decision not with the holder' END, d.id::text
           FROM referrals_disposition d
           LEFT JOIN custody_custody c ON c.person_id = d.person_id AND c.until IS NULL
           LEFT JOIN foundation_duty t ON t.id = d.duty_id
           LEFT JOIN referrals_referral r ON r.id = d.referral_id AND r.state IN ({_UNSUCCESSFUL})
           WHERE (d.settled_at IS NULL AND (c.id IS NULL OR d.organization_id <> c.organization_id OR r.id IS NULL OR t.id IS NULL
                  OR t.closed_at IS NOT NULL OR NOT t.holds_release OR t.organization_id <> d.organization_id
                  OR t.person_id IS DISTINCT FROM d.person_id))
              OR (d.settled_at IS NOT NULL AND (d.settled_by_id IS NULL OR d.outcome = '' OR NOT EXISTS (
                  SELECT 1 FROM foundation_actor a WHERE a.id = d.settled_by_id
                    AND (a.kind IN ('member', 'participant') OR (a.kind = 'link' AND d.outcome IN ('late_yes', 'taken_back'))))))
              OR (d.outcome = 'not_eligible' AND d.signed_off_by_id IS NULL)""",
    ),
    Proof(
        "P4",
        "no dead end",
        "SELECT count(*) FROM referrals_secondlook",
        """SELECT CASE WHEN l.verdict = '' AND (r.state <> 'declined' OR l.round <> r.asked_times) THEN 'second look at what has moved'
                        WHEN l.verdict = '' AND d.id IS NULL THEN 'second look at what was decided'
                        WHEN l.verdict = '' THEN 'second look that nobody owes any more'
                        WHEN t.id IS NOT NULL THEN 'second look that is over and still owed'
                        ELSE 'second look that nobody took' END, l.id::text
           FROM referrals_secondlook l JOIN referrals_referral r ON r.id = l.referral_id
           LEFT JOIN referrals_disposition d ON d.referral_id = r.id AND d.settled_at IS NULL
           LEFT JOIN foundation_duty t ON t.subject_kind = 'second_look' AND t.subject_id = l.id AND t.closed_at IS NULL
           LEFT JOIN foundation_duty ended ON ended.subject_kind = 'second_look' AND ended.subject_id = l.id
                AND ended.closed_at IS NOT NULL
           WHERE CASE WHEN l.verdict = '' THEN r.state <> 'declined' OR l.round <> r.asked_times OR d.id IS NULL
                           OR (t.id IS NULL AND ended.id IS NOT NULL)
                      ELSE t.id IS NOT NULL OR (l.verdict <> 'moot' AND NOT EXISTS (
                           SELECT 1 FROM foundation_actor a WHERE a.id = l.decided_by_id AND a.kind = 'member')) END""",
    ),
    Proof(
        "P4",
        "no dead end",
        "SELECT count(*) FROM referrals_referral WHERE asked_times > 1",
        f"""SELECT 'asked again more often than the network''s office sent a no back', r.id::text FROM referrals_referral r
            WHERE r.asked_times > {1 + MOST_ROUNDS} OR r.asked_times <> 1 + (
                SELECT count(*) FROM referrals_secondlook l WHERE l.referral_id = r.id AND l.verdict = 'sent_back')""",
    ),
    Proof(
        "P4",
        "no dead end",
        "SELECT count(*) FROM participants_person WHERE closed_at IS NOT NULL",
        f"""SELECT 'released with something open', p.id::text FROM participants_person p
            WHERE p.closed_at IS NOT NULL AND (
                EXISTS (SELECT 1 FROM referrals_referral r WHERE r.person_id = p.id AND r.state IN ({_OPEN}))
             OR EXISTS (SELECT 1 FROM referrals_disposition d WHERE d.person_id = p.id AND d.settled_at IS NULL)
             OR EXISTS (SELECT 1 FROM foundation_duty t WHERE t.person_id = p.id AND t.holds_release
                        AND t.closed_at IS NULL))""",
    ),
    Proof(
        "P8",
        "no one sees what is not theirs",
        "SELECT count(*) FROM referrals_referralparty",
        """SELECT 'party that takes no part', y.id::text FROM referrals_referralparty y
           JOIN referrals_referral r ON r.id = y.referral_id
           WHERE (y.side = 'sender' AND y.organization_id <> r.sender_id)
              OR (y.side = 'receiver' AND y.organization_id <> r.receiver_id)
              OR (y.side = 'holder' AND NOT EXISTS (SELECT 1 FROM custody_custody c
                    WHERE c.person_id = r.person_id AND c.organization_id = y.organization_id))
              OR (y.side = 'network' AND NOT EXISTS (SELECT 1 FROM network_organization o
                    WHERE o.id = y.organization_id AND 'network_office' = ANY(o.kinds)))
              OR y.state <> r.state""",
    ),
    Proof(
        "P5",
        "silence is an event",
        f"SELECT count(*) FROM referrals_referral WHERE state IN ({_OPEN})",
        f"""SELECT 'not on the board of the network''s office', r.id::text FROM referrals_referral r
            JOIN network_organization o ON o.state = 'active' AND 'network_office' = ANY(o.kinds)
            WHERE r.state IN ({_OPEN}) AND NOT EXISTS (SELECT 1 FROM referrals_referralparty y
                WHERE y.referral_id = r.id AND y.organization_id = o.id AND y.side = 'network')""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM referrals_carriedreferral WHERE closed_at IS NULL",
        """SELECT 'referral on paper that nobody asks about', r.id::text FROM referrals_carriedreferral r
           WHERE r.closed_at IS NULL AND NOT EXISTS (
               SELECT 1 FROM foundation_duty d
               JOIN custody_custody c ON c.person_id = d.person_id AND c.organization_id = d.organization_id AND c.until IS NULL
               WHERE d.kind = 'follow_carried' AND d.closed_at IS NULL AND d.holds_release
                 AND d.subject_id = r.id AND d.person_id = r.person_id AND d.organization_id = r.organization_id)""",
    ),
    Proof(
        "P8",
        "no one sees what is not theirs",
        "SELECT count(*) FROM referrals_carriedreferral",
        """SELECT 'referral on paper of someone else, or by another one''s slip', r.id::text
           FROM referrals_carriedreferral r JOIN referrals_slip s ON s.id = r.slip_id
           LEFT JOIN participants_participant f ON f.person_id = r.person_id AND f.organization_id = r.organization_id
           WHERE f.id IS NULL OR s.organization_id <> r.organization_id""",
    ),
)


# --- P5: each rung once, none passed over, and nothing ended by a clock ------------------------------------------------------


def _rows(*rows: tuple[str, ...]) -> str:
    return ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in rows)


# What each rung writes; and where somebody stands, by state and by what it waits for besides, which rungs are to be climbed.
_WRITES = _rows(
    *(
        (rung.step, rung.event, "lead" if rung.tells == ("receivers_lead",) else "")
        for rung in p.RUNGS.values()
    )
)
_CLIMBED = _rows(
    *((rung.step, state, "") for state, ladder in p.CLIMBED_IN.items() for rung in ladder),
    *((rung.step, SENT, waits) for waits, ladder in p.LADDERS.items() for rung in ladder),
)
_SEEN = ", ".join(f"'{rung.step}'" for rung in p.WAITING_TO_BE_SEEN)
_KINDS = ", ".join(f"'{rung.event}'" for rung in p.RUNGS.values() if rung.then != p.EXPIRES)
# A referral with the rungs that are to be climbed as it stands now.
_STANDS = f"""
    referrals_referral r
    JOIN (VALUES {_CLIMBED}) AS c (step, state, waits) ON c.state = r.state
     AND c.waits = CASE WHEN r.question_due_at IS NOT NULL THEN 'reply' WHEN r.held_until IS NOT NULL THEN 'hold'
                        WHEN r.review_due_at IS NOT NULL THEN 'review' ELSE '' END
     AND NOT (c.step IN ({_SEEN}) AND r.seen_at IS NOT NULL)
     AND (r.state IN ({_OPEN}) OR EXISTS (SELECT 1 FROM referrals_disposition d
          WHERE d.referral_id = r.id AND d.settled_at IS NULL))"""
_ENDED_BY_A_PERSON = "'declined', 'withdrawn', 'ended_early', 'lost_contact', 'completed', 'settled'"

proves(
    Proof(
        "P5",
        "silence is an event",
        f"SELECT count(*) FROM {_STANDS}",
        f"""SELECT 'waits, and nobody is told: ' || c.step, r.id::text FROM {_STANDS}
            WHERE NOT EXISTS (SELECT 1 FROM foundation_timer t WHERE t.subject_kind = 'referral' AND t.subject_id = r.id
                AND t.step = c.step AND t.called_off_at IS NULL)""",
    ),
    Proof(
        "P5",
        "silence is an event",
        "SELECT count(*) FROM foundation_timer WHERE subject_kind = 'referral' AND fired_at IS NOT NULL",
        f"""SELECT CASE WHEN t.fired_at < t.due_at THEN 'told before it was time: ' WHEN w.told = 0 THEN 'told nobody: '
                        WHEN w.told > 1 THEN 'told more than once: ' ELSE 'told, though it says that it was not: ' END || t.step,
                   t.id::text
            FROM foundation_timer t JOIN (VALUES {_WRITES}) AS s (step, kind, led) ON s.step = t.step
            CROSS JOIN LATERAL (SELECT count(*) AS told FROM referrals_referralevent e
                WHERE e.referral_id = t.subject_id AND e.kind = s.kind AND e.recorded_at = t.fired_at) w
            WHERE t.subject_kind = 'referral' AND t.fired_at IS NOT NULL
              AND (t.fired_at < t.due_at OR w.told <> (CASE WHEN t.came_to = '' THEN 1 ELSE 0 END)
                   OR t.came_to = 'nobody' AND s.led = '')""",
    ),
    Proof(
        "P5",
        "silence is an event",
        f"SELECT count(*) FROM referrals_referralevent WHERE kind IN ({_KINDS})",
        f"""SELECT 'told by no clock: ' || e.kind, e.id::text FROM referrals_referralevent e
            WHERE e.kind IN ({_KINDS}) AND NOT EXISTS (
                SELECT 1 FROM foundation_timer t JOIN (VALUES {_WRITES}) AS s (step, kind, led) ON s.step = t.step
                WHERE t.subject_kind = 'referral' AND t.subject_id = e.referral_id AND s.kind = e.kind
                  AND t.fired_at = e.recorded_at)""",
    ),
    Proof(
        "P5",
        "silence is an event",
        "SELECT count(*) FROM foundation_timer WHERE subject_kind = 'referral' AND came_to = 'moot'",
        f"""SELECT 'passed over while it was waited for: ' || t.step, t.id::text
            FROM foundation_timer t JOIN {_STANDS} ON t.subject_id = r.id AND t.step = c.step
            WHERE t.subject_kind = 'referral' AND t.came_to = 'moot' AND t.called_off_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM referrals_referralevent e WHERE e.referral_id = r.id AND e.kind NOT IN ({_KINDS})
                  AND e.recorded_at >= t.fired_at - interval '1 hour')""",
    ),
    Proof(
        "P5",
        "silence is an event",
        "SELECT count(*) FROM foundation_timer WHERE subject_kind = 'referral' AND fired_at IS NULL AND called_off_at IS NULL",
        """SELECT 'climbed past: ' || t.step, t.id::text FROM foundation_timer t
           WHERE t.subject_kind = 'referral' AND t.fired_at IS NULL AND t.called_off_at IS NULL AND EXISTS (
               SELECT 1 FROM foundation_timer o WHERE o.subject_kind = 'referral' AND o.subject_id = t.subject_id
                 AND o.called_off_at IS NULL AND o.fired_at >= t.due_at AND o.due_at > t.due_at AND o.id > t.id)""",
    ),
    Proof(
        "P5",
        "silence is an event",
        f"SELECT count(DISTINCT receiver_id) FROM referrals_referral WHERE state IN ({_UNDER_WAY})",
        f"""SELECT 'serves somebody, and is not asked once a week how it goes', o.id::text FROM network_organization o
            WHERE o.state = 'active'
              AND EXISTS (SELECT 1 FROM referrals_referral r WHERE r.receiver_id = o.id AND r.state IN ({_UNDER_WAY}))
              AND NOT EXISTS (SELECT 1 FROM foundation_timer t WHERE t.subject_kind = '{stalls.ASKED}' AND t.subject_id = o.id
                  AND t.step = '{stalls.ASK}' AND t.fired_at IS NULL AND t.called_off_at IS NULL)""",
    ),
    Proof(
        "P5",
        "silence is an event",
        f"SELECT count(*) FROM referrals_referralevent WHERE kind IN ({_ENDED_BY_A_PERSON}, 'expired')",
        f"""SELECT CASE WHEN e.kind = 'expired' THEN 'run out, said by a person' ELSE 'ended by a clock: ' || e.kind END, e.id::text
            FROM referrals_referralevent e JOIN foundation_actor a ON a.id = e.by_id
            WHERE e.kind IN ({_ENDED_BY_A_PERSON}) AND a.kind = 'system' OR e.kind = 'expired' AND a.kind <> 'system'""",
    ),
)
