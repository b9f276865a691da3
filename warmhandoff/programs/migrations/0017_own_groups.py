"""When a person's groups meet, for their own page; and one more reason why a meeting is at another time."""

from typing import Any, ClassVar

from django.db import migrations

OTHER_HOURS = "other_hours"

# Bound to the way in that acts, as `wh_own_page` is: theirs across all organizations, the next four, and nobody else's name.
GROUPS = """
CREATE FUNCTION wh_own_groups() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (SELECT f.id FROM participants_participant f WHERE f.person_id IN (SELECT wh_guard_own_people())),
    asked AS (
        SELECT t.id, t.template_id, false AS make_up FROM programs_cohortmember m JOIN programs_meeting t ON t.cohort_id = m.cohort_id
         WHERE m.file_id IN (SELECT id FROM mine) AND m.left_on IS NULL AND NOT t.make_up
           AND m.joined_on <= t.starts_at::date AND t.state = 'planned' AND t.ends_at > wh_now()
        UNION
        SELECT t.id, g.template_id, true FROM programs_makeup g JOIN programs_meeting t ON t.id = g.meeting_id
         WHERE g.file_id IN (SELECT id FROM mine) AND g.called_off_at IS NULL AND t.state = 'planned' AND t.ends_at > wh_now()
    ),
    next AS (
        SELECT a.make_up, t.starts_at, t.ends_at, t.room, c.name AS group, o.name AS organization, o.phone,
               s.number, s.title, s.title_es, s.required,
               (SELECT e.was_at FROM programs_meetingevent e WHERE e.meeting_id = t.id AND e.kind = 'moved'
                 ORDER BY e.id DESC LIMIT 1) AS was_at
          FROM asked a JOIN programs_meeting t ON t.id = a.id JOIN programs_cohort c ON c.id = t.cohort_id
          JOIN network_organization o ON o.id = t.organization_id JOIN programs_sessiontemplate s ON s.id = a.template_id
         ORDER BY t.starts_at, t.id, s.number LIMIT 4
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(next) ORDER BY next.starts_at, next.number), '[]') FROM next
$$;
"""


def write(apps: Any, schema_editor: Any) -> None:
    apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias).create(
        vocabulary="meeting_moved_why",
        code=OTHER_HOURS,
        en="The group meets at other hours",
        es="El grupo tiene otro horario",
        position=20,
    )


def erase(apps: Any, schema_editor: Any) -> None:
    apps.get_model("foundation", "Term").objects.using(schema_editor.connection.alias).filter(
        vocabulary="meeting_moved_why", code=OTHER_HOURS
    ).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0016_paid_work_kept"), ("referrals", "0030_paper_joins")]
    operations: ClassVar = [
        migrations.RunPython(write, erase),
        migrations.RunSQL(GROUPS, "DROP FUNCTION wh_own_groups()"),
    ]
