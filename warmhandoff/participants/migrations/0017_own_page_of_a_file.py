"""Rows of a person's own page belong to their file's organization."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

files = import_module("warmhandoff.participants.migrations.0002_files")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("participants", "0016_listing_by_code")]
    operations: ClassVar = [
        files._same_organization(table) for table in ("ownaccess", "saidwrong", "pagequestion")
    ]
