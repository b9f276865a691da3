"""How far the demo's own telling has come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import APPENDING, open_table


class ToldLife(models.Model):
    """One of the earlier months' lives was told. Its row and the life are one transaction, so none is told twice."""

    number = models.PositiveIntegerField(primary_key=True)
    told_at = models.DateTimeField(db_default=WhNow())
    # A made-up life that the rules refused is left out, and said to be.
    refused = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]

    class Rows:
        rule = open_table("numbers of made-up lives, in a demo alone", grants=APPENDING)
