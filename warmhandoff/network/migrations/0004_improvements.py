"""The network's list of what doesn't work for those who use this."""

from typing import ClassVar

import django.db.models.deletion
import warmhandoff.foundation.codes
import warmhandoff.foundation.database
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("foundation", "0006_open_form"),
        ("network", "0003_account_mail"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Improvement",
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
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("looking", "looking at it"),
                            ("planned", "planned"),
                            ("done", "done"),
                            ("not_now", "not now"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=240)),
                ("said_es", models.CharField(blank=True, max_length=240)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("words_es", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ("changed_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="network.improvement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImprovementChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("looking", "looking at it"),
                            ("planned", "planned"),
                            ("done", "done"),
                            ("not_now", "not now"),
                        ],
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=240)),
                ("said_es", models.CharField(blank=True, max_length=240)),
                ("at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.actor"
                    ),
                ),
                (
                    "improvement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="network.improvement",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="ImprovementReport",
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
                ("role", models.CharField(blank=True, max_length=24)),
                ("page", models.CharField(blank=True, max_length=60)),
                ("version", models.CharField(blank=True, max_length=40)),
                ("width", models.CharField(blank=True, max_length=10)),
                ("language", models.CharField(max_length=5)),
                ("may_ask_back", models.BooleanField(default=False)),
                ("at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.actor",
                    ),
                ),
                (
                    "improvement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="network.improvement",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ImprovementVoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.actor"
                    ),
                ),
                (
                    "improvement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voices",
                        to="network.improvement",
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
        ),
        migrations.CreateModel(
            name="ImprovementWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("trying", models.TextField(max_length=1000)),
                ("happened", models.TextField(blank=True, max_length=1000)),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="typed",
                        to="network.improvementreport",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="improvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into__isnull", True),
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="improvement_not_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="improvement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["new", "looking"]), models.Q(("said", ""), _negated=True), _connector="OR"
                ),
                name="improvement_decided_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="improvementvoice",
            constraint=models.UniqueConstraint(
                fields=("improvement", "organization"), name="improvementvoice_once"
            ),
        ),
    ]
