"""The ground: the mark of a demo or test database, the database's own clock, and the two ways to set who acts."""

from typing import ClassVar

from django.db import migrations, models

# STABLE, and pinned to our schema: policies, defaults and triggers all read the time here. The override (wh.now) and the
# offset are honored only in a database that its owner marked as a demo or a test.
NOW = """
CREATE FUNCTION wh_now() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE(
        (SELECT COALESCE(NULLIF(current_setting('wh.now', true), '')::timestamptz, now() + m.clock_offset)
           FROM foundation_databasemark m ORDER BY m.kind LIMIT 1),
        now())
$$
"""

ENTER = """
CREATE FUNCTION wh_enter(organization text, actor text, classes text, purpose text, moment text)
RETURNS timestamptz LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('wh.organization', organization, true),
            set_config('wh.actor', actor, true),
            set_config('wh.classes', classes, true),
            set_config('wh.purpose', purpose, true),
            set_config('wh.now', moment, true);
    RETURN wh_now();
END
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="DatabaseMark",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("demo", "demo"), ("test", "test")], max_length=10, primary_key=True, serialize=False
                    ),
                ),
                ("clock_offset", models.DurationField()),
                ("marked_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(NOW, "DROP FUNCTION wh_now()"),
        migrations.RunSQL(ENTER, "DROP FUNCTION wh_enter(text, text, text, text, text)"),
    ]
