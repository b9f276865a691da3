"""The daily count of who has no holder: two numbers, so that a board over the whole network reads nobody's rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import SELECT, open_table


class HolderCheck(models.Model):
    """How many people were open at a moment, and how many of them had no holder: counted by the owner's function."""

    checked_at = models.DateTimeField(db_default=WhNow())
    people = models.PositiveIntegerField()
    without_holder = models.PositiveIntegerField()

    class Meta:
        app_label = "referrals"
        indexes: ClassVar = [models.Index(fields=["-checked_at"], name="holdercheck_newest")]

    class Rows:
        rule = open_table("two numbers of the whole network, written by the database alone", grants=(SELECT,))
