"""Papers that were left behind before migration 0017: they go to whoever holds the person now, with the day on which to ask.

Where nobody holds them any more, the paper is closed as no longer wanted: whoever was released needs none.
"""

from typing import ClassVar

from django.db import migrations

MEND = """
DO $$
DECLARE
    paper referrals_carriedreferral%ROWTYPE;
    held custody_custody%ROWTYPE;
BEGIN
    FOR paper IN SELECT * FROM referrals_carriedreferral r WHERE r.closed_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM foundation_duty d
        JOIN custody_custody c ON c.person_id = d.person_id AND c.organization_id = d.organization_id AND c.until IS NULL
        WHERE d.kind = 'follow_carried' AND d.closed_at IS NULL AND d.holds_release
          AND d.subject_kind = 'carried' AND d.subject_id = r.id AND d.person_id = r.person_id
          AND d.organization_id = r.organization_id) ORDER BY r.id
    LOOP
        UPDATE foundation_duty SET closed_at = wh_now(), closed_by_id = opened_by_id, closed_how = 'moved'
         WHERE kind = 'follow_carried' AND subject_kind = 'carried' AND subject_id = paper.id AND closed_at IS NULL;
        SELECT * INTO held FROM custody_custody WHERE person_id = paper.person_id AND until IS NULL;
        IF NOT FOUND THEN
            UPDATE referrals_carriedreferral SET outcome = 'no_longer', told_by = 'person', closed_at = wh_now(),
                closed_by_id = handed_by_id WHERE id = paper.id;
            CONTINUE;
        END IF;
        UPDATE referrals_slip SET organization_id = held.organization_id WHERE id = paper.slip_id;
        UPDATE referrals_carriedreferral SET organization_id = held.organization_id WHERE id = paper.id;
        INSERT INTO foundation_duty (code, organization_id, membership_id, queue_id, kind, detail, person_id, subject_kind,
            subject_id, due_at, max_days, holds_release, opened_by_id, closed_how)
        SELECT wh_guard_code(), held.organization_id, held.membership_id, held.queue_id, 'follow_carried', paper.code,
               paper.person_id, 'carried', paper.id, COALESCE(max(d.due_at), wh_now()), 30, true, held.opened_by_id, ''
        FROM foundation_duty d WHERE d.kind = 'follow_carried' AND d.subject_kind = 'carried' AND d.subject_id = paper.id;
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0019_take_over_by_code")]
    operations: ClassVar = [migrations.RunSQL(MEND, migrations.RunSQL.noop)]
