"""What stands under a file is of that file's organization."""

from typing import ClassVar

from django.db import migrations

from warmhandoff.participants.under_a_file import same_organization


class Migration(migrations.Migration):
    dependencies: ClassVar = [("programs", "0001_program")]
    operations: ClassVar = [
        same_organization("programs_enrollment"),
        same_organization("programs_enrollmentevent"),
    ]
