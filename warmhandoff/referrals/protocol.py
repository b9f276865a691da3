"""The ladder of a referral's timers, as data: what happens when nobody does anything.

`after` names a deadline of the place (business days). A timer may remind, tell and mark as expired; only a person ends anything.
"""

from __future__ import annotations

from dataclasses import dataclass

SUBJECT = "referral"

# Kinds of duty that this room opens.
ANSWER = "answer_referral"
AWAIT_ANSWER = "await_answer"
ANSWER_QUESTION = "answer_question"
FIRST_CONTACT = "first_contact"
AWAIT_CONTACT = "await_contact"
ENGAGE = "begin_service"
FOLLOW = "follow_service"
STILL_ENGAGED = "still_engaged"
SETTLE = "settle"
MAIL_FAILED = "mail_failed"


@dataclass(frozen=True)
class Rung:
    """At `after` (a deadline's name) since `since`: write `event`, and tell whom `tells` names."""

    step: str
    after: str
    since: str
    event: str
    tells: tuple[str, ...]


WAITING_FOR_ANSWER = (
    Rung("answer_reminder", "answer", "sent", "reminded", ("mailbox",)),
    Rung("answer_lead", "answer_lead", "sent", "lead_told", ("receivers_lead",)),
    Rung("answer_sender", "answer_sender", "sent", "sender_told", ("sender", "navigators")),
    Rung("answer_expires", "answer_expires", "sent", "expired", ()),
)
WAITING_FOR_CONTACT = (
    Rung("contact_reminder", "first_contact", "accepted", "contact_late", ("mailbox",)),
    Rung("contact_lead", "first_contact_lead", "accepted", "contact_lead_told", ("receivers_lead",)),
    Rung(
        "contact_sender", "first_contact_sender", "accepted", "contact_sender_told", ("sender", "navigators")
    ),
)
RUNGS = {rung.step: rung for rung in (*WAITING_FOR_ANSWER, *WAITING_FOR_CONTACT)}

# Before someone may be called lost: this many tries, over this many business days, on every channel they allow
# (two channels, where there are two).
LOST_AFTER_ATTEMPTS = 5
LOST_AFTER_BUSINESS_DAYS = 10
LINK_LIVES_AFTER_END_DAYS = 14
CODE_MINUTES = 10
CODE_TRIES = 5
GRANT_HOURS = 12
