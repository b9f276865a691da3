"""One person, many files.

`Person` is an opaque key. `Participant` is one organization's file on that person. What is known stands in one table per data
class under the file, because row security is by row and consent is by class. Each such row carries its organization, held
equal to its file's by a composite foreign key (migration 0002), and, where it was copied from another organization, the share
that allowed it. Events keep ids and codes alone.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import (
    ACTOR,
    APPENDING,
    CHANGING,
    CLASSES,
    DELETE,
    EVERYTHING,
    INSERT,
    ME,
    SELECT,
    Rule,
    condition,
    of_class,
    open_table,
    own,
    reads,
)

# The classes that intake asks about: it takes a role that reads them all.
ASKED_AT_INTAKE = (
    "contact", "needs", "right_to_work", "demographics", "justice", "housing_family", "work_education", "health",
    "substance_use", "supervision", "violence_prevention",
)  # fmt: skip


class Unknown(models.TextChoices):
    """Why something isn't known: nothing is ever just empty."""

    NOT_ASKED = "not_asked", "not asked yet"
    DOESNT_KNOW = "doesnt_know", "doesn't know"
    PREFERS_NOT = "prefers_not", "prefers not to say"


class Person(models.Model):
    """Someone. Open from intake until a release sets `closed_at`; nothing else sets it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opened_at = models.DateTimeField(db_default=WhNow())
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, close_reason="")
                | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
                name="person_closed_says_why",
            )
        ]

    class Rows:
        rule = condition(
            "EXISTS (SELECT 1 FROM participants_participant f"
            " WHERE f.person_id = participants_person.id AND f.organization_id = {me})",
            grants=CHANGING,
        )

    class Privacy:
        data_class = "key"
        keep = "for ever: it says nothing"
        forgetting = "stays, pointing at nothing"


class Participant(models.Model):
    """One organization's file on a person. Its code is this organization's own: two exports can't be joined."""

    class Origin(models.TextChoices):
        INTAKE = "intake"
        REFERRAL = "referral"
        ESCHEAT = "escheat"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="files")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.INTAKE)
    opened_at = models.DateTimeField(db_default=WhNow())
    opened_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organization"], name="participant_one_file"),
            models.UniqueConstraint(fields=["id", "organization"], name="participant_file_and_organization"),
        ]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "seven years after the person was released"
        forgetting = "stays as a tombstone"


# The trigger writes each version of a consent; the app's login can only add to them (P7).
@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), model_name="ConsentHistory")
class Consent(models.Model):
    """What a person agreed to, or refused: who may tell whom which classes, what for, what comes back, until when."""

    class How(models.TextChoices):
        PAPER = "paper", "on paper"
        SCREEN = "screen", "on screen"
        SPOKEN = "spoken", "spoken, with a witness"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="consents")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    form_version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    purpose = models.CharField(max_length=40)
    recipients = ArrayField(models.BigIntegerField())
    data_classes = ArrayField(models.CharField(max_length=20))
    parts = ArrayField(models.CharField(max_length=20), default=list)
    comes_back = ArrayField(models.CharField(max_length=20), default=list)
    how = models.CharField(max_length=10, choices=How)
    witness = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField(db_default=WhNow())
    recorded_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    refused = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(how="spoken") | Q(witness__isnull=False), name="consent_spoken_has_a_witness"
            ),
            models.CheckConstraint(
                condition=Q(refused=True) | (Q(recipients__len__gt=0) & Q(data_classes__len__gt=0)),
                name="consent_names_recipients_and_classes",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("given_at")), name="consent_ends_after_it_begins"
            ),
        ]

    class Rows:
        rule = own()

    class Privacy:
        data_class = "key"
        keep = "six years after it ended"
        forgetting = "stays without parts"

    def is_live(self, moment: object) -> bool:
        return not self.refused and self.revoked_at is None and self.expires_at > moment  # type: ignore[operator]


class Share(models.Model):
    """What another organization may read of a file: one row a data class. The row policies read this table."""

    class Basis(models.TextChoices):
        CONSENT = "consent"
        ESCHEAT = "escheat"
        PROGRAM = "program"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="shares")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    data_class = models.CharField(max_length=20)
    basis = models.CharField(max_length=10, choices=Basis)
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    agreement = models.ForeignKey(
        "network.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    about_kind = models.CharField(max_length=30, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    since = models.DateTimeField(db_default=WhNow())
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["recipient", "file"], name="share_recipient")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(basis="consent", consent__isnull=False, agreement__isnull=True)
                | Q(basis="escheat", agreement__isnull=False, consent__isnull=True)
                | Q(basis="program", consent__isnull=False),
                name="share_has_its_basis",
            ),
            models.CheckConstraint(
                condition=~Q(organization=models.F("recipient")), name="share_with_another"
            ),
        ]

    class Rows:
        rule = condition("organization_id = {me} OR recipient_id = {me}", write="organization_id = {me}")

    class Privacy:
        data_class = "key"
        keep = "as long as its consent"
        forgetting = "stays: it holds numbers"


class FileRow(models.Model):
    """A row under a file, of that file's organization (`under_a_file.same_organization` holds a table to it)."""

    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        abstract = True


class ClassRow(FileRow):
    """A row of one data class under a file."""

    share = models.ForeignKey(Share, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Copied from another organization's file: then the share that allowed it is named, and the database holds us to it.
    copied = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Contact(ClassRow):
    """Class contact: what someone is called and how they live their days, as far as reaching them needs it."""

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="contact")
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="en")
    # Every language that they said they speak; empty where only the one to be used is known.
    speaks = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_date_unknown = models.CharField(
        max_length=12, choices=Unknown, blank=True, default=Unknown.NOT_ASKED
    )
    area = models.CharField(max_length=30, blank=True)
    area_unknown = models.CharField(max_length=12, choices=Unknown, blank=True, default=Unknown.NOT_ASKED)
    street = models.CharField(max_length=160, blank=True, default="")
    zip_code = models.CharField(max_length=10, blank=True, default="")
    availability = models.CharField(max_length=40, blank=True)
    do_not_contact = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(birth_date__isnull=False, birth_date_unknown="")
                | (Q(birth_date__isnull=True) & ~Q(birth_date_unknown="")),
                name="contact_birth_date_or_why",
            ),
            models.CheckConstraint(
                condition=(~Q(area="") & Q(area_unknown="")) | (Q(area="") & ~Q(area_unknown="")),
                name="contact_area_or_why",
            ),
            models.CheckConstraint(condition=~Q(first_name=""), name="contact_has_a_first_name"),
        ]

    class Rows:
        # Corrected and changed, never taken away: what stood there before is kept (FileChange).
        rule = of_class("contact", grants=CHANGING)

    class Privacy:
        data_class = "contact"
        keep = "seven years after the person was released"
        forgetting = "deleted"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def short_name(self) -> str:
        """How pages call someone: first name and the first letter of the last."""
        return f"{self.first_name} {self.last_name[:1]}.".strip() if self.last_name else self.first_name


class FileChange(models.Model):
    """What was said before: one answer of a file before it was changed or corrected, and what came in its place.

    Of the class of what it tells. Written by triggers with each change, so that no path can forget it; the app's login can't
    write, change or delete it. Which event it belongs to, and so who changed it: the one of this file that was recorded in the
    same moment.
    """

    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    data_class = models.CharField(max_length=20)
    field = models.CharField(max_length=30)
    was = models.CharField(max_length=160, blank=True)
    became = models.CharField(max_length=160, blank=True)
    changed_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["changed_at", "id"]

    class Rows:
        rule = condition(
            f"organization_id = {{me}} AND data_class::text = ANY({CLASSES})", write="false", grants=(SELECT,)
        )

    class Privacy:
        data_class = "contact"
        keep = "as long as the answer that came in its place"
        forgetting = "deleted"


class Reach(ClassRow):
    """Class contact: one way to reach someone, in the order they prefer."""

    contact_point = models.ForeignKey("foundation.ContactPoint", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    class Rows:
        rule = of_class("contact")

    class Privacy:
        data_class = "contact"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Need(ClassRow):
    """A need, of the data class of its code."""

    class Outcome(models.TextChoices):
        MET = "met"
        MET_ELSEWHERE = "met_elsewhere"
        NO_LONGER = "no_longer"
        # It was never one: written down by mistake.
        MISTAKE = "mistake"

    code = models.CharField(max_length=20)
    data_class = models.CharField(max_length=20, default="needs")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)

    class Meta:
        ordering: ClassVar = ["opened_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "code"], condition=Q(closed_on__isnull=True), name="need_once_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="")
                | (Q(closed_on__isnull=False) & ~Q(outcome="")),
                name="need_closed_says_how",
            ),
        ]

    class Rows:
        rule = of_class()

    class Privacy:
        data_class = "needs"
        keep = "seven years after the person was released"
        forgetting = "deleted"


def _notes_rule() -> Rule:
    """Free text is of the class narrative; shared about one thing, never the whole file's. Nothing of it is rewritten.

    Whoever logs contacts without reading the class may add a note to a contact of their own, and read that note again.
    """
    of_the_class = of_class("narrative", about=("about_kind", "about_id"))
    mine = f"{{table}}.organization_id = {ME} AND {{table}}.about_kind = 'file_event' AND {{table}}.written_by_id = {ACTOR}"
    of_my_contact = (  # S608: conditions of our own, no value from anywhere
        "EXISTS (SELECT 1 FROM participants_fileevent e WHERE e.id = {table}.about_id"  # noqa: S608
        f" AND e.file_id = {{table}}.file_id AND e.kind = 'contacted' AND e.by_id = {ACTOR})"
    )
    return replace(
        of_the_class,
        read=f"({of_the_class.read}) OR ({mine})",
        begin=f"organization_id = {ME} AND ({reads('narrative')} OR ({mine} AND {of_my_contact}))",
        grants=APPENDING,
    )


class StandingNotes(models.Manager["Narrative"]):
    """What is said now: neither what was corrected nor what says that a note should never have stood there."""

    def get_queryset(self) -> models.QuerySet[Narrative]:
        corrected = self.model._base_manager.filter(supersedes_id=models.OuterRef("pk"))
        return super().get_queryset().exclude(text="").filter(~models.Exists(corrected))


class Narrative(ClassRow):
    """Class narrative: free text, about something. Wherever people can type a sentence, it stands here and nowhere else."""

    about_kind = models.CharField(max_length=30)
    about_id = models.BigIntegerField()
    text = models.TextField(max_length=4000)
    written_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    # A correction says the same thing better, or, empty, that nothing of it should stand here; with the reason's code.
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=40, blank=True, default="")

    objects: ClassVar[models.Manager[Narrative]] = models.Manager()
    standing: ClassVar[models.Manager[Narrative]] = StandingNotes()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["about_kind", "about_id"], name="narrative_about")]
        constraints: ClassVar = [
            correction_says_why("narrative"),
            corrected_once("narrative"),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=False) | ~Q(text=""), name="narrative_says_something"
            ),
        ]

    class Rows:
        rule = _notes_rule()

    class Privacy:
        data_class = "narrative"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class AlternateContact(ClassRow):
    """Class contact: someone else who can pass on that we called, where the person wants that. What they may be told is little."""

    class Relation(models.TextChoices):
        FAMILY = "family", "family"
        PARTNER = "partner", "partner"
        FRIEND = "friend", "friend"
        STAFF = "staff", "someone who helps them elsewhere"
        OTHER = "other", "someone else"

    name = models.CharField(max_length=80)
    relation = models.CharField(max_length=10, choices=Relation)
    contact_point = models.ForeignKey("foundation.ContactPoint", on_delete=models.PROTECT, related_name="+")
    # Without it we ask for a call back, and say neither where we call from nor why.
    may_say_who_calls = models.BooleanField(default=False)

    class Rows:
        rule = of_class("contact")

    class Privacy:
        data_class = "contact"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Unanswered(ClassRow):
    """A question that was put and has no answer, and why; of the class that its answer would have. No reason: it has one now."""

    class Question(models.TextChoices):
        LAST_NAME = "last_name"
        REACH = "reach"
        LANGUAGE = "language"
        NEEDS = "needs"

    question = models.CharField(max_length=12, choices=Question)
    data_class = models.CharField(max_length=20)
    why = models.CharField(max_length=12, choices=Unknown, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "question"], name="unanswered_once"),
        ]

    class Rows:
        rule = of_class(grants=CHANGING)

    class Privacy:
        data_class = "contact"
        keep = "seven years after the person was released"
        forgetting = "deleted"


def known_or_why(table: str, field: str, *, nothing: Any = None) -> models.CheckConstraint:
    """Either the answer stands there, or why there is none."""
    is_there = ~Q(**{field: nothing}) if nothing is not None else Q(**{f"{field}__isnull": False})
    why = f"{field}_unknown"
    return models.CheckConstraint(
        condition=(is_there & Q(**{why: ""})) | (~is_there & ~Q(**{why: ""})), name=f"{table}_{field}_or_why"
    )


def why_field() -> Any:
    return models.CharField(max_length=12, choices=Unknown, blank=True, default=Unknown.NOT_ASKED)


class Paper(ClassRow):
    """Class right to work: whether someone has one kind of paper. Never its number, never a picture of it."""

    class Kind(models.TextChoices):
        PHOTO_ID = "photo_id"
        DRIVER_LICENSE = "driver_license"
        SOCIAL_SECURITY = "social_security"
        BIRTH_CERTIFICATE = "birth_certificate"
        RIGHT_TO_WORK = "right_to_work"

    class Standing(models.TextChoices):
        HAS = "has"
        HASNT = "hasnt"
        ON_THE_WAY = "on_the_way"

    kind = models.CharField(max_length=24, choices=Kind)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)
    standing_unknown = why_field()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "kind"], name="paper_once"),
            known_or_why("paper", "standing", nothing=""),
        ]

    class Rows:
        rule = of_class("right_to_work", grants=CHANGING)

    class Privacy:
        data_class = "right_to_work"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Demographics(ClassRow):
    """Class demographics: what funders ask to be counted by, and a few services are meant for. Nobody has to say any of it."""

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="demographics")
    gender = models.CharField(max_length=20, blank=True)
    gender_unknown = why_field()
    races = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    races_unknown = why_field()
    veteran = models.BooleanField(null=True, blank=True)
    veteran_unknown = why_field()
    disability = models.BooleanField(null=True, blank=True)
    disability_unknown = why_field()

    class Meta:
        constraints: ClassVar = [
            known_or_why("demographics", "gender", nothing=""),
            known_or_why("demographics", "races", nothing=[]),
            known_or_why("demographics", "veteran"),
            known_or_why("demographics", "disability"),
        ]

    class Rows:
        rule = of_class("demographics", grants=CHANGING)

    class Privacy:
        data_class = "demographics"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class JusticeInvolvement(ClassRow):
    """Class justice: yes, no, or why we don't know, and who says so. Nothing else about it is ever kept."""

    class Attested(models.TextChoices):
        THEMSELVES = "themselves"
        AGENCY = "agency"

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="justice")
    involved = models.BooleanField(null=True, blank=True)
    involved_unknown = why_field()
    attested_by = models.CharField(max_length=12, choices=Attested, blank=True)

    class Meta:
        constraints: ClassVar = [
            known_or_why("justiceinvolvement", "involved"),
            models.CheckConstraint(
                condition=Q(involved__isnull=True, attested_by="")
                | (Q(involved__isnull=False) & ~Q(attested_by="")),
                name="justiceinvolvement_says_who_attests",
            ),
        ]

    class Rows:
        rule = of_class("justice", grants=CHANGING)

    class Privacy:
        data_class = "justice"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Housing(ClassRow):
    """Class housing and family: where someone sleeps, as the network counts it."""

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="housing")
    status = models.CharField(max_length=20, blank=True)
    status_unknown = why_field()

    class Meta:
        constraints: ClassVar = [known_or_why("housing", "status", nothing="")]

    class Rows:
        rule = of_class("housing_family", grants=CHANGING)

    class Privacy:
        data_class = "housing_family"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Schooling(ClassRow):
    """Class work and education: what someone has learned and does, as far as a service asks for it. No row: nobody asked yet."""

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="schooling")
    diploma = models.BooleanField(null=True, blank=True)
    diploma_unknown = models.CharField(max_length=12, choices=Unknown, blank=True, default="")
    employment = models.CharField(max_length=20, blank=True, default="")
    employment_unknown = models.CharField(
        max_length=12, choices=Unknown, blank=True, default=Unknown.NOT_ASKED
    )

    class Meta:
        constraints: ClassVar = [
            known_or_why("schooling", "diploma"),
            known_or_why("schooling", "employment", nothing=""),
        ]

    class Rows:
        rule = of_class("work_education", grants=CHANGING)

    class Privacy:
        data_class = "work_education"
        keep = "seven years after the person was released"
        forgetting = "deleted"


class Draft(models.Model):
    """An intake that isn't finished: what was typed so far, until it is saved, thrown away or out of date. Nobody's file yet."""

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey("network.Membership", on_delete=models.PROTECT, related_name="+")
    # The one-use key of the form that was begun: what is kept and what is saved at last are the same form.
    form_key = models.UUIDField(unique=True)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField(db_default=WhNow())
    kept_at = models.DateTimeField(db_default=WhNow())
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["begun_at", "id"]
        indexes: ClassVar = [models.Index(fields=["organization", "membership"], name="draft_whose")]

    class Rows:
        # Whatever can be asked at intake may stand in it: read by whoever reads all of those classes.
        rule = condition(
            "organization_id = {me} AND " + " AND ".join(reads(each) for each in ASKED_AT_INTAKE),
            "organization_id = {me}",
            grants=EVERYTHING,
        )

    class Privacy:
        data_class = "contact"
        keep = "thirty days, or until it is saved or thrown away"
        forgetting = "deleted"


class Listing(models.Model):
    """Projection: one row a file, kept by the action that changes the fact. Lists and searches read this and nothing else."""

    class Standing(models.TextChoices):
        HELD = "held", "held by us"
        SERVED = "served", "served by us"
        REFERRED_IN = "waiting", "referred to us"
        CLOSED = "closed", "closed"
        # Another file of ours on the same person is shown instead.
        MERGED = "merged", "merged into another file"

    file = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="listing")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=170)
    short_name = models.CharField(max_length=90)
    first_sort = models.CharField(max_length=170)
    last_sort = models.CharField(max_length=170)
    standing = models.CharField(max_length=10, choices=Standing)
    membership_id = models.BigIntegerField(null=True, blank=True)
    queue_id = models.BigIntegerField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "last_sort", "id"], name="listing_by_last_name"),
            # For prefixes: the database's own collation can't use a plain index for LIKE 'x%'.
            models.Index(
                fields=["organization", "last_sort"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="listing_last_prefix",
            ),
            models.Index(
                fields=["organization", "first_sort"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
                name="listing_first_prefix",
            ),
            # A code may stand in the same box: without it, no index serves "begins so, or is this code".
            models.Index(fields=["organization", "code"], name="listing_by_code"),
            models.Index(fields=["organization", "standing", "last_sort", "id"], name="listing_by_standing"),
            # By the next date: everyone's, and those whom one member holds.
            models.Index(fields=["organization", "standing", "next_due_at", "id"], name="listing_by_date"),
            models.Index(
                fields=["organization", "membership_id", "next_due_at", "id"], name="listing_of_a_member"
            ),
        ]

    class Rows:
        # Names stand in it: of the class contact, as those it is made of.
        rule = own("contact", grants=EVERYTHING)

    class Privacy:
        data_class = "contact"
        keep = "rebuilt from the contact"
        forgetting = "rebuilt without the name"


class FileEvent(EventBase):
    """What happened to a file: taken in, need opened, consent given. Ids and codes alone."""

    class Kind(models.TextChoices):
        TAKEN_IN = "taken_in"
        TAKEN_IN_AGAIN = "taken_in_again"
        RECEIVED = "received"
        CONTACT_CHANGED = "contact_changed"
        NEED_OPENED = "need_opened"
        NEED_CLOSED = "need_closed"
        CONSENT_GIVEN = "consent_given"
        CONSENT_REFUSED = "consent_refused"
        CONSENT_REVOKED = "consent_revoked"
        CONTACTED = "contacted"
        NOTED = "noted"
        LEARNED = "learned"
        LOOK_ALLOWED = "look_allowed"
        LOOK_REFUSED = "look_refused"
        CARRIED = "carried"
        CARRIED_CLOSED = "carried_closed"
        CONTACT_CORRECTED = "contact_corrected"
        # What it supersedes was written down by mistake: nothing of it stands.
        STRUCK = "struck"
        HANDED_OUT = "handed_out"

    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="events")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind)
    detail = models.CharField(max_length=40, blank=True)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        indexes: ClassVar = [models.Index(fields=["file", "happened_at"], name="fileevent_file")]
        constraints: ClassVar = [
            correction_says_why("fileevent"),
            happened_before_recorded("fileevent"),
            corrected_once("fileevent"),
        ]

    class Rows:
        rule = own(grants=APPENDING)


class FileKey(models.Model):
    """What a file is found by again, however it is misspelt: whole numbers made of its contact with a secret (identity/keys.py).

    Written by the action that changes the contact or the reach; about thirteen a file.
    """

    pk = models.CompositePrimaryKey("organization_id", "key", "file_id")
    # One key of two columns keeps both (migration 0010): three keys to look up for each of so many rows would be waste.
    file = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    organization = models.ForeignKey(
        "network.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    key = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["file"], name="filekey_file"),
            # Name, birth date and one more thing in one: what the owner's function asks beyond the organization.
            models.Index(fields=["key"], condition=Q(key__gte=17 << 56), name="filekey_person"),
        ]

    class Rows:
        rule = own("contact", grants=(SELECT, INSERT, DELETE))

    class Privacy:
        data_class = "contact"
        keep = "rebuilt from the contact"
        forgetting = "rebuilt without the name"


class KeyRules(models.Model):
    """By which rules and which secret the keys were made: where either is another one, migrating makes them anew."""

    rules = models.CharField(primary_key=True, max_length=40)
    made_at = models.DateTimeField(db_default=WhNow())

    class Rows:
        rule = open_table(
            "a fingerprint of rules and secret, the same for everyone; written by the owner alone",
            grants=(SELECT,),
        )


class NetworkLook(models.Model):
    """Somebody asked whether a partner knows a person, after the person's yes: who asked, about whom, and yes or no.

    Written by the owner's function alone, which gives no answer without it.
    """

    file = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(db_default=WhNow())
    found = models.BooleanField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "looked_at"], name="networklook_of_a_day"),
        ]

    class Rows:
        rule = own(grants=(SELECT,))

    class Privacy:
        data_class = "key"
        keep = "six years"
        forgetting = "stays: it holds numbers"


class KnownApart(models.Model):
    """Two files that are alike and somebody's who knows: two people. They are not shown as one again."""

    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="knownapart_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="knownapart_in_order"),
        ]

    class Rows:
        rule = own(grants=APPENDING)

    class Privacy:
        data_class = "key"
        keep = "while both files are kept"
        forgetting = "stays: it holds numbers"


class ConsentText(models.Model):
    """The words of the consent form, by version and language: data, with dates."""

    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    text = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "language"], name="consenttext_once")
        ]

    class Rows:
        rule = open_table("words, the same for everyone", grants=CHANGING)


# Tables of their own module: Django looks for them here.
from warmhandoff.participants.own_page import (  # noqa: E402, F401
    OwnAccess,
    OwnCode,
    OwnGrant,
    OwnLink,
    PageQuestion,
    SaidWrong,
)
