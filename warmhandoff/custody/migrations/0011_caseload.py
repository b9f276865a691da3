"""People given to a colleague with a caseload, until the colleague says that they have them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import warmhandoff.foundation.codes
import warmhandoff.foundation.database
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0010_take_over_by_code"),
        ("foundation", "0006_open_form"),
        ("network", "0005_people_come_and_go"),
        ("participants", "0014_said_before_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Given",
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
                    "seen_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("given_at", models.DateTimeField(db_default=warmhandoff.foundation.database.WhNow())),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="foundation.actor",
                    ),
                ),
                (
                    "custody",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given",
                        to="custody.custody",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="foundation.actor"
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="participants.person",
                    ),
                ),
            ],
            options={
                "ordering": ["given_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("confirmed_at__isnull", True)),
                        fields=["organization", "given_by"],
                        name="given_not_confirmed",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="given_confirmed_by_someone",
                    )
                ],
            },
        ),
    ]
