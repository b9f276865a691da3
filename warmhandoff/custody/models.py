"""Custody: rows, not edits. Each change of holder ends one row and opens the next; the database proves there is always one.

The promises stand in the migrations as deferred constraint triggers that run as the tables' owner: they must see every
organization's rows, whoever's context is in force.
"""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from warmhandoff.custody.states import HANDOVER, OFFERED
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import (
    EventBase,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, SELECT, condition, own

THROUGH_A_PARTY = "EXISTS (SELECT 1 FROM custody_handoverparty p WHERE p.organization_id = {me} AND p.handover_id = {table}.handover_id)"


class Handover(models.Model):
    """A handshake of two organizations over one person: `from` holds them, `to` would.

    A *transfer* is offered by whoever holds the person; a *request* and a *working link* are asked by the other side, and the
    holder decides. In a working link each side has a person of its own: `person` is the one asked about, `other_person` the
    asker's; who keeps is what they agree on. While it is `unnamed`, its asker may not know whom it went to, nor, where the
    network's office asks for somebody by code, whom it is about: the row is hidden from them, and they read their party row.
    """

    class Kind(models.TextChoices):
        TRANSFER = "transfer"
        REQUEST = "request"
        WORKING_LINK = "working_link"

    class Keeper(models.TextChoices):
        """Who goes on holding the person after a working link."""

        EITHER = "either"
        ASKER = "asker"
        ASKED = "asked"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    other_person = models.ForeignKey(
        "participants.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=14, choices=Kind)
    from_organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    to_organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    to_queue = models.ForeignKey("network.Queue", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(s, s) for s in HANDOVER.states], default=OFFERED)
    offered_at = models.DateTimeField(db_default=WhNow())
    settled_at = models.DateTimeField(null=True, blank=True)
    # Who asked, by when an answer is due, and when the waiting ends; none where a referral carries the offer and its dates.
    asked_by = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer_due_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # What the person agreed to, as the holder wrote it down.
    consent = models.ForeignKey(
        "participants.Consent", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed = models.CharField(max_length=10, choices=Keeper, blank=True, db_default="")
    keeps = models.CharField(max_length=10, choices=Keeper, blank=True, db_default="")
    reason = models.CharField(max_length=40, blank=True, db_default="")
    unnamed = models.BooleanField(db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(from_organization=models.F("to_organization")), name="handover_between_two"
            ),
            models.CheckConstraint(
                condition=Q(state=OFFERED, settled_at__isnull=True)
                | (~Q(state=OFFERED) & Q(settled_at__isnull=False)),
                name="handover_settled_has_time",
            ),
            models.CheckConstraint(condition=Q(state__in=HANDOVER.states), name="handover_state_is_known"),
            models.CheckConstraint(
                condition=Q(answer_due_at__isnull=True, expires_at__isnull=True, asked_by__isnull=True)
                | Q(answer_due_at__isnull=False, expires_at__isnull=False, asked_by__isnull=False),
                name="handover_asked_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(kind="working_link", other_person__isnull=False)
                | (~Q(kind="working_link") & Q(other_person__isnull=True)),
                name="handover_link_has_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(kind="working_link", state="accepted") | Q(keeps__in=["asker", "asked"]),
                name="handover_link_says_who_keeps",
            ),
            models.UniqueConstraint(
                fields=["person", "to_organization"],
                # By code, the same person may be asked for twice: a refusal would tell that two codes are one person's.
                condition=Q(state=OFFERED, answer_due_at__isnull=False) & ~Q(kind="request", unnamed=True),
                name="handover_once_open",
            ),
        ]

    class Rows:
        rule = condition(
            "from_organization_id = {me} OR (to_organization_id = {me} AND NOT (unnamed AND state <> 'accepted'))",
            begin="NOT unnamed AND ((kind = 'transfer' AND from_organization_id = {me})"
            " OR (kind <> 'transfer' AND to_organization_id = {me}))",
        )


class HandoverParty(models.Model):
    """Projection: what each side may know of a handover that was asked for. Triggers write it, and keep its state."""

    class Side(models.TextChoices):
        ASKER = "asker"
        ASKED = "asked"

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="parties")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    # This side's own person; none where the person's file comes with the yes, or is asked for by code.
    person = models.ForeignKey(
        "participants.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Nobody, while the asker may not know whom it went to.
    other_organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(max_length=12)
    kind = models.CharField(max_length=14)
    state = models.CharField(max_length=10)
    proposed = models.CharField(max_length=10, blank=True)
    keeps = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organization", "code"], name="handoverparty_code")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "organization"], name="handoverparty_once")
        ]

    class Rows:
        rule = own(grants=(SELECT,))


class HandoverNote(models.Model):
    """Class narrative: what one side wrote to the other about a handover."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="notes")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    written_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        ordering: ClassVar = ["written_at", "id"]

    class Rows:
        rule = condition(
            THROUGH_A_PARTY,
            f"organization_id = {{me}} AND {THROUGH_A_PARTY}",
            grants=APPENDING,
            data_class="narrative",
        )

    class Privacy:
        data_class = "narrative"
        keep = "seven years after the handover was settled"
        forgetting = "deleted"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), model_name="CustodyHistory")
class Custody(models.Model):
    """Who holds a person from `since` to `until`. The open row has no `until`, and always a next step."""

    class Basis(models.TextChoices):
        INTAKE = "intake"
        ASSIGNMENT = "assignment"
        HANDOVER = "handover"
        ESCHEAT = "escheat"
        UNLINKING = "unlinking"

    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="custodies")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    queue = models.ForeignKey(
        "network.Queue", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    basis = models.CharField(max_length=12, choices=Basis)
    handover = models.OneToOneField(
        Handover, on_delete=models.PROTECT, null=True, blank=True, related_name="custody"
    )
    agreement = models.ForeignKey(
        "network.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    next_step = models.ForeignKey("foundation.Duty", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=WhNow())
    until = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "membership"],
                condition=Q(until__isnull=True),
                name="custody_open_holder",
            ),
            models.Index(fields=["next_step"], name="custody_next_step"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True), name="custody_one_holder"
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, queue__isnull=True)
                | Q(membership__isnull=True, queue__isnull=False),
                name="custody_member_or_queue",
            ),
            models.CheckConstraint(
                condition=Q(
                    basis__in=["intake", "assignment", "unlinking"],
                    handover__isnull=True,
                    agreement__isnull=True,
                )
                | Q(basis="handover", handover__isnull=False, agreement__isnull=True)
                | Q(basis="escheat", handover__isnull=True, agreement__isnull=False),
                name="custody_basis_has_its_row",
            ),
        ]

    class Rows:
        rule = own()


class CustodyEvent(EventBase):
    """What happened to custody, as each organization concerned keeps it."""

    class Kind(models.TextChoices):
        TAKEN_IN = "taken_in"
        ASSIGNED = "assigned"
        MOVED_OUT = "moved_out"
        MOVED_IN = "moved_in"
        ESCHEATED_OUT = "escheated_out"
        ESCHEATED_IN = "escheated_in"
        NEXT_STEP_SET = "next_step_set"
        NEXT_STEP_DONE = "next_step_done"
        RELEASED = "released"
        ASKED = "asked"
        ASKED_OF_US = "asked_of_us"
        OFFERED = "offered"
        OFFERED_TO_US = "offered_to_us"
        REFUSED = "refused"
        ASKING_WITHDRAWN = "asking_withdrawn"
        ASKING_EXPIRED = "asking_expired"
        LINKED = "linked"
        KEPT = "kept"
        UNLINKED = "unlinked"
        MERGED = "merged"
        UNMERGED = "unmerged"
        # What it supersedes was pressed by mistake: the next step is open again.
        STRUCK = "struck"

    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    detail = models.CharField(max_length=40, blank=True)
    other_organization_id = models.BigIntegerField(null=True, blank=True)
    membership_id = models.BigIntegerField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        indexes: ClassVar = [models.Index(fields=["person", "happened_at"], name="custodyevent_person")]
        constraints: ClassVar = [
            correction_says_why("custodyevent"),
            happened_before_recorded("custodyevent"),
            corrected_once("custodyevent"),
        ]

    class Rows:
        rule = own(grants=APPENDING)


class Given(models.Model):
    """Someone given to a colleague with a caseload: what is seen to already, until the colleague says that they have them.

    The move itself is the custody row that began with it. The note to the colleague stands in the narrative class.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    custody = models.OneToOneField(Custody, on_delete=models.PROTECT, related_name="given")
    seen_to = ArrayField(models.CharField(max_length=20), default=list)
    given_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=WhNow())
    confirmed_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["given_at", "id"]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "given_by"],
                condition=Q(confirmed_at__isnull=True),
                name="given_not_confirmed",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="given_confirmed_by_someone",
            )
        ]

    class Rows:
        rule = own()


class Link(models.Model):
    """Two persons who are one human: `closed` stands behind `kept` from `known_from` to `known_to`.

    A *working link* is a handover: the person agreed, the holders agreed who keeps them. A *merge* puts two files of one
    organization together that were made for the same person. Nothing is moved: events and facts keep the person they were
    written with. What the closed person's custody left open is named, so that undoing brings back what was.
    """

    class Basis(models.TextChoices):
        AGREED = "agreed"
        MERGE = "merge"

    # Why a person is closed behind another: words of the machine, no reasons for a release.
    CLOSED_AS: ClassVar = {Basis.AGREED: "linked", Basis.MERGE: "merged"}

    code = models.CharField(max_length=12, unique=True, default=new_code)
    basis = models.CharField(max_length=8, choices=Basis)
    kept = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    closed = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    # Whose custody of `closed` ended; it has them back when the link ends.
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    handover = models.OneToOneField(
        Handover, on_delete=models.PROTECT, null=True, blank=True, related_name="link"
    )
    # The custody that ended with the link; none where the closed person had been released before.
    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    moved_duties = ArrayField(models.BigIntegerField(), default=list)
    known_from = models.DateTimeField(db_default=WhNow())
    known_to = models.DateTimeField(null=True, blank=True)
    linked_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    unlinked_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kept"], name="link_kept")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(kept=models.F("closed")), name="link_of_two"),
            models.CheckConstraint(
                condition=Q(basis="agreed", handover__isnull=False) | Q(basis="merge", handover__isnull=True),
                name="link_basis_has_its_row",
            ),
            models.CheckConstraint(
                condition=Q(known_to__isnull=True, unlinked_by__isnull=True)
                | Q(known_to__isnull=False, unlinked_by__isnull=False),
                name="link_ended_by_someone",
            ),
            models.UniqueConstraint(
                fields=["closed"], condition=Q(known_to__isnull=True), name="link_once_live"
            ),
        ]

    class Rows:
        rule = condition(
            "organization_id = {me} OR EXISTS (SELECT 1 FROM custody_custody c"
            " WHERE c.person_id = {table}.kept_id AND c.organization_id = {me})",
            begin="organization_id = {me}",
        )
