"""What somebody carries on paper goes where they go: to whoever holds them, with the day on which to ask what came of it.

By the database itself, with the custody that begins, so that no way of moving somebody can leave it behind.
"""

from typing import ClassVar

from django.db import migrations

FOLLOWS = """
CREATE FUNCTION wh_guard_paper_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    paper referrals_carriedreferral%ROWTYPE;
BEGIN
    FOR paper IN SELECT * FROM referrals_carriedreferral
        WHERE person_id = NEW.person_id AND closed_at IS NULL AND organization_id <> NEW.organization_id ORDER BY id
    LOOP
        UPDATE referrals_slip SET organization_id = NEW.organization_id WHERE id = paper.slip_id;
        UPDATE referrals_carriedreferral SET organization_id = NEW.organization_id WHERE id = paper.id;
        -- The day stays, also one that has passed: overdue is allowed, hidden is not.
        INSERT INTO foundation_duty (code, organization_id, membership_id, queue_id, kind, detail, person_id, subject_kind,
            subject_id, due_at, max_days, holds_release, opened_by_id, closed_how)
        SELECT wh_guard_code(), NEW.organization_id, NEW.membership_id, NEW.queue_id, 'follow_carried', paper.code,
               NEW.person_id, 'carried', paper.id, COALESCE(max(d.due_at), wh_now()), 30, true, NEW.opened_by_id, ''
        FROM foundation_duty d WHERE d.kind = 'follow_carried' AND d.subject_kind = 'carried' AND d.subject_id = paper.id;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_paper_follows AFTER INSERT ON custody_custody
    FOR EACH ROW WHEN (NEW.until IS NULL) EXECUTE FUNCTION wh_guard_paper_follows()
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0016_said_right"), ("custody", "0005_moves_promises")]
    operations: ClassVar = [
        migrations.RunSQL(
            FOLLOWS,
            "DROP TRIGGER wh_paper_follows ON custody_custody; DROP FUNCTION wh_guard_paper_follows()",
        ),
    ]
