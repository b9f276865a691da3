"""Tables that all rooms share. They hold ids and codes; organizations, members and people are known here by number alone,
and the rooms that own them add the foreign keys (network's and participants' migrations)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import APPENDING, CHANGING, EVERYTHING, SELECT, condition, open_table, own


class DatabaseMark(models.Model):
    """Present only in a database made for a demo or a test: there alone the clock may be moved."""

    kind = models.CharField(max_length=10, primary_key=True, choices=[("demo", "demo"), ("test", "test")])
    clock_offset = models.DurationField()
    marked_at = models.DateTimeField()

    class Rows:
        rule = open_table(
            "whether this database is a demo or a test, written by the owner alone", grants=(SELECT,)
        )


class Actor(models.Model):
    """Whoever acts: `by=` of every action. `subject_id` is the member, link, mailbox or participant that stands behind it."""

    class Kind(models.TextChoices):
        MEMBER = "member"
        LINK = "link"
        MAILBOX = "mailbox"
        PARTICIPANT = "participant"
        SYSTEM = "system"
        OPERATOR = "operator"

    kind = models.CharField(max_length=12, choices=Kind)
    organization_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "organization_id", "subject_id"], nulls_distinct=False, name="actor_once"
            ),
        ]

    class Rows:
        rule = open_table("numbers of members, links and organizations", grants=APPENDING)


class Term(models.Model):
    """Texts that are data: reasons, kinds of need, next steps; in two languages, with dates from and to."""

    vocabulary = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    parent = models.CharField(max_length=40, blank=True)
    en = models.CharField(max_length=200)
    es = models.CharField(max_length=200)
    data_class = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["vocabulary", "position", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["vocabulary", "code"], name="term_once")]

    class Rows:
        rule = open_table("words, the same for everyone", grants=CHANGING)

    def in_language(self, language: str) -> str:
        return self.es if language.startswith("es") and self.es else self.en


class TermChange(models.Model):
    """One change of a text that is data: which field, from what to what, who and when. Never changed."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=12)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=WhNow())

    class Rows:
        rule = open_table("who changed which word, the same for everyone", grants=APPENDING)


class TermsVersion(models.Model):
    """One row: in which transaction the texts that are data last changed. Written by a trigger; each process asks whether it is current."""

    version = models.BigIntegerField()

    class Rows:
        rule = open_table("one number, written by the database alone", grants=(SELECT,))


class ContactPoint(models.Model):
    """One phone or mail, standing here once. Messages ask only this: whether it may be used, when, in which language."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        TEXT = "text"
        VOICE = "voice"
        LETTER = "letter"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=10, choices=Channel)
    value = models.CharField(max_length=254)
    language = models.CharField(max_length=5, default="en")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    leave_message = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_why="")
                | (Q(stopped_at__isnull=False) & ~Q(stopped_why="")),
                name="contactpoint_stopped_says_why",
            ),
        ]

    class Rows:
        rule = own(grants=EVERYTHING)

    class Privacy:
        data_class = "contact"
        keep = "while the file is kept"
        forgetting = "deleted"


class Duty(models.Model):
    """Something that someone owes by a time: Today, the digest, handover and the next step of every person are this table."""

    class Closed(models.TextChoices):
        DONE = "done"
        SUPERSEDED = "superseded"
        MOVED = "moved"
        NO_LONGER = "no_longer"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization_id = models.BigIntegerField()
    membership_id = models.BigIntegerField(null=True, blank=True)
    queue_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=40)
    detail = models.CharField(max_length=40, blank=True)
    person_id = models.UUIDField(null=True, blank=True, db_index=True)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    due_at = models.DateTimeField()
    set_at = models.DateTimeField(db_default=WhNow())
    max_days = models.PositiveSmallIntegerField(default=30)
    holds_release = models.BooleanField(default=False)
    opened_at = models.DateTimeField(db_default=WhNow())
    opened_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_how = models.CharField(max_length=12, choices=Closed, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization_id", "membership_id", "due_at"],
                condition=Q(closed_at__isnull=True),
                name="duty_open_member",
            ),
            models.Index(
                fields=["organization_id", "queue_id", "due_at"],
                condition=Q(closed_at__isnull=True),
                name="duty_open_queue",
            ),
            # What came up lately: an open page asks for it again and again.
            models.Index(
                fields=["organization_id", "opened_at"],
                condition=Q(closed_at__isnull=True),
                name="duty_opened_lately",
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="duty_subject"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(membership_id__isnull=False, queue_id__isnull=True)
                | Q(membership_id__isnull=True, queue_id__isnull=False),
                name="duty_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closed_how="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_how="")),
                name="duty_closed_by_someone",
            ),
            models.CheckConstraint(condition=Q(max_days__lte=90), name="duty_within_ninety_days"),
        ]

    class Rows:
        rule = own()


class Timer(models.Model):
    """Something that will happen at a time unless it is called off: fires once, whoever was asleep."""

    organization_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    step = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    # What its step came to, where the room says so: a rung of a ladder that told nobody says why.
    came_to = models.CharField(max_length=12, blank=True, default="", db_default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(fired_at__isnull=True, called_off_at__isnull=True),
                name="timer_waiting",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "step"],
                condition=Q(called_off_at__isnull=True),
                name="timer_once",
            )
        ]

    class Rows:
        rule = open_table(
            "codes and dates alone: the sweep reads them before it knows for whom", grants=CHANGING
        )


class Message(models.Model):
    """One message sent or to be sent. It names a contact point and a subject by number; the text is made when it is sent."""

    class State(models.TextChoices):
        QUEUED = "queued"
        GATHERED = "gathered"  # for the reader's next daily digest
        SENT = "sent"
        FAILED = "failed"
        STOPPED = "stopped"
        PAST = "past"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization_id = models.BigIntegerField()
    sender_organization_id = models.BigIntegerField(null=True, blank=True)
    contact_point_id = models.BigIntegerField()
    notice = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=WhNow())
    sent_at = models.DateTimeField(null=True, blank=True)
    kept_subject = models.CharField(max_length=200, blank=True)
    kept_text = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id"], name="message_subject"),
            models.Index(fields=["contact_point_id"], condition=Q(state="gathered"), name="message_gathered"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_has_time",
            )
        ]

    class Rows:
        rule = open_table(
            "numbers, and a kept copy without names, links or codes of a person; the sender queues it for another organization",
            grants=CHANGING,
        )


class FormKey(models.Model):
    """A form's one-use key: the second post shows the first's result."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+", null=True)
    used_at = models.DateTimeField(db_default=WhNow())
    result = models.CharField(max_length=200, blank=True)

    class Rows:
        rule = open_table("random keys and paths with codes", grants=CHANGING)


class OpenForm(models.Model):
    """A member has a form open that changes a thing, so that a colleague who opens it too is told. Numbers alone, for a minute."""

    organization_id = models.BigIntegerField()
    membership_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    opened_at = models.DateTimeField(db_default=WhNow())
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization_id", "subject_kind", "subject_id", "membership_id"],
                name="openform_once",
            )
        ]

    class Rows:
        rule = own(grants=EVERYTHING)


class AccessLog(models.Model):
    """Who opened a sensitive class of whose file, when and what for. Never changed."""

    organization_id = models.BigIntegerField(db_index=True)
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField(db_index=True)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    data_classes = ArrayField(models.CharField(max_length=20))
    purpose = models.CharField(max_length=30)
    opened_at = models.DateTimeField(db_default=WhNow())

    class Rows:
        rule = own(grants=APPENDING)


class Crossing(models.Model):
    """One organization acted on another's rows, and why: written by the database function that allowed it."""

    actor_id = models.BigIntegerField(null=True)
    from_organization_id = models.BigIntegerField()
    to_organization_id = models.BigIntegerField()
    because_kind = models.CharField(max_length=30)
    because_id = models.BigIntegerField()
    crossed_at = models.DateTimeField(db_default=WhNow())

    class Rows:
        rule = condition(
            "from_organization_id = {me} OR to_organization_id = {me}", write="false", grants=(SELECT,)
        )


class EventBase(models.Model):
    """An event: when it happened, when we heard of it, who said so; a correction supersedes with a reason. Appended only."""

    happened_at = models.DateTimeField(db_default=WhNow())
    recorded_at = models.DateTimeField(db_default=WhNow())
    by = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class MailedLink(models.Model):
    """A link in a mail to a mailbox: its token is an HMAC of id and generation under a key kept elsewhere (`mail_links`).

    A kind of link names what its tokens are signed for, so that one of a kind never opens another, and with what its addresses
    begin. Its own columns say what it is about, of which organization, and when it was mailed.
    """

    signs: ClassVar[str]
    begins: ClassVar[str]
    # Whether its kind has codes and grants: not where nothing waits behind one.
    asks_code: ClassVar[bool] = True

    code = models.CharField(max_length=12, unique=True, default=new_code)
    mailbox = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    dies_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    signed_as = models.CharField(max_length=120, blank=True)

    if TYPE_CHECKING:  # by each kind's own foreign keys
        organization: Any
        organization_id: int
        codes: models.Manager[Any]
        grants: models.Manager[Any]

    class Meta:
        abstract = True

    class Rows:
        rule = open_table(
            "numbers of links, read before anyone is known; the token is not kept", grants=CHANGING
        )

    @property
    def is_stopped(self) -> bool:
        return self.revoked_at is not None

    def site_url(self) -> str:
        """With what its address begins."""
        return str(settings.ROOT_URL)

    @property
    def speaks(self) -> str:
        """The language of its pages, where the link itself knows it; else it is the mailbox's."""
        return ""


class MailedCode(models.Model):
    """A six-digit code sent to a link's mailbox: derived from this row under a key kept elsewhere. Ten minutes, five tries.

    A kind names what its digits are signed for, and its `link`, related as `codes`.
    """

    signs: ClassVar[str]

    made_at = models.DateTimeField(db_default=WhNow())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        link_id: int

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="%(class)s_five_tries")
        ]

    class Rows:
        rule = open_table("numbers of codes; the code itself is not kept", grants=CHANGING)


class MailedGrant(models.Model):
    """One browser that gave the right code, for twelve hours. The browser keeps the key, we its digest.

    A kind names its `link`, related as `grants`.
    """

    digest = models.CharField(max_length=64, unique=True)
    granted_at = models.DateTimeField(db_default=WhNow())
    until = models.DateTimeField()

    class Meta:
        abstract = True

    class Rows:
        rule = open_table("digests of random keys", grants=CHANGING)


def correction_says_why(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(supersedes__isnull=True) | ~Q(reason=""), name=f"{table}_correction_says_why"
    )


def corrected_once(table: str) -> models.UniqueConstraint:
    """A correction can be corrected in its turn; of two at once, the second finds what the first left."""
    return models.UniqueConstraint(
        fields=["supersedes"], condition=Q(supersedes__isnull=False), name=f"{table}_corrected_once"
    )


def happened_before_recorded(table: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(happened_at__lte=F("recorded_at")), name=f"{table}_not_in_the_future"
    )
