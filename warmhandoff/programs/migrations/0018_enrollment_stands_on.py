"""Whoever is enrolled said yes; and an enrollment is of the organization, and in the program, that its contract names."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0017_own_groups")]
    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.CheckConstraint(
                condition=models.Q(("enrolled_on__isnull", True), ("consent__isnull", False), _connector="OR"),
                name="enrollment_enrolled_by_consent",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE programs_contract ADD CONSTRAINT contract_provider_and_program UNIQUE (id, provider_id, program_id);"
            "ALTER TABLE programs_enrollment ADD CONSTRAINT enrollment_by_its_contract"
            " FOREIGN KEY (contract_id, organization_id, program_id)"
            " REFERENCES programs_contract (id, provider_id, program_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE programs_enrollment DROP CONSTRAINT enrollment_by_its_contract;"
            "ALTER TABLE programs_contract DROP CONSTRAINT contract_provider_and_program",
        ),
    ]
