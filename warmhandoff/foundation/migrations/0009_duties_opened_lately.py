"""What came up lately is found without going through all that is open in an organization."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("foundation", "0008_timers_say_why")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["organization_id", "opened_at"],
                name="duty_opened_lately",
            ),
        ),
    ]
