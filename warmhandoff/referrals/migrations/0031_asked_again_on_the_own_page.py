"""A person's own page tells of a place that said no and was asked once more: how often each place was asked comes along."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

BEFORE: str = import_module("warmhandoff.referrals.migrations.0026_own_page").PAGE.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
PAGE = BEFORE.replace("'stage', r.stage,", "'stage', r.stage, 'asked_times', r.asked_times,")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("referrals", "0030_paper_joins")]
    operations: ClassVar = [migrations.RunSQL(PAGE, BEFORE)]
