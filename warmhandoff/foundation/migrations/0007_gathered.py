"""Messages that wait for their reader's daily digest."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("foundation", "0006_open_form")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="message",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("gathered", "Gathered"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                    ("past", "Past"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "gathered")), fields=["contact_point_id"], name="message_gathered"
            ),
        ),
    ]
