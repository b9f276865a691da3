"""What `warmhandoff check` proves of custody, over all rows, without trusting a trigger or a constraint."""

from warmhandoff.foundation.promises import Proof, proves
from warmhandoff.participants.promises import corrections

_ANSWERS = """EXISTS (SELECT 1 FROM network_membership m JOIN network_user u ON u.id = m.user_id
    WHERE m.id = {who} AND m.organization_id = {where} AND m.state = 'active' AND u.is_active)"""

proves(
    Proof(
        "P1",
        "nobody is without a holder",
        "SELECT count(*) FROM participants_person",
        """SELECT CASE WHEN p.closed_at IS NULL THEN 'open person with ' || count(c.id) || ' holders'
                        ELSE 'released person still held' END, p.id::text
           FROM participants_person p LEFT JOIN custody_custody c ON c.person_id = p.id AND c.until IS NULL
           GROUP BY p.id HAVING count(c.id) <> CASE WHEN p.closed_at IS NULL THEN 1 ELSE 0 END""",
    ),
    Proof(
        "P1",
        "nobody is without a holder",
        "SELECT count(*) FROM custody_custody WHERE until IS NULL",
        f"""SELECT 'holder that can not answer', c.person_id::text
            FROM custody_custody c JOIN network_organization o ON o.id = c.organization_id
            LEFT JOIN network_queue q ON q.id = c.queue_id
            WHERE c.until IS NULL AND (o.state <> 'active'
              OR (c.membership_id IS NULL) = (c.queue_id IS NULL)
              OR (c.membership_id IS NOT NULL AND NOT {_ANSWERS.format(who="c.membership_id", where="c.organization_id")})
              OR (c.queue_id IS NOT NULL AND (q.organization_id <> c.organization_id OR q.lead_id IS NULL
                  OR NOT {_ANSWERS.format(who="q.lead_id", where="c.organization_id")})))""",
    ),
    Proof(
        "P1",
        "nobody is without a holder",
        "SELECT count(*) FROM participants_person WHERE closed_at IS NOT NULL",
        """SELECT 'closed without a release', p.id::text FROM participants_person p
           WHERE p.closed_at IS NOT NULL AND p.close_reason NOT IN ('linked', 'merged') AND NOT EXISTS (
             SELECT 1 FROM custody_custodyevent e WHERE e.kind = 'released' AND e.detail = p.close_reason
               AND e.custody_id = (SELECT max(c.id) FROM custody_custody c WHERE c.person_id = p.id))""",
    ),
    # Who is closed behind another is not counted without a holder: they are held through whoever is kept, link by link.
    Proof(
        "P1",
        "nobody is without a holder",
        "SELECT count(*) FROM participants_person WHERE close_reason IN ('linked', 'merged')",
        """SELECT 'closed behind nobody', p.id::text FROM participants_person p
           WHERE p.close_reason IN ('linked', 'merged') AND NOT EXISTS (
             SELECT 1 FROM custody_link l JOIN participants_person k ON k.id = l.kept_id
             WHERE l.closed_id = p.id AND l.known_to IS NULL
               AND l.basis = CASE p.close_reason WHEN 'linked' THEN 'agreed' ELSE 'merge' END
               AND l.custody_id = (SELECT max(c.id) FROM custody_custody c WHERE c.person_id = p.id))""",
    ),
    Proof(
        "P1",
        "nobody is without a holder",
        "SELECT count(*) FROM custody_link WHERE known_to IS NULL",
        """SELECT 'open, and behind another', l.closed_id::text FROM custody_link l
           JOIN participants_person p ON p.id = l.closed_id WHERE l.known_to IS NULL AND p.closed_at IS NULL
           UNION ALL
           SELECT 'behind one another in a ring', r.id::text FROM (
             WITH RECURSIVE behind(id, kept, steps) AS (
               SELECT closed_id, kept_id, 1 FROM custody_link WHERE known_to IS NULL
               UNION ALL SELECT b.id, l.kept_id, b.steps + 1 FROM behind b
                 JOIN custody_link l ON l.closed_id = b.kept AND l.known_to IS NULL WHERE b.steps < 100)
             SELECT DISTINCT id FROM behind WHERE kept = id) r""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM custody_custody WHERE until IS NULL",
        """SELECT CASE WHEN d.id IS NULL THEN 'no next step' WHEN d.closed_at IS NOT NULL THEN 'next step is closed'
                        WHEN d.person_id IS DISTINCT FROM c.person_id OR d.organization_id <> c.organization_id
                             THEN 'next step of someone else'
                        WHEN d.membership_id IS NULL AND d.queue_id IS NULL THEN 'next step is nobody''s'
                        ELSE 'next step too far away' END, c.person_id::text
           FROM custody_custody c LEFT JOIN foundation_duty d ON d.id = c.next_step_id
           WHERE c.until IS NULL AND (d.id IS NULL OR d.closed_at IS NOT NULL OR d.person_id IS DISTINCT FROM c.person_id
             OR d.organization_id <> c.organization_id OR (d.membership_id IS NULL AND d.queue_id IS NULL)
             OR d.subject_kind = 'handover' OR d.max_days > 90 OR d.due_at > d.set_at + (d.max_days + 1) * interval '24 hours')""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM foundation_duty WHERE closed_at IS NULL",
        f"""SELECT CASE WHEN d.membership_id IS NOT NULL THEN 'duty of someone who left'
                        ELSE 'duty of a queue without a lead' END, d.id::text
            FROM foundation_duty d LEFT JOIN network_queue q ON q.id = d.queue_id AND q.organization_id = d.organization_id
            WHERE d.closed_at IS NULL AND NOT (CASE WHEN d.membership_id IS NOT NULL
              THEN {_ANSWERS.format(who="d.membership_id", where="d.organization_id")}
              ELSE {_ANSWERS.format(who="q.lead_id", where="d.organization_id")} END)""",
    ),
    Proof(
        "P3",
        "custody crosses organizations only by handshake or by agreement",
        "SELECT count(*) FROM custody_custody",
        """SELECT 'custody that crossed without a handshake', n.id::text
           FROM (SELECT c.*, lag(organization_id) OVER w AS before, lag(id) OVER w AS before_id FROM custody_custody c
                 WINDOW w AS (PARTITION BY person_id ORDER BY id)) n
           LEFT JOIN custody_handover h ON h.id = n.handover_id
           LEFT JOIN network_agreement a ON a.id = n.agreement_id
           LEFT JOIN network_queue q ON q.id = a.escheat_queue_id
           LEFT JOIN network_organization o ON o.id = a.organization_id
           WHERE (n.before IS NULL AND n.basis <> 'intake')
              OR (n.basis = 'unlinking' AND NOT (n.before = n.organization_id AND EXISTS (
                    SELECT 1 FROM custody_link l WHERE l.closed_id = n.person_id AND l.custody_id = n.before_id
                       AND l.known_to IS NOT NULL)))
              OR (n.basis <> 'unlinking' AND EXISTS (SELECT 1 FROM custody_link l WHERE l.custody_id = n.before_id))
              OR (n.before = n.organization_id AND n.basis NOT IN ('intake', 'assignment', 'unlinking'))
              OR (n.before <> n.organization_id AND NOT (
                    (n.basis = 'handover' AND h.state = 'accepted' AND h.kind <> 'working_link' AND h.person_id = n.person_id
                       AND h.from_organization_id = n.before AND h.to_organization_id = n.organization_id)
                 OR (n.basis = 'intake' AND EXISTS (SELECT 1 FROM custody_custodyevent e
                       WHERE e.custody_id = n.before_id AND e.kind = 'released'))
                 OR (n.basis = 'escheat' AND a.organization_id = n.before AND q.organization_id = n.organization_id
                       AND q.id = n.queue_id AND o.state = 'closed')) IS TRUE)""",
    ),
    Proof(
        "P3",
        "custody crosses organizations only by handshake or by agreement",
        "SELECT count(*) FROM custody_custody",
        """SELECT 'custody other than its history tells', c.id::text FROM custody_custody c
           LEFT JOIN custody_custodyhistory h ON h.pgh_obj_id = c.id AND h.pgh_label = 'insert'
           WHERE (c.person_id, c.organization_id, c.membership_id, c.queue_id, c.basis, c.handover_id, c.agreement_id)
             IS DISTINCT FROM
                 (h.person_id, h.organization_id, h.membership_id, h.queue_id, h.basis, h.handover_id, h.agreement_id)""",
    ),
    Proof(
        "P3",
        "custody crosses organizations only by handshake or by agreement",
        "SELECT count(*) FROM custody_handover",
        """SELECT 'accepted handover that moved nobody', h.id::text FROM custody_handover h
           WHERE h.state = 'accepted' AND h.kind <> 'working_link'
             AND NOT EXISTS (SELECT 1 FROM custody_custody c WHERE c.handover_id = h.id)
           UNION ALL
           SELECT 'custody moved by a handover that was not accepted', h.id::text FROM custody_handover h
           JOIN custody_custody c ON c.handover_id = h.id WHERE h.state <> 'accepted'
           UNION ALL
           SELECT 'accepted link that linked nobody', h.id::text FROM custody_handover h
           WHERE h.state = 'accepted' AND h.kind = 'working_link'
             AND NOT EXISTS (SELECT 1 FROM custody_link l WHERE l.handover_id = h.id)""",
    ),
    Proof(
        "P3",
        "custody crosses organizations only by handshake or by agreement",
        "SELECT count(*) FROM custody_link",
        """SELECT 'link that nobody agreed to', l.id::text FROM custody_link l
           LEFT JOIN custody_handover h ON h.id = l.handover_id
           WHERE (l.basis = 'agreed' AND (h.state = 'accepted' AND h.kind = 'working_link'
                    AND h.proposed IN ('either', h.keeps) AND h.consent_id IS NOT NULL
                    AND l.kept_id = CASE h.keeps WHEN 'asked' THEN h.person_id ELSE h.other_person_id END
                    AND l.closed_id = CASE h.keeps WHEN 'asked' THEN h.other_person_id ELSE h.person_id END) IS NOT TRUE)
              OR (l.basis = 'merge' AND (SELECT count(*) FROM participants_participant f
                    WHERE f.person_id IN (l.kept_id, l.closed_id) AND f.organization_id = l.organization_id) <> 2)
              OR (l.custody_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM custody_custody c WHERE c.id = l.custody_id
                    AND c.person_id = l.closed_id AND c.organization_id = l.organization_id AND c.until IS NOT NULL))""",
    ),
    Proof(
        "P8",
        "no one sees what is not theirs",
        "SELECT count(*) FROM custody_handoverparty",
        """SELECT 'told whom it went to', y.id::text FROM custody_handoverparty y JOIN custody_handover h ON h.id = y.handover_id
           WHERE h.unnamed AND h.state <> 'accepted' AND y.side = 'asker' AND y.other_organization_id IS NOT NULL
           UNION ALL
           SELECT 'told whom it is about', y.id::text FROM custody_handoverparty y JOIN custody_handover h ON h.id = y.handover_id
           WHERE h.unnamed AND h.kind = 'request' AND h.state <> 'accepted' AND y.side = 'asker' AND y.person_id IS NOT NULL
           UNION ALL
           SELECT 'party of a handover that is not theirs', y.id::text FROM custody_handoverparty y
           JOIN custody_handover h ON h.id = y.handover_id
           WHERE y.organization_id NOT IN (h.from_organization_id, h.to_organization_id) OR y.state <> h.state""",
    ),
    corrections(
        "custody_custodyevent",
        "by_id",
        "e.person_id = n.person_id AND e.kind = 'next_step_done' AND n.kind = 'struck'",
    ),
)
