"""How far each member's daily digests have come, and how somebody wants theirs."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import warmhandoff.foundation.database


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("foundation", "0007_gathered"),
        ("network", "0006_absence_kept"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("decided_at", models.DateTimeField()),
                ("since", models.DateTimeField()),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digest",
                        to="network.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MailChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        choices=[("daily", "Daily"), ("pressing", "Pressing"), ("duties", "Duties")],
                        default="daily",
                        max_length=10,
                    ),
                ),
                ("chosen_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.actor",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mail_choices",
                        to="network.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.organization",
                    ),
                ),
            ],
            options={"ordering": ["-chosen_at", "-id"]},
        ),
    ]
