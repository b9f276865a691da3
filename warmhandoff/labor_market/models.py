"""Occupations and what they pay, where work is done, and the least that an hour of it pays there. No table here is about anybody."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from warmhandoff.foundation.codes import new_code, sort_key
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import Actor
from warmhandoff.foundation.rows import CHANGING, EVERYTHING, open_table

ABOUT_NOBODY = "the labor market is for everyone: occupations, wages, and the law's least wage, about nobody"


class Occupation(models.Model):
    """An occupation by its number in the Standard Occupational Classification."""

    soc = models.CharField(max_length=7, unique=True)
    title = models.CharField(max_length=160)
    title_sort = models.CharField(max_length=160, editable=False, db_index=True)

    class Meta:
        ordering: ClassVar = ["title_sort", "soc"]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title_sort = sort_key(self.title)
        super().save(*args, **kwargs)


class Wage(models.Model):
    """What an hour of an occupation pays in a survey area, as of a survey. Dollars; none where the survey keeps a number back."""

    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="wages")
    area_code = models.CharField(max_length=7)
    area = models.CharField(max_length=120)
    as_of = models.DateField()
    employment = models.PositiveIntegerField(null=True, blank=True)
    mean = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    p10 = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    p25 = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    median = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    p75 = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    p90 = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=250)

    class Meta:
        ordering: ClassVar = ["occupation_id", "area_code", "-as_of"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["occupation", "area_code", "as_of"], name="wage_once")
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


class TargetSector(models.Model):
    """A part of the labor market that the place trains people for."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=250)
    verified_on = models.DateField(null=True, blank=True)
    occupations = models.ManyToManyField(Occupation, related_name="sectors")

    class Meta:
        ordering: ClassVar = ["position", "slug"]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=EVERYTHING)

    def in_language(self, language: str) -> str:
        return self.name_es if language.startswith("es") else self.name


class Locality(models.Model):
    """Where a work address lies, as wage law sees it: a city, what is outside of any, and the state around them all."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80)
    within = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="places_within"
    )
    position = models.PositiveSmallIntegerField(default=0)
    # Whether a work address may be said to lie there; a state is around one, and is not where it lies.
    has_addresses = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "code"]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)

    def __str__(self) -> str:
        return self.name

    def in_language(self, language: str) -> str:
        return self.name_es if language.startswith("es") else self.name


class FloorQuerySet(models.QuerySet["WageFloor"]):
    def in_force_on(self, day: date) -> FloorQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class WageFloor(models.Model):
    """The least an hour pays in a locality, from a day on; `industry` empty: in every one.

    A new row follows the one before. None is changed for a day that has passed: work was paid by it (a trigger holds us to it).
    """

    code = models.CharField(max_length=12, unique=True, default=new_code)
    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="floors")
    industry = models.CharField(max_length=30, blank=True)
    rate = models.DecimalField(max_digits=6, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=250)
    verified_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=WhNow())
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = FloorQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["locality_id", "industry", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["locality", "industry", "valid_from"], name="wagefloor_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["locality", "industry"],
                condition=Q(valid_to__isnull=True),
                name="wagefloor_one_goes_on",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="wagefloor_is_money"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="wagefloor_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="wagefloor_has_a_source"),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)
