"""Custody: rows, not edits. Each change of holder ends one row and opens the next; the database proves there is always one.

The promises stand in migration 0002 as deferred constraint triggers that run as the tables' owner: they must see every
organization's rows, whoever's context is in force.
"""

from __future__ import annotations

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from warmhandoff.custody.states import HANDOVER, OFFERED
from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import EventBase, correction_says_why, happened_before_recorded
from warmhandoff.foundation.rows import APPENDING, condition, own


class Handover(models.Model):
    """A handshake of two organizations over one person. Read by its id, by both."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer"
        REQUEST = "request"
        WORKING_LINK = "working_link"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    from_organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    to_organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    to_queue = models.ForeignKey("network.Queue", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(s, s) for s in HANDOVER.states], default=OFFERED)
    offered_at = models.DateTimeField(db_default=WhNow())
    settled_at = models.DateTimeField(null=True, blank=True)

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
        ]

    class Rows:
        rule = condition(
            "from_organization_id = {me} OR to_organization_id = {me}", begin="from_organization_id = {me}"
        )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), model_name="CustodyHistory")
class Custody(models.Model):
    """Who holds a person from `since` to `until`. The open row has no `until`, and always a next step."""

    class Basis(models.TextChoices):
        INTAKE = "intake"
        ASSIGNMENT = "assignment"
        HANDOVER = "handover"
        ESCHEAT = "escheat"

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
                condition=Q(basis__in=["intake", "assignment"], handover__isnull=True, agreement__isnull=True)
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
        ]

    class Rows:
        rule = own(grants=APPENDING)
