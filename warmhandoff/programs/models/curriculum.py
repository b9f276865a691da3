"""What a group goes through, session by session. A version that somebody's group runs by stays as it is; the next one begins on a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.rows import EVERYTHING, open_table

TAUGHT = "what is taught in groups, session by session: about nobody"


class Curriculum(models.Model):
    """Without an organization it came with the product, and has no titles: those are each site's own to enter, in its own copy."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    name_es = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "slug"], nulls_distinct=False, name="curriculum_once"
            ),
        ]

    class Rows:
        rule = open_table(TAUGHT, grants=EVERYTHING)

    def __str__(self) -> str:
        return self.slug


class CurriculumVersion(models.Model):
    """In force from a day until the next one's. A group keeps the one that it began with."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    curriculum = models.ForeignKey(Curriculum, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    minutes = models.PositiveSmallIntegerField(default=90)  # of a session, where a group says nothing else
    source = models.CharField(max_length=250, blank=True)
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["curriculum_id", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["curriculum", "valid_from"], name="curriculumversion_once_a_day"),
            models.UniqueConstraint(fields=["curriculum", "number"], name="curriculumversion_numbered_once"),
            models.CheckConstraint(
                condition=Q(minutes__gte=15, minutes__lte=480), name="curriculumversion_minutes"
            ),
        ]

    class Rows:
        rule = open_table(TAUGHT, grants=EVERYTHING)


class Module(models.Model):
    """A part of a version: sessions that belong together."""

    version = models.ForeignKey(CurriculumVersion, on_delete=models.CASCADE, related_name="modules")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, blank=True)
    title_es = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["version_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "number"], name="module_numbered_once"),
        ]

    class Rows:
        rule = open_table(TAUGHT, grants=EVERYTHING)


class SessionTemplate(models.Model):
    """One session as it is meant, whichever group meets for it."""

    class Kind(models.TextChoices):
        SKILL = "skill"
        APPLICATION = "application"
        OPTIONAL = "optional"

    version = models.ForeignKey(CurriculumVersion, on_delete=models.CASCADE, related_name="sessions")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    required = models.BooleanField()
    title = models.CharField(max_length=120, blank=True)
    title_es = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["version_id", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "number"], name="sessiontemplate_numbered_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("skill", "application")) | Q(kind="optional", required=False),
                name="sessiontemplate_optional_is_not_required",
            ),
        ]

    class Rows:
        rule = open_table(TAUGHT, grants=EVERYTHING)
