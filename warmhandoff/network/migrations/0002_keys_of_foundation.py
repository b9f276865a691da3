"""Foundation knows organizations, members and queues by number alone; here the numbers become foreign keys. And the
agreement as a reason to cross."""

from typing import ClassVar

from django.db import migrations

KEYS = (
    ("foundation_actor", "organization_id", "network_organization"),
    ("foundation_contactpoint", "organization_id", "network_organization"),
    ("foundation_duty", "organization_id", "network_organization"),
    ("foundation_duty", "membership_id", "network_membership"),
    ("foundation_duty", "queue_id", "network_queue"),
    ("foundation_timer", "organization_id", "network_organization"),
    ("foundation_message", "organization_id", "network_organization"),
    ("foundation_message", "contact_point_id", "foundation_contactpoint"),
    ("foundation_accesslog", "organization_id", "network_organization"),
)

# The agreement names the organization that signed it and, by its queue, the one that takes its people: either may act
# for the other, for what the agreement is about.
BECAUSE_AGREEMENT = """
CREATE FUNCTION wh_because_agreement(here bigint, target bigint, agreement bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM network_agreement a JOIN network_queue q ON q.id = a.escheat_queue_id
        WHERE a.id = agreement AND a.ends_on IS NULL
          AND ((a.organization_id = here AND q.organization_id = target)
            OR (a.organization_id = target AND q.organization_id = here)))
$$
"""


def _key(table: str, column: str, target: str) -> migrations.RunSQL:
    name = f"{table}_{column}_key"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {target} (id)"
        " DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("network", "0001_initial"), ("foundation", "0003_crossing")]
    operations: ClassVar = [
        *(_key(*row) for row in KEYS),
        migrations.RunSQL(BECAUSE_AGREEMENT, "DROP FUNCTION wh_because_agreement(bigint, bigint, bigint)"),
    ]
