"""What was said before is kept for each answer of a file, and not for the contact alone; the table has a name that says so."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_keys_of_foundation"),
        ("participants", "0012_corrections_kept"),
    ]

    operations = [
        migrations.RenameModel("ContactChange", "FileChange"),
        migrations.AlterField(
            model_name="filechange",
            name="file",
            field=models.ForeignKey(on_delete=PROTECT, related_name="+", to="participants.participant"),
        ),
        migrations.AddField(
            model_name="filechange",
            name="data_class",
            field=models.CharField(default="contact", max_length=20),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="unanswered",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_asked", "not asked yet"),
                    ("doesnt_know", "doesn't know"),
                    ("prefers_not", "prefers not to say"),
                ],
                max_length=12,
            ),
        ),
    ]
