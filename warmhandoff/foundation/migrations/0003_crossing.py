"""Crossing to another organization's rows; duties that can't be put off for ever; and when an event was recorded."""

from typing import ClassVar

from django.db import migrations

# Runs as the owner: it must see both sides to confirm the reason. Each room defines wh_because_<kind>(here, target, id).
CROSS = """
CREATE FUNCTION wh_cross(target bigint, because_kind text, because_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := NULLIF(current_setting('wh.organization', true), '')::bigint;
    allowed boolean;
BEGIN
    IF here IS NULL OR target IS NULL OR because_kind !~ '^[a-z_]{1,30}$' THEN
        RAISE EXCEPTION 'nobody acts here' USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    EXECUTE format('SELECT %I($1, $2, $3)', 'wh_because_' || because_kind) INTO allowed USING here, target, because_id;
    IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'organization % may not act for % because of % %', here, target, because_kind, because_id
            USING ERRCODE = '42501', CONSTRAINT = 'wh_crossing';
    END IF;
    INSERT INTO foundation_crossing (actor_id, from_organization_id, to_organization_id, because_kind, because_id)
    VALUES (NULLIF(current_setting('wh.actor', true), '')::bigint, here, target, because_kind, because_id);
    PERFORM set_config('wh.organization', target::text, true);
END
$$
"""

# One day of grace: a deadline is the end of office hours of its day, and daylight-saving time moves an hour.
DUTY_DAYS = """
ALTER TABLE foundation_duty ADD CONSTRAINT duty_within_its_days
    CHECK (due_at <= set_at + (max_days + 1) * interval '24 hours')
"""

# The days count from the moment at which the date was set, and the database alone says when that was.
DUTY_SET = """
CREATE FUNCTION wh_guard_duty_set() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.due_at IS DISTINCT FROM OLD.due_at THEN
        NEW.set_at := wh_now();
    ELSE
        NEW.set_at := OLD.set_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p2_set BEFORE INSERT OR UPDATE ON foundation_duty
    FOR EACH ROW EXECUTE FUNCTION wh_guard_duty_set()
"""

# When an event was recorded is nobody's to say: each room puts this on its event table.
RECORDED = """
CREATE FUNCTION wh_guard_recorded() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.recorded_at := wh_now();
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("foundation", "0002_shared")]
    operations: ClassVar = [
        migrations.RunSQL(CROSS, "DROP FUNCTION wh_cross(bigint, text, bigint)"),
        migrations.RunSQL(DUTY_DAYS, "ALTER TABLE foundation_duty DROP CONSTRAINT duty_within_its_days"),
        migrations.RunSQL(DUTY_SET, "DROP TRIGGER wh_p2_set ON foundation_duty; DROP FUNCTION wh_guard_duty_set()"),
        migrations.RunSQL(RECORDED, "DROP FUNCTION wh_guard_recorded()"),
    ]
