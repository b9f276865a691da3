"""The two tables of a hand-carried referral: what the person carries, and what the holder knows of it.

The slip stands for a service and a holder, and points at nobody; the holder's own row points at the slip. Whoever has the
code, the database or the printed page learns nothing about a person from it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import CHANGING, open_table, own


class Slip(models.Model):
    """What somebody carries. Its code is an HMAC of this row under a key kept elsewhere; only a digest is here, to find it by."""

    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    # Empty only while the row's number, which the code is made of, isn't known yet.
    digest = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField(db_default=WhNow())
    dies_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="slip_and_organization")
        ]

    class Rows:
        rule = open_table(
            "a service and a holder, read by whoever types its code: it points at nobody", CHANGING
        )


class CarriedReferral(models.Model):
    """What the holder knows of a referral that the person carried there: handed when, until when, and what came of it."""

    class Outcome(models.TextChoices):
        ARRIVED = "arrived", "they came, and are being helped"
        TURNED_AWAY = "turned_away", "they came, and could not be helped there"
        DID_NOT_GO = "did_not_go", "they did not go"
        NO_LONGER = "no_longer", "no longer wanted"

    class Told(models.TextChoices):
        RECEIVER = "receiver"
        PERSON = "person"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    slip = models.OneToOneField(Slip, on_delete=models.PROTECT, related_name="carried")
    language = models.CharField(max_length=5, default="en")
    handed_at = models.DateTimeField(db_default=WhNow())
    handed_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    told_by = models.CharField(max_length=10, choices=Told, blank=True)

    class Meta:
        ordering: ClassVar = ["-handed_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["person", "organization"], name="carried_whose")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="", told_by="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="") & ~Q(told_by="")),
                name="carried_closed_says_how",
            ),
        ]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "seven years after the person was released"
        forgetting = "stays: it holds numbers"
