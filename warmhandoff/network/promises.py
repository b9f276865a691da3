"""What `warmhandoff check` proves of who is away and who covers, over all rows, without trusting a trigger."""

from warmhandoff.foundation.promises import Proof, proves

proves(
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM network_absence WHERE ended_at IS NULL",
        """SELECT CASE WHEN m.state <> 'active' THEN 'away from where they no longer work'
                        ELSE 'covers and has left' END, a.id::text
           FROM network_absence a JOIN network_membership m ON m.id = a.membership_id
           LEFT JOIN network_membership c ON c.id = a.cover_id
           WHERE a.ended_at IS NULL AND a.until_day > (wh_now() AT TIME ZONE 'UTC')::date
             AND (m.state <> 'active' OR c.state <> 'active' OR c.organization_id <> m.organization_id)""",
    ),
    Proof(
        "P2",
        "nobody waits without a date",
        "SELECT count(*) FROM network_absence WHERE ended_at IS NULL AND cover_id IS NOT NULL",
        """SELECT 'covered by somebody who is away', a.id::text FROM network_absence a
           WHERE a.ended_at IS NULL AND EXISTS (SELECT 1 FROM network_absence b WHERE b.ended_at IS NULL AND b.id <> a.id
             AND b.from_day <= a.until_day AND b.until_day >= a.from_day
             AND (b.membership_id = a.cover_id OR b.membership_id = a.membership_id))""",
    ),
)
