"""Services: what they are, whom they are for, where and when, whether there is room, and who said so.

A service carries what was said of its room last; each saying is a row of its own that nothing changes. Whatever changed is
kept with what stood before and who changed it. No table here holds anything about a participant.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from warmhandoff.directory.eligibility import Kind, Rule
from warmhandoff.foundation.codes import new_code, sort_key
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import Actor, MailedCode, MailedGrant, MailedLink
from warmhandoff.foundation.rows import APPENDING, CHANGING, EVERYTHING, open_table

ABOUT_NOBODY = "what an organization says of its own services: known to every member, about no participant"


class Room(models.TextChoices):
    """What an organization can say of its room. Nothing said is not a room."""

    OPEN = "open", _("There is room")
    WAITLIST = "waitlist", _("Waitlist only")
    FULL = "full", _("Full")


class Service(models.Model):
    """Something that an organization does for people, described by itself."""

    class Cost(models.TextChoices):
        FREE = "free", _("free")
        FEE = "fee", _("has a fee")

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, related_name="services"
    )
    name = models.CharField(max_length=160)
    name_es = models.CharField(max_length=160, blank=True)
    name_sort = models.CharField(max_length=160, editable=False)
    about = models.CharField(max_length=600, blank=True, default="", db_default="")
    about_es = models.CharField(max_length=600, blank=True, default="", db_default="")
    service_code = models.CharField(max_length=20, db_index=True)
    # Where it stands; `serves` are the areas whose people it is for, none named: all of them.
    area = models.CharField(max_length=30, blank=True)
    serves = ArrayField(models.CharField(max_length=30), default=list, blank=True, db_default=[])
    place = models.CharField(max_length=120, blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    mailbox = models.ForeignKey(
        "foundation.ContactPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cost = models.CharField(max_length=10, choices=Cost, blank=True, default="", db_default="")
    cost_note = models.CharField(max_length=160, blank=True, default="", db_default="")
    # What was said of its room last: `directory.capacity` reads it, and knows when it has lapsed.
    room = models.CharField(max_length=10, choices=Room, blank=True, default="", db_default="")
    full_until = models.DateField(null=True, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    room_as_of = models.DateField(null=True, blank=True)
    room_said_by = models.CharField(max_length=160, blank=True, default="", db_default="")
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.CharField(max_length=160, blank=True, default="", db_default="")
    source = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    # All of its words without accents, for the search.
    words_sort = models.TextField(editable=False, blank=True, default="", db_default="")
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
        self.words_sort = sort_key(f"{self.name} {self.name_es} {self.about} {self.about_es}")
        super().save(*args, **kwargs)

    def in_language(self, language: str) -> str:
        return self.name_es if language.startswith("es") and self.name_es else self.name

    def about_in(self, language: str) -> str:
        return self.about_es if language.startswith("es") and self.about_es else self.about


class RuleRow(models.Model):
    """`eligibility.Rule` as a row, whoever asks it, in its place among the others."""

    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    values = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    at_least = models.PositiveSmallIntegerField(null=True, blank=True)
    at_most = models.PositiveSmallIntegerField(null=True, blank=True)
    can_follow = models.BooleanField(default=False)
    words_en = models.CharField(max_length=200, blank=True)
    words_es = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def rule(self) -> Rule:
        return Rule(
            kind=self.kind,
            values=tuple(self.values),
            at_least=self.at_least,
            at_most=self.at_most,
            can_follow=self.can_follow,
            words_en=self.words_en,
            words_es=self.words_es,
        )


def rule_makes_sense(name: str) -> list[models.BaseConstraint]:
    """An age names its years, and in their order."""
    return [
        models.CheckConstraint(
            condition=~Q(kind="age") | Q(at_least__isnull=False) | Q(at_most__isnull=False),
            name=f"{name}_age_has_years",
        ),
        models.CheckConstraint(
            condition=Q(at_least__isnull=True) | Q(at_most__isnull=True) | Q(at_least__lte=F("at_most")),
            name=f"{name}_years_in_order",
        ),
    ]


class Criterion(RuleRow):
    """One condition of a service, in its place among them."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="criteria")

    class Meta:
        ordering: ClassVar = ["service_id", "position", "id"]
        constraints: ClassVar = rule_makes_sense("criterion")

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=EVERYTHING)


class Location(models.Model):
    """Somewhere a service is given: the address, how to get there and in, and when."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="locations")
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=200)
    area = models.CharField(max_length=30, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    access = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    getting_there = models.CharField(max_length=250, blank=True)
    getting_there_es = models.CharField(max_length=250, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["service_id", "id"]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


class Hours(models.Model):
    """When a location is open on one day of the week (0 is Monday). `closes` at or before `opens`: on the next day."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering: ClassVar = ["location_id", "weekday", "opens"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["location", "weekday", "opens"], name="hours_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_on_a_weekday"),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=EVERYTHING)


class CapacityStatement(models.Model):
    """What somebody said of a service's room, as of a day. Only added to: the newest counts, until it lapses."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="statements")
    room = models.CharField(max_length=10, choices=Room)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    full_until = models.DateField(null=True, blank=True)
    as_of = models.DateField()
    said_at = models.DateTimeField(db_default=WhNow())
    said_by = models.CharField(max_length=160, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(full_until__isnull=True) | Q(room="full"), name="capacity_full_until_is_full"
            ),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(room="open", seats__gt=0), name="capacity_seats_are_open"
            ),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=APPENDING)


class ServiceChange(models.Model):
    """What somebody changed or wants to change: the words before and after, by field, and what a reviewer said to it."""

    class State(models.TextChoices):
        DONE = "done"
        WAITING = "waiting"
        APPROVED = "approved"
        SENT_BACK = "sent_back"
        REPLACED = "replaced"

    # What a service said of itself first: it stands at once, and is marked until the network's office has agreed to it.
    FIRST = "added"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State, default=State.DONE)
    # [[field, before, after]...] in words, and the values that an approval puts in place.
    lines = models.JSONField(default=list)
    wanted = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=WhNow())
    said_by = models.CharField(max_length=160, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    decided_as = models.CharField(max_length=160, blank=True)
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(state="waiting"), name="servicechange_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "waiting"), decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=("approved", "sent_back", "replaced"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="servicechange_decided_by_someone",
            ),
        ]

    class Rows:
        rule = open_table(ABOUT_NOBODY, grants=CHANGING)


class ServiceLink(MailedLink):
    """The link in a mail to a service's mailbox, behind which it says whether it is still true. It stops with its service."""

    signs = "service"
    begins = "s"

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    mailed_at = models.DateTimeField(db_default=WhNow())
    dies_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "mailbox"], name="servicelink_once")
        ]

    @property
    def is_stopped(self) -> bool:
        service = self.service
        return super().is_stopped or not service.active or service.mailbox_id != self.mailbox_id


class ServiceLinkCode(MailedCode):
    signs = "service code"
    link = models.ForeignKey(ServiceLink, on_delete=models.PROTECT, related_name="codes")


class ServiceLinkGrant(MailedGrant):
    """One browser that may change the words of a service."""

    link = models.ForeignKey(ServiceLink, on_delete=models.PROTECT, related_name="grants")


# Tables of their own module: Django looks for them here.
from warmhandoff.directory.imports import PartnerImport  # noqa: E402, F401
