"""The tables of the person's own page: the ways in, what they say is wrong, and what they are asked there.

A way in stands open and points at nobody: whoever opens a link is nobody yet. Whose it is stands in a row of the organization
that gave it out.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import MailedCode, MailedGrant, MailedLink
from warmhandoff.foundation.rows import CHANGING, open_table, own


class OwnLink(MailedLink):
    """One way to a person's own page: a link mailed to them, or a card in their hand, whose code they can type too."""

    class Kind(models.TextChoices):
        MAIL = "mail"
        CARD = "card"

    signs = "own page"
    begins = "me"

    kind = models.CharField(max_length=4, choices=Kind)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(  # type: ignore[assignment]  # a card has none
        "foundation.ContactPoint", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    language = models.CharField(max_length=5, default="en")
    mailed_at = models.DateTimeField(db_default=WhNow())
    dies_at = models.DateTimeField()
    # A card's code is an HMAC of this row under a key kept elsewhere; only a digest is here, to find it by.
    digest = models.CharField(max_length=64, unique=True, null=True)
    # Wrong birth dates since the last right one.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="mail", mailbox__isnull=False, digest__isnull=True)
                | Q(kind="card", mailbox__isnull=True),
                name="ownlink_mail_or_card",
            ),
            models.CheckConstraint(condition=Q(tries__lte=10), name="ownlink_ten_tries"),
        ]

    class Rows:
        rule = open_table(
            "numbers of links and cards, read before anyone is known: they point at nobody", grants=CHANGING
        )

    @property
    def speaks(self) -> str:
        return self.language


class OwnCode(MailedCode):
    signs = "own page code"
    link = models.ForeignKey(OwnLink, on_delete=models.PROTECT, related_name="codes")


class OwnGrant(MailedGrant):
    """One browser that showed who it is; a shared screen for one minute at a time."""

    link = models.ForeignKey(OwnLink, on_delete=models.PROTECT, related_name="grants")
    kiosk = models.BooleanField(default=False)


class OwnAccess(models.Model):
    """Whose way in it is, and who gave it to them."""

    link = models.OneToOneField(OwnLink, on_delete=models.PROTECT, related_name="access")
    file = models.ForeignKey(
        "participants.Participant", on_delete=models.PROTECT, related_name="own_accesses"
    )
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=WhNow())
    given_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    stopped_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "seven years after the person was released"
        forgetting = "stays: it holds numbers"


class SaidWrong(models.Model):
    """The person said on their own page that something is wrong. Their words, and the answer, are of the class narrative."""

    class About(models.TextChoices):
        ABOUT_ME = "about_me"
        NEXT = "next"
        PLACE = "place"
        SHARING = "sharing"
        PROGRAM = "program"
        TREATED = "treated"
        OTHER = "other"

    class Outcome(models.TextChoices):
        MENDED = "mended"
        TALKED = "talked"
        STAYS = "stays"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    file = models.ForeignKey("participants.Participant", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=10, choices=About)
    said_at = models.DateTimeField(db_default=WhNow())
    said_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    class Meta:
        ordering: ClassVar = ["-said_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, outcome="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
                name="saidwrong_answered_says_how",
            ),
        ]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "seven years after the person was released"
        forgetting = "stays: it holds numbers"


class PageQuestion(models.Model):
    """May we ask this place for you? Put on the person's own page, to be answered there: what was prepared is sent with their yes."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    file = models.ForeignKey("participants.Participant", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("network.Membership", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    need = models.ForeignKey("participants.Need", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10)
    recipients = ArrayField(models.BigIntegerField())
    data_classes = ArrayField(models.CharField(max_length=20))
    parts = ArrayField(models.CharField(max_length=20))
    alternatives = ArrayField(models.BigIntegerField(), default=list)
    days = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField(db_default=WhNow())
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    consent = models.OneToOneField(
        "participants.Consent", on_delete=models.PROTECT, null=True, blank=True, related_name="page_question"
    )

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "service"],
                condition=Q(withdrawn_at__isnull=True, consent__isnull=True),
                name="pagequestion_once_open",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(consent__isnull=True),
                name="pagequestion_answered_or_withdrawn",
            ),
        ]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "as long as its consent; seven years where there was none"
        forgetting = "stays without parts"
