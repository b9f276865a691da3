"""Mails about accounts wait sealed in a table of their own until the worker sends them."""

from typing import ClassVar

from django.db import migrations, models

import warmhandoff.foundation.database


class Migration(migrations.Migration):
    dependencies: ClassVar = [("network", "0002_keys_of_foundation")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AccountMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("sealed", models.BinaryField()),
                ("queued_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ("useless_after", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
