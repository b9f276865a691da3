"""A row of schooling belongs to its file's organization, and a copied one names its share: as every table of a class."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0003_schooling")]
    operations: ClassVar = [
        files._same_organization("schooling"),
        *files._copied_by_a_share("schooling", "'work_education'"),
    ]
