"""Being away, kept by the database: nobody is away twice at once, nobody covers who is away themselves, who has left is neither
away nor covers, and what was said stays.

One lock an organization stands before every such question, so that two who arrange at once do not each find that all is well.
"""

from typing import ClassVar

from django.db import migrations

ARRANGING = """
CREATE FUNCTION wh_arrange_absences(organization bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('wh_absences', organization))
$$
"""

GUARD = """
CREATE FUNCTION wh_guard_absence() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.ended_at IS NOT NULL
           OR (OLD.id, OLD.code, OLD.organization_id, OLD.membership_id, OLD.cover_id, OLD.from_day, OLD.until_day,
               OLD.said_by_id, OLD.said_at)
              IS DISTINCT FROM
              (NEW.id, NEW.code, NEW.organization_id, NEW.membership_id, NEW.cover_id, NEW.from_day, NEW.until_day,
               NEW.said_by_id, NEW.said_at) THEN
            RAISE EXCEPTION 'absence % is history', OLD.id USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_absence';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'an absence begins before it ends' USING ERRCODE = '23514', CONSTRAINT = 'wh_p7_absence';
    END IF;
    PERFORM wh_arrange_absences(NEW.organization_id);
    -- Both work here, and stay until this transaction has ended.
    PERFORM 1 FROM network_membership m JOIN network_user u ON u.id = m.user_id
        WHERE m.id IN (NEW.membership_id, NEW.cover_id) AND m.organization_id = NEW.organization_id
          AND m.state = 'active' AND u.is_active ORDER BY m.id FOR SHARE OF m, u;
    GET DIAGNOSTICS here = ROW_COUNT;
    IF here <> (CASE WHEN NEW.cover_id IS NULL THEN 1 ELSE 2 END) THEN
        RAISE EXCEPTION 'absence % of or covered by somebody who does not work there', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_absence_answers';
    END IF;
    IF EXISTS (SELECT 1 FROM network_absence a WHERE a.membership_id = NEW.membership_id AND a.id <> NEW.id
               AND a.ended_at IS NULL AND a.from_day <= NEW.until_day AND a.until_day >= NEW.from_day) THEN
        RAISE EXCEPTION 'absence % overlaps another', NEW.id USING ERRCODE = '23514', CONSTRAINT = 'wh_absence_once';
    END IF;
    IF EXISTS (SELECT 1 FROM network_absence a WHERE a.id <> NEW.id
               AND (a.membership_id = NEW.cover_id OR a.cover_id = NEW.membership_id)
               AND a.ended_at IS NULL AND a.from_day <= NEW.until_day AND a.until_day >= NEW.from_day) THEN
        RAISE EXCEPTION 'absence % is covered by somebody who is away', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_absence_chain';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_absence BEFORE INSERT OR UPDATE ON network_absence FOR EACH ROW EXECUTE FUNCTION wh_guard_absence()
"""

# A day that is over in one place is not in another: what ends today or has ended is nobody's burden any more.
LEAVING = """
CREATE FUNCTION wh_guard_absence_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'active' AND EXISTS (
        SELECT 1 FROM network_absence a WHERE NEW.id IN (a.membership_id, a.cover_id) AND a.ended_at IS NULL
           AND a.until_day > (wh_now() AT TIME ZONE 'UTC')::date) THEN
        RAISE EXCEPTION 'membership % has left and still covers, or is still away', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'wh_absence_answers';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER wh_absence_left AFTER UPDATE ON network_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wh_guard_absence_left()
"""

UNDO = """
DROP TRIGGER wh_absence_left ON network_membership; DROP FUNCTION wh_guard_absence_left();
DROP TRIGGER wh_absence ON network_absence; DROP FUNCTION wh_guard_absence();
DROP FUNCTION wh_arrange_absences(bigint);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("network", "0005_people_come_and_go")]
    operations: ClassVar = [migrations.RunSQL(ARRANGING + ";" + GUARD + ";" + LEAVING, UNDO)]
