"""What `warmhandoff check` proves of custody, over all rows, without trusting a trigger or a constraint."""

from warmhandoff.foundation.promises import Proof, proves

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
           WHERE p.closed_at IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM custody_custodyevent e WHERE e.kind = 'released' AND e.detail = p.close_reason
               AND e.custody_id = (SELECT max(c.id) FROM custody_custody c WHERE c.person_id = p.id))""",
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
             OR d.max_days > 90 OR d.due_at > d.set_at + (d.max_days + 1) * interval '24 hours')""",
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
              OR (n.before = n.organization_id AND n.basis NOT IN ('intake', 'assignment'))
              OR (n.before <> n.organization_id AND NOT (
                    (n.basis = 'handover' AND h.state = 'accepted' AND h.person_id = n.person_id
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
           WHERE h.state = 'accepted' AND h.kind = 'transfer'
             AND NOT EXISTS (SELECT 1 FROM custody_custody c WHERE c.handover_id = h.id)
           UNION ALL
           SELECT 'custody moved by a handover that was not accepted', h.id::text FROM custody_handover h
           JOIN custody_custody c ON c.handover_id = h.id WHERE h.state <> 'accepted'""",
    ),
)
