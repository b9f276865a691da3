"""Referrals and what hangs on them. Both sides read a referral through their party row; other rows belong to one side."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from warmhandoff.foundation.codes import new_code
from warmhandoff.foundation.database import WhNow
from warmhandoff.foundation.models import (
    EventBase,
    MailedCode,
    MailedGrant,
    MailedLink,
    corrected_once,
    correction_says_why,
    happened_before_recorded,
)
from warmhandoff.foundation.rows import APPENDING, SELECT, condition, own, reads
from warmhandoff.referrals.states import MOST_ROUNDS, OPEN, REFERRAL, SENT, UNDER_WAY, UNSUCCESSFUL

# The network's office sees its own row of each referral, and takes no part: it opens nothing of what hangs on one.
A_PARTY_OF = (
    "EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.organization_id = {me} AND p.side <> 'network'"
    " AND p.referral_id = {table}."
)
THROUGH_A_PARTY = f"{A_PARTY_OF}referral_id)"

OF_THE_NETWORK = (
    "EXISTS (SELECT 1 FROM referrals_referralparty p WHERE p.organization_id = {me} AND p.side = 'network'"
    " AND p.referral_id = {table}.referral_id)"
)

IN_ONES_OWN_NAME = f"organization_id = {{me}} AND {THROUGH_A_PARTY}"

# A hold or a waitlist is looked at again within ninety days (P2); one day of grace, as for duties.
LONGEST_LOOK_AGAIN = timedelta(days=91)
# What is next is at most thirty days ahead (P2); the day of grace here too.
LONGEST_WAIT = timedelta(days=31)


@pghistory.track(
    pghistory.UpdateEvent(),
    model_name="ReferralHistory",
    fields=[
        "id",
        "sender",
        "receiver",
        "state",
        "mode",
        "answered_at",
        "ended_at",
        "end_reason",
        "end_detail",
    ],
)
class Referral(models.Model):
    """One organization asks another, for one of its services, to serve one person. Holds codes; names stand in the files."""

    class Mode(models.TextChoices):
        REFER = "refer", "custody stays"
        TRANSFER = "transfer", "custody moves when they accept"

    code = models.CharField(max_length=12, unique=True, default=new_code)
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.REFER)
    state = models.CharField(max_length=16, choices=[(s, s) for s in REFERRAL.states], default=SENT)
    sender = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    sender_membership = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sender_file = models.ForeignKey("participants.Participant", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    handover = models.OneToOneField(
        "custody.Handover", on_delete=models.PROTECT, null=True, blank=True, related_name="referral"
    )
    consent = models.ForeignKey("participants.Consent", on_delete=models.PROTECT, related_name="+")
    re_referred_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="re_referrals"
    )
    # What the receiver may see before answering: codes that name nobody.
    need_code = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    area = models.CharField(max_length=30, blank=True)
    availability = models.CharField(max_length=40, blank=True)
    # What it sees after a yes, as the person agreed.
    parts = ArrayField(models.CharField(max_length=20))
    alternatives = ArrayField(models.BigIntegerField(), default=list)
    sent_at = models.DateTimeField(db_default=WhNow())
    # Once, and once more after each no that the network's office sent back.
    asked_times = models.PositiveSmallIntegerField(default=1, db_default=1)
    asked_again_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    caller_name = models.CharField(max_length=120, blank=True)
    contact_due_at = models.DateTimeField(null=True, blank=True)
    contacted_at = models.DateTimeField(null=True, blank=True)
    engaged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    end_detail = models.CharField(max_length=40, blank=True)
    full_until = models.DateField(null=True, blank=True)
    tell_person = models.BooleanField(default=True)
    # Who has it at the receiver, where it was given to someone.
    receiver_membership = models.ForeignKey(
        "network.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Where it stands between a yes and its end, in the network's own words: a term whose parent is the state.
    stage = models.CharField(max_length=40, blank=True, default="")
    # What it waits for besides, orthogonal to its state: a reply, the end of a hold, or the next look at a waitlist.
    stands_since = models.DateTimeField(null=True, blank=True)
    question_due_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=40, blank=True, default="")
    hold_side = models.CharField(max_length=10, blank=True, default="")
    waitlisted_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    list_position = models.PositiveSmallIntegerField(null=True, blank=True)
    # Nobody has said for long how it goes: on the board of the network's office, until somebody does.
    stalled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "state"], name="referral_person"),
            # What is open, and what ended lately: news is not looked for in the years before.
            models.Index(fields=["sender_membership", "ended_at"], name="referral_sent_lately"),
            models.Index(fields=["receiver", "ended_at"], name="referral_received_lately"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=REFERRAL.states), name="referral_state_is_known"),
            models.CheckConstraint(condition=~Q(sender=models.F("receiver")), name="referral_between_two"),
            models.CheckConstraint(
                condition=Q(mode="transfer", handover__isnull=False) | Q(mode="refer", handover__isnull=True),
                name="referral_transfer_has_handover",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "contacted", "engaged", "completed", "declined"])
                | Q(answered_at__isnull=False),
                name="referral_answered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "contacted", "engaged", "completed"])
                | Q(contact_due_at__isnull=False),
                name="referral_accepted_has_contact_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["engaged", "completed"]) | Q(engaged_at__isnull=False),
                name="referral_engaged_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["completed", *UNSUCCESSFUL], ended_at__isnull=False)
                | (~Q(state__in=["completed", *UNSUCCESSFUL]) & Q(ended_at__isnull=True)),
                name="referral_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "withdrawn", "ended_early"]) | ~Q(end_reason=""),
                name="referral_end_says_why",
            ),
            models.UniqueConstraint(
                fields=["person", "service", "sender"],
                condition=Q(state__in=["sent", "accepted", "contacted", "engaged"]),
                name="referral_once_open",
            ),
            models.CheckConstraint(
                condition=Q(question_due_at__isnull=True, held_until__isnull=True)
                | Q(question_due_at__isnull=True, review_due_at__isnull=True)
                | Q(held_until__isnull=True, review_due_at__isnull=True),
                name="referral_waits_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(stands_since__isnull=True, question_due_at__isnull=True, held_until__isnull=True)
                | Q(stands_since__isnull=False, question_due_at__isnull=False)
                | Q(stands_since__isnull=False, held_until__isnull=False),
                name="referral_clock_stands_for_something",
            ),
            models.CheckConstraint(
                condition=Q(question_due_at__isnull=True) | Q(state=SENT), name="referral_question_while_sent"
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True, held_at__isnull=True, hold_reason="", hold_side="")
                | (
                    Q(
                        state__in=OPEN,
                        hold_side__in=["sender", "receiver"],
                        held_until__gt=models.F("held_at"),
                        held_until__lte=models.F("held_at") + LONGEST_LOOK_AGAIN,
                    )
                    & ~Q(hold_reason="")
                ),
                name="referral_hold_within_ninety_days",
            ),
            models.CheckConstraint(
                condition=Q(
                    review_due_at__isnull=True, waitlisted_at__isnull=True, list_position__isnull=True
                )
                | Q(
                    state=SENT,
                    review_due_at__gt=models.F("waitlisted_at"),
                    review_due_at__lte=models.F("waitlisted_at") + LONGEST_LOOK_AGAIN,
                ),
                name="referral_waitlist_within_ninety_days",
            ),
            models.CheckConstraint(
                condition=Q(stage="") | Q(state__in=UNDER_WAY), name="referral_stage_under_way"
            ),
            models.CheckConstraint(
                condition=Q(asked_times=1, asked_again_at__isnull=True)
                | Q(asked_times__gte=2, asked_times__lte=1 + MOST_ROUNDS, asked_again_at__isnull=False),
                name="referral_asked_again_three_times",
            ),
        ]

    class Rows:
        rule = condition(
            f"sender_id = {{me}} OR receiver_id = {{me}} OR {A_PARTY_OF}id)",
            begin="sender_id = {me}",
            data_class="needs",
        )

    class Privacy:
        data_class = "needs"
        keep = "seven years after it ended"
        forgetting = "need, language, area and availability are emptied; states and dates stay"

    @property
    def is_transfer(self) -> bool:
        return self.mode == self.Mode.TRANSFER

    @property
    def last_asked_at(self) -> datetime:
        return self.asked_again_at or self.sent_at

    @property
    def waits_for(self) -> str:
        """What it waits for besides its state: `reply`, `hold`, `review`, or nothing."""
        if self.question_due_at is not None:
            return "reply"
        if self.held_until is not None:
            return "hold"
        return "review" if self.review_due_at is not None else ""


class ReferralParty(models.Model):
    """Projection: one row an organization that takes part. Lists read this; triggers write it, and keep its state."""

    class Side(models.TextChoices):
        SENDER = "sender"
        RECEIVER = "receiver"
        HOLDER = "holder"
        # The network's office, for its board: code, stage, organizations and dates. It is no party otherwise.
        NETWORK = "network"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="parties")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    other_organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("directory.Service", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16)
    sent_at = models.DateTimeField(db_default=WhNow())
    # For the network's office alone, who may not read the referral: what it waits for, where, since when and until when.
    code = models.CharField(max_length=12, blank=True, default="", db_default="")
    from_organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at_organization = models.ForeignKey(
        "network.Organization", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stage = models.CharField(max_length=40, blank=True, default="", db_default="")
    waits_for = models.CharField(max_length=10, blank=True, default="", db_default="")
    since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why a place said no: of the reasons only this one, which tells about the place.
    decline_reason = models.CharField(max_length=40, blank=True, default="", db_default="")
    reminded_at = models.DateTimeField(null=True, blank=True)
    # The last time that the office asked to take the person over; how it stands, its own row of the handover tells.
    take_over = models.ForeignKey(
        "custody.Handover", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "side", "state", "sent_at"], name="party_list"),
            models.Index(fields=["organization", "-sent_at", "-id"], name="party_newest"),
            models.Index(
                fields=["organization", "due_at"], condition=Q(side="network"), name="party_network_due"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "organization"], condition=~Q(side="network"), name="party_once"
            ),
            models.UniqueConstraint(
                fields=["referral", "organization"], condition=Q(side="network"), name="party_network_once"
            ),
        ]

    class Rows:
        # Written by the database alone (migrations 0002 and 0011): both sides and the network's office with the referral,
        # the holder when the person moves.
        rule = own(grants=(SELECT,))


class ReferralEvent(EventBase):
    """What happened to a referral, for both sides to read. Ids and codes alone."""

    class Kind(models.TextChoices):
        SENT = "sent"
        SEEN = "seen"
        ASKED = "asked"
        ANSWERED_QUESTION = "answered_question"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        EXPIRED = "expired"
        ATTEMPTED = "attempted"
        CONTACTED = "contacted"
        ENGAGED = "engaged"
        COMPLETED = "completed"
        ENDED_EARLY = "ended_early"
        LOST_CONTACT = "lost_contact"
        WITHDRAWN = "withdrawn"
        RECEIVER_CLOSED = "receiver_closed"
        DISPOSITION_OPENED = "disposition_opened"
        SETTLED = "settled"
        REMINDED = "reminded"
        LEAD_TOLD = "lead_told"
        SENDER_TOLD = "sender_told"
        CONTACT_LATE = "contact_late"
        CONTACT_LEAD_TOLD = "contact_lead_told"
        CONTACT_SENDER_TOLD = "contact_sender_told"
        WAITLISTED = "waitlisted"
        HELD = "held"
        RESUMED = "resumed"
        STAGE = "stage"
        ASSIGNED = "assigned"
        MESSAGE = "message"
        QUESTION_LATE = "question_late"
        QUESTION_LEAD_TOLD = "question_lead_told"
        REVIEW_REMINDED = "review_reminded"
        REVIEW_LEAD_TOLD = "review_lead_told"
        REVIEW_SENDER_TOLD = "review_sender_told"
        NETWORK_REMINDED = "network_reminded"
        SUGGESTED = "suggested"
        CONFIRMED = "confirmed"
        STRUCK = "struck"
        # Rungs of the ladder (protocol).
        SEEN_LATE = "seen_late"
        SEEN_LEAD_TOLD = "seen_lead_told"
        PERSON_TOLD = "person_told"
        QUESTION_SENDER_TOLD = "question_sender_told"
        CONTACT_PERSON_TOLD = "contact_person_told"
        CONTACT_UNDECIDED = "contact_undecided"
        START_LATE = "start_late"
        START_LEAD_TOLD = "start_lead_told"
        START_SENDER_TOLD = "start_sender_told"
        START_PERSON_TOLD = "start_person_told"
        ENGAGED_LATE = "engaged_late"
        ENGAGED_LEAD_TOLD = "engaged_lead_told"
        ENGAGED_SENDER_TOLD = "engaged_sender_told"
        DECISION_LATE = "decision_late"
        DECISION_LEAD_TOLD = "decision_lead_told"
        DECISION_OFFICE_TOLD = "decision_office_told"
        SECOND_LOOK = "second_look"
        LOOK_CONFIRMED = "look_confirmed"
        LOOK_REROUTED = "look_rerouted"
        ASKED_AGAIN = "asked_again"

    # Found by the indexes below, which begin with it.
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=24, choices=Kind)
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=40, blank=True)
    # Until when, where that is what happened: a hold, a waitlist's next look, the reply to a question, what is next.
    due_at = models.DateTimeField(null=True, blank=True)
    # When the receiver last saw the person, where they were asked how it goes.
    last_seen_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["happened_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["referral", "happened_at"], name="referralevent_referral"),
            models.Index(fields=["referral", "recorded_at"], name="referralevent_news"),
        ]
        constraints: ClassVar = [
            correction_says_why("referralevent"),
            corrected_once("referralevent"),
            happened_before_recorded("referralevent"),
            models.CheckConstraint(
                condition=~Q(kind="confirmed")
                | (~Q(detail="") & Q(due_at__isnull=False, due_at__lte=F("recorded_at") + LONGEST_WAIT)),
                name="referralevent_confirmed_says_what_next",
            ),
        ]

    class Rows:
        rule = condition(THROUGH_A_PARTY, IN_ONES_OWN_NAME, grants=APPENDING)


class ReferralNote(models.Model):
    """Class narrative: what one side wrote to the other about a referral: a question, its answer, a message.

    What is written after a yes may name the person: it is read only by who reads how to reach them (behind a mail's link, only
    in a browser that gave the code).
    """

    class Kind(models.TextChoices):
        QUESTION = "question"
        REPLY = "reply"
        MESSAGE = "message"
        # The network's office, of another place that could be asked: for whoever holds the person.
        SUGGESTION = "suggestion"
        # The network's office, of a no that it sent back: for whoever said it, and for the sender.
        LOOK = "look"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    written_by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=WhNow())
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MESSAGE)
    may_name = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["written_at", "id"]

    class Rows:
        rule = condition(
            f"{THROUGH_A_PARTY} AND (NOT {{table}}.may_name OR {reads('contact')})",
            IN_ONES_OWN_NAME,
            grants=APPENDING,
            data_class="narrative",
        )

    class Privacy:
        data_class = "narrative"
        keep = "seven years after the referral ended"
        forgetting = "deleted"


class ReferralRead(models.Model):
    """Up to when an organization has read what the other side wrote about a referral."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(db_default=WhNow())
    by = models.ForeignKey("foundation.Actor", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "referral"], name="referralread_once")
        ]

    class Rows:
        rule = condition("organization_id = {me}", IN_ONES_OWN_NAME)


class Disposition(models.Model):
    """What comes after an unsuccessful end: owned by whoever holds the person, settled by a named member of theirs."""

    class Outcome(models.TextChoices):
        RE_REFERRED = "re_referred", "referred elsewhere"
        STAYS = "stays", "stays with the holder, the need is open"
        PERSON_STOPPED = "person_stopped", "the person chose to stop"
        MET_ELSEWHERE = "met_elsewhere", "met elsewhere"
        NOT_ELIGIBLE = "not_eligible", "not eligible anywhere in the network"
        DECEASED = "deceased", "the person died"
        LATE_YES = "late_yes", "they said yes after all"
        TAKEN_BACK = "taken_back", "what ended it was recorded by mistake"
        ASKED_AGAIN = "asked_again", "the network's office sent the no back, and they are asked once more"

        @classmethod
        def to_choose(cls) -> list[str]:
            """What a person decides; the rest follows from what the other side says."""
            follows = (cls.LATE_YES, cls.TAKEN_BACK, cls.ASKED_AGAIN)
            return [each for each in cls.values if each not in follows]

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="dispositions")
    person = models.ForeignKey("participants.Person", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=16)
    duty = models.ForeignKey("foundation.Duty", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=WhNow())
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    signed_off_by = models.ForeignKey(
        "foundation.Actor", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
                name="disposition_settled_by_someone",
            ),
            models.UniqueConstraint(
                fields=["referral"], condition=Q(settled_at__isnull=True), name="disposition_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_eligible") | Q(signed_off_by__isnull=False),
                name="disposition_not_eligible_is_signed_off",
            ),
        ]

    class Rows:
        rule = condition("organization_id = {me}", IN_ONES_OWN_NAME)


class AnswerLink(MailedLink):
    """The link behind a mail about a referral: one per referral and mailbox."""

    signs = "answer"
    begins = "a"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    generation = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(db_default=WhNow())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "mailbox"], name="answerlink_once")
        ]


class LinkCode(MailedCode):
    signs = "code"
    link = models.ForeignKey(AnswerLink, on_delete=models.PROTECT, related_name="codes")


class LinkGrant(MailedGrant):
    """One browser that may see the name."""

    link = models.ForeignKey(AnswerLink, on_delete=models.PROTECT, related_name="grants")


class StallLink(MailedLink):
    """The link in the weekly mail about what has stalled: one per organization and mailbox, behind which it says how each goes."""

    signs = "stalls"
    begins = "g"

    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    mailed_at = models.DateTimeField(db_default=WhNow())
    dies_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "mailbox"], name="stalllink_once")
        ]


class StallLinkCode(MailedCode):
    signs = "stalls code"
    link = models.ForeignKey(StallLink, on_delete=models.PROTECT, related_name="codes")


class StallLinkGrant(MailedGrant):
    """One browser that may see who it is, and answer."""

    link = models.ForeignKey(StallLink, on_delete=models.PROTECT, related_name="grants")


class Stall(models.Model):
    """A referral whose receiver is asked how it goes: since when it stands still, and until when the answer is due.

    Moot once the referral has moved out of the state that was asked about. The network's office reads it with its own row of
    the referral: a code, organizations and dates.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="stalls")
    organization = models.ForeignKey("network.Organization", on_delete=models.PROTECT, related_name="+")
    # None where no mailbox could be asked.
    link = models.ForeignKey(
        StallLink, on_delete=models.PROTECT, null=True, blank=True, related_name="stalls"
    )
    state = models.CharField(max_length=16)
    since = models.DateTimeField()
    asked_at = models.DateTimeField(db_default=WhNow())
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organization", "answered_at"], name="stall_organization")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral"], condition=Q(answered_at__isnull=True), name="stall_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=UNDER_WAY), name="stall_under_way"),
        ]

    class Rows:
        rule = condition(f"organization_id = {{me}} OR {OF_THE_NETWORK}", IN_ONES_OWN_NAME)


# Tables of their own module: Django looks for them here.
from warmhandoff.referrals.answering_time import AnswerTime  # noqa: E402, F401
from warmhandoff.referrals.checked import HolderCheck  # noqa: E402, F401
from warmhandoff.referrals.looking import SecondLook  # noqa: E402, F401
from warmhandoff.referrals.pace import LadderNumber  # noqa: E402, F401
from warmhandoff.referrals.slips import CarriedReferral, Slip  # noqa: E402, F401
