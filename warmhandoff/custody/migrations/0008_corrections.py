"""A finished step can be opened again: by a correction that says why, once, by who finished it or a lead."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

kept = import_module("warmhandoff.participants.migrations.0012_corrections_kept")

KINDS = (
    "taken_in", "assigned", "moved_out", "moved_in", "escheated_out", "escheated_in", "next_step_set", "next_step_done",
    "released", "asked", "asked_of_us", "offered", "offered_to_us", "refused", "asking_withdrawn", "asking_expired", "linked",
    "kept", "unlinked", "merged", "unmerged", "struck",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("custody", "0007_ask_a_partner"), ("participants", "0012_corrections_kept")]
    operations: ClassVar = [
        migrations.AlterField(
            "custodyevent",
            "kind",
            models.CharField(
                choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS], max_length=20
            ),
        ),
        migrations.AddConstraint(
            "custodyevent",
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=models.Q(supersedes__isnull=False),
                name="custodyevent_corrected_once",
            ),
        ),
        kept._correction(
            "custody_custodyevent",
            "by_id",
            "e.person_id = NEW.person_id AND e.kind = 'next_step_done' AND NEW.kind = 'struck'",
        ),
    ]
