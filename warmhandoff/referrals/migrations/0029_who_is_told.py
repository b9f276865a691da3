"""Both sides of a referral write to whoever holds the person now: which colleague that is, and not only which organization."""

from typing import ClassVar

from django.db import migrations

TOLD = """
CREATE FUNCTION wh_referral_told(referral bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(c.membership_id, q.lead_id) FROM referrals_referral r
    JOIN custody_custody c ON c.person_id = r.person_id AND c.until IS NULL
    LEFT JOIN network_queue q ON q.id = c.queue_id
    WHERE r.id = referral AND c.organization_id <> r.receiver_id AND EXISTS (
        SELECT 1 FROM referrals_referralparty p WHERE p.referral_id = r.id AND p.side <> 'network'
           AND p.organization_id = NULLIF(current_setting('wh.organization', true), '')::bigint)
$$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0028_ladder")]
    operations: ClassVar = [migrations.RunSQL(TOLD, "DROP FUNCTION wh_referral_told(bigint)")]
