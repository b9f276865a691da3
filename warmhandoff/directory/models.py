"""Services."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from warmhandoff.foundation.codes import new_code, sort_key
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import CHANGING, open_table


class Service(models.Model):
    """Something that an organization does for people, described by itself."""

    class Requirement(models.TextChoices):
        NONE = "", _("nothing in particular")
        DIPLOMA = "diploma", _("a high-school diploma or its equivalent")
        PHOTO_ID = "photo_id", _("a photo ID")
        DRIVER_LICENSE = "driver_license", _("a driver's license")
        WOMEN = "women", _("for women")
        YOUNG_ADULT = "young_adult", _("for people aged 18 to 25")

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, related_name="services"
    )
    name = models.CharField(max_length=160)
    name_es = models.CharField(max_length=160, blank=True)
    name_sort = models.CharField(max_length=160, editable=False)
    service_code = models.CharField(max_length=20, db_index=True)
    area = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    mailbox = models.ForeignKey(
        "foundation.ContactPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    full_until = models.DateField(null=True, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    requirement = models.CharField(max_length=20, choices=Requirement, blank=True, default="")
    verified_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["organization__name_sort", "name_sort", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(active=True), name="service_once"
            ),
        ]

    class Rows:
        rule = open_table("the directory is for everyone", grants=CHANGING)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_sort = sort_key(self.name)
        super().save(*args, **kwargs)

    def in_language(self, language: str) -> str:
        return self.name_es if language.startswith("es") and self.name_es else self.name
