"""The one way to move the clock: forward, and only in a database that its owner marked as a demo."""

from typing import ClassVar

from django.db import migrations

# Runs as the owner, since the app's login can't write the mark. The row's lock lets two presses follow one another.
MOVE_CLOCK = """
CREATE FUNCTION wh_move_clock(forward interval) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF forward IS NULL OR forward < interval '0' THEN
        RAISE EXCEPTION 'the clock only moves forward' USING ERRCODE = '22023', CONSTRAINT = 'wh_clock_forward';
    END IF;
    UPDATE foundation_databasemark SET clock_offset = clock_offset + forward WHERE kind = 'demo';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a demo moves its clock' USING ERRCODE = '42501', CONSTRAINT = 'wh_clock_demo';
    END IF;
    RETURN wh_now();
END
$$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("foundation", "0003_crossing")]
    operations: ClassVar = [migrations.RunSQL(MOVE_CLOCK, "DROP FUNCTION wh_move_clock(interval)")]
