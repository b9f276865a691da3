"""A hand-carried referral is about someone whom its organization has a file on, and by a slip of its own."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")


def _own(column: str, table: str, columns: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        files._drop_key("referrals_carriedreferral", column)
        + f"ALTER TABLE referrals_carriedreferral ADD CONSTRAINT {name} FOREIGN KEY ({column}, organization_id)"
        f" REFERENCES {table} ({columns}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE referrals_carriedreferral DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0005_carried")]
    operations: ClassVar = [
        _own("slip_id", "referrals_slip", "id, organization_id", "carried_slip_and_organization"),
        _own("person_id", "participants_participant", "person_id, organization_id", "carried_person_is_ours"),
    ]
