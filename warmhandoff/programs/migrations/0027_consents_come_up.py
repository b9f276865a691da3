"""Who enrolled before what they agreed to was watched is asked again in time, as whoever enrolled after it."""

from typing import ClassVar

from django.db import migrations

MEND = """
INSERT INTO foundation_timer (organization_id, subject_kind, subject_id, step, due_at)
SELECT e.organization_id, 'program_consent', e.id, 'runs_out', greatest(wh_now(), c.expires_at - interval '28 days')
FROM programs_enrollment e JOIN participants_consent c ON c.id = e.consent_id
WHERE e.state IN ('enrolled', 'active') AND NOT c.refused AND c.revoked_at IS NULL AND c.expires_at > wh_now()
  AND NOT EXISTS (SELECT 1 FROM foundation_timer t
    WHERE t.subject_kind = 'program_consent' AND t.subject_id = e.id AND t.step = 'runs_out' AND t.called_off_at IS NULL)
ORDER BY e.id
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0026_one_file")]
    operations: ClassVar = [migrations.RunSQL(MEND, migrations.RunSQL.noop)]
