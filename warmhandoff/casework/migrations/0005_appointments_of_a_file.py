"""Appointments and record clearance: of their file's organization, corrected and not changed; and what a person reads of their own."""

from typing import ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import corrected_by_who_may, recorded_now, same_organization

# As the rest of a person's own page: bound to the live way in that acts, across organizations. What it is about isn't told: whoever
# looks over a shoulder reads when, where and with whom.
OWN = """
CREATE FUNCTION wh_own_appointments() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF wh_guard_own_file() IS NULL THEN RETURN NULL; END IF;
    RETURN (SELECT COALESCE(jsonb_agg(jsonb_build_object('starts_at', a.starts_at, 'how', a.how, 'who', u.name,
                   'organization', o.name, 'phone', COALESCE(NULLIF(m.phone, ''), o.phone), 'address', l.address,
                   'getting_there', l.getting_there, 'getting_there_es', l.getting_there_es) ORDER BY a.starts_at, a.id), '[]')
              FROM casework_appointment a JOIN participants_participant f ON f.id = a.file_id
              JOIN network_organization o ON o.id = a.organization_id JOIN network_membership m ON m.id = a.membership_id
              JOIN network_user u ON u.id = m.user_id LEFT JOIN directory_location l ON l.id = a.location_id
             WHERE f.person_id IN (SELECT wh_guard_own_people()) AND a.state = 'planned' AND a.ends_at > wh_now());
END $$;
"""
TABLES = ("appointment", "appointmentevent", "clearance", "clearanceevent")
EVENTS = {
    "appointmentevent": "e.appointment_id = NEW.appointment_id",
    "clearanceevent": "e.clearance_id = NEW.clearance_id",
}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0004_appointments"), ("referrals", "0030_paper_joins")]
    operations: ClassVar = [
        *(same_organization(f"casework_{table}") for table in TABLES),
        *(recorded_now(f"casework_{table}") for table in EVENTS),
        *(corrected_by_who_may(f"casework_{table}", same) for table, same in EVENTS.items()),
        migrations.RunSQL(OWN, "DROP FUNCTION wh_own_appointments()"),
    ]
