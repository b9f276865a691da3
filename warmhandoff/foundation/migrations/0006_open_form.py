"""Who has a form open that changes a thing."""

from typing import ClassVar

import warmhandoff.foundation.database
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("foundation", "0005_mailbox_actor"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OpenForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organization_id", models.BigIntegerField()),
                ("membership_id", models.BigIntegerField()),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.BigIntegerField()),
                ("opened_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ("until", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "subject_kind", "subject_id", "membership_id"),
                        name="openform_once",
                    )
                ],
            },
        ),
    ]
