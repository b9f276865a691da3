"""The second look at a decline: the network's office reads a no once more, by code, while whoever holds the person goes on.

A look never stands in the way: the decision about the person is open from the moment of the no (P4), and whoever holds them may
decide it at any time. Then the look is over too, by itself, in the same transaction. A look ends in one of three ways that the
office chooses: the no stands; the receiver is asked once more, with a note, three times at most; or another place is suggested.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from warmhandoff.foundation import duties
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.rows import APPENDING, condition
from warmhandoff.referrals.states import MOST_ROUNDS

SUBJECT = "second_look"
# The kind of duty at the network's office.
DUTY = "second_look"

duties.name({DUTY: duties.Kind(_("Look at a decline once more"))})
REMINDER = "look_reminder"


class SecondLook(models.Model):
    """One look at one no. Codes and dates alone: the network's office reads it, and both sides do."""

    class Because(models.TextChoices):
        REASON = "reason", "the network looks at noes for this reason"
        SENDER = "sender", "whoever holds the person asked for it"

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "the no stands"
        SENT_BACK = "sent_back", "they are asked once more"
        REROUTED = "rerouted", "another place is suggested"
        MOOT = "moot", "it was decided otherwise meanwhile"

    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="looks")
    # Which no it is about: the first, the second or the third.
    round = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=10, choices=Because)
    # Why whoever holds the person asked for it: a term of `look_reason`.
    why = models.CharField(max_length=40, blank=True, default="")
    opened_at = models.DateTimeField(db_default=WhNow())
    due_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "referrals"
        ordering: ClassVar = ["opened_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(round__gte=1, round__lte=MOST_ROUNDS), name="secondlook_three_rounds"
            ),
            models.CheckConstraint(
                condition=Q(verdict="", decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(verdict="")),
                name="secondlook_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=(Q(because="reason", why="") | (Q(because="sender") & ~Q(why=""))),
                name="secondlook_says_why",
            ),
            # One look at one no; where the no was taken back and said again, one more.
            models.UniqueConstraint(
                fields=["referral", "round"], condition=~Q(verdict="moot"), name="secondlook_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opened_at"], condition=Q(verdict=""), name="secondlook_waiting")
        ]

    class Rows:
        # Begun by a side, ended by the database's own functions: the office takes no part in the referral.
        rule = condition(
            "EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.organization_id = {me}"
            " AND p.referral_id = {table}.referral_id)",
            "EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.organization_id = {me}"
            " AND p.side <> 'network' AND p.referral_id = {table}.referral_id)",
            grants=APPENDING,
        )
