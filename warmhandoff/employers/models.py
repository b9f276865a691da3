"""Employers, where they give work, and whom one of our organizations asks there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code, sort_key
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import CHANGING, open_table, own

ABOUT_NOBODY = "which employers there are, and where: known to every member, about no participant"


class Ends(models.Model):
    """Kept after it has ended, with who ended it and when."""

    active = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


class Employer(models.Model):
    """Whoever gives people work. Where it is one of the network's own organizations, that is said."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    name = models.CharField(max_length=160, unique=True)
    name_sort = models.CharField(max_length=160, editable=False, db_index=True)
    organization = models.OneToOneField(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["name_sort", "id"]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_sort = sort_key(self.name)
        super().save(*args, **kwargs)


class Site(Ends):
    """A work address. Its locality says which least wage holds there; so does its industry, where one has its own."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200)
    locality = models.ForeignKey("labor_market.Locality", on_delete=models.PROTECT, related_name="+")
    # How we know where the address lies: nobody is to guess it from a ZIP code, which crosses boundaries.
    locality_source = models.CharField(max_length=160, blank=True)
    industry = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering: ClassVar = ["employer_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["employer", "address"], condition=Q(active=True), name="site_once"
            )
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)

    def __str__(self) -> str:
        return self.name or self.address


class EmployerContact(Ends):
    """Whom one of our organizations asks at an employer. Its own: who knows whom is nobody else's business."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mailbox = models.ForeignKey(
        "foundation.ContactPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name", "id"]

    class Rows:
        rule = own(grants=CHANGING)

    def __str__(self) -> str:
        return self.name
