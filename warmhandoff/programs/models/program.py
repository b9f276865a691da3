"""A program as data: what it is called and asks goes by the day, and so does who delivers it, for whom and with whose money."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.rows import CHANGING, open_table

ABOUT_NOBODY = "which programs there are, and who delivers them: about nobody"


class Program(models.Model):
    """What people enroll in. Its `slug` stays; everything else goes by the day (`ProgramTerms`)."""

    slug = models.SlugField(max_length=40, unique=True)
    code = models.CharField(max_length=12, unique=True, default=new_code)
    # Where it is, if in another place: read and compared here, and delivered by nobody here.
    elsewhere = models.CharField(max_length=120, blank=True, default="")

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)

    def __str__(self) -> str:
        return self.slug


class Dated(models.Model):
    """In force from a day to a day, both included; open-ended without the second."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        name=f"{name}_ends_after_it_begins",
    )


class ProgramTerms(Dated):
    """What a program is called and goes by, from a day on. A new row follows the one before; none is changed for the past."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120)
    about = models.TextField(max_length=600, blank=True)
    about_es = models.TextField(max_length=600, blank=True)
    # Without a service for so many days, and none planned, somebody is out: computed, never typed.
    exit_after_days = models.PositiveSmallIntegerField(default=90)
    source = models.CharField(max_length=250)
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["program_id", "valid_from"]
        constraints: ClassVar = [
            ends_after_it_begins("programterms"),
            models.UniqueConstraint(fields=["program", "valid_from"], name="programterms_once_a_day"),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


class Funding(Dated):
    """Whose money: a grant, and which tranche of it."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="fundings")
    code = models.CharField(max_length=12, unique=True, default=new_code)
    grant = models.CharField(max_length=120)
    tranche = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=250)

    class Meta:
        ordering: ClassVar = ["program_id", "valid_from", "id"]
        constraints: ClassVar = [
            ends_after_it_begins("funding"),
            models.UniqueConstraint(fields=["program", "grant", "tranche"], name="funding_once"),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


class Contract(Dated):
    """An organization delivers a program for an agency: from when to when, for how many, where, with whose money."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="contracts")
    provider = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    funding = models.ForeignKey(Funding, on_delete=models.PROTECT, related_name="contracts")
    slots = models.PositiveIntegerField()
    # Codes of the place's areas; empty: everywhere.
    areas = ArrayField(models.CharField(max_length=30), default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["program_id", "provider_id", "valid_from"]
        constraints: ClassVar = [
            ends_after_it_begins("contract"),
            models.CheckConstraint(condition=~Q(provider=F("agency")), name="contract_between_two"),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)
