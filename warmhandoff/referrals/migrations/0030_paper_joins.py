"""Two files of one person that are put together: what somebody carries on paper goes along, and back where they are parted again.

By the database itself, with the link, as a paper goes with a custody that begins (migration 0017). A paper is the holder's alone: no
other organization has written anything with the person of it.
"""

from typing import ClassVar

from django.db import migrations

JOINS = """
CREATE FUNCTION wh_guard_paper_joins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE referrals_carriedreferral SET person_id = NEW.kept_id
         WHERE person_id = NEW.closed_id AND organization_id = NEW.organization_id AND closed_at IS NULL;
    ELSIF OLD.known_to IS NULL AND NEW.known_to IS NOT NULL THEN
        UPDATE referrals_carriedreferral SET person_id = NEW.closed_id
         WHERE person_id = NEW.kept_id AND organization_id = NEW.organization_id AND closed_at IS NULL
           AND id IN (SELECT d.subject_id FROM foundation_duty d
                      WHERE d.id = ANY(NEW.moved_duties) AND d.subject_kind = 'carried' AND d.closed_at IS NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wh_paper_joins AFTER INSERT OR UPDATE ON custody_link
    FOR EACH ROW WHEN (NEW.basis = 'merge' AND NEW.custody_id IS NOT NULL) EXECUTE FUNCTION wh_guard_paper_joins()
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0029_who_is_told"), ("custody", "0010_take_over_by_code")]
    operations: ClassVar = [
        migrations.RunSQL(
            JOINS, "DROP TRIGGER wh_paper_joins ON custody_link; DROP FUNCTION wh_guard_paper_joins()"
        ),
    ]
