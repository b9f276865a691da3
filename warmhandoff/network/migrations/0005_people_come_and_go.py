"""Days away and who covers; and when an account was opened again."""

import django.db.models.deletion
import warmhandoff.foundation.codes
import warmhandoff.foundation.database
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0006_open_form"),
        ("network", "0004_improvements"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="opened_again_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        default=warmhandoff.foundation.codes.new_code, max_length=12, unique=True
                    ),
                ),
                ("from_day", models.DateField()),
                ("until_day", models.DateField()),
                ("said_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("early", "Early"),
                            ("replaced", "Replaced"),
                            ("cover_left", "Cover Left"),
                            ("left", "Left"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="network.membership",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.actor",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
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
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.actor"
                    ),
                ),
            ],
            options={
                "ordering": ["from_day", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["organization", "until_day"],
                        name="absence_not_ended",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_day__gte", models.F("from_day"))),
                        name="absence_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cover__isnull", True),
                            models.Q(("cover", models.F("membership")), _negated=True),
                            _connector="OR",
                        ),
                        name="absence_covered_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("ended_by__isnull", True), ("ended_how", "")
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("ended_how", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="absence_ended_by_someone",
                    ),
                ],
            },
        ),
    ]
