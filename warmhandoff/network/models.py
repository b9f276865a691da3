"""Organizations and the people who work there. Nothing here is about a participant, so every table is open to members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from warmhandoff.foundation.codes import new_code, sort_key
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import (
    ACTOR,
    APPENDING,
    CHANGING,
    EVERYTHING,
    condition,
    one_members,
    open_table,
)
from warmhandoff.network.roles import Role

STAFF = "who works where: known to every member of the network"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=email.strip().lower(), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Someone's account. What they may do comes from their memberships, never from the account."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=WhNow())
    # When somebody whose work had ended began anew: whoever was signed in before that signs in once more.
    opened_again_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Rows:
        rule = open_table("accounts of staff", grants=CHANGING)

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""

    @property
    def _opened_again(self) -> str:
        return self.opened_again_at.isoformat() if self.opened_again_at else ""

    def get_session_auth_hash(self) -> str:
        return super().get_session_auth_hash() + self._opened_again

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for earlier in super().get_session_auth_fallback_hash():
            yield earlier + self._opened_again


class Organization(models.Model):
    class Kind(models.TextChoices):
        CBO = "cbo", _("community organization")
        COUNTY = "county", _("county department")
        TRAINING_PROVIDER = "training_provider", _("training provider")
        EMPLOYER = "employer", _("employer")
        INTERMEDIARY = "intermediary", _("intermediary")
        NETWORK_OFFICE = "network_office", _("network's office")
        EVALUATOR = "evaluator", _("evaluator")

    class Standing(models.TextChoices):
        MEMBER = "member", "member of the network"
        LISTED = "listed", "listed in the directory only"

    class State(models.TextChoices):
        ACTIVE = "active"
        CLOSED = "closed"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    name = models.CharField(max_length=200, unique=True)
    name_sort = models.CharField(max_length=200, db_index=True, editable=False)
    kinds = ArrayField(models.CharField(max_length=20, choices=Kind), default=list)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.MEMBER)
    phone = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["name_sort", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="active", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="organization_closed_has_time",
            ),
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="organization_has_a_kind"),
        ]

    class Rows:
        rule = open_table("which organizations are in the network", grants=CHANGING)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_sort = sort_key(self.name)
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class Membership(models.Model):
    """One person's work at one organization, in one role. Someone may have several."""

    class State(models.TextChoices):
        ACTIVE = "active"
        ENDED = "ended"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=Role.choices())
    phone = models.CharField(max_length=40, blank=True)
    # Where messages to this person at this work go; it stands once, with its language.
    mail = models.ForeignKey(
        "foundation.ContactPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    started_at = models.DateTimeField(db_default=WhNow())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organization_id", "user_id", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(state="active"),
                name="membership_once_active",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True) | Q(state="ended", ended_at__isnull=False),
                name="membership_ended_has_time",
            ),
        ]

    class Rows:
        rule = open_table(STAFF, grants=CHANGING)

    def __str__(self) -> str:
        return f"{self.user.name}, {self.organization.name}"

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class Absence(models.Model):
    """Someone is away, from one day to another, both included. It is over after its last day without anybody's doing.

    Meanwhile what they owe is seen to by `cover`; where there is none, by whoever answers for the queue. Who holds whom, and
    whose duty it is, do not change. Rows are history: one may be ended once, nothing else of it changes.
    """

    class Ended(models.TextChoices):
        EARLY = "early"
        REPLACED = "replaced"
        COVER_LEFT = "cover_left"
        LEFT = "left"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    cover = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="covers"
    )
    from_day = models.DateField()
    until_day = models.DateField()
    said_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(db_default=WhNow())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        ordering: ClassVar = ["from_day", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "until_day"],
                condition=Q(ended_at__isnull=True),
                name="absence_not_ended",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until_day__gte=models.F("from_day")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | ~Q(cover=models.F("membership")),
                name="absence_covered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how="")),
                name="absence_ended_by_someone",
            ),
        ]

    class Rows:
        rule = open_table(STAFF, grants=CHANGING)


class Queue(models.Model):
    """An organization's people's queue: who is in it is answered for by its lead."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="queues")
    name = models.CharField(max_length=120)
    lead = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )

    class Meta:
        ordering: ClassVar = ["organization_id", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "name"], name="queue_once")]

    class Rows:
        rule = open_table(STAFF, grants=CHANGING)

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """What an organization signed: it names the queue that takes its people if it closes (the standing acceptance of P3)."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="agreements")
    escheat_queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="agreements")
    signed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["organization_id", "-signed_on", "-id"]

    class Rows:
        rule = open_table("what organizations agreed with the network", grants=CHANGING)


class Invitation(models.Model):
    """An invitation by mail. Its link carries an HMAC of this row's id under a key outside the database."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=24, choices=Role.choices())
    language = models.CharField(max_length=5, default="en")
    invited_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(db_default=WhNow())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-invited_at", "-id"]

    class Rows:
        rule = open_table(STAFF, grants=CHANGING)


class AccountMail(models.Model):
    """A mail about an account on its way: sealed under a key outside the database, and deleted as soon as it is sent."""

    sealed = models.BinaryField()
    queued_at = models.DateTimeField(db_default=WhNow())
    # When its link ends: later than that it is not sent.
    useless_after = models.DateTimeField(null=True, blank=True)

    class Rows:
        rule = open_table("sealed mails about accounts of staff, until they are sent", grants=EVERYTHING)


class Improvement(models.Model):
    """Something that doesn't work for those who use this, on the network's list: how it stands, and what the office says of it.

    `words` are the office's own, and name nobody: with them it stands on the list that every member reads.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        LOOKING = "looking", _("looking at it")
        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        NOT_NOW = "not_now", _("not now")

    code = models.CharField(max_length=12, unique=True, default=new_code)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    said = models.CharField(max_length=240, blank=True)
    said_es = models.CharField(max_length=240, blank=True)
    words = models.CharField(max_length=200, blank=True)
    words_es = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    began_at = models.DateTimeField(db_default=WhNow())
    changed_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="improvement_not_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["new", "looking"]) | ~Q(said=""), name="improvement_decided_says_why"
            ),
        ]

    class Rows:
        rule = open_table("what the network makes better, in its office's own words", grants=CHANGING)


class ImprovementReport(models.Model):
    """One time that somebody said so: on which page, as what, with which version. The words stand apart."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="reports")
    by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=24, blank=True)
    page = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=40, blank=True)
    width = models.CharField(max_length=10, blank=True)
    language = models.CharField(max_length=5)
    may_ask_back = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    class Rows:
        rule = open_table("names of pages, roles and versions; what was typed stands apart", grants=CHANGING)


THE_OFFICE = (
    "EXISTS (SELECT 1 FROM network_organization o WHERE o.id = {me} AND 'network_office' = ANY (o.kinds))"
)
# A visitor has no actor: theirs is the report that nobody signed.
THEIR_OWN_REPORT = (
    "EXISTS (SELECT 1 FROM network_improvementreport r WHERE r.id = {table}.report_id"
    " AND r.by_id IS NOT DISTINCT FROM {actor})"
).replace("{actor}", ACTOR)


class ImprovementWords(models.Model):
    """Class narrative: what somebody typed about what doesn't work. Only the network's office reads it."""

    report = models.OneToOneField(ImprovementReport, on_delete=models.PROTECT, related_name="typed")
    trying = models.TextField(max_length=1000)
    happened = models.TextField(max_length=1000, blank=True)

    class Rows:
        rule = condition(
            THE_OFFICE,
            write="false",
            begin=THEIR_OWN_REPORT,
            grants=APPENDING,
            data_class="narrative",
        )

    class Privacy:
        data_class = "narrative"
        keep = "two years after it was said"
        forgetting = "deleted"


class ImprovementVoice(models.Model):
    """An organization has this too: once for each."""

    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="voices")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=WhNow())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["improvement", "organization"], name="improvementvoice_once")
        ]

    class Rows:
        rule = open_table("which organization has what doesn't work too", grants=APPENDING)


class ImprovementChange(models.Model):
    """What the office said of it, and when. Never changed."""

    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(max_length=10, choices=Improvement.State)
    said = models.CharField(max_length=240, blank=True)
    said_es = models.CharField(max_length=240, blank=True)
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["at", "id"]

    class Rows:
        rule = open_table(
            "what the network's office said of its list, the same for everyone", grants=APPENDING
        )


class Digest(models.Model):
    """How far one member's daily digests have come: the last day that was decided, when, and when the one before it was."""

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="digest")
    day = models.DateField()
    decided_at = models.DateTimeField()
    # What began after this moment is new.
    since = models.DateTimeField()

    class Rows:
        rule = open_table("numbers of members and days: the sweep reads them for all", grants=CHANGING)


class MailChoice(models.Model):
    """How a member wants to hear of their day. The newest stands; what was chosen before stays to be read.

    Nobody else's to read: neither a colleague's nor the network's office's.
    """

    class Digest(models.TextChoices):
        DAILY = "daily"
        PRESSING = "pressing"
        DUTIES = "duties"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="mail_choices")
    digest = models.CharField(max_length=10, choices=Digest, default=Digest.DAILY)
    chosen_at = models.DateTimeField(db_default=WhNow())
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-chosen_at", "-id"]

    class Rows:
        rule = one_members(grants=APPENDING)
