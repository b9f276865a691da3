"""A file of partners on its way into the directory: kept only while somebody works on it, and read by their organization alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import CHANGING, own


class PartnerImport(models.Model):
    """One file: uploaded, its columns matched, tried, brought in. What it held is deleted with its end; the counts stay."""

    class Scope(models.TextChoices):
        NETWORK = "network", "organizations that are listed, by the network's office"
        OWN = "own", "an organization's own services"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        TRYING = "trying"
        TRIED = "tried"
        WRITING = "writing"
        DONE = "done"
        FAILED = "failed"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=WhNow())
    scope = models.CharField(max_length=10, choices=Scope)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    # Where each of our columns stands in the file, by the file's own heading: remembered for the next one.
    columns = models.JSONField(default=dict)
    keep_good = models.BooleanField(default=False)
    content = models.BinaryField(null=True)
    errors_file = models.BinaryField(null=True)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    # How many were added, changed, unchanged; the first troubles and the first rows, to be shown.
    counts = models.JSONField(default=dict)
    shown = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organization", "-made_at"], name="partnerimport_newest")]
        app_label = "directory"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(ended_at__isnull=False, content__isnull=True, state__in=["done", "failed"]),
                name="partnerimport_ended_keeps_no_file",
            )
        ]

    class Rows:
        rule = own(grants=CHANGING)
