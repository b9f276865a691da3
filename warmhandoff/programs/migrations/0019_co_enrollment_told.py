"""Whether somebody agreed, when they enrolled, that the agency learns of another program they take part in."""

from typing import ClassVar

from django.db import migrations

# The share is of the class of taking part alone; what its consent names besides stands in the consent, which only the provider reads.
TOLD = migrations.RunSQL(
    """
    CREATE FUNCTION wh_told_of_co_enrollment(file bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT EXISTS (
            SELECT 1 FROM participants_share s JOIN participants_consent c ON c.id = s.consent_id
            WHERE s.file_id = file AND s.recipient_id = NULLIF(current_setting('wh.organization', true), '')::bigint
              AND s.basis = 'program' AND s.revoked_at IS NULL AND s.until > wh_now()
              AND c.revoked_at IS NULL AND 'violence_prevention' = ANY(c.data_classes))
    $$
    """,
    "DROP FUNCTION wh_told_of_co_enrollment(bigint)",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0018_enrollment_stands_on"), ("participants", "0017_own_page_of_a_file")]
    operations: ClassVar = [TOLD]
