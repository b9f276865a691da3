"""A person's own program, for their own page: their groups and what counts, their paid work and its weeks, what their program asks."""

from typing import ClassVar

from django.db import migrations

# Each is bound to the way in that acts, as `wh_own_page` is: theirs across all organizations, to anybody else nothing.
PROGRAMS = """
CREATE OR REPLACE FUNCTION wh_own_programs() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT e.code, e.state, e.applied_on, e.review_on, e.enrolled_on, e.ended_on, o.id AS organization_id, o.name AS organization,
               o.phone, f.code AS file, t.name, t.name_es,
               EXISTS (SELECT 1 FROM programs_cohortmember m WHERE m.enrollment_id = e.id) AS has_group,
               EXISTS (SELECT 1 FROM programs_paidwork w WHERE w.enrollment_id = e.id AND w.state <> 'not_begun') AS has_work
          FROM programs_enrollment e JOIN participants_participant f ON f.id = e.file_id
          JOIN network_organization o ON o.id = e.organization_id
          JOIN LATERAL (SELECT p.name, p.name_es FROM programs_programterms p WHERE p.program_id = e.program_id
                         ORDER BY (p.valid_from <= COALESCE(e.ended_on, wh_now()::date)) DESC, p.valid_from DESC LIMIT 1) t ON true
         WHERE f.person_id IN (SELECT wh_guard_own_people())
         ORDER BY (e.ended_on IS NULL) DESC, COALESCE(e.ended_on, e.enrolled_on, e.applied_on) DESC, e.id DESC LIMIT 4
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(mine)), '[]') FROM mine
$$;
"""
# The groups, the sessions of the versions that they run by, and what was said of who came: as it stands, without what was corrected.
SESSIONS = """
CREATE FUNCTION wh_own_sessions() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT m.enrollment_id, e.code AS enrollment, f.code AS file, c.version_id, c.name, u.name AS curriculum,
               u.name_es AS curriculum_es, o.name AS organization, o.phone,
               m.left_on IS NOT NULL OR c.ended_on IS NOT NULL AS is_over
          FROM programs_cohortmember m JOIN participants_participant f ON f.id = m.file_id
          JOIN programs_enrollment e ON e.id = m.enrollment_id JOIN programs_cohort c ON c.id = m.cohort_id
          JOIN programs_curriculumversion v ON v.id = c.version_id JOIN programs_curriculum u ON u.id = v.curriculum_id
          JOIN network_organization o ON o.id = m.organization_id
         WHERE f.person_id IN (SELECT wh_guard_own_people())
         ORDER BY is_over, m.joined_on DESC, m.id DESC LIMIT 4
    )
    SELECT jsonb_build_object(
        'groups', (SELECT COALESCE(jsonb_agg(to_jsonb(mine)), '[]') FROM mine),
        'sessions', (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', s.id, 'version_id', s.version_id, 'number', s.number,
                            'required', s.required, 'title', s.title, 'title_es', s.title_es) ORDER BY s.version_id, s.number), '[]')
                       FROM programs_sessiontemplate s WHERE s.version_id IN (SELECT version_id FROM mine)),
        'said', (SELECT COALESCE(jsonb_agg(jsonb_build_array(m.enrollment_id, a.template_id, a.mark, a."on", a.absence, a.excused,
                        t.make_up, m.cohort_id, t.cohort_id) ORDER BY a."on", a.id), '[]')
                   FROM programs_attendance a JOIN programs_cohortmember m ON m.id = a.member_id
                   JOIN programs_meeting t ON t.id = a.meeting_id
                  WHERE m.enrollment_id IN (SELECT enrollment_id FROM mine)
                    AND NOT EXISTS (SELECT 1 FROM programs_attendance x WHERE x.supersedes_id = a.id)))
$$;
"""
# Paid work with every week that was written down, what stands and what was said right since; and what was said to it.
WORK = """
CREATE FUNCTION wh_own_work() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT w.code, w.state, w.planned_from, w.planned_hours, w.started_on, LEAST(w.ended_on, e.ended_on) AS ended_on,
               e.code AS enrollment, o.id AS organization_id, o.name AS organization, o.phone, p.name AS employer,
               k.name AS supervisor, k.active AND k.mailbox_id IS NOT NULL AS is_mailed,
               (SELECT i.name FROM programs_introduction i WHERE i.work_id = w.id AND i.supervisor_id = w.supervisor_id
                 ORDER BY i.recorded_at DESC, i.id DESC LIMIT 1) AS known_as,
               (SELECT COALESCE(jsonb_agg(jsonb_build_object('id', g.id, 'hourly', g.hourly, 'valid_from', g.valid_from)
                       ORDER BY g.valid_from, g.id), '[]') FROM programs_workwage g WHERE g.work_id = w.id) AS wages,
               (SELECT COALESCE(jsonb_agg(jsonb_build_object('code', t.code, 'week', t.week, 'hours', t.hours, 'by', a.kind,
                       'stands', NOT EXISTS (SELECT 1 FROM programs_timesheet x WHERE x.supersedes_id = t.id),
                       'approved', s.approved, 'reason', s.reason, 'seen', s.seen, 'recorded_at', s.recorded_at)
                       ORDER BY t.week DESC, t.id DESC), '[]')
                  FROM programs_timesheet t JOIN foundation_actor a ON a.id = t.by_id
                  LEFT JOIN programs_timesheetanswer s ON s.timesheet_id = t.id WHERE t.work_id = w.id) AS weeks
          FROM programs_paidwork w JOIN participants_participant f ON f.id = w.file_id
          JOIN programs_enrollment e ON e.id = w.enrollment_id JOIN network_organization o ON o.id = w.organization_id
          JOIN employers_site l ON l.id = w.site_id JOIN employers_employer p ON p.id = l.employer_id
          JOIN employers_employercontact k ON k.id = w.supervisor_id
         WHERE f.person_id IN (SELECT wh_guard_own_people()) AND w.state <> 'not_begun'
         ORDER BY (w.ended_on IS NULL) DESC, w.planned_from DESC, w.id DESC LIMIT 4
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(mine)), '[]') FROM mine
$$;
"""
# What is known for the programs that they take part in or ask for. Never of the class violence_prevention: it is on no page.
ASKED = """
CREATE FUNCTION wh_own_eligibility() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT e.code, e.program_id, o.name AS organization, o.phone, t.name, t.name_es, c.birth_date, c.area,
               (SELECT COALESCE(jsonb_agg(jsonb_build_object('shown', p.shown, 'holds', p.holds, 'method', p.method,
                       'shown_on', p.shown_on, 'lapses_on', p.lapses_on) ORDER BY p.shown_on, p.id), '[]')
                  FROM programs_proof p WHERE p.file_id = e.file_id AND p.holds IS NOT NULL AND p.data_class <> 'violence_prevention'
                   AND NOT EXISTS (SELECT 1 FROM programs_proof x WHERE x.supersedes_id = p.id)) AS proofs,
               (SELECT COALESCE(jsonb_agg(jsonb_build_object('criterion', v.criterion, 'valid_from', v.valid_from,
                       'lapses_on', v.lapses_on) ORDER BY v.id), '[]')
                  FROM programs_waiver v WHERE v.file_id = e.file_id AND v.program_id = e.program_id AND v.granted
                   AND v.data_class <> 'violence_prevention') AS waivers
          FROM programs_enrollment e JOIN participants_participant f ON f.id = e.file_id
          JOIN network_organization o ON o.id = e.organization_id LEFT JOIN participants_contact c ON c.file_id = e.file_id
          JOIN LATERAL (SELECT p.name, p.name_es FROM programs_programterms p WHERE p.program_id = e.program_id
                         ORDER BY (p.valid_from <= wh_now()::date) DESC, p.valid_from DESC LIMIT 1) t ON true
         WHERE f.person_id IN (SELECT wh_guard_own_people()) AND e.ended_on IS NULL
         ORDER BY e.applied_on DESC, e.id DESC LIMIT 4
    )
    SELECT COALESCE(jsonb_agg(to_jsonb(mine)), '[]') FROM mine
$$;
"""
# Whoever worked hands in hours of theirs alone, as themself, behind a way in that is live; what is approved stands.
HOURS = """
CREATE FUNCTION wh_guard_own_hours() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE acts bigint := NULLIF(current_setting('wh.actor', true), '')::bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM foundation_actor a WHERE a.id IN (NEW.by_id, acts) AND a.kind = 'participant') AND (
        NEW.by_id IS DISTINCT FROM acts
        OR NOT EXISTS (SELECT 1 FROM participants_participant f WHERE f.id = NEW.file_id
                          AND f.person_id IN (SELECT wh_guard_own_people()))
        OR EXISTS (SELECT 1 FROM programs_timesheetanswer s WHERE s.timesheet_id = NEW.supersedes_id AND s.approved)) THEN
        RAISE EXCEPTION 'hours that are not theirs to write' USING ERRCODE = '23514', CONSTRAINT = 'wh_own_hours';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wh_p8_own_hours BEFORE INSERT ON programs_timesheet FOR EACH ROW EXECUTE FUNCTION wh_guard_own_hours();
"""
NO_HOURS = "DROP TRIGGER wh_p8_own_hours ON programs_timesheet; DROP FUNCTION wh_guard_own_hours()"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0024_two_at_once")]
    operations: ClassVar = [
        migrations.RunSQL(
            PROGRAMS, migrations.RunSQL.noop
        ),  # says more than it did: what it said before is in it
        migrations.RunSQL(SESSIONS, "DROP FUNCTION wh_own_sessions()"),
        migrations.RunSQL(WORK, "DROP FUNCTION wh_own_work()"),
        migrations.RunSQL(ASKED, "DROP FUNCTION wh_own_eligibility()"),
        migrations.RunSQL(HOURS, NO_HOURS),
    ]
